"""What was decided about a Dockerfile to a `Plan`: which job builds what, from which images, by which name and flags.

Refuses what cannot be built so; says nothing of how a plan is written down.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.dockerfile.model import Reference
from dfrender.plan.handover import check_contexts, check_handover, notes, old_syntax
from dfrender.plan.images import Images, check_published, check_shared_images, images_of, in_run, published
from dfrender.plan.plan import Image, Job, Link, Location, Picture, Plan, Published
from dfrender.profile.profile import Builder, Handover, Profile, Style, Text
from dfrender.references.decisions import Decisions, check_target, nearest_stage
from dfrender.references.jobs import Work, jobs_of, work_of
from dfrender.references.prebuilt import Prebuilt, own_platform
from dfrender.source import At

_CACHE_TAG = "buildcache"
_COMMITTED = "none"


class _Known(NamedTuple):
    """What jobs are made from: what each comes to, the stages that are taken, and what is known of stages."""

    graph: Graph
    profile: Profile
    made: Mapping[int, Work]
    taken: Collection[int]
    prebuilt: Mapping[int, Prebuilt]
    images: Mapping[int, str]
    published: Mapping[int, Published]


def make_plan(decisions: Decisions, location: Location) -> Plan:
    """Make the plan of a rendering: of all its jobs, or of those that the profile's target needs.

    If the output is pruned to a target, it is for that job alone.

    Raise `DfrenderError` for stages that are not there, and for what cannot be built or handed over as asked.
    """
    source, profile = decisions.source, decisions.profile
    _check_names(source, profile)
    last = _last_stage(source, profile)
    target = work_of(source, profile, decisions.prebuilt, last)
    works = _works(decisions, target)
    _check_works(decisions, works, location)
    known = _known(decisions, works, location.tag)
    jobs = tuple(_job(known, work) for work in works)
    return Plan(
        location=location,
        profile=profile.name,
        target=source.title(last),
        builder=profile.builder,
        handover=profile.handover,
        needed=_titles(source, target.runs),
        jobs=jobs,
        published=tuple(known.published.values()),
        picture=_picture(decisions, last),
        tag_in_file=_is_tag_in_file(decisions),
        install=profile.install.text,
        old_syntax=old_syntax(source),
        notes=tuple(notes(decisions, jobs)),
    )


def _check_names(source: Graph, profile: Profile) -> None:
    """Refuse a target, and what is under ``build`` and ``publish``, that is not a stage's name."""
    problems = Problems()
    check_target(source, profile, problems)
    for each in profile.build or ():
        name = each.text.lower()
        if name not in source.names:
            problems.error(each.at, "unknown-build-stage", _no_stage(each), nearest_stage(source, name))
    for each in profile.publish:
        name = each.text.lower()
        if name not in source.names:
            problems.error(each.at, "unknown-publish-stage", _no_stage(each), nearest_stage(source, name))
    problems.refuse()


def _no_stage(wanted: Text) -> str:
    return f"no stage is named {wanted.text!r}"


def _last_stage(source: Graph, profile: Profile) -> int:
    """Return the stage that the plan is for: the profile's target, else the last one."""
    if profile.target:
        return source.names[profile.target.text.lower()]
    return len(source.stages) - 1


def _works(decisions: Decisions, target: Work) -> list[Work]:
    """Return what the jobs come to, in the file's order: all of them, or those that the profile's target needs."""
    source, profile, prebuilt = decisions.source, decisions.profile, decisions.prebuilt
    found = {work.stage: work for work in jobs_of(source, profile, prebuilt)}
    for wanted in profile.publish:
        stage = source.names[wanted.text.lower()]
        if stage not in found:
            found[stage] = work_of(source, profile, prebuilt, stage)
    kept = {stage: work for stage, work in found.items() if stage in decisions.kept}
    if profile.target:
        kept = _needed_by(target, kept)
    return sorted(kept.values())


def _needed_by(target: Work, works: Mapping[int, Work]) -> dict[int, Work]:
    """Return the job of a target and those that have to be done before it."""
    found: dict[int, Work] = {}
    todo = [target]
    while todo:
        each = todo.pop()
        if each.stage not in found:
            found[each.stage] = each
            todo += [works[stage] for stage in each.takes if stage in works]
    return found


def _check_works(decisions: Decisions, works: Sequence[Work], location: Location) -> None:
    """Refuse a plan of nothing, of a target that the output lacks, and of a file that lacks the tag of the run."""
    problems = Problems()
    profile = decisions.profile
    if profile.target and _last_stage(decisions.source, profile) not in decisions.kept:
        name = profile.target.text
        message = f"the output has no stage {name!r}: the profile keeps what another target needs"
        problems.error(profile.target.at, "target-not-in-output", message, "remove target from the profile")
    if not works:
        message = "there is nothing to build: no prebuilt stage that a job could make, and an empty build"
        hint = "name stages under build, or remove the key"
        problems.error(At(profile.file), "nothing-to-build", message, hint)
    if profile.install.text == _COMMITTED and location.tag and _is_tag_in_file(decisions):
        message = "the committed Dockerfile holds the images' tag, and a pipeline gives them one of its own in each run"
        hint = "say in install what pip installs to render it, or use style: arg"
        problems.error(profile.install.at, "install-needed", message, hint)
    check_contexts(decisions, problems)
    problems.refuse()


def _is_tag_in_file(decisions: Decisions) -> bool:
    return any(each.style is Style.IMAGE for each in decisions.prebuilt)


def _known(decisions: Decisions, works: Sequence[Work], tag: str) -> _Known:
    """Name the images that jobs make and take; refuse those that cannot be made, handed over or published."""
    source, profile = decisions.source, decisions.profile
    made = {work.stage: work for work in works}
    taken = {stage for work in works for stage in work.takes}
    problems = Problems()
    named = images_of(source, profile, sorted(made.keys() | taken), problems)
    own = {stage: image for stage, image in named.items() if stage in made}
    check_shared_images(source, own, problems)
    check_handover(profile, [image.text for image in own.values()], problems)
    check_published(source, profile, own, problems)
    problems.refuse()
    wanted = {source.names[each.text.lower()] for each in profile.publish}
    images = in_run(source, profile, named, wanted - taken, tag)
    return _Known(
        graph=source,
        profile=profile,
        made=made,
        taken=taken,
        prebuilt={each.stage: each for each in decisions.prebuilt},
        images=images.of_run,
        published=published(source, profile, Images(own, images.of_run), taken),
    )


def _titles(graph: Graph, stages: Iterable[int]) -> tuple[str, ...]:
    return tuple(graph.title(each) for each in stages)


def _job(known: _Known, work: Work) -> Job:
    graph = known.graph
    image = known.images.get(work.stage, "")
    is_made = image and "@" not in image  # nothing is built under a digest
    after = [each for each in work.takes if each in known.made]
    taken = [known.prebuilt[each] for each in work.takes if each in known.prebuilt]
    cache_from, cache_to = _caches(known, work, image if is_made else "")
    return Job(
        stage=graph.title(work.stage),
        target=graph.stages[work.stage].name,
        tags=(image,) if is_made else (),
        after=_titles(graph, after),
        runs=_titles(graph, work.runs),
        images=_images(known, taken),
        args=_args(known, taken),
        contexts=_images(known, [each for each in taken if not each.is_written]),
        cache_from=cache_from,
        cache_to=cache_to,
        platform=own_platform(graph, work.stage),
        is_taken=work.stage in known.taken,
        hands_on=_hands_on(known, work.stage),
    )


def _images(known: _Known, prebuilt: Sequence[Prebuilt]) -> tuple[Image, ...]:
    return tuple(Image(each.name, known.images[each.stage]) for each in prebuilt)


def _hands_on(known: _Known, stage: int) -> bool:
    """Say whether an image is needed when its job is done.

    One that is published under the name that it has in the run is not yet: it would be in the registry too early.
    """
    if stage in known.taken:
        return True
    if stage not in known.published:
        return False
    found = known.published[stage]
    return known.profile.handover is not Handover.REGISTRY or found.image not in found.tags


def _args(known: _Known, taken: Sequence[Prebuilt]) -> tuple[tuple[str, str], ...]:
    """Return the build arguments that make the output take these images: that of the tag, where it is shared."""
    found: dict[str, str] = {}
    for each in taken:
        image = known.images[each.stage]
        if len(each.args) > 1:
            found[each.args[0].name] = image.rpartition(":")[2]
        elif each.args:
            found[each.args[0].name] = image
    return tuple(found.items())


def _caches(known: _Known, work: Work, image: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a job takes from caches and what it leaves, beside the images in the registry.

    It takes its own, and those of the images it is handed whose jobs executed stages that it executes too. One whose
    image nobody needs leaves nothing: so it need not be allowed to push.
    """
    profile = known.profile
    if profile.builder is Builder.CLASSIC or profile.handover is not Handover.REGISTRY:
        return (), ()
    sources: list[str] = []
    targets: list[str] = []
    if image and (work.stage in known.taken or work.stage in known.published):
        sources.append(_cache(image))
        targets.append(f"{_cache(image)},mode=max")
    for each in work.takes:
        if each in known.made and not set(work.runs).isdisjoint(known.made[each].runs):
            sources.append(_cache(known.images[each]))
    return tuple(sources), tuple(targets)


def _cache(image: str) -> str:
    return f"type=registry,ref={names.without_tag(image)}:{_CACHE_TAG}"


def _picture(decisions: Decisions, last: int) -> Picture:
    """Return the stages that are shown and what they refer to, but for triggers of which none needs the stage."""
    graph = decisions.source
    shown: Collection[int] = range(len(graph.stages))
    if decisions.profile.target:
        shown = set(graph.needs(last))
    links: list[Link] = []
    for edge in graph.edges:
        reference = edge.reference
        if reference.stage not in shown:
            continue
        stage, kind = graph.title(reference.stage), reference.kind.value
        for source in edge.stages:
            if source in shown:
                links.append(
                    Link(graph.title(source), is_stage=True, stage=stage, kind=kind, onbuild=reference.onbuild)
                )
        if edge.stage == NO_STAGE:
            links.append(Link(edge.word.text, is_stage=False, stage=stage, kind=kind, onbuild=reference.onbuild))
    prebuilt = tuple(each.name for each in decisions.prebuilt if each.stage in shown)
    return Picture(_titles(graph, sorted(shown)), prebuilt, tuple(links))


def _link(graph: Graph, reference: Reference, source: str, *, is_stage: bool) -> Link:
    stage = graph.title(reference.stage)
    return Link(source, is_stage, stage, reference.kind.value, reference.onbuild)
