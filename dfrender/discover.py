"""A path to the templates that it names: itself, or those of a folder."""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from dfrender import git
from dfrender.diagnostics import CallError, Problems
from dfrender.header import is_generated
from dfrender.profile.folders import upward
from dfrender.recorder import Recorder
from dfrender.source import At, decode
from dfrender.stamp.facts import mentions_dockerfile

_TEMPLATE = r"[^_].*\.(?:j2|jinja)"
_OTHER = "dockerignore|md|tmpl|gotmpl|tpl|template|erb|ejs|hbs|mustache|jinja2|in|orig|bak"  # of other tools
_WORD = "(?:[Dd]ocker|[Cc]ontainer)file"
_DOCKERFILE = rf"(?:[^_].*\.)?{_WORD}(?:[.-](?!(?:.*\.)?(?:{_OTHER})$).+)?"
_PLAIN_NAMES = ("Dockerfile", "Containerfile")
_TEMPLATE_NAMES = ("Dockerfile.j2", "Containerfile.j2")
_SHOWN = 8
_LOOKED_AT = 10_000
"""How many files a hint is worth where git does not know them: the folder may be a whole disk."""


def template_of(folder: Path, recorder: Recorder | None = None) -> Path:
    """Return the template of a folder; raise `CallError` if it has none."""
    look = recorder or Recorder()
    found = _template_in(folder, look)
    if found:
        return found
    message = "there is neither Dockerfile.j2 nor Dockerfile here"
    if _is_output(folder / "Dockerfile", look):
        message = "there is no Dockerfile.j2 here, and dfrender wrote the Dockerfile"
    hint = "name the template or its folder"
    around = look_around(folder)
    below = around.templates or around.dockerfiles
    if below:
        hint = f"{hint}; found: {listed(below)}"
    if around.dockerfiles and not around.templates:
        hint = f"{hint}; to make a template of one: dfrender init {shlex.quote(str(around.dockerfiles[0]))}"
    raise CallError.of(At(str(folder)), "no-template", message, hint)


class Around(NamedTuple):
    """The templates below a folder, and the Dockerfiles that are to be adopted.

    Those are not templates, dfrender did not write them, and no template stands beside them under their name.
    """

    templates: list[Path]
    dockerfiles: list[Path]


def look_around(folder: Path) -> Around:
    """Return what a new user may mean in a folder, as far as looking for it takes no time."""
    named = some_files(folder, mentions_dockerfile)
    look = Recorder()
    templates = sorted(_templates_among(named, look))
    adopted = {template.with_suffix("") for template in templates}
    others = [path for path in _plain_among(named, templates) if path not in adopted and not _is_output(path, look)]
    return Around(templates, others)


def listed(paths: Sequence[Path]) -> str:
    """Return paths for a message, the first few of many."""
    shown = ", ".join(str(each) for each in paths[:_SHOWN])
    if len(paths) > _SHOWN:
        return f"{shown} and {len(paths) - _SHOWN} more"
    return shown


def templates_below(
    folder: Path, excluded: Sequence[str], problems: Problems, recorder: Recorder | None = None
) -> list[Path]:
    """Return the templates of a folder and of those below it, but for what git ignores, and what matches a glob.

    A template is a file with ``dockerfile`` or ``containerfile`` in its name that ends in ``.j2`` or ``.jinja`` and
    does not begin with ``_`` (those are to be included), or a ``Dockerfile`` beside a folder ``profiles`` and no such
    file, if dfrender did not write it. A glob is for the end of a path, that of a template or of a folder above it.
    Raise `CallError` if there is no template. The recorder notes what was looked at; what it knows is not looked for
    again.
    """
    look = recorder or Recorder()
    named = _mentioned(folder, problems, look)
    found = _templates_among(named, look)
    if not found:
        hint = "a template is named Dockerfile.j2, or is a Dockerfile beside a folder profiles"
        plain = [path for path in named if is_dockerfile(path.name)]
        if plain:
            hint = f"{hint}; to make a template of one: dfrender init {shlex.quote(str(plain[0]))}"
        raise _none(folder, "template", hint)
    return _without_excluded(folder, found, excluded)


def plain_below(
    folder: Path, excluded: Sequence[str], problems: Problems, recorder: Recorder | None = None
) -> list[Path]:
    """Return the Dockerfiles of a folder and of those below it that are not templates, nor written by dfrender."""
    look = recorder or Recorder()
    named = _mentioned(folder, problems, look)
    found = _plain_among(named, _templates_among(named, look))
    return [path for path in _left(folder, found, excluded) if not _is_output(path, look)]


def _templates_among(named: Sequence[Path], look: Recorder) -> list[Path]:
    found: list[Path] = []
    folders: set[Path] = set()
    for path in named:
        if re.fullmatch(_TEMPLATE, path.name):
            found.append(path)
            folders.add(path.parent)
    for path in named:
        is_alone = path.name in _PLAIN_NAMES and path.parent not in folders
        if is_alone and look.is_folder(path.parent / "profiles") and not _is_output(path, look):
            found.append(path)
    return found


def _plain_among(named: Sequence[Path], templates: Iterable[Path]) -> list[Path]:
    """Return the Dockerfiles that are none of the templates, nor named as one; dfrender may have written them."""
    known = set(templates)
    found: list[Path] = []
    for path in named:
        if is_dockerfile(path.name) and path not in known and not re.fullmatch(_TEMPLATE, path.name):
            found.append(path)
    return found


def dockerfiles_below(folder: Path, excluded: Sequence[str], problems: Problems) -> list[Path]:
    """Return the templates and the Dockerfiles of a folder and of those below it, as `templates_below` does.

    A Dockerfile, or Containerfile, is named so, with anything before a dot, or behind a dot or dash.
    """
    found = _files(folder, is_dockerfile, problems)
    if not found:
        raise _none(folder, "Dockerfile", "name the file: dfrender lint PATH")
    return _without_excluded(folder, found, excluded)


def dockerfile_names_below(
    folder: Path, excluded: Sequence[str], problems: Problems, recorder: Recorder | None = None
) -> list[Path]:
    """Return the files whose names mention a Dockerfile in a folder and below it, be they templates or not."""
    found = _mentioned(folder, problems, recorder or Recorder())
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


def untracked(paths: Iterable[Path]) -> set[Path]:
    """Return those of the files that git does not track, in repositories where it answers."""
    known: dict[Path, set[str] | None] = {}
    found: set[Path] = set()
    for path in paths:
        root = upward(path.parent)[-1]
        if root not in known:
            known[root] = git.tracked(root)
        tracked = known[root]
        # a link is a file of its own to git; the folders on the way to it are not
        whole = Path(os.path.realpath(path.parent), path.name)
        name = Path(os.path.relpath(whole, os.path.realpath(root))).as_posix()
        if tracked is not None and name not in tracked:
            found.add(path)
    return found


def named(name: str, folder: Path, problems: Problems) -> list[Path]:
    """Return the files of a name in a folder and below it, but for what git ignores."""
    return _files(folder, lambda each: each == name, problems)


def is_template(name: str) -> bool:
    """Say whether the file of a name is a template where it is looked for in a folder."""
    return mentions_dockerfile(name) and re.fullmatch(_TEMPLATE, name) is not None


def is_dockerfile(name: str) -> bool:
    """Say whether a name is a Dockerfile's, be it a template or not."""
    return re.fullmatch(_DOCKERFILE, name) is not None


def _template_in(folder: Path, look: Recorder) -> Path | None:
    """Return the template of a folder; None if it has none."""
    for name in _TEMPLATE_NAMES:
        if look.is_file(folder / name):
            return folder / name
    for name in _PLAIN_NAMES:
        if look.is_file(folder / name) and not _is_output(folder / name, look):
            return folder / name
    return None


def _is_output(path: Path, look: Recorder) -> bool:
    """Say whether dfrender wrote a file; one that cannot be read is reported by whoever needs it."""
    try:
        return look.is_file(path) and is_generated(decode(look.peek(path)))
    except OSError:
        look.is_complete = False
        return False


def some_files(folder: Path, is_wanted: Callable[[str], bool]) -> list[Path]:
    """Return the files with such names in a folder and below it, sorted, as far as looking for them takes no time."""
    try:
        paths = git.listed(folder, is_wanted)
    except git.RefusedError:
        paths = None
    if paths is None:
        paths = list(islice(git.walk(folder), _LOOKED_AT))
    return _wanted(paths, is_wanted)


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


def _mentioned(folder: Path, problems: Problems, look: Recorder) -> Sequence[Path]:
    """Return the files whose names mention a Dockerfile in a folder and below it, sorted; git is asked once a call."""
    if folder not in look.below:
        look.below[folder] = tuple(_files(folder, mentions_dockerfile, problems))
    return look.below[folder]


def _files(folder: Path, is_wanted: Callable[[str], bool], problems: Problems) -> list[Path]:
    """Return the files with such names, sorted.

    Ask git for those that it knows or would add; without git, walk over all but hidden folders.
    """
    try:
        paths = git.files_below(folder, is_wanted)
    except git.RefusedError as error:
        _warn(folder, str(error), problems)
        paths = git.walk(folder)
    return _wanted(paths, is_wanted)


def _wanted(paths: Iterable[Path], is_wanted: Callable[[str], bool]) -> list[Path]:
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
