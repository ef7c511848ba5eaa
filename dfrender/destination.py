"""A path to what may be written there: a regular file, be it there or not, or a stream. All else is refused.

Looks, and writes nothing. Every file that dfrender writes passes here, whoever named it.
"""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from dfrender.boundary import IN_GIT, Boundary, is_in_git

_OTHERS = {
    stat.S_IFDIR: "is a directory",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFBLK: "is a block device",
}


class UnwritableError(OSError):
    """Nothing may be written to a path; the text says why."""

    def __init__(self, why: str, path: Path) -> None:
        """Name the path as the system does where it refuses something itself."""
        super().__init__(None, why, str(path))


class Destination(NamedTuple):
    """Where a text goes.

    ``path`` is that of a regular file behind all links, or of a stream as it was given: a pipe or a device, which is
    written to and neither replaced nor read. ``real`` is the path behind all links of either. ``permissions`` are those
    of a file that is there, None for a new one.
    """

    path: Path
    real: str
    permissions: int | None = None
    is_stream: bool = False


def destination(path: Path, boundary: Boundary | None) -> Destination:
    """Return where a text goes that is written to a path; raise `OSError` where nothing may be written.

    ``boundary`` holds all that links may lead to; it is None where the user names the path on the command line.
    """
    mode = _mode(path)
    kind = stat.S_IFMT(mode)
    if kind in _OTHERS:
        raise UnwritableError(_OTHERS[kind], path)
    place = os.path.realpath(path)
    objection = ""
    if boundary:
        objection = boundary.objection_to_real(place)
    elif is_in_git(place):
        objection = IN_GIT
    if objection:
        raise UnwritableError(f"it {objection}", path)
    if kind in {stat.S_IFIFO, stat.S_IFCHR}:
        return Destination(path, place, is_stream=True)
    real = Path(place)
    if kind == stat.S_IFREG:
        # the bits that let a program run as somebody else are not for a text that others may choose
        return Destination(real, place, mode & 0o777)
    return Destination(real, place)


def _mode(path: Path) -> int:
    """Return what stands at the end of all links; 0 where there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0
