"""``dfrender lint``: what is wrong with templates and Dockerfiles, found without building anything."""

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import click

from dfrender import discover, foreign, provenance
from dfrender.cli.printing import echo, errors_reported
from dfrender.cli.reading import (
    HERE,
    STDIN,
    environment,
    plain_dockerfiles,
    refuse_shared_context,
    templates,
)
from dfrender.diagnostics import DfrenderError, Diagnostic, Severity, count, did_you_mean, ordered
from dfrender.lint import GivenArguments, lint
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.rules import manual
from dfrender.source import decode


def run(  # noqa: PLR0913, PLR0917 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
    wanted: Sequence[str],
    overrides: Sequence[str],
    target: str,
    context: str,
    requested: Sequence[str],
    findings: str | None,
    *,
    strict: bool,
    quiet: bool,
) -> None:
    """Report what is found; exit with 1 for an error, and with ``strict`` for a warning too."""
    exit_code = 0
    with errors_reported(result=True) as found:
        _refuse_unknown(requested)
        if findings is not None:
            if len(paths) > 1 or wanted or overrides or excluded or requested or target or context:
                raise click.UsageError(
                    "--from reports what another tool found; beside it go one PATH, --strict and a format"
                )
            found.extend(_foreign(findings, paths))
        else:
            profiles = Profiles(environment(), overrides, target, context)
            named = templates(paths, excluded, found, plain_too=True)
            refuse_shared_context(named, context)
            given = GivenArguments()
            for each in named:
                try:
                    found.extend(lint(each, wanted, profiles, requested, given))
                except DfrenderError as error:
                    found.extend(error.diagnostics)
                    exit_code = max(exit_code, error.exit_code)
            if not requested:
                found.extend(given.undeclared())
        exit_code = max(exit_code, _exit_code(found, strict=strict))
    if findings is None and not quiet:
        plain = plain_dockerfiles(paths, excluded, Recorder())
        if plain:
            echo(f"without a profile of their own: {discover.listed(plain)}\n", err=True)
        echo(f"{_summary(found, len(named), len(profiles.names))}\n", err=True)
    sys.exit(exit_code)


def _summary(found: Collection[Diagnostic], templates: int, profiles: int) -> str:
    """Say what was checked, and how much was found: checked 12 templates for 3 profiles: 2 errors, 4 warnings."""
    found = ordered(found)
    errors = sum(each.severity is Severity.ERROR for each in found)
    checked = count(templates, "template")
    if profiles:
        checked += f" for {count(profiles, 'profile')}"
    return f"checked {checked}: {count(errors, 'error')}, {count(len(found) - errors, 'warning')}"


def _exit_code(diagnostics: Collection[Diagnostic], *, strict: bool) -> int:
    is_refused = any(each.severity is Severity.ERROR for each in diagnostics)
    return int(is_refused or (strict and bool(diagnostics)))


def _foreign(findings: str, paths: Sequence[str]) -> Sequence[Diagnostic]:
    """Read what another tool found, and point it to the template."""
    if findings == STDIN:
        data = sys.stdin.buffer.read()
    else:
        data = Path(findings).read_bytes()
    rendered = paths[0] if paths else ""
    found = foreign.diagnostics(decode(data), findings, rendered)
    return list(provenance.at_template_lines(found, environment(), HERE))


def _refuse_unknown(rules: Sequence[str]) -> None:
    known = manual.rules()
    for each in rules:
        if each not in known:
            raise click.UsageError(unknown_rule(each, known))


def unknown_rule(name: str, known: Iterable[str]) -> str:
    """Say that there is no such rule, and what may be meant."""
    meant = did_you_mean(name, known) or "list them: dfrender explain"
    return f"no rule is named {name!r}; {meant}"
