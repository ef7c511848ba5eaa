"""The stamps of a user: a file for each call, in a folder of the user's cache that nobody else can write to.

A file is this, and nothing else::

    dfrender stamp 3
    DIGEST                      of all that follows, as 40 hexadecimal digits
    STDOUT STDERR FACTS         how many bytes each of these texts has, and how many facts there are
    what goes to standard output, what goes to standard error, the facts, and the parts of the run. A fact is question,
    subject and answer, as `facts` has them; a part is a name, the numbers of its facts, and its summary; each of these
    is ended by NUL.

What cannot be read, or is damaged, is no stamp; what cannot be written is not kept. Neither is a user's problem.
"""

import os
import stat

from dfrender.stamp.facts import digest

TYPE_CHECKING = False  # as checkers of types know it; `typing` itself takes 5 ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.stamp.facts import Fact

_MAGIC = b"dfrender stamp 3\n"
_DIGITS = 40
_LARGEST = 16 << 20
_MOST = 256
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_OTHERS = 0o077
_NEW = ".new-"
_HOUR = 3600
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
_BYTES = getattr(os, "O_BINARY", 0)


class Part:
    """A part of a run: the facts that it alone hangs on, and a text from which the run knows what came of it."""

    def __init__(self, name: str, facts: "list[Fact]", summary: str) -> None:
        """Take all three."""
        self.name = name
        self.facts = facts
        self.summary = summary


class Stamp:
    """What an unchanged run prints, the facts that say whether it is one, and the parts of the run with theirs."""

    def __init__(self, stdout: bytes, stderr: bytes, facts: "list[Fact]", parts: "Sequence[Part]" = ()) -> None:
        """Take both texts, the facts of the run as a whole, and its parts."""
        self.stdout = stdout
        self.stderr = stderr
        self.facts = facts
        self.parts = parts


def folder() -> str:
    """Return the folder of the stamps; empty where the environment names none."""
    if os.name == "nt":  # pragma: no cover - of another system
        above = os.environ.get("LOCALAPPDATA", "")
    else:
        above = os.environ.get("XDG_CACHE_HOME", "")
        home = os.environ.get("HOME", "")
        # the specification has a relative path ignored
        if not os.path.isabs(above) and home:  # noqa: PTH117 - pathlib costs 4 ms
            above = f"{home}/.cache"
    if not os.path.isabs(above):  # noqa: PTH117 - the same
        return ""
    return f"{above}{os.sep}dfrender"


def read(name: str) -> "Stamp | None":
    """Return the stamp of a name; None where there is none that is whole and the user's own."""
    place = folder()
    if not place:
        return None
    try:
        if not _is_own_folder(place):
            return None
        data = _read(f"{place}{os.sep}{name}")
        return _stamp(data)
    except (OSError, ValueError):
        return None


def write(name: str, stamp: Stamp) -> None:
    """Keep a stamp, if that can be done."""
    place = folder()
    if not place:
        return
    try:
        data = _data(stamp)
        if len(data) > _LARGEST:
            return
        os.makedirs(place, _PRIVATE_FOLDER, exist_ok=True)  # noqa: PTH103 - pathlib costs 4 ms
        if _is_own_folder(place):
            _replace(place, name, data)
            _prune(place)
    except (OSError, ValueError):
        return


def _is_own_folder(place: str) -> bool:
    found = os.lstat(place)
    return stat.S_ISDIR(found.st_mode) and _is_own(found)


def _is_own(found: os.stat_result) -> bool:
    """Say whether something belongs to the user, and is nobody else's to look at or to change."""
    if not hasattr(os, "geteuid"):  # pragma: no cover - of Windows, where the folder is in the user's own
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | _NO_LINK | _NOT_WAITING | _BYTES)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not _is_own(found) or found.st_size > _LARGEST:
            return b""
        return os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)


def _stamp(data: bytes) -> "Stamp | None":
    """Read a stamp; raise `ValueError` for what is none."""
    start = len(_MAGIC) + _DIGITS + 1
    body = data[start:]
    if data[:start] != _head(body):
        return None
    lengths, _, rest = body.partition(b"\n")
    first, second, count = map(int, lengths.split())
    texts = first + second
    fields = os.fsdecode(rest[texts:]).split("\0")
    fields.pop()
    facts = _in_threes(fields[: 3 * count])
    parts: list[Part] = []
    for name, numbers, summary in _in_threes(fields[3 * count :]):
        parts.append(Part(name, [facts[int(number)] for number in numbers.split()], summary))
    return Stamp(rest[:first], rest[first:texts], facts, parts)


def _in_threes(fields: "list[str]") -> "list[Fact]":
    return list(zip(fields[::3], fields[1::3], fields[2::3], strict=True))


def _data(stamp: Stamp) -> bytes:
    """Return a stamp as it is kept, each fact once; raise `ValueError` where a name cannot be written down."""
    numbers: dict[Fact, int] = {}
    for fact in stamp.facts:
        numbers.setdefault(fact, len(numbers))
    parts: list[str] = []
    for part in stamp.parts:
        own: list[str] = []
        for fact in part.facts:
            number = numbers.setdefault(fact, len(numbers))
            own.append(str(number))
        parts += (part.name, " ".join(own), part.summary)
    fields: list[str] = []
    for fact in numbers:
        fields += fact
    fields += parts
    fields.append("")
    text = "\0".join(fields)
    if text.count("\0") != len(fields) - 1:
        raise ValueError
    written = os.fsencode(text)
    lengths = b"%d %d %d\n" % (len(stamp.stdout), len(stamp.stderr), len(numbers))
    body = b"".join((lengths, stamp.stdout, stamp.stderr, written))
    return _head(body) + body


def _head(body: bytes) -> bytes:
    return b"%b%b\n" % (_MAGIC, digest(body).encode())


def _replace(place: str, name: str, data: bytes) -> None:
    """Give a file its content at once: another run may read it now, or write it too."""
    new = f"{place}{os.sep}{_NEW}{os.urandom(8).hex()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BYTES, _PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(new, f"{place}{os.sep}{name}")  # noqa: PTH105 - the same
    except BaseException:
        os.unlink(new)  # noqa: PTH108 - the same
        raise


def _prune(place: str) -> None:
    """Remove the oldest half of too many stamps, and what interrupted runs left."""
    import time

    stamps: list[os.DirEntry[str]] = []
    with os.scandir(place) as found:
        for entry in found:
            if not entry.name.startswith(_NEW):
                stamps.append(entry)
            elif _written(entry) < time.time() - _HOUR:
                os.unlink(entry.path)  # noqa: PTH108 - the same
    if len(stamps) <= _MOST:
        return
    stamps.sort(key=_written)
    for entry in stamps[: _MOST // 2]:
        os.unlink(entry.path)  # noqa: PTH108 - the same


def _written(entry: "os.DirEntry[str]") -> float:
    return entry.stat(follow_symlinks=False).st_mtime
