"""Values of a plan to texts of the languages that formats are written in: the filters of formats that are files.

Each refuses what it cannot say, with a `TypeError` that a person understands.
"""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NoReturn

_KINDS = {bool: "a boolean", int: "a number", list: "a list", dict: "a mapping", type(None): "null"}


def filters_for(replaced: Sequence[str]) -> Mapping[str, Callable[[object], str]]:
    """Return the filters by their names; to a shell, what a pipeline replaces is no plain text."""
    return {
        "sh": partial(_sh, replaced),
        "words": partial(_words, replaced),
        "yaml": _yaml,
        "json": _json,
        "comment": _comment,
        "raw": _raw,
    }


def _sh(replaced: Sequence[str], value: object) -> str:
    """Return a text as one word of a shell."""
    if not isinstance(value, str):
        _refuse("sh", "a text", value)
    pieces = _pieces(replaced, value)
    if len(pieces) == 1:
        return shlex.quote(value)
    parts: list[str] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(f'"{piece}"')
        elif piece:  # quotes around nothing are one more word in the eyes of a reader
            parts.append(shlex.quote(piece))
    written = "".join(parts)
    if written.replace('"', "") == value:
        return f'"{value}"'
    return written


def _pieces(replaced: Sequence[str], value: str) -> list[str]:
    """Split a text at what is replaced in it: each second piece is that."""
    if not replaced:
        return [value]
    longest_first = sorted(replaced, key=len, reverse=True)
    any_of_them = "|".join(map(re.escape, longest_first))
    return re.split(f"({any_of_them})", value)


def _words(replaced: Sequence[str], value: object) -> str:
    """Return a list of texts as words of a shell, with a blank between each two."""
    if not isinstance(value, list):
        _refuse("words", "a list of texts", value)
    found: list[str] = []
    for each in value:
        found.append(_sh(replaced, each))
    return " ".join(found)


def _yaml(value: object) -> str:
    """Return a value as YAML in one line, texts in double quotes: JSON, but for what YAML takes for line ends."""
    written: list[str] = []
    for char in _json(value):
        if char.isprintable():
            written.append(char)
        else:
            number = ord(char)
            written.append(f"\\U{number:08x}")
    return "".join(written)


def _json(value: object) -> str:
    """Return a value as JSON in one line."""
    return json.dumps(value, ensure_ascii=False)


def _comment(value: object) -> str:
    """Return a text as the rest of a line that is a comment: what would end the line becomes a blank."""
    if not isinstance(value, str):
        _refuse("comment", "a text", value)
    written = list(value)
    for index, char in enumerate(written):
        if not char.isprintable():
            written[index] = " "
    return "".join(written)


def _raw(value: object) -> str:
    """Return a text as it is: what is right where it stands already."""
    if not isinstance(value, str):
        _refuse("raw", "a text", value)
    return value


def _refuse(name: str, wanted: str, value: object) -> NoReturn:
    kind = _KINDS.get(type(value), "an object")
    raise TypeError(f"{name} takes {wanted}, not {kind}")
