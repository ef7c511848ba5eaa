"""Values of a plan to texts of the languages that formats are written in: the filters of formats that are files.

Each refuses what it cannot say, with a `TypeError` that a person understands.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import NoReturn


def sh(value: object) -> str:
    """Return a text as one word of a shell."""
    if not isinstance(value, str):
        _refuse("sh", "a text", value)
    return shlex.quote(value)


def words(value: object) -> str:
    """Return a list of texts as words of a shell, with a blank between each two."""
    if not isinstance(value, list):
        _refuse("words", "a list of texts", value)
    return " ".join(sh(each) for each in value)


def yaml(value: object) -> str:
    """Return a value as YAML in one line, texts in double quotes."""
    return _escaped(_dumped(value))


def as_json(value: object) -> str:
    """Return a value as JSON in one line."""
    return _dumped(value)


def comment(value: object) -> str:
    """Return a text as the rest of a line that is a comment: what would end the line becomes a blank."""
    if not isinstance(value, str):
        _refuse("comment", "a text", value)
    return "".join(char if char.isprintable() else " " for char in value)


def raw(value: object) -> str:
    """Return a text as it is: what is right where it stands already."""
    if not isinstance(value, str):
        _refuse("raw", "a text", value)
    return value


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    """Return the text of a YAML scalar without the characters that YAML refuses or takes for line ends."""
    written: list[str] = []
    for char in text:
        if char.isprintable():
            written.append(char)
        else:
            written.append(f"\\U{ord(char):08x}")
    return "".join(written)


def _refuse(name: str, wanted: str, value: object) -> NoReturn:
    kinds = {bool: "a boolean", int: "a number", list: "a list", dict: "a mapping", type(None): "null"}
    message = f"{name} takes {wanted}, not {kinds.get(type(value), 'an object')}"
    raise TypeError(message)


FILTERS: Mapping[str, Callable[[object], str]] = {
    "sh": sh,
    "words": words,
    "yaml": yaml,
    "json": as_json,
    "comment": comment,
    "raw": raw,
}
