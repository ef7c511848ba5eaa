"""Decisions to the picture of a plan: the stages that it is about, and what they refer to."""

from collections.abc import Collection

from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.dockerfile.model import Reference
from dfrender.plan.plan import Link, Picture
from dfrender.references.decisions import Decisions


def picture_of(decisions: Decisions, last: int) -> Picture:
    """Return what is shown of a plan that is for the stage ``last``: all stages, or those that a target needs."""
    graph = decisions.source
    shown: Collection[int] = range(len(graph.stages))
    if decisions.profile.target:
        shown = set(graph.needs(last))
    links: list[Link] = []
    for edge in graph.edges:
        reference = edge.reference
        if reference.stage in shown:
            for source in edge.stages:
                if source in shown:  # a trigger may name one that nothing here needs
                    links.append(_link(graph, reference, graph.title(source), is_stage=True))
            if edge.stage == NO_STAGE:
                links.append(_link(graph, reference, edge.word.text, is_stage=False))
    stages = [graph.title(stage) for stage in sorted(shown)]
    prebuilt: list[str] = []
    for each in decisions.prebuilt:
        if each.stage in shown:
            prebuilt.append(each.name)
    return Picture(tuple(stages), tuple(prebuilt), tuple(links))


def _link(graph: Graph, reference: Reference, source: str, *, is_stage: bool) -> Link:
    stage = graph.title(reference.stage)
    return Link(source, is_stage, stage, reference.kind.value, reference.onbuild)
