"""Graphs, decisions and profile to a `Plan`: which job builds what, from which images, under which name and flags.

Refuses what cannot be built so; says nothing of how a plan is written down.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Problems, refuse
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.plan.handover import notes, problems
from dfrender.plan.images import for_run, images_of, shared_images
from dfrender.plan.plan import Image, Job, Link, Picture, Place, Plan
from dfrender.profile.profile import Builder, Handover, Profile, Style, Text
from dfrender.references.decisions import Decisions, check_target, nearest_stage
from dfrender.references.jobs import Work, jobs_of, work_of
from dfrender.references.prebuilt import Prebuilt, own_platform
from dfrender.source import At

_CACHE_TAG = "buildcache"


class _Known(NamedTuple):
    """What jobs are made from: what each comes to, the stages that are taken, and what is known of stages."""

    graph: Graph
    profile: Profile
    made: Mapping[int, Work]
    taken: Collection[int]
    prebuilt: Mapping[int, Prebuilt]
    images: Mapping[int, str]


def make_plan(decisions: Decisions, place: Place) -> Plan:
    """Make the plan of a rendering: of all its jobs, or of those that the profile's target needs.

    If the output is pruned to a target, it is for that job alone.

    Raises `DfrenderError` for stages that are not there, and for what cannot be built or handed over as asked.
    """
    source, profile, prebuilt, kept = decisions.source, decisions.profile, decisions.prebuilt, decisions.kept
    wanted = [profile.target] if profile.target else []
    unknown = Problems()
    check_target(source, profile, unknown)
    _check_build(source, profile, unknown)
    unknown.refuse()
    last = next((source.names[each.text.lower()] for each in wanted), len(source.stages) - 1)
    built = work_of(decisions, last)
    jobs = [each for each in jobs_of(decisions) if each.stage in kept]
    jobs = _needed_by(built, jobs) if wanted else jobs
    refuse([*_missing(source, kept, wanted), *([] if jobs else [_nothing_to_build(profile)])])
    made, taken = {each.stage: each for each in jobs}, {stage for each in jobs for stage in each.takes}
    images = _images(source, profile, made, taken, place.tag)
    known = _Known(source, profile, made, taken, {each.stage: each for each in prebuilt}, images)
    return Plan(
        place=place,
        profile=profile.name,
        target=source.title(last),
        builder=profile.builder,
        handover=profile.handover,
        needed=_titles(source, built.runs),
        jobs=tuple(_job(known, each) for each in jobs),
        picture=_picture(source, prebuilt, {*source.needs(last)} if wanted else range(len(source.stages))),
        tag_in_file=any(each.style is Style.IMAGE for each in prebuilt),
        notes=tuple(notes(source, profile, prebuilt)) if taken else (),
    )


def _check_build(source: Graph, profile: Profile, problems: Problems) -> None:
    """Report what is under ``build`` or ``publish`` and is not a stage's name."""
    for each in (profile.build or ()) + profile.builds.publish:
        name = each.text.lower()
        if name not in source.names:
            message = f"no stage is named {each.text!r}"
            problems.error(each.at, "unknown-build-stage", message, nearest_stage(source, name))


def _missing(source: Graph, kept: Collection[int], targets: Sequence[Text]) -> Iterator[Diagnostic]:
    """Report a target that a call names and an output lacks, because the profile prunes it to another one."""
    for each in targets:
        if source.names[each.text.lower()] not in kept:
            message = f"the output has no stage {each.text!r}: the profile keeps what another target needs"
            yield Diagnostic(each.at, "target-not-in-output", message, hint="remove target from the profile")


def _nothing_to_build(profile: Profile) -> Diagnostic:
    message = "there is nothing to build: no prebuilt stage that a job could make, and an empty build"
    return Diagnostic(At(profile.file), "nothing-to-build", message, hint="name stages under build, or remove the key")


def _needed_by(target: Work, jobs: Sequence[Work]) -> list[Work]:
    """Give the job of a target and those that have to be done before it, in the file's order."""
    known = {each.stage: each for each in jobs}
    found: dict[int, Work] = {}
    todo = [target]
    while todo:
        each = todo.pop()
        if each.stage not in found:
            found[each.stage] = each
            todo += [known[stage] for stage in each.takes if stage in known]
    return sorted(found.values())


def _images(
    source: Graph, profile: Profile, made: Collection[int], taken: Collection[int], tag: str
) -> Mapping[int, str]:
    """Give the images that jobs make and take; refuse those that cannot be made or handed over."""
    faults = Problems()
    images = images_of(source, profile, sorted({*made, *taken}), faults)
    own = {stage: image for stage, image in images.items() if stage in made}
    refuse([*faults, *shared_images(source, own), *problems(profile, [image.text for image in own.values()])])
    return for_run(source, profile, images, tag)


def _titles(graph: Graph, stages: Iterable[int]) -> tuple[str, ...]:
    return tuple(graph.title(each) for each in stages)


def _job(known: _Known, work: Work) -> Job:
    graph, images = known.graph, known.images
    image = images.get(work.stage, "")
    tags = (image,) if image and "@" not in image else ()  # nothing is built under a digest
    after = [each for each in work.takes if each in known.made]
    taken = [known.prebuilt[each] for each in work.takes if each in known.prebuilt]
    is_taken = work.stage in known.taken
    shared = [images[each] for each in after if not {*work.runs}.isdisjoint(known.made[each].runs)]
    cache_from, cache_to = _caches(known.profile, tags, shared, is_taken=is_taken)
    return Job(
        stage=graph.title(work.stage),
        target=graph.stages[work.stage].name,
        tags=tags,
        after=_titles(graph, after),
        runs=_titles(graph, work.runs),
        images=tuple(Image(each.name, images[each.stage]) for each in taken),
        args=tuple(dict(_arg(each, images[each.stage]) for each in taken if each.args).items()),
        contexts=tuple(Image(each.name, images[each.stage]) for each in taken if not each.is_written),
        cache_from=cache_from,
        cache_to=cache_to,
        platform=own_platform(graph, work.stage),
        is_taken=is_taken,
    )


def _arg(prebuilt: Prebuilt, image: str) -> tuple[str, str]:
    """Give the build argument that makes the output take this image: the one of the tag, if that is shared."""
    first, *others = prebuilt.args
    return (first.name, image.rpartition(":")[2]) if others else (first.name, image)


def _caches(
    profile: Profile, tags: Sequence[str], shared: Sequence[str], *, is_taken: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what a job takes from caches and what it leaves: inside of images, or beside them in the registry.

    ``shared`` are the images it is handed whose jobs executed stages that it executes too.
    """
    if profile.builder is Builder.CLASSIC or profile.handover is Handover.CACHE:
        return (), ()
    if profile.handover is Handover.ARTIFACT:
        return tuple(shared), ("type=inline",) if is_taken else ()
    refs = [f"type=registry,ref={names.without_tag(each)}:{_CACHE_TAG}" for each in (*tags, *shared)]
    return tuple(refs), tuple(f"{each},mode=max" for each in refs[: len(tags)])


def _picture(graph: Graph, prebuilt: Sequence[Prebuilt], shown: Collection[int]) -> Picture:
    """Give the stages that are shown and what they refer to, but for triggers of which none needs the stage."""
    links = []
    for edge in graph.edges:
        if edge.reference.stage in shown:
            sources = [(graph.title(each), True) for each in edge.stages if each in shown]
            if edge.stage == NO_STAGE:
                sources.append((edge.word.text, False))
            stage, kind = graph.title(edge.reference.stage), edge.reference.kind.value
            links += [Link(*source, stage, kind, edge.reference.onbuild) for source in sources]
    images = tuple(each.name for each in prebuilt if each.stage in shown)
    return Picture(_titles(graph, sorted(shown)), images, tuple(links))
