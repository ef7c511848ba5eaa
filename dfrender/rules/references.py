"""Rules about what a reference names: a stage, an image, or nothing that a builder would accept."""

import shlex
from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Severity, Vocabulary
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph, number
from dfrender.dockerfile.model import Reference, ReferenceKind
from dfrender.dockerfile.parse import JINJA_HINT
from dfrender.references.decisions import Decisions
from dfrender.rules.arguments import has_empty_argument, is_settled
from dfrender.rules.rule import Finding, When, defined, rule
from dfrender.source import STDIN_NAME, At

_ALMOST_EQUAL = 0.85


def _has_variable(reference: Reference, escape: str) -> bool:
    """Return whether BuildKit finds a variable in a ``--from``; a ``$`` at the very end is not one."""
    text = reference.text
    if reference.kind is ReferenceKind.FROM or "$" not in text:
        return False
    if reference.kind is ReferenceKind.MOUNT:
        return "$" in text[:-1]
    word = replace_variables(text, {}, escape)
    return bool(word.fault) or word.text != text


@rule(Severity.ERROR, When.RENDER)
def variable_in_from_flag(graph: Graph) -> Iterator[Finding]:
    begun_from: set[int] = set()
    for base in graph.bases:
        begun_from.update(base.stages)
    for reference in graph.dockerfile.references + graph.dockerfile.overridden:
        if not _has_variable(reference, graph.dockerfile.escape):
            continue
        text = reference.text
        message = f"no variable is replaced in {reference.kind.value}: {text!r}"
        hint = f"add a stage FROM {text} AS NAME above this one, and write from=NAME"
        severity = Severity.ERROR
        if reference.onbuild and reference.stage not in begun_from:  # builders refuse it where it runs
            severity = Severity.WARNING
            hint = "write the name of a stage or an image"
        yield Finding(reference.at, message, hint, severity=severity)


@rule(Severity.ERROR, When.RENDER)
def from_case_mismatch(graph: Graph) -> Iterator[Finding]:
    for edge in graph.bases:
        if _is_stage_in_capitals(graph, edge):
            text = edge.word.text
            lower = text.lower()
            message = f"FROM does not find stage {lower!r} by {text!r}: stages are stored in lower case"
            yield Finding(edge.reference.at, message, f"write FROM {lower}", defined(graph, graph.names[lower]))


def _is_stage_in_capitals(graph: Graph, edge: Edge) -> bool:
    """Return whether a FROM would mean a stage above it if it were written in lower case."""
    text = edge.word.text
    lower = text.lower()
    if edge.stage != NO_STAGE or text == lower:
        return False
    stage = graph.names.get(lower, NO_STAGE)
    return NO_STAGE < stage < edge.reference.stage


@rule(Severity.ERROR, When.RENDER)
def forward_reference(graph: Graph) -> Iterator[Finding]:
    circles = _circles(graph)
    for edge in _forward(graph):
        is_circular = circles[edge.stage] == circles[edge.reference.stage]
        if edge.reference.text and not is_circular:
            message = f"stage {graph.title(edge.stage)!r} is defined below this reference to it"
            related = defined(graph, edge.stage)
            yield Finding(edge.reference.at, message, "move the stage above its first use", related)


@rule(Severity.ERROR, When.RENDER)
def circular_reference(graph: Graph) -> Iterator[Finding]:
    circles = _circles(graph)
    for edge in _forward(graph):
        own = edge.reference.stage
        if circles[edge.stage] != circles[own]:
            continue
        what = "itself"
        related: tuple[tuple[str, At], ...] = ()
        if edge.stage != own:
            what = f"stage {graph.title(edge.stage)!r}, which takes files from it"
            related = defined(graph, edge.stage)
        hint = "take the files from a third stage"
        if not edge.reference.segments:
            hint = "name the stage otherwise: builders look for 'scratch' where a mount has no from="
        message = f"stage {graph.title(own)!r} takes files from {what}"
        yield Finding(edge.reference.at, message, hint, related)


def _forward(graph: Graph) -> Iterator[Edge]:
    """Yield the references by which a stage takes files from itself or from one below."""
    for edge in _taking(graph):
        if edge.stage >= edge.reference.stage:
            yield edge


def _taking(graph: Graph) -> Iterator[Edge]:
    """Yield the references by which a stage takes files from another; those of triggers run in other stages."""
    for edge in graph.edges + graph.implied:
        reference = edge.reference
        if edge.stage == NO_STAGE or reference.kind is ReferenceKind.FROM or reference.onbuild:
            continue
        yield edge


def _circles(graph: Graph) -> list[int]:
    """Return a number for each stage: stages that take files from each other, over any others, have the same.

    They are the strongly connected components of the graph, found by Kosaraju's two searches.
    """
    takes: list[list[int]] = [[] for _ in graph.stages]
    gives: list[list[int]] = [[] for _ in graph.stages]
    for edge in _taking(graph):
        takes[edge.reference.stage].append(edge.stage)
        gives[edge.stage].append(edge.reference.stage)
    circles = [NO_STAGE] * len(graph.stages)
    for first in reversed(_in_depth(takes)):
        pending = [first]
        while pending:
            stage = pending.pop()
            if circles[stage] == NO_STAGE:
                circles[stage] = first
                pending.extend(gives[stage])
    return circles


def _in_depth(takes: Sequence[Sequence[int]]) -> list[int]:
    """Return the stages in the order in which a search in depth leaves them."""
    left: list[int] = []
    seen: set[int] = set()
    for first in range(len(takes)):
        path = [first]
        while path:
            stage = path[-1]
            if stage not in seen:
                seen.add(stage)
                path.extend(each for each in takes[stage] if each not in seen)
            else:
                path.pop()
                left.append(stage)
    return list(dict.fromkeys(left))


@rule(Severity.ERROR, When.RENDER)
def numeric_mount_from(graph: Graph) -> Iterator[Finding]:
    for edge in graph.edges:
        text = edge.reference.text
        if edge.reference.kind is ReferenceKind.MOUNT and number(text) is not None:
            message = f"in a mount, from={text} is the image of that name and no stage"
            yield Finding(edge.reference.at, message, "write the stage's name")


@rule(Severity.ERROR, When.RENDER)
def invalid_stage_index(graph: Graph) -> Iterator[Finding]:
    for edge in graph.edges:
        if edge.is_index and edge.stage == NO_STAGE and not edge.reference.onbuild:
            last = graph.stages[-1].position
            message = f"there is no stage {edge.reference.text}: the last one is {last}"
            yield Finding(edge.reference.at, message, "write the stage's name")


@rule(Severity.ERROR, When.RENDER)
def invalid_image_reference(graph: Graph) -> Iterator[Finding]:
    vocabulary = Vocabulary(graph.names)
    for edge in graph.edges:
        text = edge.word.text
        reason = names.image_problem(text)
        if not edge.image or not reason or _is_reported_otherwise(graph, edge):
            continue
        if not is_settled(graph, edge):
            continue
        written = ""
        if text != edge.reference.text:
            written = f" (written {edge.reference.text!r})"
        hint = vocabulary.did_you_mean(text) or "write a stage's name, or [registry/]repository:tag"
        if "{{" in text:
            hint = JINJA_HINT
        severity = Severity.ERROR
        if has_empty_argument(graph, edge):
            # whoever gives an argument an empty default is likely to pass it with every build
            severity = Severity.WARNING
        message = f"{text!r}{written} is neither a stage nor an image: {reason}"
        yield Finding(edge.reference.at, message, hint, severity=severity)


def _is_reported_otherwise(graph: Graph, edge: Edge) -> bool:
    """Return whether an image is a stage in capitals, a number or a variable, of which other rules say more."""
    if _is_stage_in_capitals(graph, edge) or number(edge.word.text) is not None:
        return True
    return _has_variable(edge.reference, graph.dockerfile.escape)


@rule(Severity.WARNING, When.RENDER)
def tagged_reference_shadows_stage(decisions: Decisions) -> Iterator[Finding]:
    graph = decisions.source
    for edge, stage in shadowing(graph):
        name = graph.stages[stage].name
        file = edge.reference.at.file
        message = f"{edge.image!r} is an image that is pulled, although {name!r} is a stage"
        hint = f"write {name}; if another job builds it, list it under prebuilt in the profile of that environment"
        if not decisions.profile.name and file != STDIN_NAME:
            hint = f"write {name}; if another job builds it, let profiles say so: dfrender init {shlex.quote(file)}"
        yield Finding(edge.reference.at, message, hint, defined(graph, stage))


def shadowing(graph: Graph) -> Iterator[tuple[Edge, int]]:
    """Yield the images that bear the name of a stage above, each with the stage.

    Those of a stage that begins from such an image itself are what they seem to be.
    """
    for edge in graph.edges:
        name = names.repository_of(edge.image)
        if name not in graph.names or edge.image == name:
            continue
        stage = graph.names[name]
        if stage >= edge.reference.stage:
            continue
        if names.repository_of(graph.root(stage).image) != name:
            yield edge, stage


@rule(Severity.WARNING, When.RENDER)
def from_before_stage(graph: Graph) -> Iterator[Finding]:
    for edge in graph.bases:
        stage = graph.names.get(edge.image, NO_STAGE)
        if stage > edge.reference.stage:
            message = f"{edge.image!r} is an image here: the stage of that name is defined below"
            yield Finding(edge.reference.at, message, "move the stage above its first use", defined(graph, stage))


@rule(Severity.WARNING, When.RENDER)
def unknown_stage(graph: Graph) -> Iterator[Finding]:
    for edge, near in _bare_images(graph):
        if near:
            message = f"no stage is named {edge.image!r}, so it is an image of that name"
            related = defined(graph, graph.names[near])
            yield Finding(edge.reference.at, message, f"did you mean {near!r}?", related)


@rule(Severity.WARNING, When.LINT)
def unofficial_image(decisions: Decisions) -> Iterator[Finding]:
    from dfrender.rules.official import official_images  # of lint alone

    graph = decisions.source
    made = decisions.by_image
    vocabulary = Vocabulary(graph.names)
    for edge, near in _bare_images(graph):
        image = edge.image
        is_certain = edge.word.literal and not edge.reference.onbuild and not names.image_problem(image)
        if near or not is_certain or image in official_images() or edge.reference in made:
            continue
        message = f"{image!r} is neither a stage nor a Docker Official Image"
        hint = f"if it is an image or a context that the builder has, write {image}:latest"
        meant = vocabulary.did_you_mean(image) or "name a stage;"
        yield Finding(edge.reference.at, message, f"{meant} {hint}")


def _bare_images(graph: Graph) -> Iterator[tuple[Edge, str]]:
    """Yield the images that could be the name of a stage, each with the stage that has almost that name.

    In a file that names no stage, none can be meant.
    """
    if not graph.names:
        return
    vocabulary = Vocabulary(graph.names, _ALMOST_EQUAL)
    nearby: dict[str, str] = {}
    for edge in graph.edges:
        image = edge.image
        is_stage = image.lower() in graph.names
        if is_stage or not names.is_stage_name(image) or not is_settled(graph, edge):
            continue
        if image not in nearby:
            nearby[image] = vocabulary.nearest(image)
        yield edge, nearby[image]
