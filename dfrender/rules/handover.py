"""Rules about stages that are images in this output: what an image does not hand over as a stage would."""

from collections.abc import Collection, Iterator, Sequence

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Edge, Graph
from dfrender.dockerfile.inheritance import LostArg, lost_args
from dfrender.dockerfile.parse import Kind
from dfrender.profile.profile import Profile, Style
from dfrender.references.jobs import built
from dfrender.references.prebuilt import Prebuilt
from dfrender.rules.references import shadowing
from dfrender.rules.rule import Finding, When, rule


@rule(Severity.ERROR, When.RENDER)
def arg_inheritance_lost(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Finding]:
    cut: set[int] = set()
    for each in prebuilt:
        if each.is_image or not each.is_written:
            cut |= {edge.reference.stage for edge in each.edges if edge.reference.kind is Kind.FROM}
    if not cut:
        return
    for lost in lost_args(graph, cut):
        if lost.instruction.stage in kept:
            yield _lost_arg(graph, lost, "is an image here")


@rule(Severity.WARNING, When.LINT, code="arg-inheritance-lost")
def arg_inheritance_at_risk(graph: Graph) -> Iterator[Finding]:
    for lost in lost_args(graph, range(len(graph.stages))):
        yield _lost_arg(graph, lost, "may be an image elsewhere")


def _lost_arg(graph: Graph, lost: LostArg, reason: str) -> Finding:
    stage = graph.title(lost.instruction.stage)
    message = f"{lost.arg.name} would be empty here: stage {stage!r} inherits it from a stage that {reason}"
    default = "" if lost.arg.default is None else f"={lost.arg.default}"
    hint = f"repeat ARG {lost.arg.name}{default} in stage {stage!r}"
    at = graph.dockerfile.lines[lost.instruction.first].locate(0)
    return Finding(at, message, hint, (("declared", lost.arg.at),))


@rule(Severity.WARNING, When.RENDER)
def mixed_reference(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Finding]:
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


@rule(Severity.WARNING, When.LINT)
def prebuilt_not_used(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
    used = {stage for edge in graph.edges for stage in edge.stages}
    for each in prebuilt:
        if each.stage not in used:
            hint = "remove it; under build it is a stage that a plan builds"
            message = f"nothing refers to {each.name!r}, which is prebuilt in profile {profile.name}"
            yield Finding(each.at, message, hint)


@rule(Severity.WARNING, When.PLAN)
def shared_stage_rebuilt(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
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


@rule(Severity.WARNING, When.LINT)
def unqualified_image(prebuilt: Sequence[Prebuilt], profile: Profile) -> Iterator[Finding]:
    for each in prebuilt:
        if profile.registry.text and not names.registry_of(each.image) and "$" not in each.image:
            message = f"the image {each.image!r} of {each.name!r} is not in {profile.registry.text}"
            hint = f"write {profile.registry.text}/{each.image}, or repository and tag instead of image"
            yield Finding(each.at, message, hint, (("the registry", profile.registry.at),))


@rule(Severity.WARNING, When.RENDER)
def platform_becomes_effective(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Finding]:
    for each in prebuilt:
        for edge in each.within(kept).edges if each.is_written else ():
            flag = graph.stages[edge.reference.stage].platform
            if edge.reference.kind is Kind.FROM and flag and flag != each.platform:
                message = f"--platform={flag} chooses the image of {each.name!r}; with a stage it was ignored"
                yield Finding(edge.reference.at, message, "take the flag away, or make sure that such an image exists")


@rule(Severity.WARNING, When.RENDER)
def platform_lost(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Finding]:
    for each in prebuilt:
        for edge in each.within(kept).edges if each.platform and each.is_image else ():
            is_from = edge.reference.kind is Kind.FROM
            carried = graph.stages[edge.reference.stage].platform if is_from else each.style is Style.ARG
            if not carried:
                message = f"{each.name!r} is built for {each.platform}, its image here is taken for the target platform"
                hint = (
                    f"write FROM --platform={each.platform} here"
                    if is_from
                    else "use style: arg, whose alias carries it"
                )
                yield Finding(edge.reference.at, message, hint)
