"""What a job comes to, and the names of images, to the call of ``docker build`` that it is."""

from collections.abc import Sequence

from dfrender.plan.caches import cache_targets, caches_of
from dfrender.plan.known import Known
from dfrender.plan.plan import Image, Job
from dfrender.profile.profile import Handover
from dfrender.references.arguments import given_to
from dfrender.references.jobs import Work
from dfrender.references.prebuilt import Prebuilt, own_platform


def job_of(known: Known, work: Work) -> Job:
    """Return the job that builds a stage."""
    graph = known.graph
    taken = _taken(known, work)
    named = known.named.get(work.stage, ())
    replaced = [each for each in taken if not each.is_written]
    used = caches_of(known, work)
    return Job(
        name=known.makers[work.stage],
        stage=graph.title(work.stage),
        target=graph.stages[work.stage].name,
        location=known.location,
        tags=known.tags(work.stage),
        after=_after(known, work),
        runs=tuple(map(graph.title, work.runs)),
        images=(*_images(known, taken), *named),
        loads=(*_loads(known, taken), *named),
        args=_args(known, taken),
        contexts=_images(known, replaced),
        cache_from=used.given,
        cache_to=cache_targets(known, work.stage),
        warm_from=used.warmed,
        platform=own_platform(graph, work.stage),
        target_platform=known.target_platform,
        is_taken=work.stage in known.taken,
        hands_on=_hands_on(known, work.stage),
        digest=known.digest(work.stage),
        probe=_probe(known, work.stage),
    )


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
    """Return the images of prebuilt stages, with the names of these."""
    found: list[Image] = []
    for each in prebuilt:
        image = known.images[each.stage]
        found.append(Image(each.name, image))
    return tuple(found)


def _loads(known: Known, prebuilt: Sequence[Prebuilt]) -> tuple[Image, ...]:
    """Return the images of prebuilt stages that jobs make, with the names of these."""
    found: list[Image] = []
    for each in prebuilt:
        if each.stage in known.makers and known.tags(each.stage):
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

    One that is published under the name that it has in the run is not yet: it would be in the registry too early. One
    with a digest is never: what others take under it was made before.
    """
    if not known.tags(stage):
        return False
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
    if stage not in known.by_inputs or not known.is_needed(stage) or known.profile.handover is Handover.CACHE:
        return ""
    named = known.by_inputs[stage]
    return named.written(known.location.image, known.own[stage].text)
