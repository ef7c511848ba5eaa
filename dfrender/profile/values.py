"""Nodes to what they stand for: variables of the environment replaced, and ``values`` typed for the template."""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.profile import folders
from dfrender.profile.nodes import AMBIGUOUS, NULLS, Entries, MappingNode, Node, ScalarNode, SequenceNode
from dfrender.source import At

Value: TypeAlias = "str | int | bool | Mapping[str, Value] | tuple[Value, ...] | None"

_DOLLAR = r"""(?x) \$ (?: (?P<dollar> \$ )
          | \{ (?P<name> [A-Za-z_][A-Za-z0-9_]* )
               (?: : (?P<sign> [-?] ) (?P<word> (?: [^${}] | \$\$ | \{[^${}]*\} )* ) )? \}
          | (?P<wrong> \{ [^}]* \}? | \w* ) )"""
_PLACEHOLDER = r"(?<!\$)\{([^{}]*)\}"
_FORMS = "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a dollar sign"
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
"""The booleans of YAML 1.2's core schema."""

_MOST_GUESSES = 20  # each looks at all values: thousands would take minutes
_MEANT_TRUE = {"yes", "on", "y"}
_INTEGER = r"0|-?[1-9][0-9]{0,17}"  # longer digits, and -0, would not print as they were written
_RESERVED = {"stage", "profile"}  # globals of every template
_JINJA_WORDS = {"true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else"}


def value_of(node: Node) -> Value:
    """Type a node: its plain booleans, nulls and integers are these, every other scalar is text as written."""
    if isinstance(node, ScalarNode):
        return scalar_of(node)
    if isinstance(node, SequenceNode):
        return tuple(value_of(item) for item in node.items)
    values: dict[str, Value] = {}
    for name, (_, value) in node.entries.items():
        values[name] = value_of(value)
    return MappingProxyType(values)


def scalar_of(node: ScalarNode) -> str | int | bool | None:
    """Type a scalar by YAML 1.2's core schema, but for numbers: those are text that would not print as written.

    A plain one that is a variable and nothing else has the type of what stands there, but for null, which is text
    without a character: the environment knows no null.
    """
    text = node.text
    if not node.plain:
        return text
    if text in NULLS:
        return "" if node.is_substituted else None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if re.fullmatch(_INTEGER, text):
        return int(text)
    return text


def report_ambiguous(node: Node, problems: Problems) -> None:
    """Warn of plain words that people and other parsers take for booleans, and that are text here."""
    if isinstance(node, MappingNode):
        for _, value in node.entries.values():
            report_ambiguous(value, problems)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            report_ambiguous(item, problems)
    elif node.plain and node.text.lower() in AMBIGUOUS:
        boolean = "true" if node.text.lower() in _MEANT_TRUE else "false"
        message = f"{node.text!r} is text, which is true in a condition"
        hint = f"write {boolean}, or put the text in quotes"
        if node.is_substituted:
            hint = f"set the variable to {boolean}, or put it in quotes here"
        problems.warning(node.at, "ambiguous-boolean", message, hint)


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

    What was put together is text even if it reads ``true``; a plain text that is one variable and nothing else stays
    plain. Only the names that are written in the text are looked up. A default or message may hold ``$$`` and ``{…}``,
    but no further variable.
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
            _report_line_break(name, value, node.at, found)
            return value
        word = (match["word"] or "").replace("$$", "$")
        if match["sign"] != "-":
            _report_unset(name, word, node.at, found)
        return word

    text = re.sub(_DOLLAR, replacement, node.text)
    problems.extend(found)
    if found:
        return None
    is_plain = node.plain and _is_variable(node.text)
    return ScalarNode(node.at, text, is_plain, is_substituted=True, variables=tuple(used))


def _is_variable(text: str) -> bool:
    """Say whether a text is one variable and nothing else."""
    match = re.fullmatch(_DOLLAR, text)
    return match is not None and match["name"] is not None


def _report_line_break(name: str, value: str, at: At, problems: Problems) -> None:
    """Report a value of several lines: all but its first would be lines of the Dockerfile by themselves."""
    if "\n" in value or "\r" in value:
        message = f"the environment variable {name!r} holds a line break"
        problems.error(at, "line-break-in-variable", message, "set it to a single line")


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
    problems.error(at, "bad-substitution", f"{written!r} is not a substitution", hint)


class Placeholders:
    """Puts values in place of ``{NAME}``; reports a name that stands for neither text nor integer, once at a place.

    ``{stage}`` is the name of a stage, ``{folder}`` that of the template's ``folder`` in its repository.
    """

    def __init__(self, values: Mapping[str, object], folder: Path, problems: Problems) -> None:
        """Begin with nothing reported."""
        self.values = values
        self.folder = folder
        self.problems = problems
        self.reported: set[tuple[str, At]] = set()

    def fill(self, text: str, stage: str, at: At) -> str:
        """Return a text of a stage."""

        def replacement(match: re.Match[str]) -> str:
            name = match[1]
            value = self._value(name, stage)
            if value is not None:
                return value
            if (name, at) not in self.reported:
                self.reported.add((name, at))
                self._report(name, at)
            return stage  # keeps the rest free of mistakes that only follow from this one

        return re.sub(_PLACEHOLDER, replacement, text)

    def _value(self, name: str, stage: str) -> str | None:
        """Return what a name stands for; None for one that stands for nothing, or for more than one thing."""
        if name == "stage":
            return stage
        if name == "folder" and name not in self.values:
            return self.folder_name or None
        value = self.values.get(name)
        if name == "folder" or isinstance(value, bool) or not isinstance(value, str | int):
            return None
        return str(value)

    @cached_property
    def folder_name(self) -> str:
        """What ``{folder}`` stands for; empty at the root of the repository."""
        return folders.image_name(self.folder)

    def _report(self, name: str, at: At) -> None:
        if name != "folder":
            hint = "use {stage}, {folder}, or a name under values"
            if len(self.reported) <= _MOST_GUESSES:
                hint = did_you_mean(name, ["stage", "folder", *self.values]) or hint
            message = f"'{{{name}}}' stands for no text and no integer"
            self.problems.error(at, "unknown-placeholder", message, hint)
        elif name in self.values:
            message = "'{folder}' is the template's folder, and there is a value of that name too"
            self.problems.error(at, "unknown-placeholder", message, "rename the value")
        else:
            message = "'{folder}' is empty: the template lies at the root of its repository"
            hint = "write a name in its place; where there is no .git, the template's folder is the root"
            self.problems.error(at, "empty-folder", message, hint)
