"""Nodes to what they stand for: variables of the environment replaced, and ``values`` typed for the template."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from dfrender.diagnostics import Problems, did_you_mean
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
    if isinstance(node, ScalarNode):
        return scalar_of(node)
    if isinstance(node, SequenceNode):
        return tuple(value_of(item) for item in node.items)
    values: dict[str, Value] = {}
    for name, (_, value) in node.entries.items():
        values[name] = value_of(value)
    return MappingProxyType(values)


def scalar_of(node: ScalarNode) -> str | int | bool | None:
    """Type a node that is neither mapping nor list."""
    if not node.plain:
        return node.text
    if node.is_null:
        return None
    if node.text in {"true", "false"}:
        return node.text == "true"
    if _INTEGER.fullmatch(node.text):
        return int(node.text)
    return node.text


def report_bad_names(variables: Entries, problems: Problems) -> None:
    """Report the names that a template cannot use as variables."""
    for name, (at, _) in variables.items():
        if name in _RESERVED:
            message = f"{name!r} is a name that every template has already"
            problems.error(at, "reserved-name", message, "choose another name")
        elif name in _JINJA_WORDS:
            problems.error(at, "reserved-name", f"{name!r} is a word of Jinja", "choose another name")
        elif not name.isidentifier():
            mended = re.sub(r"^(?=\d)|\W", "_", name) or "name"
            message = f"{name!r} cannot be the name of a variable in a template"
            problems.error(at, "invalid-value-name", message, f"write {mended!r}")


def substitute_mapping(node: MappingNode, environ: Mapping[str, str], problems: Problems) -> MappingNode:
    """Substitute in the values of a mapping, not in its keys; what is reported is left out."""
    entries: dict[str, tuple[At, Node]] = {}
    for name, (at, written) in node.entries.items():
        value = substitute(written, environ, problems)
        if value is not None:
            entries[name] = (at, value)
    return MappingNode(node.at, entries)


def substitute(node: Node, environ: Mapping[str, str], problems: Problems) -> Node | None:
    """Put variables of the environment into the texts of a tree; None, and a problem, for a text where that fails.

    What was put together is text even if it reads ``true``: a variable has no type. Only the names that are written in
    the text are looked up. A default or message may hold ``$$`` and ``{…}``, but no further variable.
    """
    if isinstance(node, MappingNode):
        return substitute_mapping(node, environ, problems)
    if isinstance(node, ScalarNode):
        return _substitute_text(node, environ, problems)
    items: list[Node] = []
    for written in node.items:
        item = substitute(written, environ, problems)
        if item is not None:
            items.append(item)
    return SequenceNode(node.at, tuple(items))


def _substitute_text(node: ScalarNode, environ: Mapping[str, str], problems: Problems) -> ScalarNode | None:
    if "$" not in node.text:
        return node
    found = Problems()
    used: list[str] = []

    def replacement(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        name = match["name"]
        if not name:
            _report_bad_substitution(match[0], node.at, found)
            return ""
        value = environ.get(name)
        # with a sign, what is empty counts as unset, as in a shell
        if value or (value is not None and not match["sign"]):
            used.append(name)
            return value
        word = (match["word"] or "").replace("$$", "$")
        if match["sign"] != "-":
            _report_unset(name, word, node.at, found)
        return word

    text = re.sub(_DOLLAR, replacement, node.text)
    problems.extend(found)
    if found:
        return None
    return ScalarNode(node.at, text, variables=tuple(used))


def _report_unset(name: str, reason: str, at: At, problems: Problems) -> None:
    """Report a variable that has neither value nor default; the profile may say why it has to be set."""
    message = f"the environment variable {name!r} is not set"
    if reason:
        message += f": {reason}"
    problems.error(at, "undefined-variable", message, f"set it, or give a default: ${{{name}:-…}}")


def _report_bad_substitution(written: str, at: At, problems: Problems) -> None:
    """Report a dollar sign that begins nothing known."""
    hint = _FORMS
    name = written[1:]
    if name.isidentifier():
        hint = f"write ${{{name}}} for the variable, or $${name} for the text"
    problems.error(at, "bad-substitution", f"{written!r} is no substitution", hint)


def fill(text: str, names: Mapping[str, object], at: At, problems: Problems) -> str:
    """Put texts and integers in place of ``{NAME}``; report a name that stands for neither."""

    def replacement(match: re.Match[str]) -> str:
        value = names.get(match[1])
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        message = f"{match[0]!r} stands for no text and no integer"
        hint = did_you_mean(match[1], names) or "use {stage}, or a name under values"
        problems.error(at, "unknown-placeholder", message, hint)
        return match[0]

    return re.sub(_PLACEHOLDER, replacement, text)
