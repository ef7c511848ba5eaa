"""``dfrender plan``: what is built in which order, from what, and how that is done where it is done."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from dfrender import api, planning
from dfrender.api import Result
from dfrender.cli.printing import echo, echo_bytes, errors_reported
from dfrender.cli.reading import STDIN, environment, templates
from dfrender.diagnostics import Problems
from dfrender.files import relative
from dfrender.plan.formats import Format, format_of
from dfrender.plan.plan import Plan
from dfrender.profile import places
from dfrender.profile.keys import Handover
from dfrender.profile.profiles import Profiles
from dfrender.source import encode


def run(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    *,
    target: str,
    context: str,
    handover: str | None,
    name: str,
) -> None:
    """Say which jobs build what, in which order and from which images."""
    with errors_reported() as found:
        chosen = format_of(name)
        result = _result(paths, wanted, overrides, context, found)
        found.extend(planning.warnings_of(result))
        plan = _plan(result, target, context, handover, name, chosen)
        text = chosen.write(plan)
        for note in chosen.notes(plan):
            echo(f"note: {note}\n", err=True)
        echo_bytes(encode(text))


def _result(
    paths: Sequence[str], wanted: Sequence[str], overrides: Sequence[str], context: str, problems: Problems
) -> Result:
    """Render what the paths name, which must be one template for one profile."""
    if STDIN in paths:
        raise click.UsageError("a plan names the template, and standard input has no name; give a path")
    found = templates(paths, (), problems)
    if len(found) > 1:
        raise click.UsageError(f"a plan is of one template; choose one of {' '.join(each.file for each in found)}")
    results = api.render_each(found[0], wanted, Profiles(environment(), overrides, context=context))
    if len(results) > 1:
        choices = " ".join(f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"a plan is of one profile; choose one of {choices}")
    return results[0]


def _plan(  # noqa: PLR0913, PLR0917 - what a call says of one plan
    result: Result, target: str, context: str, handover: str | None, name: str, chosen: Format
) -> Plan:
    """Make the plan for the folder that a format is for: the working directory, or the root of the repository."""
    folder = Path()
    shown = name
    if chosen.in_root:
        folder = places.repository_root(result.template.folder)
        if chosen.is_path:
            shown = relative(folder, Path(name))
    options = []
    if target:
        options += ["--target", target]
    if context:
        options += ["--context", relative(folder, Path(context))]
    if handover:
        options += ["--handover", handover]
    options += ["--format", shown]
    location = planning.location_of(result, folder, chosen, shlex.join(options))
    return planning.plan_of(result, target, Handover(handover) if handover else None, location)
