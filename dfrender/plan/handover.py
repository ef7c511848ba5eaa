"""What can be handed over how: the combinations that cannot work, and what is known of engines about those that can."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import ReferenceKind
from dfrender.plan.plan import Job
from dfrender.profile.profile import Builder, Handover, Profile, Style, Text
from dfrender.references.decisions import Decisions

_LOADED = (
    "a loaded image that the Dockerfile names is found by every engine, but not by a builder of the docker-container "
    "driver, which asks a registry"
)
_REGISTRY = (
    "a cache in a registry needs a builder of the docker-container driver, or an engine that keeps its images in "
    "containerd (the default since Docker 29)"
)
_CACHE = (
    "on one machine the engine's own cache is enough; --cache-to, which hands it to another, needs a builder of the "
    "docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)"
)
_CLASSIC = "the classic builder builds every stage above the target, those too that it has an image of"
_BUILDAH = (
    "buildah keeps its images apart from Docker's, and finds a base image without a registry in its name only where "
    "registries.conf says where to look"
)
_CONTEXT = "--build-context needs buildx 0.8 and Dockerfile 1.4 (Docker 23), or newer ones"
_BY = {Handover.ARTIFACT: _LOADED, Handover.REGISTRY: _REGISTRY, Handover.CACHE: _CACHE}
_FRONTEND = re.compile(r"(?:docker\.io/)?docker/dockerfile:1\.(\d+)")
_WITH_CONTEXTS = 4  # docker/dockerfile:1.4 was the first one with named contexts


def check_handover(profile: Profile, images: Iterable[Text], problems: Problems) -> None:
    """Report why the hand-over of these images, which jobs make, cannot work."""
    if profile.handover is Handover.CACHE:
        _check_cache(profile, problems)
    if profile.handover is not Handover.REGISTRY:
        return
    for image in images:
        if not names.registry_of(image.text):
            message = f"no registry is named in {image.text!r}, and images are handed over by one"
            hint = "set registry: HOST, or hand over by artifact"
            problems.error(profile.handover_at, "handover-needs-registry", message, hint)
            return  # one key makes all of them


def _check_cache(profile: Profile, problems: Problems) -> None:
    if profile.builder is Builder.CLASSIC:
        message = "the classic builder has no cache that another machine could take"
        hint = "use builder: buildkit, or hand over by artifact"
        problems.error(profile.handover_at, "handover-needs-buildkit", message, hint)
    if profile.builder is Builder.BUILDAH:
        message = "no plan hands over buildah's cache"
        hint = "use builder: buildkit, or hand over by artifact"
        problems.error(profile.handover_at, "handover-needs-buildkit", message, hint)
    for each in profile.prebuilt:
        if each.style is not Style.STAGE:
            message = (
                f"no image is handed over by the cache, but style {each.style.value!r} needs one of {each.stage.text!r}"
            )
            hint = "use style: stage, or hand over by artifact or registry"
            related = [("the hand-over", profile.handover_at)]
            problems.error(each.stage.at, "handover-needs-bare-names", message, hint, related)


def check_contexts(decisions: Decisions, problems: Problems) -> None:
    """Report that the frontend of the Dockerfile does not know the contexts that stand for its stages."""
    syntax = old_syntax(decisions.source)
    reads_syntax = decisions.profile.builder is Builder.BUILDKIT
    if not syntax or not reads_syntax:
        return
    for each in decisions.prebuilt:
        if not each.is_written:
            message = f"# syntax={syntax} knows no contexts, so that {each.name!r} would be built"
            hint = "write # syntax=docker/dockerfile:1, or use style: arg"
            problems.error(each.at, "context-needs-newer-syntax", message, hint)


def old_syntax(source: Graph) -> str:
    """Return the frontend that a Dockerfile asks for, if it is one of Docker's that are older than contexts."""
    for directive in source.dockerfile.directives:
        if directive.name == "syntax":
            version = _FRONTEND.match(directive.value)
            if version and int(version[1]) < _WITH_CONTEXTS:
                return directive.value
    return ""


def notes(decisions: Decisions, jobs: Sequence[Job]) -> Iterator[str]:
    """Yield what is known of engines about the jobs of a template, and what they repeat or take for granted."""
    if any(job.is_taken for job in jobs):
        yield from _notes_on_engines(decisions)
    if decisions.profile.handover is Handover.ARTIFACT and decisions.profile.builder is Builder.BUILDKIT:
        yield from _notes_on_repeated(decisions.source, jobs)
    yield from _notes_on_missing(jobs)
    yield from _notes_on_unnamed(jobs)


def _notes_on_engines(decisions: Decisions) -> Iterator[str]:
    source, profile = decisions.source, decisions.profile
    if profile.builder is Builder.CLASSIC:
        yield _CLASSIC
        return
    if profile.builder is Builder.BUILDAH:
        yield _BUILDAH
        return
    yield _BY[profile.handover]
    replaced = {each.stage for each in decisions.prebuilt if not each.is_written}
    if replaced:
        yield _CONTEXT
    yield from _notes_on_replaced(source, replaced)


def _notes_on_replaced(source: Graph, replaced: Collection[int]) -> Iterator[str]:
    """Yield the images that a builder looks up for nothing: those that a stage takes from that is not built."""
    for edge in source.edges:
        reference = edge.reference
        if reference.stage in replaced and edge.image and reference.kind is not ReferenceKind.FROM:
            stage = source.title(reference.stage)
            yield f"the builder looks up {edge.image} although {stage}, which takes from it, is replaced by its image"


def _notes_on_repeated(source: Graph, jobs: Sequence[Job]) -> Iterator[str]:
    """Yield the stages that do something in more than one job: nothing but images goes from job to job."""
    working = {source.title(stage) for stage in source.working}
    users: dict[str, list[str]] = {}
    for job in jobs:
        for stage in job.runs:
            users.setdefault(stage, []).append(job.stage)
    for stage, found in users.items():
        if stage in working and len(found) > 1:
            yield f"the jobs {' and '.join(found)} each build the stage {stage}; under prebuilt it is built once"


def _notes_on_missing(jobs: Sequence[Job]) -> Iterator[str]:
    """Yield the images that jobs take and none makes; what has a digest was made before."""
    reported: set[str] = set()
    for job in jobs:
        made = {image.name for image in job.loads}
        for image in job.images:
            if image.name not in made | reported and "@" not in image.name:
                reported.add(image.name)
                yield f"no job of this plan makes {image.name}: it has to be there"


def _notes_on_unnamed(jobs: Sequence[Job]) -> Iterator[str]:
    """Yield a last stage that is built without a tag, since there is no name that one could be made of."""
    for job in jobs:
        if not job.target:
            yield f"the image of {job.name} has no tag, since the last stage has no name: write FROM … AS NAME"
