"""Nodes to what they stand for: variables of the environment replaced, and ``values`` typed for the template."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from dfrender.diagnostics import Diagnostic, did_you_mean
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, SequenceNode
from dfrender.source import At

Value: TypeAlias = "str | int | bool | Mapping[str, Value] | tuple[Value, ...] | None"

_DOLLAR = r"""(?x) \$ (?: (?P<dollar> \$ )
          | \{ (?P<name> [A-Za-z_][A-Za-z0-9_]* )
               (?: : (?P<sign> [-?] ) (?P<word> (?: [^${}] | \$\$ | \{[^${}]*\} )* ) )? \}
          | (?P<wrong> \{ [^}]* \}? | \w* ) )"""
_PLACEHOLDER = r"(?<!\$)\{([^{}]*)\}"
_FORMS = "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a dollar sign"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # longer digits, and -0, would not print as they were written
_RESERVED = {"stage", "profile"}  # globals of every template
_JINJA_WORDS = {"true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else"}


def value_of(node: Node) -> Value:
    """Type a node: unquoted ``true``, ``false``, null and decimal integers; any other scalar is text as written."""
    if isinstance(node, MappingNode):
        return MappingProxyType({name: value_of(value) for name, (_, value) in node.entries.items()})
    if isinstance(node, SequenceNode):
        return tuple(value_of(item) for item in node.items)
    return scalar_of(node)


def scalar_of(node: ScalarNode) -> str | int | bool | None:
    """Type a node that is neither mapping nor list."""
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


def substitute_mapping(node: MappingNode, environ: Mapping[str, str], problems: list[Diagnostic]) -> MappingNode:
    """Expand the values of a mapping, not its keys; what cannot be expanded is reported and left out."""
    values = {name: (at, substitute(value, environ, problems)) for name, (at, value) in node.entries.items()}
    entries = {name: (at, value) for name, (at, value) in values.items() if value is not None}
    return MappingNode(node.at, entries)


def substitute(node: Node, environ: Mapping[str, str], problems: list[Diagnostic]) -> Node | None:
    """Expand the texts of a tree; None, and a problem, for a text that cannot be expanded.

    What was expanded is text even if it reads ``true``: a variable has no type. Only the names that are written in
    the text are looked up. A default or message may hold ``$$`` and ``{…}``, but no further variable.
    """
    if isinstance(node, MappingNode):
        return substitute_mapping(node, environ, problems)
    if isinstance(node, ScalarNode):
        return _substitute_text(node, environ, problems)
    items = (substitute(item, environ, problems) for item in node.items)
    return SequenceNode(node.at, tuple(item for item in items if item is not None))


def _substitute_text(node: ScalarNode, environ: Mapping[str, str], problems: list[Diagnostic]) -> ScalarNode | None:
    found: list[Diagnostic] = []
    used: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, sign, word = match["name"], match["sign"], (match["word"] or "").replace("$$", "$")
        if match["dollar"]:
            return "$"
        if not name:
            found.append(_bad_substitution(match[0], node.at))
        elif (known := environ.get(name)) is not None and (known or not sign):
            used.append(name)
            return known
        elif sign != "-":
            message = f"the environment variable {name!r} is not set" + (f": {word}" if word else "")
            hint = f"set it, or give a default: ${{{name}:-…}}"
            found.append(Diagnostic(node.at, "undefined-variable", message, hint=hint))
        return word

    if "$" not in node.text:
        return node
    text = re.sub(_DOLLAR, value, node.text)
    problems += found
    return None if found else ScalarNode(node.at, text, variables=tuple(used))


def _bad_substitution(written: str, at: At) -> Diagnostic:
    """Refuse a dollar sign that begins nothing known."""
    name = written[1:]
    hint = f"write ${{{name}}} for the variable, or $${name} for the text" if name.isidentifier() else _FORMS
    return Diagnostic(at, "bad-substitution", f"{written!r} is no substitution", hint=hint)


def fill(text: str, names: Mapping[str, object], at: At, problems: list[Diagnostic]) -> str:
    """Put texts and integers in place of ``{NAME}``; report a name that stands for neither."""

    def value(match: re.Match[str]) -> str:
        found = names.get(match[1])
        if isinstance(found, str | int) and not isinstance(found, bool):
            return str(found)
        message = f"{match[0]!r} stands for no text and no integer"
        hint = did_you_mean(match[1], names) or "use {stage}, or a name under values"
        problems.append(Diagnostic(at, "unknown-placeholder", message, hint=hint))
        return match[0]

    return re.sub(_PLACEHOLDER, value, text)
