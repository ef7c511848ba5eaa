"""A path to the templates that it names: itself, or those of a folder."""

import os
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from dfrender.diagnostics import CallError, Diagnostic
from dfrender.profile.folders import upward
from dfrender.source import At

_TEMPLATE = r"[^_].*\.(?:j2|jinja)"
_OTHER = "dockerignore|tmpl|gotmpl|tpl|template|erb|ejs|hbs|mustache|jinja2|in|orig|bak"  # of other tools
_DOCKERFILE = rf"(?:[^_].*\.)?[Dd]ockerfile(?:\.(?!(?:.*\.)?(?:{_OTHER})$).+)?"
_NONE = "in this folder and below it there is no"
_LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
_IGNORED = ("check-ignore", "-z", "--stdin")
_NAMES = ("Dockerfile.j2", "Dockerfile")


def template_of(folder: Path) -> Path:
    """Give the template of a folder; raises `CallError` if it has none."""
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    message = "there is neither Dockerfile.j2 nor Dockerfile here"
    hint = "name the template or its folder"
    raise CallError([Diagnostic(At(str(folder)), "no-template", message, hint=hint)])


def templates_below(folder: Path, excluded: Sequence[str] = ()) -> list[Path]:
    """Give the templates of a folder and of those below it, but for what git ignores, and what matches a glob.

    A template is a file with ``dockerfile`` in its name that ends in ``.j2`` or ``.jinja`` and does not begin with
    ``_`` (those are to be included), or a ``Dockerfile`` beside a folder ``profiles`` and no such file. A glob is for
    the end of a path, that of a template or of a folder above it. Raises `CallError` if there is no template.
    """
    named = [path for path in _files(folder) if "dockerfile" in path.name.lower() and path.is_file()]
    found = {path for path in named if re.fullmatch(_TEMPLATE, path.name)}
    folders = {path.parent for path in found}
    plain = (path for path in named if path.name == "Dockerfile" and path.parent not in folders)
    found.update(path for path in plain if (path.parent / "profiles").is_dir())
    hint = "a template is named Dockerfile.j2, or is a Dockerfile beside a folder profiles"
    return _left(folder, found, excluded, Diagnostic(At(str(folder)), "no-template", f"{_NONE} template", hint=hint))


def dockerfiles_below(folder: Path, excluded: Sequence[str] = ()) -> list[Path]:
    """Give the templates and the Dockerfiles of a folder and of those below it, as `templates_below` does.

    A Dockerfile is named so, with anything behind a dot before or after it.
    """
    found = {path for path in _files(folder) if re.fullmatch(_DOCKERFILE, path.name) and path.is_file()}
    hint = "name the file: dfrender lint PATH"
    return _left(folder, found, excluded, Diagnostic(At(str(folder)), "no-template", f"{_NONE} Dockerfile", hint=hint))


def dockerfile_names_below(folder: Path, excluded: Sequence[str]) -> list[Path]:
    """Give the files with ``dockerfile`` in their names in a folder and below it, be they templates or not."""
    named = (path for path in sorted(_files(folder)) if "dockerfile" in path.name.lower() and path.is_file())
    return [path for path in named if not _matches(path.relative_to(folder), excluded)]


def ignored(paths: Iterable[Path]) -> set[Path]:
    """Give those of the files that git ignores, be they there or not."""
    by_root: dict[Path, dict[str, Path]] = {}
    for path in paths:
        by_root.setdefault(upward(path.parent)[-1], {})[os.path.realpath(path)] = path
    return {known[each] for root, known in by_root.items() for each in _ask_git(root, _IGNORED, known) or ()}


def named(name: str, folder: Path) -> list[Path]:
    """Give the files of a name in a folder and below it, but for what git ignores."""
    return [path for path in sorted(_files(folder)) if path.name == name and path.is_file()]


def _left(folder: Path, found: Collection[Path], excluded: Sequence[str], none: Diagnostic) -> list[Path]:
    """Give what no glob excludes, sorted; raise `CallError` with ``none`` if nothing was found."""
    left = [path for path in sorted(found) if not _matches(path.relative_to(folder), excluded)]
    if not left:
        all_excluded = none._replace(message="all that is in this folder is excluded", hint="check --exclude")
        raise CallError([all_excluded if found else none])
    return left


def _matches(path: Path, globs: Sequence[str]) -> bool:
    return any(each.match(glob) for each in (path, *path.parents) for glob in globs)


def _files(folder: Path) -> list[Path]:
    """Ask git for the files that it knows or would add; without git, walk over all but hidden folders."""
    names = _ask_git(folder, _LISTED)
    return list(_walk(folder)) if names is None else [folder / name for name in names]


def _ask_git(folder: Path, command: Sequence[str], names: Iterable[str] = ()) -> list[str] | None:
    """Give the names that git answers with, None if it cannot answer."""
    import subprocess  # 6 ms of start-up that only a folder needs

    asked = ["git", "-C", str(folder), *command]
    stdin = os.fsencode("\0".join(names))
    try:
        output = subprocess.run(asked, input=stdin, capture_output=True, check=True).stdout  # noqa: S603 - no user text
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in os.fsdecode(output).split("\0") if name]


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names]
    return found
