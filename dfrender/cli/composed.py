"""The YAML of profiles, kept with a stamp: what was read before is read without PyYAML, which takes 15 ms to load.

What a text is composed to hangs on nothing but the text and what is installed, which the name of a stamp tells.
"""

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from dfrender.diagnostics import Problems
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, SequenceNode
from dfrender.profile.profiles import read_yaml
from dfrender.stamp.facts import digest

if TYPE_CHECKING:
    from dfrender.profile.composer import Locate


class Composed:
    """What files hold, by the digests of their bytes: nodes as JSON with lines and columns, without a file's name."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """Take what the run before kept."""
        self._texts = dict(known)
        self._used: set[str] = set()

    def read(self, data: bytes, locate: "Locate", problems: Problems) -> Node | None:
        """Do as `read_yaml` does; what something is wrong with is not kept."""
        name = digest(data)
        self._used.add(name)
        known = self._texts.get(name)
        if known is not None:
            return _node(json.loads(known), locate)
        found = Problems()
        node = read_yaml(data, locate, found)
        problems.extend(found)
        if node is not None and not found:
            self._texts[name] = json.dumps(_plain(node))
        return node

    def kept(self, others: Collection[str]) -> dict[str, str]:
        """Return what this run used, and what is known of others by their digests."""
        return {name: text for name, text in self._texts.items() if name in self._used or name in others}


def _plain(node: Node) -> list[Any]:
    place = [node.at.line, node.at.column]
    if isinstance(node, ScalarNode):
        return [*place, node.text, node.plain]
    if isinstance(node, SequenceNode):
        return [*place, [_plain(each) for each in node.items]]
    entries: dict[str, list[Any]] = {}
    for name, (at, value) in node.entries.items():
        entries[name] = [at.line, at.column, _plain(value)]
    return [*place, entries]


def _node(kept: list[Any], locate: "Locate") -> Node:
    line, column, content, *rest = kept
    at = locate(line, column)
    if isinstance(content, str):
        return ScalarNode(at, content, *rest)
    if isinstance(content, list):
        return SequenceNode(at, tuple(_node(each, locate) for each in content))
    entries = {name: (locate(*place), _node(value, locate)) for name, (*place, value) in content.items()}
    return MappingNode(at, entries)
