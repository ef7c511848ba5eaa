"""``dfrender plan``: what is built in which order, from what, and how that is done where it is done."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import STDIN, errors_reported, templates
from dfrender.plan.formats import NAMES
from dfrender.profile.keys import Handover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.api import Result


@click.command("plan")
@PATHS
@PROFILES
@OVERRIDES
@TARGET
@click.option(
    "--handover", type=click.Choice([each.value for each in Handover]), help="Hand over so, whatever the profile says."
)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    default="text",
    shell_complete=complete.formats,
    help=f"How the plan is written: {', '.join(NAMES)}; or a file of your own that ends in .j2.",
)
@MESSAGE_FORMAT
def command(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    *,
    target: str,
    handover: str | None,
    name: str,
) -> None:
    """Say which jobs build what, in which order and from which images.

    The jobs are the prebuilt stages of one profile, and the stages of its key build: without that, those that nothing
    refers to. A PATH is a template or a folder with one; without one, it is the template of this folder.
    """
    from dfrender import planning
    from dfrender.source import encode

    with errors_reported() as found:
        result = _result(paths, wanted, overrides)
        found.extend(planning.warnings_of(result))
        click.echo(encode(_written(result, target, handover, name)), nl=False)


def _result(paths: Sequence[str], wanted: Sequence[str], overrides: Sequence[str]) -> Result:
    """Render what the paths name, which must be one template for one profile."""
    from dfrender import api

    if STDIN in paths:
        raise click.UsageError("a plan names the template, and standard input has no name; give a path")
    found = templates(paths)
    if len(found) > 1:
        raise click.UsageError(f"a plan is of one template; choose one of {' '.join(each.file for each in found)}")
    results = api.render_all(found[0], wanted, overrides, os.environ)
    if len(results) > 1:
        choices = " ".join(f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"a plan is of one profile; choose one of {choices}")
    return results[0]


def _written(result: Result, target: str, handover: str | None, name: str) -> str:
    """Write the plan for the place that a format is for: the working directory, or the root of the repository."""
    from dfrender import planning
    from dfrender.plan.formats import format_of
    from dfrender.profile import places

    chosen = format_of(name)
    folder = places.repository_root(result.template.folder) if chosen.in_root else Path()
    options = [*(["--target", target] if target else []), *(["--handover", handover] if handover else [])]
    place = planning.place_of(result, folder, chosen.tag, shlex.join([*options, "--format", name]))
    return chosen.write(planning.plan_of(result, target, Handover(handover) if handover else None, place))
