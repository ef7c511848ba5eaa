"""The stamps of a user: a file for each call, in a folder of the user's cache that nobody else can write to.

A file is this, and nothing else::

    dfrender stamp 1
    DIGEST                      of all that follows, as 40 hexadecimal digits
    STDOUT STDERR               how many bytes each of these texts has
    what goes to standard output, what goes to standard error, and the facts: question, subject and answer, each ended
    by NUL, as `facts` has them

What cannot be read, or is damaged, is no stamp; what cannot be written is not kept. Neither is a user's problem.
"""

import os
import stat

from dfrender.stamp.facts import digest

_MAGIC = b"dfrender stamp 1\n"
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


class Stamp:
    """What an unchanged run prints, and the facts that say whether it is one: question, subject, answer."""

    def __init__(self, stdout: bytes, stderr: bytes, facts: "list[tuple[str, str, str]]") -> None:
        """Take both texts and all facts."""
        self.stdout = stdout
        self.stderr = stderr
        self.facts = facts


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
    first, second = lengths.split()
    texts = int(first) + int(second)
    fields = os.fsdecode(rest[texts:]).split("\0")
    fields.pop()
    facts = list(zip(fields[::3], fields[1::3], fields[2::3], strict=True))
    return Stamp(rest[: int(first)], rest[int(first) : texts], facts)


def _data(stamp: Stamp) -> bytes:
    """Return a stamp as it is kept; raise `ValueError` where a name cannot be written down."""
    fields: list[str] = []
    for fact in stamp.facts:
        fields += fact
    if any("\0" in field for field in fields):
        raise ValueError
    fields.append("")
    facts = os.fsencode("\0".join(fields))
    body = b"%d %d\n%b%b%b" % (len(stamp.stdout), len(stamp.stderr), stamp.stdout, stamp.stderr, facts)
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

    stamps: list[tuple[float, str]] = []
    with os.scandir(place) as found:
        for entry in found:
            written = entry.stat(follow_symlinks=False).st_mtime
            if not entry.name.startswith(_NEW):
                stamps.append((written, entry.path))
            elif written < time.time() - _HOUR:
                os.unlink(entry.path)  # noqa: PTH108 - the same
    if len(stamps) <= _MOST:
        return
    stamps.sort()
    for _, path in stamps[: _MOST // 2]:
        os.unlink(path)  # noqa: PTH108 - the same
