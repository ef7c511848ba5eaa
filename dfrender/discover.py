"""A path to the templates that it names: itself, or those of a folder."""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dfrender import git
from dfrender.diagnostics import CallError, Problems
from dfrender.profile.folders import upward
from dfrender.source import At

_TEMPLATE = r"[^_].*\.(?:j2|jinja)"
_OTHER = "dockerignore|tmpl|gotmpl|tpl|template|erb|ejs|hbs|mustache|jinja2|in|orig|bak"  # of other tools
_DOCKERFILE = rf"(?:[^_].*\.)?[Dd]ockerfile(?:\.(?!(?:.*\.)?(?:{_OTHER})$).+)?"
_NAMES = ("Dockerfile.j2", "Dockerfile")


def template_of(folder: Path) -> Path:
    """Return the template of a folder; raise `CallError` if it has none."""
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    message = "there is neither Dockerfile.j2 nor Dockerfile here"
    hint = "name the template or its folder"
    raise CallError.of(At(str(folder)), "no-template", message, hint)


def templates_below(folder: Path, excluded: Sequence[str], problems: Problems) -> list[Path]:
    """Return the templates of a folder and of those below it, but for what git ignores, and what matches a glob.

    A template is a file with ``dockerfile`` in its name that ends in ``.j2`` or ``.jinja`` and does not begin with
    ``_`` (those are to be included), or a ``Dockerfile`` beside a folder ``profiles`` and no such file. A glob is for
    the end of a path, that of a template or of a folder above it. Raise `CallError` if there is no template.
    """
    named = _files(folder, _mentions_dockerfile, problems)
    found: list[Path] = []
    folders: set[Path] = set()
    for path in named:
        if re.fullmatch(_TEMPLATE, path.name):
            found.append(path)
            folders.add(path.parent)
    for path in named:
        is_alone = path.name == "Dockerfile" and path.parent not in folders
        if is_alone and (path.parent / "profiles").is_dir():
            found.append(path)
    if not found:
        hint = "a template is named Dockerfile.j2, or is a Dockerfile beside a folder profiles"
        raise _none(folder, "template", hint)
    return _without_excluded(folder, found, excluded)


def dockerfiles_below(folder: Path, excluded: Sequence[str], problems: Problems) -> list[Path]:
    """Return the templates and the Dockerfiles of a folder and of those below it, as `templates_below` does.

    A Dockerfile is named so, with anything behind a dot before or after it.
    """
    found = _files(folder, _is_dockerfile, problems)
    if not found:
        raise _none(folder, "Dockerfile", "name the file: dfrender lint PATH")
    return _without_excluded(folder, found, excluded)


def dockerfile_names_below(folder: Path, excluded: Sequence[str], problems: Problems) -> list[Path]:
    """Return the files with ``dockerfile`` in their names in a folder and below it, be they templates or not."""
    found = _files(folder, _mentions_dockerfile, problems)
    return _left(folder, found, excluded)


def ignored(paths: Iterable[Path]) -> set[Path]:
    """Return those of the files that git ignores, be they there or not."""
    by_root: dict[Path, dict[str, Path]] = {}
    for path in paths:
        root = upward(path.parent)[-1]
        asked = by_root.setdefault(root, {})
        asked[os.path.realpath(path)] = path
    found: set[Path] = set()
    for root, asked in by_root.items():
        for name in git.ignored(root, asked):
            found.add(asked[name])
    return found


def named(name: str, folder: Path, problems: Problems) -> list[Path]:
    """Return the files of a name in a folder and below it, but for what git ignores."""
    return _files(folder, lambda each: each == name, problems)


def _mentions_dockerfile(name: str) -> bool:
    return "dockerfile" in name.lower()


def _is_dockerfile(name: str) -> bool:
    return re.fullmatch(_DOCKERFILE, name) is not None


def _none(folder: Path, what: str, hint: str) -> CallError:
    return CallError.of(At(str(folder)), "no-template", f"in this folder and below it there is no {what}", hint)


def _without_excluded(folder: Path, found: Iterable[Path], excluded: Sequence[str]) -> list[Path]:
    """Return what no glob excludes, sorted; raise `CallError` if that is nothing."""
    left = _left(folder, found, excluded)
    if not left:
        message = "all that is in this folder is excluded"
        raise CallError.of(At(str(folder)), "no-template", message, "check --exclude")
    return left


def _left(folder: Path, found: Iterable[Path], excluded: Sequence[str]) -> list[Path]:
    left: list[Path] = []
    for path in sorted(found):
        if not _matches(path.relative_to(folder), excluded):
            left.append(path)
    return left


def _matches(path: Path, globs: Sequence[str]) -> bool:
    for glob in globs:
        if path.match(glob) or any(folder.match(glob) for folder in path.parents):
            return True
    return False


def _files(folder: Path, is_wanted: Callable[[str], bool], problems: Problems) -> list[Path]:
    """Return the files with such names, sorted.

    Ask git for those that it knows or would add; without git, walk over all but hidden folders.
    """
    try:
        paths = git.listed(folder)
    except git.RefusedError as error:
        _warn(folder, str(error), problems)
        paths = None
    if paths is None:
        paths = _walk(folder)
    found: list[Path] = []
    for path in paths:
        if is_wanted(path.name) and path.is_file():
            found.append(path)
    return sorted(set(found))


def _warn(folder: Path, reason: str, problems: Problems) -> None:
    hint = "see what it says: git status"
    if "ownership" in reason or "unsafe repository" in reason:  # the words of git 2.35.2 were other ones
        root = os.path.realpath(upward(folder)[-1])
        hint = f"if you trust it: git config --global --add safe.directory {shlex.quote(root)}"
    message = f"git does not say what it ignores here, so all files count: {reason}"
    problems.warning(At(str(folder)), "git-refuses", message, hint)


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(parent, name) for name in names)
    return found
