"""Rules about stages that are images in this output: what an image does not hand over as a stage would."""

from collections.abc import Collection, Iterator, Sequence

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Edge, Graph
from dfrender.dockerfile.inheritance import lost_args
from dfrender.dockerfile.model import ReferenceKind
from dfrender.plan.jobs import built
from dfrender.profile.profile import Profile, Style
from dfrender.references.prebuilt import Prebuilt
from dfrender.rules.references import shadowing
from dfrender.rules.rule import Finding, rule


@rule(Severity.ERROR)
def arg_inheritance_lost(
    graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int], profile: Profile | None = None
) -> Iterator[Finding]:
    """An ARG of a stage is visible in the stages that begin from it; an image hands over its ENV only.

    Tried: it builds without a word, and the value is empty. The classic builder hands no ARG on even from a stage.
    Where the output of a profile loses it, it is an error, else a warning.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        ARG VERSION=1
        FROM base
        RUN echo $VERSION
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        ARG VERSION=1
        FROM base
        ARG VERSION=1
        RUN echo $VERSION
    """
    images = (edge.reference for each in prebuilt if each.is_image or not each.is_written for edge in each.edges)
    cut = {reference.stage for reference in images if reference.kind is ReferenceKind.FROM}
    found = [(each, Severity.WARNING) for each in lost_args(graph, range(len(graph.stages)))] if profile else []
    found += [
        (each, Severity.ERROR) for each in (lost_args(graph, cut) if cut else ()) if each.instruction.stage in kept
    ]
    for lost, severity in {(each.instruction, each.arg.name): (each, severity) for each, severity in found}.values():
        stage = graph.title(lost.instruction.stage)
        message = f"{lost.arg.name} would be empty here: stage {stage!r} inherits it from a stage that "
        message += "is an image here" if severity is Severity.ERROR else "may be an image elsewhere"
        at = graph.dockerfile.lines[lost.instruction.first].locate(0)
        default = "" if lost.arg.default is None else f"={lost.arg.default}"
        hint = f"repeat ARG {lost.arg.name}{default} in stage {stage!r}"
        yield Finding(at, message, hint, (("declared", lost.arg.at),), severity)


@rule(Severity.WARNING)
def mixed_reference(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Finding]:
    """One reference to a stage by name, and it is built, although another one names its image.

    Tried: the builder then pulls what the stage begins from and runs its steps again, image or not.

    Bad:
        FROM alpine:3.22 AS base
        # dfrender: ignore=tagged-reference-shadows-stage
        FROM base:latest AS app
        COPY --from=base /bin/sh /sh
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base AS app
        COPY --from=base /bin/sh /sh
    """
    images: dict[int, list[Edge]] = {}
    for image, stage in shadowing(graph):
        images.setdefault(stage, []).append(image)
    rewritten = {edge.reference for each in prebuilt if each.is_image for edge in each.edges} if images else ()
    for edge in graph.edges if images else ():
        also = [each for each in images.get(edge.stage, ()) if _in_one_target(graph, edge, each)]
        if also and edge.reference not in rewritten:
            message = f"this builds the stage {graph.title(edge.stage)!r}, whose image is named too"
            related = (("named as an image", also[0].reference.at),)
            yield Finding(edge.reference.at, message, "refer to it in one way, and let profiles decide which", related)


def _in_one_target(graph: Graph, one: Edge, other: Edge) -> bool:
    both = {one.reference.stage, other.reference.stage}
    return len(both) == 1 or any(both.issubset(graph.needs(target)) for target in graph.unreferenced)


@rule(Severity.WARNING)
def prebuilt_not_used(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
    """A prebuilt stage is there to be referred to.

    One that nothing refers to changes nothing in the output; a plan builds the stages that nothing refers to by itself.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM alpine:3.22
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base
    """
    used = {stage for edge in graph.edges for stage in edge.stages}
    for each in prebuilt:
        if each.stage not in used:
            hint = "remove it; under build it is a stage that a plan builds"
            message = f"nothing refers to {each.name!r}, which is prebuilt in profile {profile.name}"
            yield Finding(each.at, message, hint)


@rule(Severity.WARNING)
def shared_stage_rebuilt(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
    """A stage that several jobs need and none hands over is built in each of them.

    Tried: each job runs its steps again, since nothing but the images of prebuilt stages goes from job to job. Jobs are
    the prebuilt stages and those under build, without that the stages that nothing refers to.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base AS tools
        RUN true
        FROM tools AS app
        FROM tools AS tests
    Good (prebuilt: [base, tools]):
        FROM alpine:3.22 AS base
        FROM base AS tools
        RUN true
        FROM tools AS app
        FROM tools AS tests
    """
    handed_over = {each.stage for each in prebuilt}
    users = _jobs_that_build(graph, prebuilt, handed_over | built(graph, profile)) if handed_over else {}
    working = {each.stage for each in graph.dockerfile.instructions if each.keyword in {"RUN", "ADD", "COPY"}}
    for stage in sorted(working & users.keys() - handed_over):
        if len(users[stage]) > 1:
            jobs = " and ".join(repr(graph.title(job)) for job in users[stage])
            message = f"the jobs for {jobs} would each build the stage {graph.title(stage)!r}"
            hint = "list it under prebuilt, or under build what is really built"
            yield Finding(graph.stages[stage].at, message, hint)


def _jobs_that_build(graph: Graph, prebuilt: Sequence[Prebuilt], jobs: Collection[int]) -> dict[int, list[int]]:
    """Give for each stage the jobs that build it, the first two at most."""
    cut = {edge.reference for each in prebuilt for edge in each.edges}
    users: dict[int, list[int]] = {job: [job] for job in jobs}
    for edge in sorted(graph.edges, key=lambda each: -each.reference.stage):
        for stage in edge.stages if edge.reference not in cut else ():
            own = users.setdefault(stage, [])
            own += [job for job in users.get(edge.reference.stage, ()) if job not in own][: 2 - len(own)]
    return users


@rule(Severity.WARNING)
def unqualified_image(prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
    """Where the images of a profile are in a registry, one without it is looked for on Docker Hub.

    Docker completes a name without registry to docker.io (distribution/reference, ``normalize.go``).

    Bad ({registry: registry.example.com, prebuilt: {base: {}, tools: {image: tools:1}}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS tools
        FROM base
        COPY --from=tools /bin/sh /sh
    Good ({registry: registry.example.com, prebuilt: {base: {}, tools: {tag: 1}}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS tools
        FROM base
        COPY --from=tools /bin/sh /sh
    """
    for each in prebuilt:
        if profile.registry.text and not names.registry_of(each.image) and "$" not in each.image:
            message = f"the image {each.image!r} of {each.name!r} is not in {profile.registry.text}"
            hint = f"write {profile.registry.text}/{each.image}, or repository and tag instead of image"
            yield Finding(each.at, message, hint, (("the registry", profile.registry.at),))


@rule(Severity.WARNING)
def platform_becomes_effective(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Finding]:
    """FROM --platform is ignored where a stage begins from a stage, and chooses the image where it is one.

    Tried: a stage has the platform of the stage that it begins from (``dockerfile2llb/convert.go``).

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM --platform=linux/arm64 base
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base
    """
    for each in prebuilt:
        for edge in each.within(kept).edges if each.is_written else ():
            flag = graph.stages[edge.reference.stage].platform
            if edge.reference.kind is ReferenceKind.FROM and flag and flag != each.platform:
                message = f"--platform={flag} chooses the image of {each.name!r}; with a stage it was ignored"
                yield Finding(edge.reference.at, message, "take the flag away, or make sure that such an image exists")


@rule(Severity.WARNING)
def platform_lost(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Finding]:
    """An image in FROM, COPY --from and a mount is that of the target platform, for whatever its stage was built.

    Only FROM has a --platform (``dockerfile2llb/convert.go``); the alias stage of style arg carries it.

    Bad (prebuilt: {tools: image}):
        FROM --platform=$BUILDPLATFORM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    Good (prebuilt: {tools: arg}):
        FROM --platform=$BUILDPLATFORM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    """
    for each in prebuilt:
        for edge in each.within(kept).edges if each.platform and each.is_image else ():
            is_from = edge.reference.kind is ReferenceKind.FROM
            carried = graph.stages[edge.reference.stage].platform if is_from else each.style is Style.ARG
            if not carried:
                message = f"{each.name!r} is built for {each.platform}, its image here is taken for the target platform"
                hint = (
                    f"write FROM --platform={each.platform} here"
                    if is_from
                    else "use style: arg, whose alias carries it"
                )
                yield Finding(edge.reference.at, message, hint)
