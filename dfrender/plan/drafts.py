"""What was decided about a Dockerfile to the draft of a plan: what its jobs come to, and the images that they make.

Refuses what cannot be built so. Whether other templates take an image is not known yet; tags of a run hang on that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import Reference
from dfrender.plan.handover import check_contexts, check_handover
from dfrender.plan.images import check_published, check_shared_images, images_of
from dfrender.plan.named import Named, named_by_inputs
from dfrender.plan.plan import Location
from dfrender.profile.profile import Profile, Style, Text
from dfrender.profile.stages import INPUT_DIGEST
from dfrender.references.decisions import Decisions, check_target, nearest_stage
from dfrender.references.jobs import Work, jobs_of, work_of
from dfrender.source import At

_COMMITTED = "none"


class Draft(NamedTuple):
    """The jobs of a template: what each of them comes to, in the file's order, and what building ``target`` does.

    ``images`` are those that jobs make or take, by their stages, as the profile calls them; ``by_inputs`` are those
    stages whose images are named by their inputs.
    """

    decisions: Decisions
    location: Location
    target: Work
    works: tuple[Work, ...]
    images: Mapping[int, Text]
    by_inputs: Mapping[int, Named]

    @property
    def made(self) -> Mapping[int, Text]:
        """Return the images that jobs make, by their stages; under a digest nothing can be made."""
        found: dict[int, Text] = {}
        for work in self.works:
            image = self.images.get(work.stage)
            if image and "@" not in image.text:
                found[work.stage] = image
        return found

    @property
    def taken(self) -> set[int]:
        """Return the stages whose images jobs of this template take."""
        found: set[int] = set()
        for work in self.works:
            found.update(work.takes)
        return found

    @property
    def executed(self) -> set[int]:
        """Return the stages that jobs execute."""
        found: set[int] = set()
        for work in self.works:
            found.update(work.runs)
        return found

    def written_out(self) -> Iterator[tuple[Reference, int]]:
        """Yield the references in jobs that name the very image of a stage of this template, with the stage."""
        executed = self.executed
        for reference, stage in self.decisions.by_image.items():
            if reference.stage in executed:
                yield reference, stage

    def name(self, stage: int) -> str:
        """Return what the job of a stage is called: with the template's name where there are several."""
        title = self.decisions.source.title(stage)
        if self.location.name:
            return f"{self.location.name}/{title}"
        return title


def draft_of(decisions: Decisions, location: Location) -> Draft:
    """Return the draft of a rendering's plan: with all its jobs, or those that the profile's target needs.

    If the output is pruned to a target, it is for that job alone. Raise `DfrenderError` for stages that are not there,
    and for what cannot be built or handed over as asked.
    """
    source, profile = decisions.source, decisions.profile
    _check_names(source, profile)
    target = work_of(decisions, _last_stage(source, profile))
    works = _works(decisions, target)
    _check_works(decisions, works, location)
    images = _images(decisions, works)
    by_inputs = named_by_inputs(source, profile, images, location.prefix)
    return Draft(decisions, location, target, tuple(works), images, by_inputs)


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
    if is_committed and location.tag and is_tag_in_file(decisions):
        message = "the committed Dockerfile holds the images' tag, and a pipeline gives them one of its own in each run"
        hint = "say in install what pip installs to render it, or use style: arg"
        problems.error(profile.install.at, "install-needed", message, hint)
    check_contexts(decisions, problems)
    problems.refuse()


def is_tag_in_file(decisions: Decisions) -> bool:
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


def _images(decisions: Decisions, works: Sequence[Work]) -> Mapping[int, Text]:
    """Name the images that jobs make and take; refuse those that cannot be made, handed over or published."""
    source, profile = decisions.source, decisions.profile
    made = {work.stage for work in works}
    stages = set(made)
    for work in works:
        stages.update(work.takes)
    problems = Problems()
    named = images_of(source, profile, sorted(stages), problems)
    own = {stage: image for stage, image in named.items() if stage in made}
    check_shared_images(source, own, problems)
    check_handover(profile, own.values(), problems)
    check_published(source, profile, own, problems)
    problems.refuse()
    return named
