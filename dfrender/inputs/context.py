"""A build context as BuildKit sees it: what the ignore file leaves of a folder, links followed inside it only.

Paths are relative to the context and have ``/``; the context itself is the empty path. Reads through a `Recorder`, and
opens no file before its digest is asked for; pipes, sockets and devices are never opened.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dfrender.dockerfile.ignore import Above, Patterns
from dfrender.recorder import Entry, Recorder

_LINKS = 255  # continuity/fs/path.go and contenthash allow no more in one path
_ROOT = Entry("", "folder")


class Tracked(NamedTuple):
    """What git knows of a context: for each file whether its owner may execute it.

    ``decides``: git has told that the modes of the file system mean nothing here. ``hides``: nothing else counts.
    """

    files: Mapping[str, bool]
    decides: bool = False
    hides: bool = False


class Resolved(NamedTuple):
    """Where a path leads: ``entry`` is None if that is not in the context; ``links`` are the links on the way."""

    path: str
    entry: Entry | None
    links: tuple[str, ...]


class Context:
    """A folder, and the patterns of the ignore file that builders read for it."""

    def __init__(self, folder: Path, ignored: Patterns, recorder: Recorder, tracked: Tracked) -> None:
        """Begin with nothing looked through."""
        self.folder = folder
        self.ignored = ignored
        self.tracked = tracked
        self._recorder = recorder
        self._above: dict[str, Above] = {"": ignored.top}
        self._listed: dict[str, Mapping[str, Entry]] = {}
        self._hidden: Collection[str] | None = None
        if tracked.hides:
            self._hidden = _with_folders(tracked.files)

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """Return what a folder of the context holds, by name; raise `OSError` if it cannot be listed."""
        known = self._listed.get(folder)
        if known is None:
            known = dict(self._kept(folder))
            self._listed[folder] = known
        return known

    def below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """Yield all that a folder holds, with its path in the context: a folder before what is in it."""
        for name, entry in self.entries(folder).items():
            path = joined(folder, name)
            yield path, entry
            if entry.kind == "folder":
                yield from self.below(path)

    def resolve(self, path: str) -> Resolved:
        """Follow a path with all links in it, the context being the root: of ``..`` and of absolute links too."""
        pending = path.split("/")[::-1]
        links: list[str] = []
        place = ""
        entry: Entry | None = _ROOT
        while pending:
            part = pending.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                place = place.rpartition("/")[0]
                entry = _ROOT
                continue
            if entry is None or entry.kind != "folder":
                lacking = "/".join([part, *pending[::-1]])
                return Resolved(joined(place, lacking), None, tuple(links))
            found = self.entries(place).get(part)
            if found is not None and found.kind == "link":
                links.append(joined(place, part))
                pending += found.target.split("/")[::-1]
                if found.target.startswith("/"):
                    place = ""
                if len(links) > _LINKS:
                    return Resolved(path, None, tuple(links))
                continue
            entry = found
            place = joined(place, part)
        return Resolved(place, entry, tuple(links))

    def entry(self, path: str) -> Entry:
        """Return what is at a path that is known to be in the context."""
        if not path:
            return _ROOT
        folder, _, name = path.rpartition("/")
        return self.entries(folder)[name]

    def digest(self, path: str) -> str:
        """Return the sha256 of a file's bytes; raise `OSError` if it cannot be read."""
        return self._recorder.digest(self.folder / path)

    def is_executable(self, path: str, entry: Entry) -> bool:
        """Return whether the owner of a file may execute it, as git has it."""
        if self.tracked.decides:
            return self.tracked.files.get(path, False)
        return entry.is_executable

    def _kept(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """Yield what the ignore file leaves of a folder: of a folder that it ignores, that with something in it."""
        above = self._of_folder(folder)
        for entry in self._recorder.look_through(self.folder / folder):
            path = joined(folder, entry.name)
            if self._hidden is not None and path not in self._hidden:
                continue
            is_ignored, below = self.ignored.step(path, above)
            if entry.kind == "folder":
                self._above[path] = below
                may_hold = self.ignored.may_take_back_below(path)
                is_ignored = is_ignored and not (may_hold and self.entries(path))
            if not is_ignored:
                yield entry.name, entry

    def _of_folder(self, folder: str) -> Above:
        """Return what the patterns need to know of the folder that is being listed."""
        above = self.ignored.top
        for slash in re.finditer("/|$", folder):
            path = folder[: slash.start()]
            if path not in self._above:
                _, self._above[path] = self.ignored.step(path, above)
            above = self._above[path]
        return above


def joined(folder: str, name: str) -> str:
    """Return the path of a name in a folder."""
    if not folder:
        return name
    return f"{folder}/{name}"


def _with_folders(files: Collection[str]) -> Collection[str]:
    """Return the paths of files and of all folders that they lie in."""
    found = set(files)
    for path in files:
        for slash in re.finditer("/", path):
            found.add(path[: slash.start()])
    return found
