"""A `Graph` and decisions to the stages that are built each by a job of their own, and what each of these comes to.

Looks at stages and edges only: no tags, no flags, and nothing of what can be handed over how.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import Reference
from dfrender.profile.profile import Builder, Handover, Profile
from dfrender.references.prebuilt import Prebuilt

_HandedOver: TypeAlias = Mapping[int, Collection[Reference]]
_Uses: TypeAlias = Sequence[Sequence[tuple[Reference, int]]]


class Work(NamedTuple):
    """What the job of a stage comes to: the stages that it ``runs``, and those that it ``takes`` from other jobs.

    A stage in both is built although there is an image of it.
    """

    stage: int
    runs: tuple[int, ...]
    takes: tuple[int, ...]


def jobs_of(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt]) -> tuple[Work, ...]:
    """Return the jobs of a profile, in the file's order, in which they can be done.

    They build its prebuilt stages, but for those whose image has a digest and so is there already, and the stages of
    ``build``: without that key, the stages that nothing refers to.
    """
    handed = _handed_over(graph, profile, prebuilt)
    stages = set(handed)
    for each in prebuilt:
        if "@" in each.image:
            stages.discard(each.stage)
    stages |= built(graph, profile)
    uses = graph.uses()
    return tuple(_work(uses, profile.builder, handed, stage) for stage in sorted(stages))


def work_of(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt], stage: int) -> Work:
    """Return what building one stage comes to, whether there is a job for it or not."""
    return _work(graph.uses(), profile.builder, _handed_over(graph, profile, prebuilt), stage)


def built(graph: Graph, profile: Profile) -> set[int]:
    """Return the stages of ``build``; without the key those that nothing refers to and that a builder can be asked for.

    A builder is asked for a stage by its name, or for the last one by none.
    """
    found: set[int] = set()
    if profile.build is None:
        last = len(graph.stages) - 1
        for stage in graph.unreferenced:
            if graph.stages[stage].name or stage == last:
                found.add(stage)
        return found
    for wanted in profile.build:
        name = wanted.text.lower()
        if name in graph.names:
            found.add(graph.names[name])
    return found


def _handed_over(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt]) -> _HandedOver:
    """Return the stages that jobs take from other jobs, each with the references at which they do.

    By the cache, those are all stages that the profile lists as prebuilt; else the ones that are images.
    """
    found: dict[int, set[Reference]] = {}
    if profile.handover is not Handover.CACHE:
        for decided in prebuilt:
            found[decided.stage] = {edge.reference for edge in decided.edges}
        return found
    for settings in profile.prebuilt:
        name = settings.stage.text
        if name in graph.names:
            found[graph.names[name]] = set()
    for edge in graph.edges:
        for stage in found.keys() & edge.stages:
            found[stage].add(edge.reference)
    return found


def _work(uses: _Uses, builder: Builder, handed: _HandedOver, stage: int) -> Work:
    """Follow the references of a stage up to what is handed over."""
    runs: set[int] = set()
    takes: set[int] = set()
    todo = [stage]
    if builder is Builder.CLASSIC:
        todo = list(range(stage + 1))  # it builds all stages above its target, needed or not
    while todo:
        each = todo.pop()
        if each in runs:
            continue
        runs.add(each)
        for reference, source in uses[each]:
            if reference in handed.get(source, ()):
                takes.add(source)
            else:
                todo.append(source)
    return Work(stage, tuple(sorted(runs)), tuple(sorted(takes)))
