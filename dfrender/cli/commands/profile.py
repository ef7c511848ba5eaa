"""The options and the help of ``dfrender profile``."""

import click

from dfrender.cli import complete
from dfrender.cli.commands import run
from dfrender.cli.options import MESSAGE_FORMAT, OVERRIDES, PATH


@click.group("profile")
def profile() -> None:
    """List, show and describe profiles."""


@profile.command("list")
@PATH
@MESSAGE_FORMAT
def profile_list(**options: object) -> None:
    """List the profiles that a template can see.

    PATH is a template, or the folder of one. A nearer profile hides those of its name further out, and one whose name
    begins with _ is only for others to extend.

    Example: dfrender profile list api
    """
    run("profile", options, "run_list")


@profile.command("show")
@click.argument("name", shell_complete=complete.profiles)
@PATH
@OVERRIDES
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "yaml", "json"]),
    default="table",
    help="A table of values and their origins (the default), or the bare result, which is a profile too.",
)
@MESSAGE_FORMAT
def profile_show(**options: object) -> None:
    """Show what a profile comes to, and where each value is from.

    NAME is a profile's name or path. PATH is a template, or the folder of one.

    Example: dfrender profile show ci --set tag=7
    """
    run("profile", options, "run_show")


@profile.command("schema")
def profile_schema(**options: object) -> None:
    """Print the JSON schema of profiles.

    An editor checks and completes a profile whose first line is "# yaml-language-server: $schema=FILE", FILE being the
    path from the profile to the schema.
    """
    run("profile", options, "run_schema")
