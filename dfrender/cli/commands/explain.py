"""The options and the help of ``dfrender explain``."""

import click

from dfrender.cli import complete
from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT, ROOT


@click.command("explain")
@click.argument("what", metavar="[RULE|FILE:LINE]", default="", shell_complete=complete.codes)
@ROOT
@MESSAGE_FORMAT
def explain(**options: object) -> None:
    """Print the manual of a rule, or what a line of a rendered file comes from.

    Of a line: the template's line, its references, the profile's keys. Without RULE and FILE:LINE, list all rules.

    Example: dfrender explain Dockerfile.ci:12
    """
    run("explain", options)
