"""A tree of nodes that know their place: what a YAML text says, and how one tree is laid over another.

Text stays as it was written: ``3.10`` is no number here. Knows neither YAML's syntax nor a key of a profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Problems
from dfrender.source import At

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What YAML 1.2 writes for nothing."""

AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n"})
"""What was a boolean in YAML 1.1, in any case, and is text in YAML 1.2."""


class ScalarNode(NamedTuple):
    """Text as written. ``plain``: it stands there without quotes, so ``true`` may be more than letters.

    ``is_substituted``: it was a variable of the environment or has one in it; ``variables`` are those that were set.
    """

    at: At
    text: str
    plain: bool = False
    is_substituted: bool = False
    variables: tuple[str, ...] = ()

    @property
    def is_null(self) -> bool:
        """Say whether nothing stands there, or what YAML writes for nothing."""
        return self.plain and not self.is_substituted and self.text in NULLS


class SequenceNode(NamedTuple):
    """A list."""

    at: At
    items: tuple[Node, ...]


class MappingNode(NamedTuple):
    """A mapping in the order of the file: under each key its place and its value."""

    at: At
    entries: Entries


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode
Entries: TypeAlias = "Mapping[str, tuple[At, Node]]"


def mapping(at: At, entries: Iterable[tuple[str, At, Node]], problems: Problems) -> MappingNode:
    """Return a mapping; of a key that is given twice the first is kept and the second reported."""
    unique: dict[str, tuple[At, Node]] = {}
    for name, place, value in entries:
        if name in unique:
            first, _ = unique[name]
            related = [("first given", first)]
            problems.error(place, "repeated-key", f"{name!r} is given twice", "keep one of them", related)
        else:
            unique[name] = (place, value)
    return MappingNode(at, unique)


def merge(below: MappingNode, above: MappingNode) -> MappingNode:
    """Lay one mapping over another: mappings merge and keep the places of ``below``, anything else is replaced."""
    entries = dict(below.entries)
    for name, (at, value) in above.entries.items():
        old_at, old = entries.get(name, (at, None))
        if isinstance(old, MappingNode) and isinstance(value, MappingNode):
            entries[name] = (old_at, merge(old, value))
        else:
            entries[name] = (at, value)
    return MappingNode(below.at, entries)


def children(node: Node | None) -> Entries:
    """Return the entries of a mapping, none for anything else."""
    if isinstance(node, MappingNode):
        return node.entries
    return {}


def items(node: Node | None) -> list[ScalarNode]:
    """Return the texts of a list, none of anything else."""
    if not isinstance(node, SequenceNode):
        return []
    return [each for each in node.items if isinstance(each, ScalarNode)]


def describe(node: Node) -> str:
    """Say what a node is, as in "needs a mapping, not a list"."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if node.is_null:
        return "nothing"
    return f"the text {node.text!r}"
