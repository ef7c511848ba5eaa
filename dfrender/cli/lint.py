"""``dfrender lint``: what is wrong with templates and Dockerfiles, found without building anything."""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import EXCLUDED, MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import errors_reported, templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.api import Load
    from dfrender.diagnostics import Diagnostic
    from dfrender.template.template import Template


@click.command("lint")
@PATHS
@EXCLUDED
@PROFILES
@OVERRIDES
@TARGET
@click.option(
    "--rule",
    "requested",
    multiple=True,
    metavar="RULE",
    shell_complete=complete.rules,
    help="Report this rule only; may be repeated.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for a warning too.")
@MESSAGE_FORMAT
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    target: str,
    requested: Sequence[str],
    *,
    strict: bool,
) -> None:
    """Find mistakes in stage references, without building.

    Templates are checked for all their profiles, those without profiles as they are. A PATH is a template, a
    Dockerfile or a folder: of a folder, all that are below it. - is standard input.
    """
    from dfrender import api

    with errors_reported(result=True) as found:
        _refuse_unknown(requested)
        load = api.loader(overrides, os.environ, target)
        checked = [_found(each, wanted, load, requested) for each in templates(paths, excluded, plain_too=True)]
        found.extend(chain.from_iterable(each for each, _ in checked))
    sys.exit(max(code or _exit_code(found, strict=strict) for _, code in checked))


def _found(
    template: Template, wanted: Sequence[str], load: Load, requested: Sequence[str]
) -> tuple[Sequence[Diagnostic], int]:
    """Give what is found, and the exit code where the template cannot be checked at all."""
    from dfrender.diagnostics import DfrenderError
    from dfrender.lint import lint

    try:
        return lint(template, wanted, load, requested), 0
    except DfrenderError as error:
        return error.diagnostics, error.exit_code


def _exit_code(diagnostics: Sequence[Diagnostic], *, strict: bool) -> int:
    from dfrender.diagnostics import Severity

    return int(any(strict or each.severity is Severity.ERROR for each in diagnostics))


def _refuse_unknown(rules: Sequence[str]) -> None:
    from dfrender.rules.registry import BY_NAME

    for each in rules:
        if each not in BY_NAME:
            raise click.UsageError(unknown_rule(each))


def unknown_rule(name: str) -> str:
    """Say that there is no such rule, and what may be meant."""
    from dfrender.diagnostics import did_you_mean
    from dfrender.rules.registry import BY_NAME

    meant = did_you_mean(name, BY_NAME) or "list them: dfrender explain"
    return f"no rule is named {name!r}; {meant}"
