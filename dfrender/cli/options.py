"""The options that several commands have."""

from collections.abc import Callable
from pathlib import Path

import click

from dfrender.cli import complete
from dfrender.plan import NAMES
from dfrender.profile.keys import Handover

FORMAT = "--message-format"
ROOT_OPTION = "--root"


def _keep_format(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Keep the format for what prints problems; the formats are loaded only if one is named."""
    if value is not None:
        from dfrender.report.formats import FORMATS  # 3 ms, which few calls need

        context.meta[FORMAT] = click.Choice([*FORMATS]).convert(value, parameter, context)


def _keep_root(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    if not Path(value).is_dir():
        raise click.UsageError(f"--root names a folder, and {value!r} is none")
    context.meta[ROOT_OPTION] = value


def _context(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    if not Path(value).is_dir():
        raise click.UsageError(f"--context names a folder, and {value!r} is none")
    return value


def _stage(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    if value == "":
        raise click.UsageError("an empty text names no stage; is a variable of your shell unset?")
    return value or ""


PROFILES = click.option(
    "-p",
    "--profile",
    "wanted",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.profiles,
    help="A profile's name or path; all if none is given.",
)
OVERRIDES = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of the profile."
)
ROOT = click.option(
    "--root",
    metavar="DIR",
    expose_value=False,
    callback=_keep_root,
    help="Where the repository begins, out of which nothing is included; also DFRENDER_ROOT.",
)
CONTEXT = click.option(
    "--context",
    metavar="DIR",
    callback=_context,
    help="The build context of one template, whatever the profile says.",
)
MESSAGE_FORMAT = click.option(
    FORMAT,
    metavar="FORMAT",
    expose_value=False,
    callback=_keep_format,
    help="How problems are reported: text, json, sarif, github, azure, gitlab, or auto (the default): text, and "
    "in GitHub Actions and Azure Pipelines an annotation for each besides.",
)

HANDOVER = click.option(
    "--handover",
    type=click.Choice([each.value for each in Handover]),
    help="Hand over this way, whatever the profile says.",
)
PLAN_FORMAT = click.option(
    "--format",
    "name",
    metavar="FORMAT",
    default="text",
    shell_complete=complete.formats,
    help=f"How the plan is written: {', '.join(NAMES)}; or a file of your own that ends in .j2.",
)
PATH = click.argument("path", required=False, metavar="[PATH]", shell_complete=complete.files)
PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete.files)

TARGET = click.option(
    "--target",
    metavar="STAGE",
    callback=_stage,
    shell_complete=complete.stages,
    help="Keep only what this stage needs.",
)
EXCLUDED = click.option(
    "--exclude",
    "excluded",
    multiple=True,
    metavar="GLOB",
    help="Leave out templates, or folders with all below them, of a PATH that is a folder.",
)


def of_renderings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which renderings it is about, and in which context they are built."""
    for option in (CONTEXT, TARGET, OVERRIDES, PROFILES, EXCLUDED, PATHS):  # the last is the first in the help
        command = option(command)
    return command
