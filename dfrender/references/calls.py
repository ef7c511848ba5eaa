"""The template's ``stage()`` calls and the `Graph` to problems: each call must be a whole reference to its stage."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic, did_you_mean
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.template.origins import Place, StageCall


def check_calls(graph: Graph, calls: Sequence[StageCall]) -> Iterator[tuple[Diagnostic, Edge | None]]:
    """Give what is wrong with the calls, each with the reference that it is, where it is one."""
    by_line: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        for piece in edge.reference.segments:
            by_line.setdefault(piece.line, []).append(edge)
    for call in calls:
        edges = [_edge(by_line.get(place.line, ()), place, call.name) for place in call.places]
        whole = [edge for edge in edges if edge]
        if call.name not in graph.names:
            hint = did_you_mean(call.name, graph.names) or f"the stages are {', '.join(graph.names) or 'without names'}"
            message = f"no stage is named {call.name!r}"
            yield Diagnostic(call.at, "unknown-stage", message, hint=hint), next(iter(whole), None)
        elif not whole or (call.exact and len(whole) < len(edges)):
            message = f"this call is no reference: its text {call.name!r} does not name a stage where it ends up"
            hint = "stage() belongs where a stage is named, as the whole name: FROM, COPY --from=, RUN --mount=…,from="
            yield Diagnostic(call.at, "stage-call-is-no-reference", message, hint=hint), None
        for edge in whole if call.name in graph.names else ():
            if edge.stage == NO_STAGE or (edge.stage >= edge.reference.stage and not edge.reference.onbuild):
                defined = graph.stages[graph.names[call.name]].at
                own = graph.names[call.name] == edge.reference.stage
                message = f"stage {call.name!r} {'is this very stage' if own else 'is defined later'}"
                hint = f"a reference names a stage above it: {'' if own else 'move that one, or '}name another"
                related = (("defined", defined),)
                yield Diagnostic(call.at, "stage-defined-later", message, hint=hint, related=related), edge


def _edge(edges: Sequence[Edge], place: Place, name: str) -> Edge | None:
    """Give the reference that the place is the whole of, quotes aside."""
    for edge in edges:
        inside = any(p.start <= place.start and place.stop <= p.stop for p in edge.reference.segments)
        if inside and edge.word.text.lower() == name:
            return edge
    return None
