"""``dfrender explain``: the manual of a rule, or what a line of a rendered file comes from."""

from __future__ import annotations

import os
import re

import click

from dfrender.cli import complete
from dfrender.cli.lint import unknown_rule
from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.streams import echo, errors_reported


@click.command("explain")
@click.argument("what", metavar="[RULE|FILE:LINE]", default="", shell_complete=complete.rules)
@MESSAGE_FORMAT
def command(what: str) -> None:
    """Print the manual of a rule, or what a line of a rendered file comes from.

    Of a line: the template's line, its references, the profile's keys. Without RULE and FILE:LINE, list all rules.
    """
    with errors_reported():
        match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", what)
        echo(_line(match[1], int(match[2])) if match else _rule(what))


def _line(file: str, number: int) -> str:
    from dfrender.explain import explain

    return "".join(f"{line}\n" for line in explain(file, number, os.environ))


def _rule(name: str) -> str:
    from dfrender.rules.manual import explanation, listing, manuals

    if not name:
        return listing()
    if name in manuals():
        return explanation(manuals()[name])
    if os.path.exists(name):  # noqa: PTH110 - a name may hold NUL
        raise click.UsageError(f"{unknown_rule(name, ())}; of a line, write FILE:LINE")
    raise click.UsageError(unknown_rule(name, manuals()))
