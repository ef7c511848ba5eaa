"""Texts of other tools' files to texts with their variables' values, as far as the file says them.

Knows how each tool writes a variable. The environment is not asked: what a file leaves open stays open, between marks.
"""

import re
from collections.abc import Iterator, Mapping

from dfrender.adopt import lookup
from dfrender.profile.nodes import Node, ScalarNode, SequenceNode

UNKNOWN = "\0"
"""Stands before and behind what is left of a variable; no path and no YAML can hold it."""

_DEEPEST = 20
_LONGEST = 4096
"""A path is rarely longer; a few variables of each other could make a text of any length."""

_SHELL = re.compile(r"\$!?\{(?P<name>\w+)(?::?[-=](?P<default>[^{}]*)|:?[?+][^{}]*)?\}|\$(?P<bare>[A-Za-z_]\w*)")
_AZURE = re.compile(
    r"\$\((?P<name>[\w. -]+)\)|\$\{\{ *(?:variables|parameters)\.(?P<bare>[\w.-]+) *\}\}|\$\{\{[^{}]*\}\}"
)
# each is the folder of the repository, where a job checks out no other one
_SOURCES = ("build.sourcesdirectory", "system.defaultworkingdirectory", "build.repository.localpath")


class Variables:
    """The variables of a file: how they are written, and what is known of them."""

    def __init__(self, pattern: re.Pattern[str], values: Mapping[str, str], *, is_caseless: bool = False) -> None:
        """Take values under their names; ``is_caseless``: those are in lower case, and the tool does not tell cases."""
        self.pattern = pattern
        self.values = values
        self.is_caseless = is_caseless

    def resolved(self, text: str) -> str:
        """Return a text in which values stand for variables, and marks around those that are not known."""
        found = self._substituted(text)
        return self.pattern.sub(rf"{UNKNOWN}\g<0>{UNKNOWN}", found)

    def _substituted(self, written: str) -> str:
        """Return a text with values in it; as it is written where variables of each other come to no end."""
        text = written
        for _ in range(_DEEPEST):
            found = self.pattern.sub(self._value, text)
            if found == text:
                return found
            if len(found) > _LONGEST:
                break
            text = found
        return written

    def _value(self, match: re.Match[str]) -> str:
        found = match.groupdict()
        name = found["name"] or found["bare"] or ""
        if self.is_caseless:
            name = name.lower()
        if name in self.values:
            return self.values[name]
        default = found.get("default")
        if default is None:
            return match[0]
        return default


def of_azure(root: Node | None) -> Variables:
    """Return the variables and the parameters' defaults of a pipeline; one that is set to two values is not known."""
    values: dict[str, set[str]] = {}
    for node in lookup.mappings(root):
        for key in ("variables", "parameters"):
            for name, value in _settings(lookup.entry(node, key)):
                values.setdefault(name.lower(), set()).add(value)
    found = dict.fromkeys(_SOURCES, ".")
    for name, several in values.items():
        if len(several) == 1:
            found[name] = several.pop()
    return Variables(_AZURE, found, is_caseless=True)


def of_devspace(root: Node | None) -> Variables:
    """Return the variables of a devspace.yaml: their values, else their defaults."""
    found = dict(_settings(lookup.entry(root, "vars")))
    return Variables(_SHELL, found)


def of_bake(root: Node | None) -> Variables:
    """Return the defaults of a bake file's variables."""
    found = dict(_settings(lookup.entry(root, "variable")))
    return Variables(_SHELL, found)


def of_compose() -> Variables:
    """Return what a Compose file says of variables: defaults, each where it is used."""
    return Variables(_SHELL, {})


def _settings(node: Node | None) -> Iterator[tuple[str, str]]:
    """Yield names and values: of a mapping from names to these, or of a list in which each has keys."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            name = lookup.text(item, "name")
            value = _setting(item)
            if name and value:
                yield name.text, value.text
    for key, each in lookup.entries(node):
        found = _setting(each)
        if found:
            yield key, found.text


def _setting(node: Node) -> ScalarNode | None:
    if isinstance(node, ScalarNode):
        return node
    return lookup.text(node, "value") or lookup.text(node, "default")
