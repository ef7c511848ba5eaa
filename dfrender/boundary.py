"""What may be read for a template: its repository without ``.git``, whatever names and links lead to a file.

It guards includes, and all that is found by looking. It only looks at names and kinds of files, and reads none.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dfrender.recorder import Recorder

IN_GIT = "is inside .git"
ROOT = "DFRENDER_ROOT"
"""The variable of the environment that names the root; the option ``--root`` sets it for one call."""


class Boundary(NamedTuple):
    """The folder that holds all that may be read.

    ``root`` is a real path. ``named`` is how the user named it, empty where it was found. Not ``is_repository``:
    nothing says where the repository begins, and there is only the folder itself.
    """

    root: Path
    named: str
    is_repository: bool

    @property
    def description(self) -> str:
        """Return what to call it in a message."""
        if self.named:
            return f"the root {self.named!r}"
        return "the repository" if self.is_repository else "the template's folder"

    def objection(self, path: Path) -> str:
        """Say why a file may not be read; empty where it may. Neither has the file to be there."""
        return self.objection_to_real(os.path.realpath(path))

    def objection_to_real(self, place: str) -> str:
        """Do the same with a real path."""
        root = str(self.root)
        is_below = place.startswith(f"{root.rstrip(os.sep)}{os.sep}")  # which spares a look at each folder
        for each in _upward(place):
            if each == root or (not is_below and _is_same(each, root)):
                return ""
            if _is_git(each):
                return IN_GIT
        return f"is outside {self.description}"


def boundary_of(folder: Path, recorder: Recorder) -> Boundary:
    """Return the boundary of what lies in a folder: the root that was named, else the repository, else the folder."""
    named = recorder.environ.get(ROOT)
    if named:
        return Boundary(Path(os.path.realpath(named)), named, is_repository=True)
    real = Path(recorder.real(folder))
    for each in (real, *real.parents):
        if recorder.exists(each / ".git"):  # a file in a submodule and in a second work tree
            return Boundary(each, "", is_repository=True)
    return Boundary(real, "", is_repository=False)


def is_in_git(place: str) -> bool:
    """Say whether a real path leads into the own folder of any repository."""
    return any(_is_git(each) for each in _upward(place))


def _upward(path: str) -> Iterator[str]:
    """Yield a real path and those of the folders above it, as texts: each file that is written asks several times."""
    yield path
    while (above := os.path.dirname(path)) != path:
        path = above
        yield path


def _is_git(path: str) -> bool:
    """Say whether a path is a repository's own folder, by this name or by one that the file system takes for it."""
    folder, name = os.path.split(path)
    # mostly there is none, and one look is enough
    return name == ".git" or _is_same(os.path.join(folder, ".git"), path)


def _is_same(one: str, other: str) -> bool:
    """Compare two files: names differ in case on some systems, and Windows has short ones."""
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there
        return False
