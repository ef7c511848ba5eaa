"""What a job comes to, and the names of images, to the call of ``docker build`` that it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.plan.named import Named
from dfrender.plan.plan import Image, Job, Location, Published
from dfrender.profile.profile import Builder, Handover, Profile, Text
from dfrender.references.arguments import given_to
from dfrender.references.jobs import Work
from dfrender.references.prebuilt import Prebuilt, own_platform

_CACHE_TAG = "buildcache"


class Known(NamedTuple):
    """What jobs are made from: what each comes to, the stages that are taken, and what is known of stages.

    ``own`` are the names of images in the profile, ``images`` those in this run, ``by_inputs`` the stages whose images
    are named by their inputs, and ``makers`` the names of the jobs that make them, here or in another template.
    ``named`` are images of other templates that jobs of these stages name, each with the name of its job.
    """

    graph: Graph
    profile: Profile
    location: Location
    made: Mapping[int, Work]
    taken: Collection[int]
    prebuilt: Mapping[int, Prebuilt]
    own: Mapping[int, Text]
    images: Mapping[int, str]
    by_inputs: Mapping[int, Named]
    makers: Mapping[int, str]
    named: Mapping[int, Sequence[Image]]
    published: Mapping[int, Published]


def job_of(known: Known, work: Work) -> Job:
    """Return the job that builds a stage."""
    graph = known.graph
    tag = _tag(known, work.stage)
    taken = _taken(known, work)
    named = known.named.get(work.stage, ())
    replaced = [each for each in taken if not each.is_written]
    platform = known.profile.builds.platform
    return Job(
        name=known.makers[work.stage],
        stage=graph.title(work.stage),
        target=graph.stages[work.stage].name,
        location=known.location,
        tags=(tag,) if tag else (),
        after=_after(known, work),
        runs=tuple(map(graph.title, work.runs)),
        images=(*_images(known, taken), *named),
        loads=(*_loads(known, taken), *named),
        args=_args(known, taken),
        contexts=_images(known, replaced),
        cache_from=_cache_sources(known, work),
        cache_to=_cache_targets(known, work.stage),
        platform=own_platform(graph, work.stage),
        target_platform=platform.text if platform else "",
        is_taken=work.stage in known.taken,
        hands_on=_hands_on(known, work.stage),
        digest=known.by_inputs[work.stage].digest if work.stage in known.by_inputs else "",
        probe=_probe(known, work.stage),
    )


def _tag(known: Known, stage: int) -> str:
    """Return the name of the image that is built of a stage; none where it has no name, or a digest."""
    image = known.images.get(stage, "")
    if "@" in image:
        return ""
    return image


def _after(known: Known, work: Work) -> tuple[str, ...]:
    """Return the names of the jobs that have to be done before."""
    found: list[str] = []
    for stage in work.takes:
        if stage in known.makers:
            found.append(known.makers[stage])
    for image in known.named.get(work.stage, ()):
        found.append(image.stage)
    return tuple(found)


def _taken(known: Known, work: Work) -> list[Prebuilt]:
    """Return the prebuilt stages whose images a job takes."""
    found: list[Prebuilt] = []
    for stage in work.takes:
        if stage in known.prebuilt:
            found.append(known.prebuilt[stage])
    return found


def _images(known: Known, prebuilt: Sequence[Prebuilt]) -> tuple[Image, ...]:
    return tuple(Image(each.name, known.images[each.stage]) for each in prebuilt)


def _loads(known: Known, prebuilt: Sequence[Prebuilt]) -> tuple[Image, ...]:
    """Return the images of prebuilt stages that jobs make, with the names of these."""
    found: list[Image] = []
    for each in prebuilt:
        if each.stage in known.makers:
            found.append(Image(known.makers[each.stage], known.images[each.stage]))
    return tuple(found)


def _args(known: Known, taken: Sequence[Prebuilt]) -> tuple[tuple[str, str], ...]:
    """Return the build arguments of the profile, and those that make the output take these images.

    Where the tag of images is one argument, it is that one.
    """
    found = dict(given_to(known.graph.dockerfile, known.profile))
    for each in taken:
        image = known.images[each.stage]
        if len(each.args) > 1:
            image = image.rpartition(":")[2]
        if each.args:
            name = each.args[0].name
            found[name] = image
    return tuple(found.items())


def _hands_on(known: Known, stage: int) -> bool:
    """Say whether an image is needed when its job is done.

    One that is published under the name that it has in the run is not yet: it would be in the registry too early.
    """
    if stage in known.taken:
        return True
    if stage not in known.published:
        return False
    if known.profile.handover is not Handover.REGISTRY:
        return True
    published = known.published[stage]
    return published.image not in published.tags


def _probe(known: Known, stage: int) -> str:
    """Return the image that nothing has to be built for if it is there.

    A cache hands on no images, and what nobody takes or publishes is built to see whether it can be.
    """
    is_needed = stage in known.taken or stage in known.published
    if stage not in known.by_inputs or not is_needed or known.profile.handover is Handover.CACHE:
        return ""
    named = known.by_inputs[stage]
    return named.written(known.location.image, known.own[stage].text)


def _cache_targets(known: Known, stage: int) -> tuple[str, ...]:
    """Return what a job leaves, beside its image in the registry.

    One whose image nobody needs leaves nothing: so it need not be allowed to push.
    """
    is_needed = stage in known.taken or stage in known.published
    if not _has_cache(known.profile) or not is_needed or not _tag(known, stage):
        return ()
    return (f"{_cache(known, stage)},mode=max",)


def _cache_sources(known: Known, work: Work) -> tuple[str, ...]:
    """Return what a job takes from: what it left in earlier runs, and what jobs did that execute stages of its own."""
    if not _has_cache(known.profile):
        return ()
    found: list[str] = []
    if _cache_targets(known, work.stage):
        found.append(_cache(known, work.stage))
    for stage in work.takes:
        if stage in known.made:
            other = known.made[stage]
            if not set(work.runs).isdisjoint(other.runs):
                found.append(_cache(known, stage))
    return tuple(found)


def _has_cache(profile: Profile) -> bool:
    """Say whether caches are beside the images, in the registry."""
    return profile.builder is Builder.BUILDKIT and profile.handover is Handover.REGISTRY


def _cache(known: Known, stage: int) -> str:
    repository = names.without_tag(known.own[stage].text)
    return f"type=registry,ref={repository}:{_CACHE_TAG}"
