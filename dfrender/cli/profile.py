"""``dfrender profile``: the profiles that there are, what one of them comes to, and what one may hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import MESSAGE_FORMAT, OVERRIDES
from dfrender.cli.streams import echo, errors_reported, refuse_empty, template_file

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATH = click.argument("path", required=False, metavar="[PATH]", shell_complete=complete.files)
_WIDEST = 60


@click.group("profile")
def command() -> None:
    """List, show and describe profiles."""


@command.command("list")
@_PATH
@MESSAGE_FORMAT
def list_(path: str | None) -> None:
    """List the profiles that a template can see.

    PATH is a template, or the folder of one. A nearer profile hides those of its name further out, and one whose name
    begins with _ is only for others to extend.
    """
    from dfrender.diagnostics import DfrenderError, raise_all
    from dfrender.profile import listing

    with errors_reported():
        errors = list[DfrenderError]()
        rows = listing.rows(template_file(path), os.environ, errors)
        _print_table([listing.Row._fields, *rows])
        raise_all(errors)


@command.command("show")
@click.argument("name", shell_complete=complete.profiles)
@_PATH
@OVERRIDES
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "yaml", "json"]),
    default="table",
    help="A table of values and their origins (the default), or the bare result, which is a profile too.",
)
@MESSAGE_FORMAT
def show(name: str, path: str | None, overrides: Sequence[str], form: str) -> None:
    """Show what a profile comes to, and where each value is from.

    NAME is a profile's name or path. PATH is a template, or the folder of one.
    """
    from dfrender.profile import bare
    from dfrender.profile import show as shown

    with errors_reported():
        refuse_empty(name)
        template = template_file(path)
        tree, profile = shown.find(name, template.parent, overrides, os.environ)
        if form == "table":
            _print_table([shown.SettingRow._fields, *shown.setting_rows(tree, profile, template)])
        else:
            echo((bare.as_yaml if form == "yaml" else bare.as_json)(tree))


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of profiles.

    An editor checks and completes a profile whose first line is "# yaml-language-server: $schema=FILE", FILE being the
    path from the profile to the schema.
    """
    from dfrender.profile.schema import schema_json

    with errors_reported():
        echo(schema_json())


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print columns that are as wide as their widest cell, but for very long ones; the first row is the head."""
    head, *others = [["".join(char if char.isprintable() else "?" for char in cell) for cell in row] for row in rows]
    cells = [[name.upper() for name in head], *others]
    widths = [max(len(cell) for cell in column if len(cell) <= _WIDEST) for column in zip(*cells, strict=True)]
    for row in cells:
        echo("  ".join(map(str.ljust, row, widths)).rstrip() + "\n")
