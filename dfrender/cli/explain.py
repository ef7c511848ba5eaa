"""``dfrender explain``: what a code in brackets means, or what a line of a rendered file comes from."""

from __future__ import annotations

import os
import re

import click

from dfrender.cli import complete
from dfrender.cli.lint import unknown_rule
from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.streams import echo, errors_reported


@click.command("explain")
@click.argument("what", metavar="[RULE|FILE:LINE]", default="", shell_complete=complete.codes)
@MESSAGE_FORMAT
def command(what: str) -> None:
    """Print the manual of a rule, or what a line of a rendered file comes from.

    Of a line: the template's line, its references, the profile's keys. Without RULE and FILE:LINE, list all rules.
    """
    with errors_reported():
        match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", what)
        if match:
            echo(_line(match[1], int(match[2])))
        elif what:
            echo(_code(what))
        else:
            echo(_list())


def _line(file: str, number: int) -> str:
    from dfrender.explain import explain

    lines = explain(file, number, os.environ)
    return "\n".join(lines) + "\n"


def _code(code: str) -> str:
    """Return what is to be said about a code, be it dfrender's or another linter's."""
    from dfrender.rules import linters, manual

    if code in manual.manuals():
        return manual.explanation(manual.manuals()[code])
    if os.path.exists(code):  # noqa: PTH110 - a word may hold NUL
        raise click.UsageError(f"{unknown_rule(code, ())}; of a line, write FILE:LINE")
    foreign = linters.find(code)
    if foreign:
        return f"{code} ({foreign.linter})\n\n{foreign.text}\n"
    raise click.UsageError(unknown_rule(code, manual.manuals()))


def _list() -> str:
    from dfrender.rules.manual import listing

    return listing()
