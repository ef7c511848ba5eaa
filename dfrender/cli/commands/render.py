"""The options and the help of ``dfrender render``."""

import click

from dfrender.cli.commands import run
from dfrender.cli.options import EXCLUDED, MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, ROOT, TARGET


@click.command("render")
@PATHS
@EXCLUDED
@PROFILES
@click.option(
    "-o", "--output", metavar="FILE", help="Write to this file instead of the profile's; - is standard output."
)
@OVERRIDES
@TARGET
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not up to date.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, exit 1 if anything would.")
@click.option(
    "--tracked", is_flag=True, help="Also exit 1 if a commit would go without an output that git does not ignore."
)
@click.option("--force", is_flag=True, help="Replace files that dfrender did not write or that were edited since.")
@click.option(
    "--map", "line_map", metavar="FILE", help="Also write which line of the template each line is from, as JSON."
)
@click.option("--depfile", metavar="FILE", help="Also write what the output is made of, as make and ninja read it.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written.")
@click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    help="Render even if nothing has changed since the last call, and keep no note of it.",
)
@ROOT
@MESSAGE_FORMAT
def render(**options: object) -> None:
    """Render templates for their profiles.

    A PATH is a template or a folder: of a folder, all templates below it. Without one, it is the template of this
    folder: Dockerfile.j2, else Dockerfile. - is standard input. A template with mistakes does not stop the others.

    Example: dfrender render -p ci api/Dockerfile.j2
    """
    run("render", options)
