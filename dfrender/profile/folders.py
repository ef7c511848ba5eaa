"""Folders to the profiles in them that a template, or another profile, can see. Reads names, never a profile.

What is looked for is noted by the recorder that is given, if there is one.
"""

import os.path
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import CallError
from dfrender.recorder import Recorder
from dfrender.source import At

SUFFIXES = (".yaml", ".yml")


class ProfileFile(NamedTuple):
    """A profile that was found: its name, its file, and the folder of the template that it was found for."""

    name: str
    path: Path
    folder: Path

    @property
    def real(self) -> Path:
        """Return the path of the file without symbolic links."""
        return real(self.path)


def is_path(text: str) -> bool:
    """Say whether a text that names a profile is a path, not a name."""
    return "/" in text or text.endswith(SUFFIXES)


def real(path: Path) -> Path:
    """Return the path without symbolic links; unlike `Path.resolve` it bears one to itself."""
    return Path(os.path.realpath(path))


def upward(folder: Path, recorder: Recorder | None = None) -> list[Path]:
    """Return a folder and those above it, each as relative as the first, up to the root of the repository.

    That is the first with a ``.git``, be it folder or file; without one, the folder is given alone.
    """
    look = recorder or Recorder()
    found: list[Path] = []
    for each in _above(folder, look):
        found.append(each)
        if look.exists(each / ".git"):
            return found
    return [folder]


def _above(folder: Path, look: Recorder) -> Iterator[Path]:
    """Yield a folder and those above it by its name; without links on the way, their real paths need no look."""
    place = look.real(folder)
    here = look.real(Path())
    has_links = place != os.path.normpath(os.path.join(here, folder))  # noqa: PTH118 - a text, as `real` returns
    yield folder
    while place != os.path.dirname(place):  # noqa: PTH120 - the same
        folder = _parent(folder)
        place = look.real(folder) if has_links else os.path.dirname(place)  # noqa: PTH120 - the same
        yield folder


def _parent(folder: Path) -> Path:
    """Return the folder above one, by its name, which may be none yet."""
    if folder.parts and os.pardir not in folder.parts:
        return folder.parent
    return Path(os.path.normpath(folder / ".."))


def image_name(folder: Path) -> str:
    """Return the path of a folder from the root of its repository as a part of an image's name; empty at the root.

    A last ``docker`` is left out: that is where a service keeps its Dockerfile.
    """
    root = upward(folder)[-1]
    parts = list(real(folder).relative_to(real(root)).parts)
    if parts and parts[-1].lower() == "docker":
        parts.pop()
    return "-".join(parts).lower()


def home(profile: Path, recorder: Recorder | None = None) -> Path:
    """Return the folder that a profile belongs to: the one above ``profiles``, else the one that it lies in."""
    look = recorder or Recorder()
    folder = profile.parent
    if os.path.basename(look.real(folder)) == "profiles":  # noqa: PTH119 - the same
        return _parent(folder)
    return folder


def seen_from(profile: Path, above: Iterable[Path]) -> list[Path]:
    """Return the folders in which a profile's parents are looked for: its own, then each ``profiles`` above."""
    found = [profile.parent]
    found += [each / "profiles" for each in above]
    return list(dict.fromkeys(found))


def named(name: str, folders: Iterable[Path], recorder: Recorder | None = None) -> Path | None:
    """Return the profile of a name in the first folder that has one; raise `CallError` if it has two."""
    look = recorder or Recorder()
    for folder in folders:
        paths = [folder / f"{name}{suffix}" for suffix in SUFFIXES]
        found = [path for path in paths if look.is_file(path)]
        if len(found) > 1:
            raise _ambiguous(name, found[0], found[1])
        if found:
            return found[0]
    return None


def profiles_in(folder: Path, recorder: Recorder | None = None) -> dict[str, Path]:
    """Return the profiles in a folder by their names, hidden files left out; raise `CallError` as `named` does."""
    look = recorder or Recorder()
    found: dict[str, Path] = {}
    for name in look.names(folder):
        path = folder / name
        if not name.startswith(".") and path.suffix in SUFFIXES and look.is_file(path):
            first = found.setdefault(path.stem, path)
            if first is not path:
                raise _ambiguous(path.stem, first, path)
    return found


def _ambiguous(name: str, first: Path, second: Path) -> CallError:
    message, hint = f"the profile {name!r} is there twice", f"remove {second} or {first}"
    return CallError.of(At(str(second)), "ambiguous-profile", message, hint)
