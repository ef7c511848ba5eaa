"""`Decisions` to the stages that are built each by a job of their own, and what each of these comes to.

Looks at stages and edges only: no tags, no flags, and nothing of what can be handed over how.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.dockerfile.model import Reference
from dfrender.profile.profile import Builder, Handover
from dfrender.references.decisions import Decisions

_HandedOver: TypeAlias = Mapping[int, Collection[Reference]]
_Uses: TypeAlias = Sequence[Sequence[tuple[Reference, int]]]


class Work(NamedTuple):
    """What the job of a stage comes to: the stages that it ``runs``, and those that it ``takes`` from other jobs.

    A stage in both is built although there is an image of it.
    """

    stage: int
    runs: tuple[int, ...]
    takes: tuple[int, ...]


def jobs_of(decisions: Decisions) -> tuple[Work, ...]:
    """Return the jobs of a profile, in the file's order, in which they can be done.

    They build its prebuilt stages, but for those whose image has a digest and so is there already, and the stages of
    ``build``: without that key, the stages that nothing refers to.
    """
    handed = _handed_over(decisions)
    stages = set(handed)
    for each in decisions.prebuilt:
        if "@" in each.image:
            stages.discard(each.stage)
    stages |= built(decisions)
    uses = decisions.source.uses()
    return tuple(_work(decisions, uses, handed, stage) for stage in sorted(stages))


def work_of(decisions: Decisions, stage: int) -> Work:
    """Return what building one stage comes to, whether there is a job for it or not."""
    uses = decisions.source.uses()
    return _work(decisions, uses, _handed_over(decisions), stage)


def built(decisions: Decisions) -> set[int]:
    """Return the stages of ``build``; without the key those that nothing refers to and that a builder can be asked for.

    A builder is asked for a stage by its name, or for the last one by none.
    """
    graph, wanted = decisions.source, decisions.profile.build
    found: set[int] = set()
    if wanted is None:
        last = len(graph.stages) - 1
        for stage in graph.unreferenced:
            if graph.stages[stage].name or stage == last:
                found.add(stage)
        return found
    for each in wanted:
        name = each.text.lower()
        if name in graph.names:
            found.add(graph.names[name])
    return found


def _handed_over(decisions: Decisions) -> _HandedOver:
    """Return the stages that jobs take from other jobs, each with the references at which they do.

    By the cache, those are all stages that the profile lists as prebuilt; else the ones that are images.
    """
    graph, profile = decisions.source, decisions.profile
    found: dict[int, set[Reference]] = {}
    if profile.handover is not Handover.CACHE:
        for each in decisions.prebuilt:
            found[each.stage] = {edge.reference for edge in each.edges}
        return found
    for settings in profile.prebuilt:
        name = settings.stage.text
        if name in graph.names:
            found[graph.names[name]] = set()
    for edge in graph.edges:
        for stage in found.keys() & edge.stages:
            found[stage].add(edge.reference)
    return found


def _work(decisions: Decisions, uses: _Uses, handed: _HandedOver, stage: int) -> Work:
    """Follow the references of a stage up to what is handed over."""
    runs: set[int] = set()
    takes: set[int] = set()
    todo = [stage]
    if decisions.profile.builder is Builder.CLASSIC:
        # it builds all stages of the output above its target, needed or not
        todo += [above for above in range(stage) if above in decisions.kept]
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
    if decisions.profile.handover is not Handover.CACHE:
        for reference, source in decisions.by_image.items():
            if reference.stage in runs:
                takes.add(source)
    return Work(stage, tuple(sorted(runs)), tuple(sorted(takes)))
