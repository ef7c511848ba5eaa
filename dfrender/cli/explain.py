"""``dfrender explain``: what a line of a rendered file comes from."""

from __future__ import annotations

import os
import re

import click

from dfrender.cli import complete
from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.streams import echo, errors_reported


@click.command("explain")
@click.argument("what", metavar="FILE:LINE", shell_complete=complete.files)
@MESSAGE_FORMAT
def command(what: str) -> None:
    """Say what a line of a rendered file comes from: the template's line, its references, the profile's keys."""
    match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", what)
    if not match:
        raise click.UsageError(f"{what!r} names no line of a file; write FILE:LINE")
    from dfrender.explain import explain

    with errors_reported():
        echo("".join(f"{line}\n" for line in explain(match[1], int(match[2]), os.environ)))
