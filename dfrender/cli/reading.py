"""What all commands read: templates from paths and standard input."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from dfrender.boundary import ROOT, boundary_of
from dfrender.cli.options import ROOT_OPTION
from dfrender.diagnostics import Problems
from dfrender.header import is_generated
from dfrender.profile import places
from dfrender.recorder import Recorder
from dfrender.source import STDIN_NAME, decode
from dfrender.template.template import Template, read_template

STDIN = "-"

HERE = Path()
"""The working directory, which the paths of a call are relative to."""


def environment() -> Mapping[str, str]:
    """Return the environment of the call, with what its options say in place of variables."""
    root = click.get_current_context().meta.get(ROOT_OPTION)
    if root is None:
        return os.environ
    return {**os.environ, ROOT: root}


def refuse_empty(*texts: str | None) -> None:
    """Refuse an empty text where a name is needed."""
    if "" in texts:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")


def template_file(path: str | None) -> Path:
    """Return the file of the template that a path names, itself or that of a folder; without one, of this folder."""
    refuse_empty(path)
    given = Path(path or ".")
    if given.is_dir():
        from dfrender import discover  # with git 1 ms, which only a folder needs

        return discover.template_of(given)
    return Path(read_template(given).file)


def templates(
    paths: Sequence[str],
    excluded: Sequence[str],
    warnings: Problems,
    recorder: Recorder | None = None,
    *,
    plain_too: bool = False,
) -> list[Template]:
    """Read what the paths name, each once; without a path the template of this folder.

    ``plain_too``: of a folder, also the Dockerfiles that are not templates. ``warnings`` gains what was said while
    folders were looked through, and the recorder what was looked at.
    """
    refuse_empty(*paths, *excluded)
    look = recorder or Recorder(environment())
    if not paths:
        from dfrender import discover  # the same

        return [_found_in(Path(), look)(discover.template_of(Path(), look))]
    problems = Problems()
    found: dict[str, Template] = {}
    for named in problems.attempt(lambda each: _templates(each, excluded, warnings, look, plain_too=plain_too), paths):
        for each in named:
            # a link keeps its name: its path is not resolved
            found.setdefault(os.path.abspath(each.file), each)  # noqa: PTH100
    problems.refuse()
    return list(found.values())


def plain_dockerfiles(paths: Sequence[str], excluded: Sequence[str], recorder: Recorder) -> list[Path]:
    """Return the Dockerfiles in the folders among the paths that have no profile of their own, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        if Path(path).is_dir():
            from dfrender import discover  # the same

            below = discover.plain_below(Path(path), excluded, Problems(), recorder)
            found.update(dict.fromkeys(below))
    return list(found)


def refuse_shared_context(found: Sequence[Template], context: str) -> None:
    """Refuse a context that a call names for several templates: each has its own."""
    if context and len(found) > 1:
        choices = " ".join(each.file for each in found)
        raise click.UsageError(f"--context is that of one template; choose one of {choices}")


def refuse_shared_target(found: Sequence[Template], target: str) -> None:
    """Refuse a target that a call names for several templates: it is a stage of one of them."""
    if target and len(found) > 1:
        choices = " ".join(each.file for each in found)
        raise click.UsageError(f"--target is a stage of one template; choose one of {choices}")


def _templates(
    path: str, excluded: Sequence[str], warnings: Problems, look: Recorder, *, plain_too: bool
) -> list[Template]:
    if path == STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[STDIN_NAME] = text
        return [Template(STDIN_NAME, text, Path(), jinja=True)]
    if path.endswith((".yaml", ".yml")):
        raise click.UsageError(f"{path} is a profile, not a Dockerfile; name it with -p")
    if not look.is_folder(Path(path)):
        _refuse_profile(path, look)
        return [read_template(Path(path))]
    from dfrender import discover  # the same

    problems = Problems()
    read = _found_in(Path(path), look)
    if plain_too:
        found = problems.attempt(read, discover.dockerfiles_below(Path(path), excluded, warnings))
        # what dfrender wrote is checked with its template
        found = [each for each in found if not is_generated(each.text)]
    else:
        found = problems.attempt(read, discover.templates_below(Path(path), excluded, warnings, look))
    problems.refuse()
    return found


def _refuse_profile(path: str, look: Recorder) -> None:
    """Refuse the name of a profile that this folder has, where no file bears it."""
    if "/" in path or look.exists(Path(path)):
        return
    names = {each.name for each in places.profiles(HERE)}
    if path in names:
        raise click.UsageError(f"{path} is a profile, not a Dockerfile; write -p {path}")


def _found_in(folder: Path, look: Recorder) -> Callable[[Path], Template]:
    """Return what reads the templates that were found in a folder, none of which may lead out of its repository."""
    boundary = boundary_of(folder, look)
    return partial(read_template, boundary=boundary)
