"""The options that several commands have."""

import click

PROFILES = click.option(
    "-p", "--profile", "wanted", multiple=True, metavar="NAME", help="A profile's name or path; all if none is given."
)
OVERRIDES = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of the profile."
)


def _stage(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    if value == "":
        raise click.UsageError("an empty text names no stage; is a variable of your shell unset?")
    return value or ""


TARGET = click.option(
    "--target", metavar="STAGE", callback=_stage, help="Keep only what this stage needs, in a file of its own."
)
PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...")
