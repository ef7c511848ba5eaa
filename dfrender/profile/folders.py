"""Folders to the profiles in them that a template, or another profile, can see. Reads names, never a profile."""

import os.path
from collections.abc import Iterable, Iterator
from pathlib import Path

from dfrender.diagnostics import CallError, Diagnostic
from dfrender.source import At

SUFFIXES = (".yaml", ".yml")


def is_path(text: str) -> bool:
    """Say whether a text that names a profile is a path, not a name."""
    return "/" in text or text.endswith(SUFFIXES)


def real(path: Path) -> Path:
    """Give the path without symbolic links; unlike `Path.resolve` it bears one to itself."""
    return Path(os.path.realpath(path))


def upward(folder: Path) -> list[Path]:
    """Give a folder and those above it, each as relative as the first, up to the root of the repository.

    That is the first with a ``.git``, be it folder or file; without one, the folder is given alone.
    """
    found: list[Path] = []
    for each in _above(folder):
        found.append(each)
        if (each / ".git").exists():
            return found
    return [folder]


def _above(folder: Path) -> Iterator[Path]:
    yield folder
    while (place := real(folder)) != place.parent:
        folder = Path(os.path.normpath(folder / ".."))
        yield folder


def home(profile: Path) -> Path:
    """Give the folder that a profile belongs to: the one above ``profiles``, else the one that it lies in."""
    folder = profile.parent
    return Path(os.path.normpath(folder / "..")) if real(folder).name == "profiles" else folder


def seen_from(profile: Path) -> list[Path]:
    """Give the folders in which a profile's parents are looked for: its own, then each ``profiles`` upward."""
    return list(dict.fromkeys([profile.parent, *(each / "profiles" for each in upward(home(profile)))]))


def named(name: str, folders: Iterable[Path]) -> Path | None:
    """Give the profile of a name in the first folder that has one; raises `CallError` if it has two."""
    for folder in folders:
        match [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]:
            case [path]:
                return path
            case [first, second]:
                raise CallError([_ambiguous(name, first, second)])
    return None


def profiles_in(folder: Path) -> dict[str, Path]:
    """Give the profiles in a folder by their names, hidden files left out; raises `CallError` as `named` does."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("[!.]*")):
        if path.suffix in SUFFIXES and path.is_file():
            first = found.setdefault(path.stem, path)
            if first is not path:
                raise CallError([_ambiguous(path.stem, first, path)])
    return found


def _ambiguous(name: str, first: Path, second: Path) -> Diagnostic:
    message, hint = f"the profile {name!r} is there twice", f"remove {second} or {first}"
    return Diagnostic(At(str(second)), "ambiguous-profile", message, hint=hint)
