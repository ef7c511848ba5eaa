"""A file that dfrender wrote to the template and the profile that it is made of, by its header, which is never run."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from dfrender import api, discover, files
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, Severity
from dfrender.output import State, header_command
from dfrender.profile import folders, places
from dfrender.profile.profile import Profile
from dfrender.recipe import Recipe
from dfrender.recipe import read as read_recipe
from dfrender.source import At, Line, decode
from dfrender.template.template import read_template

_STDIN = "-"


class Origin(NamedTuple):
    """The template and the profile that make a file; ``output`` is the path that the call named."""

    template: Path
    profile: Profile
    output: Path | None


def recipe_of(text: str) -> Recipe | None:
    """Give what the header of a text says; None without a header of dfrender."""
    return read_recipe(header_command(text))


def target_of(file: str, recipe: Recipe, environ: Mapping[str, str]) -> files.Target:
    """Render what a file is made of, and give it as it should be now.

    Raises `CallError` if nothing is found that makes this file, and `DfrenderError` if it cannot be rendered.
    """
    load = api.loader(recipe.overrides, environ, recipe.target)
    origin = next(_origins(Path(file), recipe, load), None)
    if origin is None:
        hint = f"its header says: {recipe.command}"
        raise CallError([Diagnostic(At(file), "unknown-origin", _no_origin(recipe), hint=hint)])
    template, profile = read_template(origin.template), origin.profile
    result = api.render(template, profile, partial(api.elsewhere, template, load, profile.name))
    return next(each for each in files.targets_of([result], origin.output) if _same(each.output.path, file))


def repointed(found: Iterable[Diagnostic], environ: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Give what was found in rendered files at the lines that they are made of; what was found elsewhere as it is.

    Raises `CallError` for a file that is not there, and `DfrenderError` for one that is not current: its lines are not
    those that would be written now.
    """
    targets: dict[str, files.Target | None] = {}
    for each in found:
        if each.at.file not in targets:
            targets[each.at.file] = _current(each.at.file, environ)
        target = targets[each.at.file]
        yield _at_origin(each, target.lines[each.at.line - 1]) if target and each.at.line else each


def _current(file: str, environ: Mapping[str, str]) -> files.Target | None:
    recipe = recipe_of(read_template(Path(file)).text)
    target = target_of(file, recipe, environ) if recipe else None
    if target and target.state is not State.CURRENT:
        message = f"these findings may be about other lines: {target.output.path} is {target.state.value}"
        raise DfrenderError([Diagnostic(At(file), "outdated-findings", message, hint=target.outdated())])
    return target


def _at_origin(found: Diagnostic, line: Line) -> Diagnostic:
    """Give a diagnostic at the place that a line is from; that of a line that dfrender added at what asked for it."""
    related = (*found.related, ("in the rendered file", found.at))
    if line.why:
        message = f"{found.message} (in a line that dfrender added: {line.why})"
        return found._replace(at=line.cause or line.at, message=message, related=related)
    at = line.locate(found.at.column - 1) if found.at.column else line.at
    return found._replace(at=at, related=related)


def orphans(paths: Iterable[Path], environ: Mapping[str, str], severity: Severity) -> Iterator[Diagnostic]:
    """Report the files that dfrender wrote and would not write again; of standard input nobody knows."""
    for path in paths:
        recipe = recipe_of(decode(path.read_bytes()))
        if recipe and recipe.template != _STDIN:
            load = api.loader(recipe.overrides, environ, recipe.target)
            if not any(_origins(path, recipe, load)):
                hint = "remove the file, or its header if you go on with it by hand"
                yield Diagnostic(At(str(path)), "orphaned-output", _no_origin(recipe), severity, hint)


def _no_origin(recipe: Recipe) -> str:
    if recipe.template == _STDIN:
        return "this file is made of standard input, of which nothing is kept"
    return f"there is no template {recipe.template!r} with a profile {recipe.profile!r} that makes this file"


def _origins(file: Path, recipe: Recipe, load: api.Load) -> Iterator[Origin]:
    """Give what makes a file: templates of that name in the folders upward, then in the whole repository."""
    upward, name = folders.upward(file.parent), Path(recipe.template).name
    near = (each / name for each in upward if (each / name).is_file())
    everywhere = (each for root in upward[-1:] for each in discover.named(name, root))
    for each in chain(near, everywhere):
        template = each if each.is_absolute() else Path(os.path.relpath(each))
        output = template.parent / recipe.output if recipe.output else None
        try:
            profile = load(*places.find(_from(template.parent, recipe.profile), template.parent))
            path = output or places.output_path(template, profile)
        except DfrenderError:
            continue
        if any(_same(made, file) for made in (path, files.ignore_file(path))):
            yield Origin(template, profile, output)


def _from(folder: Path, profile: str) -> str:
    return str(folder / profile) if folders.is_path(profile) else profile


def _same(path: Path, file: str | Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(file)
