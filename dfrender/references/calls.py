"""The template's ``stage()`` calls and the `Graph` to problems: each call must be a whole reference to its stage."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.source import At

if TYPE_CHECKING:
    from dfrender.template.origins import Span, StageCall  # 3 ms, which a template without calls does not need


def check_calls(graph: Graph, calls: "Sequence[StageCall]", problems: Problems) -> Collection[At]:
    """Report what is wrong with the calls; return the places of the references that this is about."""
    by_line: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        for segment in edge.reference.segments:
            by_line.setdefault(segment.line, []).append(edge)
    reported: set[At] = set()
    for call in calls:
        edges = [_edge(by_line.get(span.line, ()), span, call.name) for span in call.spans]
        whole = [edge for edge in edges if edge]
        if call.name not in graph.names:
            _report_unknown(graph, call, problems)
            reported.update(edge.reference.at for edge in whole[:1])
            continue
        if not whole or (call.exact and len(whole) < len(edges)):
            _report_no_reference(call, problems)
        for edge in whole:
            if edge.stage == NO_STAGE or (edge.stage >= edge.reference.stage and not edge.reference.onbuild):
                _report_later(graph, call, edge, problems)
                reported.add(edge.reference.at)
    return reported


def _report_unknown(graph: Graph, call: "StageCall", problems: Problems) -> None:
    hint = did_you_mean(call.name, graph.names) or f"the stages are {', '.join(graph.names) or 'without names'}"
    problems.error(call.at, "unknown-stage", f"no stage is named {call.name!r}", hint)


def _report_no_reference(call: "StageCall", problems: Problems) -> None:
    message = f"this call is not a reference: its text {call.name!r} does not name a stage where it ends up"
    hint = "stage() belongs where a stage is named, as the whole name: FROM, COPY --from=, RUN --mount=…,from="
    problems.error(call.at, "stage-call-is-no-reference", message, hint)


def _report_later(graph: Graph, call: "StageCall", edge: Edge, problems: Problems) -> None:
    stage = graph.names[call.name]
    if stage == edge.reference.stage:
        message = f"stage {call.name!r} is this very stage"
        hint = "a reference names a stage above it: name another"
    else:
        message = f"stage {call.name!r} is defined later"
        hint = "a reference names a stage above it: move that one, or name another"
    related = [("defined", graph.stages[stage].at)]
    problems.error(call.at, "stage-defined-later", message, hint, related)


def _edge(edges: Sequence[Edge], span: "Span", name: str) -> Edge | None:
    """Return the reference that the span is the whole of, quotes aside."""
    for edge in edges:
        pieces = edge.reference.segments
        is_inside = any(segment.start <= span.start and span.stop <= segment.stop for segment in pieces)
        if is_inside and edge.word.text.lower() == name:
            return edge
    return None
