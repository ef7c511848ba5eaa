"""What was decided about Dockerfiles to `Plans`: which job builds what, from which images, by which name and flags.

Refuses what cannot be built so; says nothing of how a plan is written down.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import Reference
from dfrender.dockerfile.names import TARGET_STAGE, registry_of
from dfrender.plan.across import Key, Taking, check_alike, names_of, ordered, takings
from dfrender.plan.builds import job_of
from dfrender.plan.by_inputs import check_by_inputs, notes_on_other_tags
from dfrender.plan.drafts import Draft, is_tag_in_file
from dfrender.plan.handover import notes, old_syntax
from dfrender.plan.images import InRun, in_run, published
from dfrender.plan.known import Known
from dfrender.plan.named import image_variables
from dfrender.plan.picture import picture_of
from dfrender.plan.plan import Image, Job, Plan, Plans
from dfrender.references.decisions import Decisions
from dfrender.references.jobs import Work


class _Across(NamedTuple):
    """What is known of all drafts: the names of jobs, what they take from other templates, and names in this run."""

    drafts: Sequence[Draft]
    names: Mapping[Key, str]
    takings: Sequence[Taking]
    images: Sequence[Mapping[int, str]]

    def image(self, key: Key) -> str:
        """Return the image that a job makes, as it is called in this run."""
        return self.images[key.draft][key.stage]


def make_plans(drafts: Sequence[Draft], update: str = "") -> Plans:
    """Make the plans of templates, one of each, and find out which job waits for which.

    ``update`` is the command that writes all of them down again. Raise `DfrenderError` for what cannot be built or
    handed over together.
    """
    problems = Problems()
    check_alike(drafts, problems)
    names = names_of(drafts)
    found = takings(drafts, names, problems)
    order = ordered(drafts, found, names, problems)
    check_by_inputs(drafts, found, names, problems)
    problems.refuse()
    images: list[Mapping[int, str]] = []
    for number, draft in enumerate(drafts):
        images.append(_images(number, draft, found))
    across = _Across(drafts, names, found, images)
    plans: list[Plan] = []
    jobs: dict[str, Job] = {}
    for number in range(len(drafts)):
        plan = _plan(number, across)
        plans.append(plan)
        for job in plan.jobs:
            jobs[job.name] = job
    sorted_jobs = [jobs[names[key]] for key in order]
    return Plans(tuple(plans), tuple(sorted_jobs), update or plans[0].location.update)


def _images(number: int, draft: Draft, found: Sequence[Taking]) -> Mapping[int, str]:
    """Return what images are called in this run; what a Dockerfile names keeps the name that stands there."""
    run = _run(number, draft, found)
    source, profile = draft.decisions.source, draft.decisions.profile
    images = dict(in_run(source, profile, draft.images, run))
    for stage in _named(number, draft, found):
        images[stage] = draft.images[stage].text
    return images


def _run(number: int, draft: Draft, found: Sequence[Taking]) -> InRun:
    """Return what is known of a run when the images of a template are named."""
    taken = _taken(number, draft, found)
    return InRun(taken, draft.by_inputs, draft.location)


def _taken(number: int, draft: Draft, found: Sequence[Taking]) -> set[int]:
    """Return the stages whose images jobs take, of this template or another one."""
    taken = draft.taken
    for each in found:
        if each.maker.draft == number:
            taken.add(each.maker.stage)
    return taken


def _named(number: int, draft: Draft, found: Sequence[Taking]) -> set[int]:
    """Return the stages whose images a line of a Dockerfile names, of this template or another one."""
    named: set[int] = set()
    for each in found:
        if each.maker.draft == number and each.prebuilt is None:
            named.add(each.maker.stage)
    for _reference, stage in draft.written_out():
        named.add(stage)
    return named


def _plan(number: int, across: _Across) -> Plan:
    """Make the plan of one template."""
    draft = across.drafts[number]
    decisions = draft.decisions
    source, profile = decisions.source, decisions.profile
    known = _known(number, draft, across)
    jobs: list[Job] = []
    for work in draft.works:
        job = job_of(known, work)
        jobs.append(job)
    target = source.title(draft.target.stage)
    needed = [source.title(stage) for stage in draft.target.runs]
    picture = picture_of(decisions, draft.target.stage)
    noted = [*notes(decisions, jobs), *notes_on_other_tags(number, across.drafts, across.names)]
    variables = [each.variable.text for each in image_variables(draft.images, draft.by_inputs)]
    return Plan(
        location=draft.location,
        profile=profile.name,
        target=target,
        builder=profile.builder,
        handover=profile.handover,
        needed=tuple(needed),
        jobs=tuple(jobs),
        published=tuple(known.published.values()),
        picture=picture,
        tag_in_file=is_tag_in_file(decisions),
        install=profile.install.text,
        registry=_registry(draft),
        variables=tuple(variables),
        old_syntax=old_syntax(source),
        notes=tuple(noted),
    )


def _registry(draft: Draft) -> str:
    """Return the registry of the first image that names one; empty where none does."""
    for image in draft.made.values():
        registry = registry_of(image.text)
        if registry:
            return registry
    return ""


def _built_of(decisions: Decisions) -> list[list[int]]:
    """Return the stages that a builder builds for each stage: those that it refers to, but for what is an image."""
    images: dict[int, set[Reference]] = {}
    for prebuilt in decisions.prebuilt:
        images[prebuilt.stage] = {edge.reference for edge in prebuilt.edges}
    found: list[list[int]] = []
    for used in decisions.source.uses():
        built = [stage for reference, stage in used if reference not in images.get(stage, ())]
        found.append(built)
    return found


def _shareable(source: Graph) -> set[int]:
    """Return the stages that have a name, unless something reads the name of the one that is asked for."""
    for line in source.dockerfile.lines:
        if TARGET_STAGE in line.text:
            return set()
    return set(source.names.values())


def _known(number: int, draft: Draft, across: _Across) -> Known:
    """Return what the jobs of one template are made from, what they take from others among it."""
    decisions = draft.decisions
    source, profile = decisions.source, decisions.profile
    images = dict(across.images[number])
    made: dict[int, Work] = {}
    makers: dict[int, str] = {}
    for work in draft.works:
        key = Key(number, work.stage)
        made[work.stage] = work
        makers[work.stage] = across.names[key]
    named: dict[int, list[Image]] = {}
    for each in across.takings:
        if each.taker.draft != number:
            continue
        job = across.names[each.maker]
        image = across.image(each.maker)
        if each.prebuilt is None:
            taken_by = named.setdefault(each.taker.stage, [])
            taken_by.append(Image(job, image))
        else:
            makers[each.prebuilt] = job
            images[each.prebuilt] = image
    run = _run(number, draft, across.takings)
    pushed = published(source, profile, draft.made, images, run, makers)
    return Known(
        graph=source,
        profile=profile,
        location=draft.location,
        made=made,
        taken=run.taken,
        prebuilt={each.stage: each for each in decisions.prebuilt},
        own=draft.images,
        images=images,
        by_inputs=draft.by_inputs,
        makers=makers,
        named=named,
        published=pushed,
        built_of=_built_of(decisions),
        working=source.working,
        shareable=_shareable(source),
    )
