"""The options and the help of ``dfrender plan``."""

import click

from dfrender.cli.commands import run
from dfrender.cli.options import HANDOVER, MESSAGE_FORMAT, PLAN_FORMAT, ROOT, of_renderings


@click.command("plan")
@of_renderings
@HANDOVER
@PLAN_FORMAT
@ROOT
@MESSAGE_FORMAT
def plan(**options: object) -> None:
    """Say which jobs build what, in which order and from which images.

    The jobs are the prebuilt stages of one profile, and the stages of its key build: without that, those that nothing
    refers to. A PATH is a template or a folder: of a folder, all templates below it are in one plan, in which jobs wait
    for those whose images they name. Without one, it is the template of this folder.

    Example: dfrender plan -p ci --format azure > azure-pipelines.yml
    """
    run("plan", options)
