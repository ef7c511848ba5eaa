"""What a rendering depends on: files that it read or missed, folders that it listed, variables that it asked for.

Every room that looks at the disk or at the environment for a rendering does it through a `Recorder`, so that a depfile,
a stamp or an editor need no list of their own. It reads and never writes.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_KINDS = {"file": stat.S_ISREG, "folder": stat.S_ISDIR, "pipe": stat.S_ISFIFO, "socket": stat.S_ISSOCK}
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
NOTHING_UNSAVED: Mapping[Path, bytes] = MappingProxyType({})
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP}


class Environment(Mapping[str, str]):
    """The variables of an environment; every name that is asked for is noted with its value, None where it is unset."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Begin with nothing noted."""
        self.variables = variables
        self.noted: dict[str, str | None] = {}

    def __getitem__(self, name: str) -> str:
        value = self.variables.get(name)
        self.noted[name] = value
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


class Entry(NamedTuple):
    """What bears a name in a folder, links not followed.

    ``kind`` is ``file``, ``folder``, ``link``, ``pipe``, ``socket`` or ``device``, ``target`` where a link leads.
    ``is_executable``: its owner may execute it.
    """

    name: str
    kind: str
    is_executable: bool = False
    target: str = ""


class _Seen(NamedTuple):
    """What was looked up once for all recorders of a call."""

    kinds: dict[Path, str]
    real: dict[Path, str]
    digests: dict[Path, str]
    entries: dict[Path, tuple[Entry, ...]]


class Recorder:
    """Looks things up for a rendering and notes them.

    ``files`` has the bytes of each file that was read, ``kinds`` whether each path that was asked about is a file,
    a folder or not there, ``listings`` the names in each folder that was listed. Paths are as they were asked for.
    ``digests`` has the sha256 of each file of which no more is needed, ``entries`` what lies in each folder that was
    looked through. Kinds, real paths, digests and entries are not looked up twice for recorders that are parts of one.
    ``environ`` notes the variables.
    ``unsaved`` are texts that stand in for files: an editor's. ``peeked`` has the bytes of each file that was read to
    know what kind it is, and that is no input, ``below`` the files below each folder whose names mention a Dockerfile,
    ``tracked`` what git tracks in a folder. Not ``is_complete``: something was looked at that is noted nowhere.
    """

    def __init__(
        self, variables: Mapping[str, str] = _NO_VARIABLES, unsaved: Mapping[Path, bytes] = NOTHING_UNSAVED
    ) -> None:
        """Begin with nothing noted."""
        self.environ = Environment(variables)
        self.unsaved = unsaved
        self.files: dict[Path, bytes] = {}
        self.kinds: dict[Path, str] = {}
        self.listings: dict[Path, tuple[str, ...]] = {}
        self.digests: dict[Path, str] = {}
        self.entries: dict[Path, tuple[Entry, ...]] = {}
        self.peeked: dict[Path, bytes] = {}
        self.below: dict[Path, tuple[Path, ...]] = {}
        self.tracked: dict[Path, object] = {}
        self.is_complete = True
        self._seen = _Seen({}, {}, {}, {})

    def part(self) -> "Recorder":
        """Return a recorder of the same environment and texts, with notes of its own."""
        part = Recorder(self.environ.variables, self.unsaved)
        part._seen = self._seen
        return part

    def afresh(self) -> "Recorder":
        """Return a recorder with the same notes that looks again for all that is asked from now on."""
        again = Recorder(self.environ.variables, self.unsaved)
        again.include(self)
        return again

    def include(self, other: "Recorder") -> None:
        """Note all that another recorder noted."""
        self.files |= other.files
        self.kinds |= other.kinds
        self.listings |= other.listings
        self.digests |= other.digests
        self.entries |= other.entries
        self.peeked |= other.peeked
        self.below |= other.below
        self.tracked |= other.tracked
        self.is_complete = self.is_complete and other.is_complete
        self.environ.noted |= other.environ.noted

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file; raise `OSError` if it cannot be read."""
        data = self._bytes(path)
        self.files[path] = data
        return data

    def peek(self, path: Path) -> bytes:
        """Return the bytes of a file that is no input, as `read` does."""
        data = self._bytes(path)
        self.peeked[path] = data
        return data

    def _bytes(self, path: Path) -> bytes:
        data = self.unsaved.get(path)
        if data is None:
            return path.read_bytes()
        return data

    def is_file(self, path: Path) -> bool:
        """Say whether there is a file at a path, links followed."""
        return path in self.unsaved or self._kind(path) == "file"

    def is_folder(self, path: Path) -> bool:
        """Say whether there is a folder at a path, links followed."""
        return self._kind(path) == "folder"

    def exists(self, path: Path) -> bool:
        """Say whether there is anything at a path, links followed."""
        return path in self.unsaved or self._kind(path) != "absent"

    def names(self, folder: Path) -> tuple[str, ...]:
        """Return the names in a folder, sorted; none where it cannot be listed."""
        try:
            found = tuple(sorted(each.name for each in folder.iterdir()))
        except OSError:
            found = ()
        self.listings[folder] = found
        return found

    def digest(self, path: Path) -> str:
        """Return the sha256 of a file, which is not kept in memory; raise `OSError` if it cannot be read."""
        known = self._seen.digests.get(path)
        if known is None:
            known = self._digest(path)
            self._seen.digests[path] = known
        self.digests[path] = known
        return known

    def look_through(self, folder: Path) -> tuple[Entry, ...]:
        """Return what lies in a folder, by the bytes of the names; raise `OSError` if it cannot be listed."""
        known = self._seen.entries.get(folder)
        if known is None:
            with os.scandir(folder) as listed:
                known = tuple(sorted(map(_entry, listed), key=lambda each: os.fsencode(each.name)))
            self._seen.entries[folder] = known
        self.entries[folder] = known
        return known

    def _digest(self, path: Path) -> str:
        from hashlib import file_digest, sha256  # 3 ms of start-up that only digests need

        data = self.unsaved.get(path)
        if data is not None:
            return sha256(data).hexdigest()
        with path.open("rb") as file:
            return file_digest(file, sha256).hexdigest()

    def real(self, path: Path) -> str:
        """Return a path without symbolic links, looked up once for recorders that are parts of one; nothing is noted.

        Not for what is written, and may be another thing by then.
        """
        known = self._seen.real.get(path)
        if known is None:
            known = os.path.realpath(path)
            self._seen.real[path] = known
        return known

    def _kind(self, path: Path) -> str:
        known = self._seen.kinds.get(path)
        if known is None:
            known = _kind_of(path)
            self._seen.kinds[path] = known
        self.kinds[path] = known
        return known


def _kind_of(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except ValueError:  # no file can have this name
        return "absent"
    except OSError as error:
        if error.errno not in _ABSENT:  # `Path.is_file` raises what is left up to Python 3.13, and hides it in 3.14
            raise
        return "absent"
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "other"


def _entry(listed: "os.DirEntry[str]") -> Entry:
    mode = listed.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        target = os.readlink(listed.path)  # noqa: PTH115 - a path drops slashes that builders copy
        return Entry(listed.name, "link", target=target.replace(os.sep, "/"))
    kind = "device"
    for name, is_one in _KINDS.items():
        if is_one(mode):
            kind = name
    return Entry(listed.name, kind, kind == "file" and bool(mode & stat.S_IXUSR))
