"""Nodes of another tool's YAML to what stands in them; nodes may be shared, and none is looked at twice in one walk."""

from collections.abc import Iterator

from dfrender.profile.nodes import MappingNode, Node, ScalarNode, SequenceNode

_MERGE = "<<"  # of YAML 1.1: what a mapping takes from others


def mappings(root: Node | None) -> Iterator[MappingNode]:
    """Yield the mappings in a node and in all that is in it, in the order of the file."""
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            yield node
        below = _children(node)
        left.extend(reversed(below))


def entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the keys of a mapping and what stands under them, then those that it takes from others."""
    found: set[str] = set()
    for each in _merged(node):
        for key, (_, value) in each.entries.items():
            if key not in found and key != _MERGE:
                found.add(key)
                yield key, value


def entry(node: Node | None, name: str) -> Node | None:
    """Return what stands under a key of a mapping; None where there is no such key."""
    for each in _merged(node):
        if name in each.entries:
            return each.entries[name][1]
    return None


def text(node: Node | None, name: str) -> ScalarNode | None:
    """Return the text under a key of a mapping; None where there is none."""
    found = entry(node, name)
    if isinstance(found, ScalarNode) and not found.is_null:
        return found
    return None


def _merged(node: Node | None) -> Iterator[MappingNode]:
    seen: set[int] = set()
    left = [node]
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, MappingNode):
            yield each
            if _MERGE in each.entries:
                left.append(each.entries[_MERGE][1])
        elif isinstance(each, SequenceNode):
            left.extend(reversed(each.items))


def _children(node: Node | None) -> list[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.entries.values()]
    if isinstance(node, SequenceNode):
        return list(node.items)
    return []
