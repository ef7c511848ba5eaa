"""What was decided about a Dockerfile to a `Plan`: which job builds what, from which images, by which name and flags.

Refuses what cannot be built so; says nothing of how a plan is written down.
"""

from collections.abc import Iterable, Mapping, Sequence

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.plan.builds import Known, job_of
from dfrender.plan.handover import check_contexts, check_handover, notes, old_syntax
from dfrender.plan.images import InRun, check_published, check_shared_images, images_of, in_run, published
from dfrender.plan.named import Named, image_variables, named_by_inputs
from dfrender.plan.picture import picture_of
from dfrender.plan.plan import Job, Location, Plan
from dfrender.profile.profile import Profile, Style, Text
from dfrender.profile.stages import INPUT_DIGEST
from dfrender.profile.variables import check_variables
from dfrender.references.decisions import Decisions, check_target, nearest_stage
from dfrender.references.jobs import Work, jobs_of, work_of
from dfrender.source import At

_COMMITTED = "none"


def make_plan(decisions: Decisions, location: Location) -> Plan:
    """Make the plan of a rendering: of all its jobs, or of those that the profile's target needs.

    If the output is pruned to a target, it is for that job alone.

    Raise `DfrenderError` for stages that are not there, and for what cannot be built or handed over as asked.
    """
    source, profile = decisions.source, decisions.profile
    _check_names(source, profile)
    last = _last_stage(source, profile)
    target = work_of(decisions, last)
    works = _works(decisions, target)
    _check_works(decisions, works, location)
    known = _known(decisions, works, location)
    jobs: list[Job] = []
    for work in works:
        jobs.append(job_of(known, work))
    return Plan(
        location=location,
        profile=profile.name,
        target=source.title(last),
        builder=profile.builder,
        handover=profile.handover,
        needed=tuple(map(source.title, target.runs)),
        jobs=tuple(jobs),
        published=tuple(known.published.values()),
        picture=picture_of(decisions, last),
        tag_in_file=_is_tag_in_file(decisions),
        install=profile.install.text,
        registry=_registry(known),
        variables=tuple(each.variable.text for each in image_variables(known.own, known.named)),
        old_syntax=old_syntax(source),
        notes=tuple(notes(decisions, jobs)),
    )


def _check_names(source: Graph, profile: Profile) -> None:
    """Refuse a target, and what is under ``build`` and ``publish``, that is not a stage's name."""
    problems = Problems()
    check_target(source, profile, problems)
    for each in _unknown(source, profile.build or ()):
        hint = nearest_stage(source, each.text.lower())
        problems.error(each.at, "unknown-build-stage", f"no stage is named {each.text!r}", hint)
    for each in _unknown(source, profile.builds.publish):
        hint = nearest_stage(source, each.text.lower())
        problems.error(each.at, "unknown-publish-stage", f"no stage is named {each.text!r}", hint)
    problems.refuse()


def _unknown(source: Graph, names: Iterable[Text]) -> list[Text]:
    return [each for each in names if each.text.lower() not in source.names]


def _last_stage(source: Graph, profile: Profile) -> int:
    """Return the stage that the plan is for: the profile's target, else the last one."""
    if profile.target:
        return source.names[profile.target.text.lower()]
    return len(source.stages) - 1


def _works(decisions: Decisions, target: Work) -> list[Work]:
    """Return what the jobs come to, in the file's order: all of them, or those that the profile's target needs."""
    source, profile = decisions.source, decisions.profile
    found: dict[int, Work] = {}
    for work in jobs_of(decisions):
        found[work.stage] = work
    for wanted in profile.builds.publish:
        stage = source.names[wanted.text.lower()]
        if stage not in found:
            found[stage] = work_of(decisions, stage)
    for stage in found.keys() - decisions.kept:
        del found[stage]
    if profile.target:
        return _needed_by(target, found)
    return sorted(found.values())


def _needed_by(target: Work, works: Mapping[int, Work]) -> list[Work]:
    """Return the job of a target and those that have to be done before it, in the file's order."""
    found: dict[int, Work] = {}
    todo = [target]
    while todo:
        work = todo.pop()
        if work.stage in found:
            continue
        found[work.stage] = work
        for stage in work.takes:
            if stage in works:
                todo.append(works[stage])
    return sorted(found.values())


def _check_works(decisions: Decisions, works: Sequence[Work], location: Location) -> None:
    """Refuse a plan of nothing, of a target that the output lacks, and of a file that lacks the tag of the run."""
    problems = Problems()
    profile = decisions.profile
    if profile.target and _last_stage(decisions.source, profile) not in decisions.kept:
        message = f"the output has no stage {profile.target.text!r}: the profile keeps what another target needs"
        problems.error(profile.target.at, "target-not-in-output", message, "remove target from the profile")
    if not works:
        at = At(profile.file)
        message = "there is nothing to build: no prebuilt stage that a job could make, and an empty build"
        problems.error(at, "nothing-to-build", message, "name stages under build, or remove the key")
    is_committed = profile.install.text == _COMMITTED
    if is_committed and location.tag and _is_tag_in_file(decisions):
        message = "the committed Dockerfile holds the images' tag, and a pipeline gives them one of its own in each run"
        hint = "say in install what pip installs to render it, or use style: arg"
        problems.error(profile.install.at, "install-needed", message, hint)
    check_contexts(decisions, problems)
    problems.refuse()


def _is_tag_in_file(decisions: Decisions) -> bool:
    """Say whether the file is another one in each run: not where its images are named by their inputs."""
    profile = decisions.profile
    if INPUT_DIGEST in profile.tag.text:
        return False
    digests = profile.digests
    for each in decisions.prebuilt:
        is_named_by_inputs = each.name in digests and digests[each.name] in each.image
        if each.style is Style.IMAGE and not is_named_by_inputs:
            return True
    return False


def _registry(known: Known) -> str:
    """Return the registry of the first image that names one; empty where none does."""
    for stage in known.made:
        if stage in known.own:
            image = known.own[stage].text
            registry = names.registry_of(image)
            if registry and "@" not in image:
                return registry
    return ""


def _known(decisions: Decisions, works: Sequence[Work], location: Location) -> Known:
    """Name the images that jobs make and take; refuse those that cannot be made, handed over or published."""
    source, profile = decisions.source, decisions.profile
    made = {work.stage: work for work in works}
    taken: set[int] = set()
    for work in works:
        taken.update(work.takes)
    problems = Problems()
    named = images_of(source, profile, sorted(taken.union(made)), problems)
    own = {stage: image for stage, image in named.items() if stage in made}
    check_shared_images(source, own, problems)
    check_handover(profile, own.values(), problems)
    check_published(source, profile, own, problems)
    problems.refuse()
    by_inputs = named_by_inputs(source, profile, named)
    if location.image:
        _check_variables(profile, named, by_inputs, problems)
    problems.refuse()
    run = InRun(taken, by_inputs, location)
    images = in_run(source, profile, named, run)
    return Known(
        graph=source,
        profile=profile,
        made=made,
        taken=taken,
        prebuilt={each.stage: each for each in decisions.prebuilt},
        own=named,
        images=images,
        named=by_inputs,
        published=published(source, profile, own, images, run),
        location=location,
    )


def _check_variables(
    profile: Profile, images: Mapping[int, Text], named: Mapping[int, Named], problems: Problems
) -> None:
    """Report images that no variable could hold in a run, and that nothing in a run would set them."""
    found = image_variables(images, named)
    check_variables(found, problems)
    if found and profile.install.text == _COMMITTED:
        message = "images are named by their inputs, and nothing in a run would say what these are"
        hint = "say in install what pip installs, so that a run can call dfrender inputs"
        problems.error(profile.install.at, "install-needed", message, hint)
