"""The options and the help of ``dfrender inputs``."""

import click

from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT, ROOT, of_renderings


@click.command("inputs")
@of_renderings
@click.option("--files", "lists_files", is_flag=True, help="List every file, folder and link too.")
@click.option("--since", metavar="REV", help="Say which stages changed since a commit, and why.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "env", "azure"]),
    default="text",
    help="A table, JSON, or the images as lines NAME=IMAGE, or as output variables of Azure.",
)
@click.option(
    "--prefix",
    metavar="NAME",
    default="",
    help="Begin the names of these variables so, as with API_ where other templates have the same.",
)
@ROOT
@MESSAGE_FORMAT
def inputs(**options: object) -> None:
    """Say what stages are made of: a digest of instructions, arguments and files of the build context.

    Two stages with one digest are the same, whoever builds them. A tag '{input_digest}' in a profile names images so.
    With --since, only what git tracks counts. A PATH is a template or a folder: of a folder, all templates below it.
    """
    run("inputs", options)
