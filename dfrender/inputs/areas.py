"""A file or folder of a build context, and patterns, to what they leave of it. Opens no file."""

from collections.abc import Iterator
from typing import NamedTuple

from dfrender.dockerfile.ignore import Above, Patterns
from dfrender.inputs.context import Context, joined
from dfrender.recorder import Entry

_Chosen = Iterator[tuple[str, Entry]]


class _Place(NamedTuple):
    """A folder, its path as patterns see it, and what these need to know of it."""

    folder: str
    relative: str
    include: Above
    exclude: Above

    def child(self, name: str, include: Above, exclude: Above) -> "_Place":
        return _Place(joined(self.folder, name), joined(self.relative, name), include, exclude)


class Area(NamedTuple):
    """A part of the context; without ``include`` all that is not excluded is taken."""

    root: str
    include: Patterns | None
    exclude: Patterns | None

    def chosen(self, context: Context) -> _Chosen:
        """Yield what is taken of a folder; of a folder in it that is not, what it lies in counts too."""
        include: Above = self.include.top if self.include else ()
        exclude: Above = self.exclude.top if self.exclude else ()
        return self._below(context, _Place(self.root, "", include, exclude))

    def _below(self, context: Context, place: _Place) -> _Chosen:
        for name, entry in context.entries(place.folder).items():
            is_taken = True
            include = place.include
            exclude = place.exclude
            relative = joined(place.relative, name)
            if self.include:
                is_taken, include = self.include.step(relative, include)
            if self.exclude:
                is_excluded, exclude = self.exclude.step(relative, exclude)
                is_taken = is_taken and not is_excluded
            child = place.child(name, include, exclude)
            if is_taken:
                yield child.folder, entry
            if entry.kind == "folder" and self._may_hold(child, is_taken=is_taken):
                for found in self._below(context, child):
                    if not is_taken:
                        is_taken = True
                        yield child.folder, entry
                    yield found

    def _may_hold(self, place: _Place, *, is_taken: bool) -> bool:
        """Return whether something in a folder may be taken."""
        if is_taken or not self.exclude or not self.exclude.matches(place.relative):
            return True
        return self.exclude.may_take_back_below(place.relative)
