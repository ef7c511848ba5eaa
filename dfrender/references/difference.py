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

_VARIABLE = r"\$\{?([A-Za-z_][A-Za-z0-9_]*)"


class Difference(NamedTuple):
    """A line that only one of two Dockerfiles has: ``side`` is 0 or 1, ``text`` is without its line end."""

    side: int
    at: At
    text: str


class _Side(NamedTuple):
    """One of the two.

    ``texts`` are its lines without references and line ends, ``edges`` its references by their lines, ``aliases`` its
    alias stages. ``built`` names what is a stage, not an image, in one of the two.
    """

    number: int
    graph: Graph
    texts: Sequence[str]
    edges: Mapping[int, Sequence[Edge]]
    aliases: Collection[int]
    built: Collection[str]

    def meant(self, edge: Edge) -> Edge:
        """Return a reference, or that of the alias stage that it names."""
        if edge.stage in self.aliases:
            return self.graph.bases[edge.stage]
        return edge

    def stage(self, edge: Edge) -> str:
        """Return the name of the stage that a reference is for, or its number; empty for any other image."""
        if edge.stage == NO_STAGE:
            name = _last_part(edge.image)
            return name if name in self.built else ""
        title = self.graph.title(edge.stage)
        if not title.startswith("#"):
            return title
        position = edge.stage
        for alias in self.aliases:
            if alias < edge.stage:
                position -= 1
        return f"#{position}"

    def difference(self, index: int) -> Difference:
        """Return a line as one that the other has not."""
        line = self.graph.dockerfile.lines[index]
        return Difference(self.number, line.at, line.text.rstrip("\r\n"))


_Place = tuple[_Side, int]  # the index of a line on one side


def differences(first: Graph, second: Graph) -> list[Difference]:
    """Return the lines that differ, in the order of the files; line ends do not count."""
    built = _built(first) | _built(second)
    one = _side(0, first, second, built)
    other = _side(1, second, first, built)
    places, for_stages = _different_lines(one, other)
    generated = [_generated_lines(one, for_stages), _generated_lines(other, for_stages)]
    found: list[Difference] = []
    for side, index in places:
        if index not in generated[side.number]:
            found.append(side.difference(index))
    return found


def _side(number: int, graph: Graph, other: Graph, built: Collection[str]) -> _Side:
    texts = [text.rstrip("\r\n") for text, _ in blanked(graph.dockerfile)]
    edges: dict[int, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        segments = edge.reference.segments
        if segments:
            edges[segments[-1].line].append(edge)
    aliases = _aliases(graph, other)
    return _Side(number, graph, texts, edges, aliases, built)


def _built(graph: Graph) -> set[str]:
    """Return the names of the stages that are not made of the image of the same name."""
    found: set[str] = set()
    for name, stage in graph.names.items():
        root = graph.root(stage)
        if _last_part(root.image) != name:
            found.add(name)
    return found


def _last_part(image: str) -> str:
    repository = names.repository_of(image)
    return names.last_part(repository)


def _aliases(graph: Graph, other: Graph) -> Collection[int]:
    """Return the stages that the other one lacks and that stand for an argument: a FROM, and only copied from."""
    copied: set[int] = set()
    for edge in graph.edges:
        if edge.reference.kind is not ReferenceKind.FROM:
            copied.add(edge.stage)
    for each in graph.dockerfile.instructions:
        if each.keyword != "FROM":
            copied.discard(each.stage)
    found: set[int] = set()
    for name, stage in graph.names.items():
        base = graph.bases[stage].word
        if stage in copied and name not in other.names and not base.literal:
            found.add(stage)
    return found


def _different_lines(one: _Side, other: _Side) -> tuple[list[_Place], set[Reference]]:
    """Return the lines that do not mean the same, and the references for stages in all others."""
    from difflib import SequenceMatcher  # 5 ms of start-up

    places: list[_Place] = []
    for_stages: set[Reference] = set()
    matcher = SequenceMatcher(None, one.texts, other.texts, autojunk=False)
    for kind, start, stop, begin, end in matcher.get_opcodes():
        here = range(start, stop)
        there = range(begin, end)
        if kind != "equal":
            places.extend((one, index) for index in here)
            places.extend((other, index) for index in there)
            continue
        for first, second in zip(here, there, strict=True):
            common = _for_stages((one, first), (other, second))
            if common is None:
                places.append((one, first))
                places.append((other, second))
            else:
                for_stages.update(common)
    return places, for_stages


def _for_stages(first: _Place, second: _Place) -> set[Reference] | None:
    """Return the references of two lines that are for stages; None if the lines do not mean the same, stages aside."""
    one, index = first
    other, other_index = second
    edges = one.edges[index]
    other_edges = other.edges[other_index]
    if len(edges) != len(other_edges):
        return None
    found: set[Reference] = set()
    for edge, other_edge in zip(edges, other_edges, strict=True):
        meant = one.meant(edge)
        other_meant = other.meant(other_edge)
        stages = (one.stage(meant), other.stage(other_meant))
        are_stages = all(stages)
        are_images = not are_stages and meant.stage == other_meant.stage == NO_STAGE
        if are_stages and len(set(stages)) > 1:
            return None
        if are_images and meant.word.text != other_meant.word.text:
            return None
        if not are_images or meant is not edge:
            found.add(meant.reference)
        if not are_images or other_meant is not other_edge:
            found.add(other_meant.reference)
    return found


def _generated_lines(side: _Side, for_stages: Collection[Reference]) -> Collection[int]:
    """Return the lines that are there for references to stages only: alias stages, and arguments that hold images."""
    graph = side.graph
    args = _generated_args(side, for_stages)
    kept = {arg.last for arg, _ in graph.defaults if arg.name not in args}
    found: set[int] = set()
    for each in graph.dockerfile.instructions:
        if each.keyword == "FROM":
            base = graph.bases[each.stage]
            is_generated = each.stage in side.aliases and base.reference in for_stages
        else:
            is_generated = each.stage == NO_STAGE and each.last not in kept
        if is_generated:
            found.update(range(each.first, each.last + 1))
    return found


def _generated_args(side: _Side, for_stages: Collection[Reference]) -> Collection[str]:
    """Return the arguments that only references to stages read, be it through another argument."""
    graph = side.graph
    read_for_stages: set[str] = set()
    read_otherwise: set[str] = set()
    for base in graph.bases:
        variables = _variables(base.reference.text)
        if base.reference in for_stages or side.stage(base):
            read_for_stages.update(variables)
        else:
            read_otherwise.update(variables)
    found: set[str] = set()
    # the last one first, since a default reads what stands above it
    for arg, _ in reversed(graph.defaults):
        if arg.name in read_for_stages and arg.name not in read_otherwise:
            found.add(arg.name)
        variables = _variables(arg.default or "")
        if arg.name in found:
            read_for_stages.update(variables)
        else:
            read_otherwise.update(variables)
    for arg in graph.dockerfile.args:
        if arg.stage != NO_STAGE:
            found.discard(arg.name)
    return found


def _variables(text: str) -> list[str]:
    return re.findall(_VARIABLE, text)
