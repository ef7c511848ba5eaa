"""``dfrender explain``: what a code in brackets means, or what a line of a rendered file comes from."""

import os
import re

import click

from dfrender.cli.lint import unknown_rule
from dfrender.cli.printing import echo, errors_reported
from dfrender.cli.reading import HERE, environment
from dfrender.explain import explain
from dfrender.rules import linters, manual


def run(what: str) -> None:
    """Explain a code or a line; list all rules where nothing is named."""
    with errors_reported():
        match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", what)
        if match:
            file, number = match.groups()
            lines = explain(file, int(number), environment(), HERE)
            echo("\n".join(lines) + "\n")
        elif what:
            echo(_explanation(what))
        else:
            echo(manual.listing())


def _explanation(code: str) -> str:
    """Return what is to be said about a code, be it dfrender's or another linter's."""
    known = manual.manuals()
    if code in known:
        return manual.explanation(known[code])
    if os.path.exists(code):  # noqa: PTH110 - a word may hold NUL
        raise click.UsageError(f"{unknown_rule(code, ())}; of a line, write FILE:LINE")
    foreign = linters.foreign_code(code)
    if foreign is None:
        raise click.UsageError(unknown_rule(code, known))
    return f"{code} ({foreign.linter})\n\n{foreign.text}\n"
