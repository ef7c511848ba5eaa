"""``dfrender lint``: what is wrong with templates and Dockerfiles, found without building anything."""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import EXCLUDED, MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import STDIN, errors_reported, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
@click.option(
    "--from",
    "findings",
    metavar="FILE",
    shell_complete=complete.files,
    help="Report what hadolint or BuildKit found in a rendered file (as JSON; - is standard input), at its template.",
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
    findings: str | None,
    *,
    strict: bool,
) -> None:
    """Find mistakes in stage references, without building.

    Templates are checked for all their profiles, those without profiles as they are. A PATH is a template, a
    Dockerfile or a folder: of a folder, all that are below it. - is standard input. With --from, PATH is the rendered
    file, which hadolint and BuildKit name too.
    """
    from dfrender import api

    with errors_reported(result=True) as found:
        _refuse_unknown(requested)
        if findings is not None:
            _refuse_beside_findings(paths, wanted, overrides, excluded, requested, [target] if target else ())
            checked = [(_foreign(findings, paths), 0)]
        else:
            load = api.loader(overrides, os.environ, target)
            checked = [_found(each, wanted, load, requested) for each in templates(paths, excluded, plain_too=True)]
        found.extend(chain.from_iterable(each for each, _ in checked))
    sys.exit(max([_exit_code(found, strict=strict), *(code for _, code in checked)]))


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


def _refuse_beside_findings(paths: Sequence[str], *options: Sequence[str]) -> None:
    if len(paths) > 1 or any(options):
        raise click.UsageError("--from reports what another tool found; beside it go one PATH, --strict and a format")


def _foreign(findings: str, paths: Sequence[str]) -> Sequence[Diagnostic]:
    """Read what another tool found, and point it to the template."""
    from dfrender import foreign, provenance
    from dfrender.source import decode

    data = sys.stdin.buffer.read() if findings == STDIN else Path(findings).read_bytes()
    found = foreign.diagnostics(decode(data), findings, *paths)
    return list(provenance.repointed(found, os.environ))


def _refuse_unknown(rules: Sequence[str]) -> None:
    from dfrender.rules import manual

    known = manual.rules()
    for each in rules:
        if each not in known:
            raise click.UsageError(unknown_rule(each, known))


def unknown_rule(name: str, known: Iterable[str]) -> str:
    """Say that there is no such rule, and what may be meant."""
    from dfrender.diagnostics import did_you_mean

    meant = did_you_mean(name, known) or "list them: dfrender explain"
    return f"no rule is named {name!r}; {meant}"
