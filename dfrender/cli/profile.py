"""``dfrender profile``: the profiles that there are, what one of them comes to, and what one may hold."""

import os
from collections.abc import Sequence

from dfrender.cli.printing import echo, echo_document, errors_reported
from dfrender.cli.reading import refuse_empty, template_file
from dfrender.profile import bare, listing
from dfrender.profile import show as shown
from dfrender.profile.profiles import Profiles
from dfrender.profile.schema import schema_json

_WIDEST = 60


def run_list(path: str | None) -> None:
    """List the profiles that a template can see."""
    with errors_reported() as found:
        rows = listing.rows(template_file(path), Profiles(os.environ), found)
        _print_table([listing.Row._fields, *rows])
        found.refuse()


def run_show(name: str, path: str | None, overrides: Sequence[str], form: str) -> None:
    """Show what a profile comes to, and where each value is from."""
    with errors_reported():
        refuse_empty(name)
        template = template_file(path)
        tree, profile = shown.find(name, template.parent, Profiles(os.environ, overrides))
        if form == "table":
            rows = shown.setting_rows(tree, profile, template)
            _print_table([shown.SettingRow._fields, *rows])
        elif form == "yaml":
            echo_document(bare.as_yaml(tree))
        else:
            echo_document(bare.as_json(tree))


def run_schema() -> None:
    """Print the JSON schema of profiles."""
    with errors_reported():
        echo_document(schema_json())


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print columns that are as wide as their widest cell, but for very long ones; the first row is the head."""
    cells = [[_printable(cell) for cell in row] for row in rows]
    cells[0] = [name.upper() for name in cells[0]]
    widths = [_width(column) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = map(str.ljust, row, widths)
        line = "  ".join(padded).rstrip()
        echo(f"{line}\n")


def _width(column: Sequence[str]) -> int:
    lengths = map(len, column)
    return max(length for length in lengths if length <= _WIDEST)


def _printable(cell: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in cell)
