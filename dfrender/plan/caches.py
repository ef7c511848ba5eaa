"""Which caches the builder of a job takes from, in which order, and which one it leaves.

Where two caches know a step that copies from the context, BuildKit since 0.23 takes it from one of them and does not
find the steps after it that only the other one has: it executes them again (moby/buildkit#6418; tests/engine measures
it). So a build is given one cache. What is in others is taken over by builds before it, each from one cache as well,
which execute nothing that this cache has. They have to fetch the layers: without them BuildKit forgets a step of a
registry's cache.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from dfrender.dockerfile import names
from dfrender.plan.known import Known
from dfrender.plan.plan import Warming
from dfrender.profile.profile import Builder, Handover
from dfrender.references.jobs import Work

_CACHE_TAG = "buildcache"


class Caches(NamedTuple):
    """The caches that the build of a job is ``given``, at most one, and those that are ``warmed`` from before."""

    given: tuple[str, ...]
    warmed: tuple[Warming, ...]


def cache_targets(known: Known, stage: int) -> tuple[str, ...]:
    """Return what a job leaves, beside its image in the registry.

    One whose image nobody needs leaves nothing: so it need not be allowed to push.
    """
    if not _is_in_registry(known) or not known.is_needed(stage) or not known.tags(stage):
        return ()
    return (f"{_cache(known, stage)},mode=max",)


def caches_of(known: Known, work: Work) -> Caches:
    """Return what a job takes from: what it left in earlier runs, and what jobs before it did of its stages."""
    if known.profile.handover is Handover.CACHE:
        return Caches((), tuple(_of_taken(known, work)))
    if not _is_in_registry(known):
        return Caches((), ())
    warmed = tuple(_of_shared(known, work))
    if cache_targets(known, work.stage):
        return Caches((_cache(known, work.stage),), warmed)
    others = {each.cache for each in warmed}
    if len(others) == 1:
        return Caches(tuple(others), ())
    return Caches((), warmed)


def _of_taken(known: Known, work: Work) -> Iterator[Warming]:
    """Yield the jobs of the stages that one takes, but for those that others of them took: a cache has that too."""
    stages = [stage for stage in work.takes if stage in known.made]
    contained: set[int] = set()
    for stage in stages:
        contained.update(_behind(known, stage))
    for stage in stages:
        if stage not in contained:
            yield Warming(known.makers[stage], known.graph.stages[stage].name, "")


def _behind(known: Known, stage: int) -> set[int]:
    """Return the stages that the job of a stage takes from other jobs, and these from others."""
    found: set[int] = set()
    todo = list(known.made[stage].takes)
    while todo:
        each = todo.pop()
        if each in found or each not in known.made:
            continue
        found.add(each)
        todo.extend(known.made[each].takes)
    return found


def _of_shared(known: Known, work: Work) -> Iterator[Warming]:
    """Yield the jobs before one that execute stages of it too, with the last ones of these."""
    shared: dict[int, set[int]] = {}
    for stage in work.takes:
        if cache_targets(known, stage) and stage in known.made:
            shared[stage] = set(work.runs).intersection(known.made[stage].runs, known.shareable)
    done: set[int] = set()
    for stage in sorted(shared, key=lambda each: len(shared[each]), reverse=True):
        if shared[stage] <= done or shared[stage].isdisjoint(known.working):
            continue
        done |= shared[stage]
        for last in _last(known, shared[stage]):
            yield Warming(known.makers[stage], known.graph.stages[last].name, _cache(known, stage))


def _last(known: Known, stages: Collection[int]) -> list[int]:
    """Return those of some stages that no other one of them is built of."""
    below: set[int] = set()
    for stage in stages:
        below.update(known.built_of[stage])
    return [stage for stage in sorted(stages) if stage not in below]


def _is_in_registry(known: Known) -> bool:
    """Say whether caches are beside the images, in the registry."""
    return known.profile.builder is Builder.BUILDKIT and known.profile.handover is Handover.REGISTRY


def _cache(known: Known, stage: int) -> str:
    repository = names.without_tag(known.own[stage].text)
    return f"type=registry,ref={repository}:{_CACHE_TAG}"
