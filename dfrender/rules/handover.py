"""Rules about stages that are images in this output: what an image does not hand over as a stage would."""

from collections.abc import Collection, Iterator, Mapping

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Edge, Graph
from dfrender.dockerfile.inheritance import LostArg, lost_args
from dfrender.dockerfile.model import Reference, ReferenceKind
from dfrender.profile.profile import Profile, Style, Text
from dfrender.references.decisions import Decisions
from dfrender.references.prebuilt import Prebuilt
from dfrender.rules.references import shadowing
from dfrender.rules.rule import Finding, When, rule


@rule(Severity.ERROR, When.RENDER)
def arg_inheritance_lost(decisions: Decisions) -> Iterator[Finding]:
    cut = _stages_from_images(decisions)
    if not cut:
        return
    for lost in lost_args(decisions.source, cut):
        if lost.instruction.stage in decisions.kept:
            yield _lost_arg(decisions.source, lost, "is an image here")


@rule(Severity.WARNING, When.LINT, code="arg-inheritance-lost")
def arg_inheritance_at_risk(decisions: Decisions) -> Iterator[Finding]:
    if not decisions.profile.name:
        return  # where there are no profiles, no stage is an image anywhere
    graph = decisions.source
    # another profile may have an image of any stage
    for lost in lost_args(graph, range(len(graph.stages))):
        yield _lost_arg(graph, lost, "may be an image elsewhere")


def _stages_from_images(decisions: Decisions) -> set[int]:
    """Return the stages that begin from the image of another one."""
    found: set[int] = set()
    for each in decisions.prebuilt:
        if each.is_written and not each.is_image:
            continue
        for edge in each.edges:
            if edge.reference.kind is ReferenceKind.FROM:
                found.add(edge.reference.stage)
    return found


def _lost_arg(graph: Graph, lost: LostArg, reason: str) -> Finding:
    arg, instruction = lost.arg, lost.instruction
    stage = graph.title(instruction.stage)
    message = f"{arg.name} would be empty here: stage {stage!r} inherits it from a stage that {reason}"
    declaration = arg.name
    if arg.default is not None:
        declaration = f"{arg.name}={arg.default}"
    hint = f"repeat ARG {declaration} in stage {stage!r}"
    line = graph.dockerfile.lines[instruction.first]
    return Finding(line.locate(0), message, hint, (("declared", arg.at),))


@rule(Severity.WARNING, When.RENDER)
def mixed_reference(decisions: Decisions) -> Iterator[Finding]:
    graph = decisions.source
    images: dict[int, list[Edge]] = {}
    for image, stage in shadowing(graph):
        images.setdefault(stage, []).append(image)
    if not images:
        return
    rewritten = _image_references(decisions)
    for edge in graph.edges:
        if edge.stage not in images or edge.reference in rewritten:
            continue
        for image in images[edge.stage]:
            if _in_one_target(graph, edge, image):
                message = f"this builds the stage {graph.title(edge.stage)!r}, whose image is named too"
                hint = "refer to it in one way, and let profiles decide which"
                yield Finding(edge.reference.at, message, hint, (("named as an image", image.reference.at),))
                break


def _image_references(decisions: Decisions) -> set[Reference]:
    """Return the references that are written as images."""
    found: set[Reference] = set()
    for each in decisions.prebuilt:
        if each.is_image:
            found.update(edge.reference for edge in each.edges)
    return found


def _in_one_target(graph: Graph, one: Edge, other: Edge) -> bool:
    both = {one.reference.stage, other.reference.stage}
    if len(both) == 1:
        return True
    for target in graph.unreferenced:
        if both.issubset(graph.needs(target)):
            return True
    return False


@rule(Severity.WARNING, When.LINT)
def prebuilt_not_used(decisions: Decisions) -> Iterator[Finding]:
    used = set(decisions.by_image.values())
    for edge in decisions.source.edges:
        used.update(edge.possible)
    for each in decisions.prebuilt:
        if each.stage not in used:
            message = f"nothing refers to {each.name!r}, which is prebuilt in profile {decisions.profile.name}"
            yield Finding(each.at, message, "remove it; under build it is a stage that a plan builds")


@rule(Severity.WARNING, When.LINT)
def unreached_stage(decisions: Decisions) -> Iterator[Finding]:
    graph, profile = decisions.source, decisions.profile
    if profile.build is None:
        return  # all stages that nothing refers to are built, and so is every other one
    reached = {len(graph.stages) - 1}  # which builders build where they are asked for none
    for text in _asked_for(profile):
        name = text.text.lower()
        if name in graph.names:
            reached.add(graph.names[name])
    for stage in tuple(reached):
        reached.update(graph.needs(stage, unlikely=True))
    for each in graph.stages:
        if each.position not in reached:
            message = f"no job builds the stage {graph.title(each.position)!r}, and no target needs it"
            yield Finding(each.at, message, "remove it, or list it under build")


def _asked_for(profile: Profile) -> Iterator[Text]:
    """Yield the names of the stages that a profile asks for, whatever for."""
    yield from profile.build or ()
    yield from profile.builds.publish
    for settings in profile.prebuilt:
        yield settings.stage
    if profile.target:
        yield profile.target


@rule(Severity.WARNING, When.PLAN)
def shared_stage_rebuilt(decisions: Decisions) -> Iterator[Finding]:
    graph = decisions.source
    handed_over = {each.stage for each in decisions.prebuilt}
    if not handed_over:
        return
    from dfrender.references.jobs import built  # of plans alone

    jobs = handed_over | built(decisions)
    users = _jobs_that_build(decisions, jobs)
    for stage in sorted(graph.working - handed_over):
        if len(users.get(stage, ())) > 1:
            one, other = [graph.title(job) for job in users[stage]]
            message = f"the jobs for {one!r} and {other!r} would each build the stage {graph.title(stage)!r}"
            hint = "list it under prebuilt, or under build what is really built"
            yield Finding(graph.stages[stage].at, message, hint)


def _jobs_that_build(decisions: Decisions, jobs: Collection[int]) -> Mapping[int, list[int]]:
    """Return for each stage the jobs that build it, the first two at most."""
    cut: set[Reference] = set()
    for each in decisions.prebuilt:
        cut.update(edge.reference for edge in each.edges)
    users: dict[int, list[int]] = {job: [job] for job in jobs}
    # edges are in the file's order; from its end upward all jobs of a stage are known when its references are followed
    for edge in reversed(decisions.source.edges):
        if edge.reference in cut:
            continue
        for stage in edge.stages:
            found = users.setdefault(stage, [])
            for job in users.get(edge.reference.stage, ()):
                if job not in found and len(found) < 2:  # noqa: PLR2004 - two are enough to be too many
                    found.append(job)
    return users


@rule(Severity.WARNING, When.LINT)
def unqualified_image(decisions: Decisions) -> Iterator[Finding]:
    registry = decisions.profile.registry
    if not registry.text:
        return
    related = (("the registry", registry.at),)
    for each in decisions.prebuilt:
        image = each.image
        if "$" not in image and not names.registry_of(image):
            message = f"the image {image!r} of {each.name!r} is not in {registry.text}"
            hint = f"write {registry.text}/{image}, or repository and tag instead of image"
            yield Finding(each.at, message, hint, related)


@rule(Severity.WARNING, When.RENDER)
def platform_becomes_effective(decisions: Decisions) -> Iterator[Finding]:
    for each in decisions.written:
        if not each.is_written:
            continue
        for edge in each.edges:
            if edge.reference.kind is not ReferenceKind.FROM:
                continue
            flag = decisions.source.stages[edge.reference.stage].platform
            if flag and flag != each.platform:
                message = f"--platform={flag} chooses the image of {each.name!r}; with a stage it was ignored"
                yield Finding(edge.reference.at, message, "take the flag away, or make sure that such an image exists")


@rule(Severity.WARNING, When.RENDER)
def platform_lost(decisions: Decisions) -> Iterator[Finding]:
    for each in decisions.written:
        if not each.platform or not each.is_image:
            continue
        for edge in each.edges:
            hint = _missing_platform(decisions.source, each, edge)
            if hint:
                message = f"{each.name!r} is built for {each.platform}, its image here is taken for the target platform"
                yield Finding(edge.reference.at, message, hint)


def _missing_platform(graph: Graph, prebuilt: Prebuilt, edge: Edge) -> str:
    """Return how a reference could carry the platform of the stage that it names; nothing where it does."""
    if edge.reference.kind is not ReferenceKind.FROM:
        return "" if prebuilt.style is Style.ARG else "use style: arg, whose alias carries it"
    if graph.stages[edge.reference.stage].platform:
        return ""
    return f"write FROM --platform={prebuilt.platform} here"
