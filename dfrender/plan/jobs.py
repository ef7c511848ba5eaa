"""A `Graph` and decisions to the stages that are built each by a job of their own, and what each of these comes to.

Looks at stages and edges only: no tags, no flags, and nothing of what can be handed over how.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import Reference
from dfrender.profile.profile import Builder, Handover, Profile
from dfrender.references.prebuilt import Prebuilt

_HandedOver: TypeAlias = Mapping[int, Collection[Reference]]


class Work(NamedTuple):
    """What the job of a stage comes to: the stages that it ``runs``, and those that it ``takes`` from other jobs.

    A stage in both is built although there is an image of it.
    """

    stage: int
    runs: tuple[int, ...]
    takes: tuple[int, ...]


def jobs_of(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt]) -> tuple[Work, ...]:
    """Give the jobs of a profile, in the file's order, in which they can be done.

    They build its prebuilt stages, but for those whose image has a digest and so is there already, and the stages of
    ``build``: without that key, the stages that nothing refers to.
    """
    handed = _handed_over(graph, profile, prebuilt)
    pinned = {each.stage for each in prebuilt if "@" in each.image}
    return tuple(_works(graph, profile, handed, handed.keys() - pinned | built(graph, profile)))


def work_of(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt], stage: int) -> Work:
    """Give what building one stage comes to, whether there is a job for it or not."""
    (work,) = _works(graph, profile, _handed_over(graph, profile, prebuilt), [stage])
    return work


def _handed_over(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt]) -> _HandedOver:
    """Give the stages that jobs take from other jobs, each with the references at which they do.

    By the cache, those are all stages that the profile lists as prebuilt; else the ones that are images.
    """
    if profile.handover is Handover.CACHE:
        listed = (graph.names[each.stage.text] for each in profile.prebuilt if each.stage.text in graph.names)
        found: dict[int, set[Reference]] = {stage: set() for stage in listed}
        for edge in graph.edges:
            for stage in found.keys() & edge.stages:
                found[stage].add(edge.reference)
        return found
    return {each.stage: {edge.reference for edge in each.edges} for each in prebuilt}


def built(graph: Graph, profile: Profile) -> set[int]:
    """Give the stages of ``build``; without the key those that nothing refers to and that a builder can be told of."""
    if profile.build is not None:
        return {graph.names[each.text.lower()] for each in profile.build if each.text.lower() in graph.names}
    last = len(graph.stages) - 1
    return {each for each in graph.unreferenced if graph.stages[each].name or each == last}


def _works(graph: Graph, profile: Profile, handed: _HandedOver, stages: Collection[int]) -> Iterator[Work]:
    """Follow the references of each stage up to what is handed over; the classic builder begins with all above it."""
    uses = graph.uses()
    for stage in sorted(stages):
        runs: set[int] = set()
        takes: set[int] = set()
        todo = [*range(stage + 1)] if profile.builder is Builder.CLASSIC else [stage]
        while todo:
            each = todo.pop()
            if each not in runs:
                runs.add(each)
                for reference, source in uses[each]:
                    (takes.add if reference in handed.get(source, ()) else todo.append)(source)
        yield Work(stage, tuple(sorted(runs)), tuple(sorted(takes)))
