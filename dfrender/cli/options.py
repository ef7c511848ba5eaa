"""The options that several commands have."""

import click

PROFILES = click.option(
    "-p", "--profile", "wanted", multiple=True, metavar="NAME", help="A profile's name or path; all if none is given."
)
OVERRIDES = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of the profile."
)
PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...")
EXCLUDED = click.option(
    "--exclude",
    "excluded",
    multiple=True,
    metavar="GLOB",
    help="Leave out templates, or folders with all below them, of a PATH that is a folder.",
)
