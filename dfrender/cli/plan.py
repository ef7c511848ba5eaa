"""``dfrender plan``: what is built in which order, from what, and how that is done where it is done."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from dfrender import api, planning
from dfrender.api import Result
from dfrender.cli.printing import echo_bytes, errors_reported
from dfrender.cli.reading import STDIN, environment, templates
from dfrender.diagnostics import Problems
from dfrender.plan.formats import format_of
from dfrender.profile import places
from dfrender.profile.keys import Handover
from dfrender.source import encode


def run(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    *,
    target: str,
    handover: str | None,
    name: str,
) -> None:
    """Say which jobs build what, in which order and from which images."""
    with errors_reported() as found:
        result = _result(paths, wanted, overrides, found)
        found.extend(planning.warnings_of(result))
        echo_bytes(encode(_written(result, target, handover, name)))


def _result(paths: Sequence[str], wanted: Sequence[str], overrides: Sequence[str], problems: Problems) -> Result:
    """Render what the paths name, which must be one template for one profile."""
    if STDIN in paths:
        raise click.UsageError("a plan names the template, and standard input has no name; give a path")
    found = templates(paths, (), problems)
    if len(found) > 1:
        raise click.UsageError(f"a plan is of one template; choose one of {' '.join(each.file for each in found)}")
    results = api.render_all(found[0], wanted, overrides, environment())
    if len(results) > 1:
        choices = " ".join(f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"a plan is of one profile; choose one of {choices}")
    return results[0]


def _written(result: Result, target: str, handover: str | None, name: str) -> str:
    """Write the plan for the place that a format is for: the working directory, or the root of the repository."""
    chosen = format_of(name)
    folder = places.repository_root(result.template.folder) if chosen.in_root else Path()
    options = []
    if target:
        options += ["--target", target]
    if handover:
        options += ["--handover", handover]
    options += ["--format", name]
    place = planning.place_of(result, folder, chosen.tag, shlex.join(options))
    plan = planning.plan_of(result, target, Handover(handover) if handover else None, place)
    return chosen.write(plan)
