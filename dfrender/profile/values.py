"""The ``values`` of a profile: nodes to what a template sees. Immutable, nested too."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from dfrender.diagnostics import Diagnostic
from dfrender.profile.nodes import MappingNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dfrender.profile.nodes import Entries, Node

Value: TypeAlias = "str | int | bool | Mapping[str, Value] | tuple[Value, ...] | None"

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # longer digits, and -0, would not print as they were written
_RESERVED = {"stage", "profile"}  # globals of every template
_JINJA_WORDS = {"true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else"}


def value_of(node: Node) -> Value:
    """Type a node: unquoted ``true``, ``false``, null and decimal integers; any other scalar is text as written."""
    if isinstance(node, MappingNode):
        return MappingProxyType({name: value_of(value) for name, (_, value) in node.entries.items()})
    if isinstance(node, SequenceNode):
        return tuple(value_of(item) for item in node.items)
    if node.is_null:
        return None
    if node.plain and node.text in {"true", "false"}:
        return node.text == "true"
    return int(node.text) if node.plain and _INTEGER.fullmatch(node.text) else node.text


def name_problems(variables: Entries) -> Iterator[Diagnostic]:
    """Report the names that a template cannot use as variables."""
    for name, (at, _) in variables.items():
        if name in _RESERVED:
            message = f"{name!r} is a name that every template has already"
            yield Diagnostic(at, "reserved-name", message, hint="choose another name")
        elif name in _JINJA_WORDS:
            yield Diagnostic(at, "reserved-name", f"{name!r} is a word of Jinja", hint="choose another name")
        elif not name.isidentifier():
            mended = re.sub(r"^(?=\d)|\W", "_", name) or "name"
            message = f"{name!r} cannot be the name of a variable in a template"
            yield Diagnostic(at, "invalid-value-name", message, hint=f"write {mended!r}")
