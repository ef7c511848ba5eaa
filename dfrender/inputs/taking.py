"""Sources and a build context to the inputs that they take, each once, and to whether they would take a path.

Follows ``copy.Copy`` of fsutil and ``contenthash.Checksum`` of BuildKit. Where these differ from each other, or one
version from another, more is taken: a digest may change too often and never too seldom.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Problems, nearest, reason
from dfrender.dockerfile.ignore import PatternError, Patterns
from dfrender.inputs.areas import Area
from dfrender.inputs.context import Context, joined
from dfrender.inputs.sources import Source
from dfrender.inputs.wildcards import Wildcard, has_wildcard, split
from dfrender.recorder import Entry
from dfrender.source import At

_ALIKE = 0.8  # endings make many names alike


class Input(NamedTuple):
    """What a stage takes from the context: ``kind`` is ``file``, ``executable``, ``folder``, ``link`` and so on.

    ``what`` is a file's sha256 or where a link leads, ``at`` is what takes it. A ``missing`` one is named and not
    there.
    """

    path: str
    kind: str
    what: str
    at: At


class Taker:
    """What is taken from one context for one stage; what is wrong with that is among the problems."""

    def __init__(self, context: Context, problems: Problems) -> None:
        """Begin with nothing taken."""
        self.context = context
        self.problems = problems
        self.inputs: dict[str, Input] = {}
        self._sources: list[Source] = []

    def take(self, sources: Iterable[Source]) -> None:
        """Take what the sources name; report what is not there, and what cannot be read."""
        for source in sources:
            self._sources.append(source)
            try:
                for area in self._areas(source):
                    self._take_area(area, source)
            except PatternError as error:
                self.problems.error(source.at, "invalid-pattern", str(error), "builders refuse it: write another one")
            except OSError as error:
                message = f"{error.filename} cannot be read: {reason(error)}"
                hint = "builders read it too: check its permissions, or ignore it"
                if isinstance(error, FileNotFoundError):
                    hint = "check context in the profile: it is relative to the template's folder"
                self.problems.error(source.at, "unreadable-input", message, hint)

    def would_take(self, path: str) -> At | None:
        """Return what takes a path if there is a file, be it there or not; None if nothing does."""
        if self.context.ignored.matches(path):
            return None
        for source in self._sources:
            if self._covers(source, path):
                return source.at
        return None

    def _areas(self, source: Source) -> Iterator[Area]:
        """Yield what a source means; a plain path that is not there is missing."""
        include = Patterns(source.include) if source.include else None
        exclude = Patterns(source.exclude) if source.exclude else None
        if not has_wildcard(source.path):
            root = self._root(source.path, source)
            if root is not None:
                yield Area(root, include, exclude)
            return
        for path in self._matches(source.path, source):
            root = self._root(path, source)
            if root is not None:
                yield Area(root, include, exclude)

    def _root(self, path: str, source: Source) -> str | None:
        """Follow a path, taking the links on its way; None, and a missing input, where it leads nowhere."""
        found = self.context.resolve(path)
        for link in found.links:
            self._add(link, self.context.entry(link), source.at)
        if found.entry is not None:
            return found.path
        self._miss(path, source)
        return None

    def _miss(self, path: str, source: Source) -> None:
        self.inputs.setdefault(path, Input(path, "missing", "", source.at))
        if source.is_pattern:
            return
        message = f"{path!r} is not in the build context {str(self.context.folder)!r}"
        hint = self._meant(path) or "check the path, or set context in the profile"
        if self.context.ignored.matches(path):
            message = f"{path!r} is kept out of the build context by the ignore file"
            hint = f"take it back in: !{path}"
        self.problems.error(source.at, "missing-input", message, hint)

    def _meant(self, path: str) -> str:
        """Say what is there by a name that is much like that of a path."""
        above, _, name = path.rpartition("/")
        folder = self.context.resolve(above)
        if folder.entry is None or folder.entry.kind != "folder":
            return ""
        near = nearest(name, self.context.entries(folder.path), _ALIKE)
        return f"did you mean {near!r}?" if near else ""

    def _matches(self, path: str, source: Source) -> Iterator[str]:
        """Yield what a path with wildcards matches; what is matched is not looked into for more."""
        folders, pattern = split(path)
        wildcard = Wildcard(pattern)
        found = self.context.resolve(folders)
        for link in found.links:
            self._add(link, self.context.entry(link), source.at)
        if found.entry is None:
            # nothing needs to match, but builders refuse a wildcard in a folder that is not there
            self._miss(found.path, source._replace(is_pattern=False))
            return
        pending = [("", found.path)]
        while pending:
            relative, folder = pending.pop()
            for name, entry in self.context.entries(folder).items():
                below = joined(relative, name)
                if wildcard.matches(below):
                    yield joined(folder, name)
                elif entry.kind == "folder" and wildcard.is_above(below):
                    pending.append((below, joined(folder, name)))

    def _take_area(self, area: Area, source: Source) -> None:
        context = self.context
        entry = context.entry(area.root)
        is_empty = True
        if area.include is None and area.root:
            self._add(area.root, entry, source.at)
        if entry.kind == "folder":
            for path, below in area.chosen(context):
                self._add(path, below, source.at)
                is_empty = False
        if is_empty and source.include:
            self._miss(joined(area.root, source.include[0]), source)

    def _add(self, path: str, entry: Entry, at: At) -> None:
        if path in self.inputs:
            return
        kind, what = entry.kind, entry.target
        if kind == "file":
            what = self.context.digest(path)
            if self.context.is_executable(path, entry):
                kind = "executable"
        self.inputs[path] = Input(path, kind, what, at)

    def _covers(self, source: Source, path: str) -> bool:
        """Return whether a source names a path, or a folder that it lies in of which it takes the path."""
        if has_wildcard(source.path):
            folders, pattern = split(source.path)
            root = self.context.resolve(folders).path
            relative = _relative(path, root)
            root = _matched(Wildcard(pattern), root, relative)
        else:
            root = self.context.resolve(source.path).path
        relative = _relative(path, root)
        if relative is None or not relative:
            return relative is not None
        is_included = not source.include or Patterns(source.include).matches(relative)
        return is_included and not Patterns(source.exclude).matches(relative)


def _relative(path: str, root: str) -> str | None:
    """Return a path as it is from a folder that it lies in; None if it does not lie in it."""
    if not root:
        return path
    if path == root:
        return ""
    if path.startswith(f"{root}/"):
        return path.removeprefix(f"{root}/")
    return None


def _matched(wildcard: Wildcard, root: str, relative: str | None) -> str:
    """Return the path that a wildcard matches, of the relative one and the folders that it lies in."""
    parts = relative.split("/") if relative else []
    for count in range(1, len(parts) + 1):
        path = "/".join(parts[:count])
        if wildcard.matches(path):
            return joined(root, path)
    return "/"  # which is no path in a context


def files(inputs: Mapping[str, Input]) -> int:
    """Return how many of the inputs are more than folders."""
    count = 0
    for each in inputs.values():
        if each.kind not in {"folder", "missing"}:
            count += 1
    return count
