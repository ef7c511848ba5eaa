"""``dfrender plan``: what is built in which order, from what, and how that is done where it is done."""

import os
import shlex
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click

from dfrender import api, planning
from dfrender.api import Result
from dfrender.cli.printing import echo, echo_bytes, errors_reported
from dfrender.cli.reading import STDIN, environment, refuse_shared_context, refuse_shared_target, templates
from dfrender.diagnostics import DfrenderError, Problems
from dfrender.files import relative
from dfrender.plan.formats import Format, format_of
from dfrender.plan.plan import Plans
from dfrender.profile import folders, places
from dfrender.profile.keys import Handover
from dfrender.profile.profiles import Profiles
from dfrender.source import encode


class _Call(NamedTuple):
    """What a plan is asked for with."""

    paths: Sequence[str]
    excluded: Sequence[str]
    wanted: Sequence[str]
    overrides: Sequence[str]
    target: str
    context: str
    handover: str | None
    name: str


def run(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    *,
    target: str,
    context: str,
    handover: str | None,
    name: str,
) -> None:
    """Say which jobs build what, in which order and from which images."""
    call = _Call(paths, excluded, wanted, overrides, target, context, handover, name)
    with errors_reported() as found:
        chosen = format_of(name)
        results = _results(call, found)
        for each in results:
            found.extend(planning.warnings_of(each))
        plans = _plans(results, call, chosen)
        text = chosen.write(plans)
        for note in chosen.notes(plans):
            echo(f"note: {note}\n", err=True)
        echo_bytes(encode(text))


def _results(call: _Call, problems: Problems) -> list[Result]:
    """Render what the paths name, each template for one profile."""
    if STDIN in call.paths:
        raise click.UsageError("a plan names the template, and standard input has no name; give a path")
    found = templates(call.paths, call.excluded, problems)
    refuse_shared_context(found, call.context)
    refuse_shared_target(found, call.target)
    profiles = Profiles(environment(), call.overrides, context=call.context)
    rendered: list[list[Result]] = []
    for template in found:
        try:
            rendered.append(api.render_each(template, call.wanted, profiles))
        except DfrenderError as error:
            if len(found) > 1:
                problems.add(planning.of_template(error, template))
            else:
                problems.add(error)
    problems.refuse()
    if any(len(each) > 1 for each in rendered):
        names = dict.fromkeys(each.profile.name for each in chain.from_iterable(rendered))
        choices = " ".join(f"-p {name}" for name in names)
        raise click.UsageError(f"a plan is of one profile; choose one of {choices}")
    return list(chain.from_iterable(rendered))


def _plans(results: Sequence[Result], call: _Call, chosen: Format) -> Plans:
    """Make the plans for the folder that a format is for: the working directory, or the root of the repository."""
    folder = _folder(results, call, chosen)
    options = _options(call, chosen, folder)
    shown = shlex.join(options)
    locations = planning.locations_of(results, folder, chosen, shown)
    handover = Handover(call.handover) if call.handover else None
    update = ""
    if len(results) > 1:
        update = f"{_command(call, folder)} {shown}"
    return planning.plans_of(results, locations, call.target, handover, update)


def _folder(results: Sequence[Result], call: _Call, chosen: Format) -> Path:
    """Return where the plans are carried out; refuse templates that no pipeline has together."""
    if not chosen.in_root:
        return Path()
    roots: dict[str, Path] = {}
    for each in results:
        root = places.repository_root(each.template.folder)
        roots.setdefault(os.path.realpath(root), root)
    first, *others = roots.values()
    if others:
        listed = " ".join(map(str, roots.values()))
        message = f"{call.name} is for the root of a repository, and these templates have several: {listed}"
        raise click.UsageError(f"{message}; where there is no .git, the template's folder is the root")
    return first


def _options(call: _Call, chosen: Format, folder: Path) -> list[str]:
    """Return the options that write a plan down again in a folder, besides those of its rendering."""
    shown = call.name
    if chosen.in_root and chosen.is_path:
        shown = relative(folder, Path(call.name))
    options: list[str] = []
    if call.target:
        options += ["--target", call.target]
    if call.context:
        options += ["--context", relative(folder, Path(call.context))]
    if call.handover:
        options += ["--handover", call.handover]
    return [*options, "--format", shown]


def _command(call: _Call, folder: Path) -> str:
    """Return the command that plans several templates, with paths from a folder."""
    words = ["dfrender", "plan"]
    for name in call.wanted:
        shown = name
        if folders.is_path(name):
            shown = relative(folder, Path(name))
        words += ["-p", shown]
    for override in call.overrides:
        words += ["--set", override]
    for glob in call.excluded:
        words += ["--exclude", glob]
    for path in call.paths:
        words.append(relative(folder, Path(path)))
    return shlex.join(words)
