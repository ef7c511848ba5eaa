"""``dfrender explain``: the manual of a rule, or what a line of a rendered file comes from."""

import os
import re

import click

from dfrender.cli.lint import unknown_rule
from dfrender.cli.streams import echo, errors_reported
from dfrender.explain import explain
from dfrender.rules.manual import listing, manual
from dfrender.rules.registry import BY_NAME, EVERY_RULE


def run(what: str) -> None:
    """Explain a rule or a line; list all rules where nothing is named."""
    with errors_reported():
        match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", what)
        if match:
            lines = explain(match[1], int(match[2]), os.environ)
            echo("".join(f"{line}\n" for line in lines))
        elif what:
            echo(_manual(what))
        else:
            echo(listing(EVERY_RULE))


def _manual(name: str) -> str:
    if name in BY_NAME:
        return manual(BY_NAME[name])
    message = unknown_rule(name)
    if os.path.exists(name):  # noqa: PTH110 - a name may hold NUL
        message += "; of a line, write FILE:LINE"
    raise click.UsageError(message)
