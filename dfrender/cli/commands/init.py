"""The options and the help of ``dfrender init``."""

import click

from dfrender.cli import complete
from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT


@click.command("init")
@click.argument("paths", nargs=-1, metavar="[DOCKERFILE]...", shell_complete=complete.files)
@click.option("--plain", is_flag=True, help="Keep a plain Dockerfile, with bare names, and write the profile ci only.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
@click.option("--keep", is_flag=True, help="Keep files that are there, and write the others.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@MESSAGE_FORMAT
def init(**options: object) -> None:
    """Make a template and profiles of a Dockerfile.

    Stages that it names by image (COPY --from=builder:latest) become references to stages, and images in the profile
    ci. Of several Dockerfiles, each has a profile and keeps its name: .ci, .azure, .gitlab, .pipeline or .prod in it is
    a pipeline's, .dev or .local a developer's, and what says nothing is what is missing. Without a path, it is the
    Dockerfile of this folder. The build context is the one that DevSpace, Compose, a bake file in JSON or Docker@2 of
    Azure Pipelines has for it in this repository.

    Example: dfrender init Dockerfile Dockerfile.dev --dry-run
    """
    run("init", options)
