"""``dfrender compare``: whether two profiles, or two Dockerfiles, differ in references to stages only."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.streams import echo, errors_reported, templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dfrender.compare import Comparison

_TWO = 2


@click.command("compare")
@click.argument("words", nargs=-1, metavar="[PATH] A B", shell_complete=complete.files)
@click.option(
    "--allow", "allowed", multiple=True, metavar="values.NAME", help="Let what differs because of this value differ."
)
@MESSAGE_FORMAT
def command(words: Sequence[str], allowed: Sequence[str]) -> None:
    """Say what A and B differ in besides stage references; exit 1 if there is anything.

    A and B are two profiles of a template, or two Dockerfiles. PATH is a template or a folder; without one, it is the
    template of this folder.
    """
    with errors_reported():
        compared = list(_comparisons(words, allowed))
        for where, each in compared:
            echo("".join(f"{line}\n" for line in _lines(where, each)))
    sys.exit(int(any(each.found for _, each in compared)))


def _comparisons(words: Sequence[str], allowed: Sequence[str]) -> Iterator[tuple[str, Comparison]]:
    """Compare what the words name; give with each the words that a verdict begins with."""
    from dfrender import api, compare

    *paths, one, other = words if len(words) in (_TWO, _TWO + 1) else ("", "")
    if not (one and other):
        raise click.UsageError("name two profiles, or two Dockerfiles")
    if not paths and compare.are_files(one, other):
        if allowed:
            raise click.UsageError("--allow is about values of profiles, and these are Dockerfiles")
        yield "", compare.compare_files(one, other)
    else:
        load = api.loader((), os.environ)
        for each in templates(paths):
            yield f"{each.file}: ", compare.compare_profiles(each, (one, other), allowed, load)


def _lines(where: str, compared: Comparison) -> Iterator[str]:
    """Give the lines that differ, and the verdict."""
    names, count = compared.names, len(compared.found)
    yield from (f"{each.at}: only in {names[each.side]}: {each.text} (allowed)" for each in compared.allowed)
    yield from (f"{each.at}: only in {names[each.side]}: {each.text}" for each in compared.found)
    yield from (f"{where}nothing differs because of {name}" for name, differs in compared.values.items() if not differs)
    known = " and ".join(["stage references", *(name for name, differs in compared.values.items() if differs)])
    verdict = "do not differ" if compared.same else f"differ in {known} only"
    verdict = f"differ in {count} line{'s' if count > 1 else ''} besides {known}" if count else verdict
    yield f"{where}{names[0]} and {names[1]} {verdict}"
    yield from (f"{where}{each}" for each in compared.pruned)
