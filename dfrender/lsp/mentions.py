"""What a template comes to in each profile to its stages, and all places that name them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Reference
from dfrender.dockerfile.model import Stage as WrittenStage
from dfrender.dockerfile.scan import Segment
from dfrender.explain import meaning
from dfrender.lsp.model import Meaning, Mention, Naming, Stage
from dfrender.lsp.sources import Sources
from dfrender.lsp.text import Location
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, children, items
from dfrender.references.decisions import Decisions
from dfrender.references.prebuilt import Prebuilt
from dfrender.references.verify import paired
from dfrender.source import At, Line
from dfrender.template.origins import StageCall

_LISTS = ("build", "publish")


class View(NamedTuple):
    """What a template comes to in the profile of a name; there is no ``output`` where an error refuses it."""

    profile: str
    decisions: Decisions
    calls: Sequence[StageCall]
    output: Graph | None


class _StageNotes:
    """What is known so far of a stage."""

    def __init__(self, name: str, location: Location, *, is_literal: bool) -> None:
        self.name = name
        self.location = location
        self.is_literal = is_literal
        self.meanings: dict[Meaning, None] = {}


class _Notes:
    """What is known so far of a place that names stages."""

    def __init__(self, naming: Naming, key: str = "") -> None:
        self.naming = naming
        self.key = key
        self.stages: dict[int, None] = {}
        self.meanings: dict[Meaning, None] = {}


class _Named(NamedTuple):
    """A place in the template, and how it names a stage."""

    location: Location
    naming: Naming


class Mentions:
    """Collects stages and what names them, over all profiles of a template."""

    def __init__(self, sources: Sources) -> None:
        """Begin with none."""
        self._sources = sources
        self._stages: list[_StageNotes] = []
        self._indices: dict[tuple[Location, str], int] = {}
        self._notes: dict[Location, _Notes] = {}

    def stages(self) -> Iterator[Stage]:
        """Yield the stages, in the order in which they were found."""
        for each in self._stages:
            yield Stage(each.name, each.location, each.is_literal, tuple(each.meanings))

    def mentions(self) -> Iterator[Mention]:
        """Yield the places that name a stage or an image, definitions among them."""
        for index, each in enumerate(self._stages):
            if each.name:
                naming = Naming.LITERAL if each.is_literal else Naming.COMPUTED
                yield Mention(each.location, (index,), naming, tuple(each.meanings), is_definition=True)
        for location, notes in self._notes.items():
            yield Mention(location, tuple(notes.stages), notes.naming, tuple(notes.meanings), key=notes.key)

    def add(self, view: View) -> None:
        """Add what one profile knows."""
        known = self._add_stages(view)
        meanings = _meanings(view)
        called = _calls_by_line(view.calls)
        names = view.decisions.source.names
        traced: set[At] = set()
        for edge in view.decisions.source.edges:
            place = self._place(view, edge, called)
            traced.update(call.at for call in _calls_of(edge, called))
            notes = self._noted(place)
            for stage in edge.possible:
                notes.stages[known[stage]] = None
            if edge.reference in meanings:
                notes.meanings[meanings[edge.reference]] = None
        for call in view.calls:
            if call.at not in traced and call.name in names:
                notes = self._noted(self._place_of_call(call))
                notes.stages[known[names[call.name]]] = None

    def add_profile(self, tree: MappingNode) -> None:
        """Add the stages that a profile's file names."""
        for name, (at, _) in children(_child(tree, "prebuilt")).items():
            self._add_entry(name, at, "prebuilt")
        target = _child(tree, "target")
        if isinstance(target, ScalarNode):
            self._add_entry(target.text, target.at, "target")
        for key in _LISTS:
            for item in items(_child(tree, key)):
                self._add_entry(item.text, item.at, key)

    def _add_entry(self, name: str, at: At, key: str) -> None:
        location = self._sources.name_in(at, name)
        stages = [index for index, each in enumerate(self._stages) if each.name.lower() == name.lower()]
        if location is None or not stages:
            return
        notes = self._noted(_Named(location, Naming.LITERAL))
        notes.key = key
        for index in stages:
            notes.stages[index] = None
            notes.meanings |= self._stages[index].meanings

    def _noted(self, place: _Named) -> _Notes:
        return self._notes.setdefault(place.location, _Notes(place.naming))

    def _add_stages(self, view: View) -> Sequence[int]:
        """Add the stages; return for each its index among those of all profiles."""
        graph = view.decisions.source
        prebuilt: dict[int, Prebuilt] = {}
        for each in view.decisions.prebuilt:
            prebuilt[each.stage] = each
        known: list[int] = []
        for stage in graph.stages:
            index = self._add_stage(graph, stage)
            text = _stage_meaning(view.decisions, stage, prebuilt.get(stage.position))
            self._stages[index].meanings[Meaning(view.profile, text)] = None
            known.append(index)
        return known

    def _add_stage(self, graph: Graph, stage: WrittenStage) -> int:
        lines = graph.dockerfile.lines
        name, location = stage.name, self._written(lines, stage.segments)
        is_literal = location is not None
        if location is None:
            location = self._sources.line(lines[stage.first].at)
        else:
            name = _text_of(lines, stage.segments[0])
        key = (location, stage.name)
        if key not in self._indices:
            self._indices[key] = len(self._stages)
            self._stages.append(_StageNotes(name, location, is_literal=is_literal))
        return self._indices[key]

    def _place(self, view: View, edge: Edge, called: "_Called") -> _Named:
        """Return the place of a reference: of the call that printed it, or else of its text."""
        for call in _calls_of(edge, called):
            return self._place_of_call(call)
        lines = view.decisions.source.dockerfile.lines
        reference = edge.reference
        segments = [_without_quotes(lines, each, reference.text) for each in reference.segments]
        location = self._written(lines, segments)
        if location is None:
            return _Named(self._sources.location(reference.at), Naming.COMPUTED)
        if edge.is_index:
            return _Named(location, Naming.INDEX)
        is_name = edge.word.literal or edge.stage == NO_STAGE
        return _Named(location, Naming.LITERAL if is_name else Naming.COMPUTED)

    def _place_of_call(self, call: StageCall) -> _Named:
        location = self._sources.called(call.at, call.name)
        if location is None:
            return _Named(self._sources.location(call.at), Naming.COMPUTED)
        return _Named(location, Naming.LITERAL)

    def _written(self, lines: Sequence[Line], segments: Sequence[Segment]) -> Location | None:
        """Return where the user wrote what stands in one piece; None for what is broken over lines, and for nothing."""
        if len(segments) != 1:
            return None
        segment = segments[0]
        return self._sources.written(lines[segment.line], segment.start, segment.stop)


_Called = Mapping[int, Sequence[tuple[int, int, StageCall]]]


def _calls_by_line(calls: Sequence[StageCall]) -> _Called:
    """Return by rendered lines where calls printed: start, stop, call."""
    found: dict[int, list[tuple[int, int, StageCall]]] = {}
    for call in calls:
        for span in call.spans:
            found.setdefault(span.line, []).append((span.start, span.stop, call))
    return found


def _calls_of(edge: Edge, called: _Called) -> Iterator[StageCall]:
    """Yield the calls that printed a reference."""
    for segment in edge.reference.segments:
        for start, stop, call in called.get(segment.line, ()):
            if segment.start <= start and stop <= segment.stop and call.name == edge.word.text.lower():
                yield call


def _without_quotes(lines: Sequence[Line], segment: Segment, text: str) -> Segment:
    start = lines[segment.line].text.find(text, segment.start, segment.stop)
    if start < 0:
        return segment
    return Segment(segment.line, start, start + len(text))


def _text_of(lines: Sequence[Line], segment: Segment) -> str:
    return lines[segment.line].text[segment.start : segment.stop]


def _child(tree: MappingNode, key: str) -> Node | None:
    _, node = tree.entries.get(key, (tree.at, None))
    return node


def _meanings(view: View) -> Mapping[Reference, Meaning]:
    """Return what each reference of the output means."""
    if view.output is None:
        return {}
    decided: dict[Reference, Prebuilt] = {}
    for each in view.decisions.prebuilt:
        for edge in each.edges:
            decided[edge.reference] = each
    found: dict[Reference, Meaning] = {}
    for before, after in paired(view.decisions, view.output):
        text = meaning(view.output, before, after, decided.get(before.reference))
        found[before.reference] = Meaning(view.profile, text)
    return found


def _stage_meaning(decisions: Decisions, stage: WrittenStage, prebuilt: Prebuilt | None) -> str:
    if prebuilt:
        return f"the image {prebuilt.image} (style {prebuilt.style.value})"
    if stage.position not in decisions.kept:
        return "not in the output: its target does not need it"
    return "built where it is needed"
