"""``dfrender lint``: what is wrong with templates and Dockerfiles, found without building anything."""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from dfrender.cli.options import OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import errors_reported, print_diagnostics, templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.diagnostics import Diagnostic
    from dfrender.template.template import Template


@click.command("lint")
@PATHS
@PROFILES
@OVERRIDES
@TARGET
@click.option("--rule", "requested", multiple=True, metavar="RULE", help="Report this rule only; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit 1 for a warning too.")
def command(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
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
    from dfrender.diagnostics import ordered

    with errors_reported():
        _refuse_unknown(requested)
        found = [_found(each, wanted, overrides, requested, target) for each in templates(paths, plain_too=True)]
        diagnostics = ordered(chain.from_iterable(each for each, _ in found))
        print_diagnostics(diagnostics, err=False)
        sys.exit(max(code or _exit_code(diagnostics, strict=strict) for _, code in found))


def _found(
    template: Template, wanted: Sequence[str], overrides: Sequence[str], requested: Sequence[str], target: str
) -> tuple[Sequence[Diagnostic], int]:
    """Give what is found, and the exit code where the template cannot be checked at all."""
    from dfrender import lint
    from dfrender.diagnostics import DfrenderError

    try:
        return lint.lint_all(template, wanted, overrides, os.environ, requested, target), 0
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
