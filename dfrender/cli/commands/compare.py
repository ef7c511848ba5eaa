"""The options and the help of ``dfrender compare``."""

import click

from dfrender.cli import complete
from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT, ROOT


@click.command("compare")
@click.argument("words", nargs=-1, metavar="[PATH] A B", shell_complete=complete.files)
@click.option(
    "--allow", "allowed", multiple=True, metavar="values.NAME", help="Let what differs because of this value differ."
)
@ROOT
@MESSAGE_FORMAT
def compare(**options: object) -> None:
    """Say what A and B differ in besides stage references; exit 1 if there is anything.

    A and B are two profiles of a template, or two Dockerfiles. PATH is a template or a folder; without one, it is the
    template of this folder.

    Example: dfrender compare ci local
    """
    run("compare", options)
