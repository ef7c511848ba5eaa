"""Two Dockerfiles to the lines in which they differ besides references to stages, however each of them writes those.

Where one names a stage, and the other an image, a build argument or an alias stage in its place, nothing differs.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Reference, ReferenceKind
from dfrender.references.verify import blanked
from dfrender.source import At

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


class Difference(NamedTuple):
    """A line that only one of two Dockerfiles has: ``side`` is 0 or 1, ``text`` is without its line end."""

    side: int
    at: At
    text: str


class _Side(NamedTuple):
    """One of the two: its lines without references and line ends, its references by their lines, its alias stages."""

    graph: Graph
    texts: Sequence[str]
    edges: Mapping[int, Sequence[Edge]]
    aliases: Collection[int]

    def meant(self, edge: Edge) -> Edge:
        """Give a reference, or that of the alias stage that it names."""
        return self.graph.bases[edge.stage] if edge.stage in self.aliases else edge


def differences(first: Graph, second: Graph) -> list[Difference]:
    """Give the lines that differ, in the order of the files; line ends do not count."""
    from difflib import SequenceMatcher  # 5 ms of start-up

    sides = one, other = _side(first, second), _side(second, first)
    lines: list[tuple[int, int]] = []
    for_stages: set[Reference] = set()
    for kind, start, stop, begin, end in SequenceMatcher(None, one.texts, other.texts, autojunk=False).get_opcodes():
        if kind == "equal":
            for index in range(stop - start):
                common = _common(sides, (one.edges[start + index], other.edges[begin + index]))
                lines += [(0, start + index), (1, begin + index)] if common is None else []
                for_stages.update(common or ())
        else:
            lines += [(0, index) for index in range(start, stop)] + [(1, index) for index in range(begin, end)]
    generated = [_generated(sides, side, for_stages) for side in sides]
    kept = [(side, sides[side].graph.dockerfile.lines[index]) for side, index in lines if index not in generated[side]]
    return [Difference(side, line.at, line.text.rstrip("\r\n")) for side, line in kept]


def _side(graph: Graph, other: Graph) -> _Side:
    edges = defaultdict(list)
    for edge in graph.edges:
        for segment in edge.reference.segments[-1:]:
            edges[segment.line].append(edge)
    return _Side(graph, [text.rstrip("\r\n") for text, _ in blanked(graph.dockerfile)], edges, _aliases(graph, other))


def _aliases(graph: Graph, other: Graph) -> Collection[int]:
    """Give the stages that the other one lacks and that stand for an argument: a FROM, and only copied from."""
    copied = {edge.stage for edge in graph.edges if edge.reference.kind is not ReferenceKind.FROM}
    busy = {each.stage for each in graph.dockerfile.instructions if each.keyword != "FROM"}
    own = {stage for name, stage in graph.names.items() if name not in other.names}
    return {each for each in (copied & own) - busy if not graph.bases[each].word.literal}


def _common(sides: tuple[_Side, _Side], pair: tuple[Sequence[Edge], Sequence[Edge]]) -> list[Reference] | None:
    """Give the references of two lines that are for stages; None if the lines do not mean the same, stages aside."""
    found: list[Reference] = []
    if len(pair[0]) != len(pair[1]):
        return None
    for edges in zip(*pair, strict=True):
        one, other = (side.meant(edge) for side, edge in zip(sides, edges, strict=True))
        first, second = (_stage(sides, side, edge) for side, edge in zip(sides, (one, other), strict=True))
        are_images = NO_STAGE == one.stage == other.stage and not (first and second)
        if one.word.text != other.word.text if are_images else first and second and first != second:
            return None
        found += [meant.reference for edge, meant in zip(edges, (one, other), strict=True) if meant is not edge]
        found += [] if are_images else [each.reference for each in (one, other)]
    return found


def _stage(sides: Sequence[_Side], side: _Side, edge: Edge) -> str:
    """Give the name of the stage that a reference is for, or its number in the other words; empty for other images."""
    if edge.stage == NO_STAGE:
        name = names.repository_of(edge.image).rpartition("/")[2]
        return name if any(_is_built(each.graph, name) for each in sides) else ""
    title = side.graph.title(edge.stage)
    return title if not title.startswith("#") else f"#{edge.stage - sum(each < edge.stage for each in side.aliases)}"


def _is_built(graph: Graph, name: str) -> bool:
    """Say whether there is a stage of this name that is not made of the image of the same name."""
    stage = graph.names.get(name, NO_STAGE)
    return stage != NO_STAGE and names.repository_of(graph.root(stage).image).rpartition("/")[2] != name


def _generated(sides: Sequence[_Side], side: _Side, for_stages: Collection[Reference]) -> Collection[int]:
    """Give the lines that are there for references to stages only: alias stages, and the arguments that hold images."""
    graph = side.graph
    readers = defaultdict(list)
    for base in graph.bases:
        for name in _VARIABLE.findall(base.reference.text):
            readers[name].append(base.reference in for_stages or bool(_stage(sides, side, base)))
    found: set[str] = set()
    for arg, _ in reversed(graph.defaults):
        if readers[arg.name] and all(readers[arg.name]):
            found.add(arg.name)
        for name in _VARIABLE.findall(arg.default or ""):
            readers[name].append(arg.name in found)
    found -= {arg.name for arg in graph.dockerfile.args if arg.stage != NO_STAGE}
    kept = {arg.last for arg, _ in graph.defaults if arg.name not in found}
    stages = {each for each in side.aliases if graph.bases[each].reference in for_stages}
    gone = [
        each
        for each in graph.dockerfile.instructions
        if (each.stage in stages if each.keyword == "FROM" else each.stage == NO_STAGE and each.last not in kept)
    ]
    return {line for each in gone for line in range(each.first, each.last + 1)}
