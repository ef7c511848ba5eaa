"""The options and the help of ``dfrender lint``."""

import click

from dfrender.cli import complete
from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT, ROOT, of_renderings


@click.command("lint")
@of_renderings
@click.option(
    "--rule",
    "requested",
    multiple=True,
    metavar="RULE",
    shell_complete=complete.rules,
    help="Report this rule only; may be repeated.",
)
@click.option(
    "--from",
    "findings",
    metavar="FILE",
    shell_complete=complete.files,
    help="Report what hadolint or BuildKit found in a rendered file (as JSON; - is standard input), at its template.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for a warning too.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was checked.")
@ROOT
@MESSAGE_FORMAT
def lint(**options: object) -> None:
    """Find mistakes in stage references, without building.

    Templates are checked for all their profiles, those without profiles as they are. A PATH is a template, a
    Dockerfile or a folder: of a folder, all that are below it. - is standard input. With --from, PATH is the rendered
    file, which hadolint and BuildKit name too.

    Example: dfrender lint --strict .
    """
    run("lint", options)
