"""What the agents of two pipelines read from the output of a command, written from their sources.

``ActionCommand.cs`` of actions/runner and ``Command.cs`` of microsoft/azure-pipelines-agent; both see whole lines as
.NET's ``StreamReader`` gives them. Here every name is the name of a command, be it one of theirs or not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GITHUB_TEXT = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_GITHUB_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_GITHUB_OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))
_AZURE = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


class Command(NamedTuple):
    """A command: its name, its properties, and the text behind it."""

    name: str
    properties: dict[str, str]
    text: str


def github(output: str) -> list[Command]:
    """Return the commands that a runner of GitHub Actions finds."""
    found = (_double_colon(line) or _bracket(line, "##[", _GITHUB_OLD) for line in _lines(output))
    return [each for each in found if each]


def azure(output: str) -> list[Command]:
    """Return the commands that an agent of Azure Pipelines finds."""
    return [each for each in (_bracket(line, "##vso[", _AZURE) for line in _lines(output)) if each]


def _lines(output: str) -> Iterator[str]:
    yield from re.split("\r\n|\r|\n", output.removeprefix("\ufeff"))


def _double_colon(line: str) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    info, _, text = line[2:].partition("::")
    name, _, properties = info.partition(" ")
    return Command(name, _properties(properties.strip().split(","), _GITHUB_PROPERTY), _unescaped(text, _GITHUB_TEXT))


def _bracket(line: str, prefix: str, escapes: Iterable[tuple[str, str]]) -> Command | None:
    _, found, rest = line.partition(prefix)
    info, end, text = rest.partition("]")
    if not found or not end:
        return None
    name, _, properties = info.partition(" ")
    return Command(name, _properties(properties.split(";"), escapes), _unescaped(text, escapes))


def _properties(properties: Iterable[str], escapes: Iterable[tuple[str, str]]) -> dict[str, str]:
    pairs = (each.split("=", 1) for each in properties if "=" in each)
    return {name: _unescaped(value, escapes) for name, value in pairs}


def _unescaped(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    for escaped, character in escapes:
        text = text.replace(escaped, character)
    return text
