"""A text to a file: what stands there, the difference, and a write that happens whole, only if needed, and not unasked.

The only room that writes. What stands at a place and may be replaced is looked at again right before that.
"""

import enum
import errno
import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dfrender.boundary import Boundary
from dfrender.destination import Destination, UnwritableError, destination
from dfrender.diagnostics import DfrenderError, reason
from dfrender.header import find_header, with_lf
from dfrender.source import At, decode, encode, line_end, split_lines

_NEW_FILE_MODE = 0o666  # of which the umask takes away what it says
_PRIVATE = 0o600
_ATTEMPTS = 10
_DIGITS = 12
_CONFLICT = "<<<<<<<"  # what git begins one with

# what an operating system does not have has no effect there
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_TERMINAL = getattr(os, "O_NOCTTY", 0)
_BYTES = getattr(os, "O_BINARY", 0)


class State(enum.Enum):
    """What stands at a file's place, measured by what would be written."""

    CURRENT = "up to date"
    STALE = "stale"
    MISSING = "missing"
    EDITED = "edited by hand"
    FOREIGN = "not written by dfrender"
    STREAM = "a pipe or a device"

    @property
    def needs_force(self) -> bool:
        """Say whether a person wrote what stands there."""
        return self in (State.EDITED, State.FOREIGN)


class Found(NamedTuple):
    """What stands at a file's place, with its bytes: None where there is no file, and for a stream."""

    state: State
    data: bytes | None = None


class Output(NamedTuple):
    """A text, which mostly has a header, and the file that it belongs in.

    ``boundary`` holds all that links may lead to, None where the user names the file on the command line.
    ``is_own`` says of a text that stands there whether dfrender wrote it; without one, its header does.
    ``is_left_over``: there is no text any more, and the file is to go.
    """

    path: Path
    text: str
    boundary: Boundary | None
    is_own: Callable[[str], bool] | None = None
    is_left_over: bool = False

    def destination(self) -> Destination:
        """Return where the text goes; raise `OSError` where nothing may be written."""
        return destination(self.path, self.boundary)

    def found(self) -> Found:
        """Compare the file with the text, line ends aside; raise `OSError` if it cannot be read, or not be written."""
        return self.found_at(self.destination())

    def found_at(self, place: Destination) -> Found:
        """Do the same where the destination is known already."""
        if place.is_stream:
            return Found(State.STREAM)
        try:
            data = _read(place.path)
        except FileNotFoundError:
            return Found(State.MISSING)
        return Found(self._state(decode(data)), data)

    def diff(self, before: Path | None = None) -> str:
        """Return the unified difference from the file, or another one, to the text; empty if there is none."""
        from difflib import unified_diff  # 5 ms of start-up that only a difference needs

        data = self.found().data
        name = self.path.as_posix()
        new_name = name
        if before:
            data = _read(before)
            name = before.as_posix()
        if not data:
            data = b""
            name = "/dev/null"
        if self.is_left_over:
            new_name = "/dev/null"
        old = with_lf(decode(data)).replace("\n", line_end(self.text))
        lines: list[str] = []
        for line in unified_diff(split_lines(old), split_lines(self.text), name, new_name):
            lines.append(line)
            if not line.endswith("\n"):
                lines.append("\n\\ No newline at end of file\n")
        return "".join(lines)

    def write(self, seen: Found) -> None:
        """Put the text into the file: whole or not at all, with the permissions that it had; its folder may be new.

        ``seen`` is what was found when it was decided to write. Raise `DfrenderError` if a person wrote the file since,
        and `OSError` if that fails; the file is then as it was.
        """
        place = self.destination()
        if self.is_left_over:
            self._check_unchanged(seen)
            place.path.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)  # the link that led there
        elif place.is_stream:
            _write_stream(place.path, encode(self.text))
        else:
            place.path.parent.mkdir(exist_ok=True)
            _replace(place, encode(self.text), lambda: self._check_unchanged(seen))

    def _state(self, text: str) -> State:
        if with_lf(text) == with_lf(self.text) and not self.is_left_over:
            return State.CURRENT
        versions = _versions(text)
        # an empty file may be what a power cut left
        if not text or all(self._is_replaceable(each) for each in versions):
            return State.STALE
        if any(find_header(each) for each in versions):
            return State.EDITED
        return State.FOREIGN

    def _is_replaceable(self, text: str) -> bool:
        """Say whether nothing of a person's is in a text: it is a rendering, or its body is what would be written."""
        if self.is_own:
            return self.is_own(text)
        header = find_header(text)
        if header and header.is_true:
            return True
        if self.is_left_over:
            return False
        body = header.body if header else text
        own = find_header(self.text)
        return own is not None and with_lf(body) == with_lf(own.body)

    def _check_unchanged(self, seen: Found) -> None:
        now = self.found()
        if now.data != seen.data and now.state.needs_force:
            message = "edited while dfrender ran, and left as it is"
            raise DfrenderError.of(
                At(str(self.path)), "not-overwritten", message, "look at it, and call dfrender again"
            )


def clear_left_over(outputs: Iterable[Output]) -> None:
    """Remove what interrupted writes left beside files; what cannot be removed stays.

    Done for all files before the first one is written, so that however often runs are killed, one such file is left.
    """
    by_folder: dict[Path, set[str]] = {}
    for each in outputs:
        with suppress(OSError):
            place = each.destination()
            if not place.is_stream:
                by_folder.setdefault(place.path.parent, set()).add(_prefix(place.path))
    for folder, prefixes in by_folder.items():
        with suppress(OSError):
            for entry in list(os.scandir(folder)):
                prefix, digits = entry.name[:-_DIGITS], entry.name[-_DIGITS:]
                is_ours = prefix in prefixes and re.fullmatch("[0-9a-f]+", digits)
                if is_ours and entry.is_file(follow_symlinks=False) and _is_unused(Path(entry.path)):
                    Path(entry.path).unlink()


def _versions(text: str) -> Sequence[str]:
    """Return a text, or both sides of the conflicts that git left in it."""
    if _CONFLICT not in text:
        return (text,)
    from dfrender.conflict import sides  # 1 ms that only a conflict needs

    return sides(text) or (text,)


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | _NOT_WAITING | _BYTES)
    with os.fdopen(descriptor, "rb") as file:
        _check_kind(file, path, is_regular=True)
        return file.read()


def _write_stream(path: Path, data: bytes) -> None:
    """Write to a pipe or a device, if somebody reads from it; whole or not cannot be promised."""
    try:
        descriptor = os.open(path, os.O_WRONLY | _NOT_WAITING | _NO_TERMINAL)
    except OSError as error:
        nobody = {errno.ENXIO: "nobody reads from it"}
        why = nobody.get(error.errno or 0, reason(error))
        raise UnwritableError(why, path) from error
    with os.fdopen(descriptor, "wb") as file:
        _check_kind(file, path, is_regular=False)
        os.set_blocking(descriptor, True)  # its reader may be slow
        file.write(data)


def _check_kind(file: BinaryIO, path: Path, *, is_regular: bool) -> None:
    """Refuse what became a file of another kind since it was looked at."""
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISREG(mode) is not is_regular:
        raise UnwritableError("it is a file of another kind", path)


def _replace(place: Destination, data: bytes, check: Callable[[], None]) -> None:
    """Write a new file and give it the place of the other; ``check`` raises where that is not to be."""
    attempt = 1
    while True:
        digits = os.urandom(_DIGITS // 2).hex()
        new = place.path.with_name(f"{_prefix(place.path)}{digits}")
        try:
            _put(new, place, data, check)
        except FileNotFoundError:
            # another run took the new file for one that was left over
            if attempt == _ATTEMPTS:
                raise
        else:
            return
        attempt += 1


def _put(new: Path, place: Destination, data: bytes, check: Callable[[], None]) -> None:
    mode = _NEW_FILE_MODE if place.permissions is None else _PRIVATE
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BYTES, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _lock(file, wait=True)
            file.write(data)
        if place.permissions not in {None, stat.S_IMODE(new.stat().st_mode)}:
            new.chmod(place.permissions)
        check()
        new.replace(place.path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _prefix(path: Path) -> str:
    """Return what the names of new files begin with that are to take the place of this one."""
    return f".{path.name}.dfrender-"


def _is_unused(path: Path) -> bool:
    """Say whether nobody writes to a new file any more."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _NOT_WAITING | _NO_LINK)
        with os.fdopen(descriptor, "rb") as file:
            _lock(file, wait=False)
    except OSError:
        return False
    return True


def _lock(file: BinaryIO, *, wait: bool) -> None:
    """Hold a lock that says that the file is in use; a killed process lets go of it."""
    with suppress(ImportError):  # Windows has no such lock, and needs none: it does not remove an open file
        import fcntl

        if not wait:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        with suppress(OSError):  # a disk of a network may have none; then runs at the same time are at their own risk
            fcntl.flock(file, fcntl.LOCK_EX)
