"""Rules about what a reference names: a stage, an image, or nothing that a builder would accept."""

from collections.abc import Iterator

from dfrender.diagnostics import Severity, did_you_mean, nearest
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph, number
from dfrender.dockerfile.model import ReferenceKind
from dfrender.dockerfile.parse import JINJA_HINT
from dfrender.rules.arguments import has_empty_argument, is_settled
from dfrender.rules.rule import Finding, defined, rule

_ALMOST_EQUAL = 0.85


def _has_variable(edge: Edge, escape: str) -> bool:
    """Say whether BuildKit finds a variable in a ``--from``: a ``$`` at the very end is none."""
    text = edge.reference.text
    if edge.reference.kind is ReferenceKind.MOUNT:
        return "$" in text[:-1]
    word = replace_variables(text, {}, escape)
    return edge.reference.kind is ReferenceKind.COPY and "$" in text and (bool(word.fault) or word.text != text)


@rule(Severity.ERROR)
def variable_in_from_flag(graph: Graph) -> Iterator[Finding]:
    """No builder of Docker's replaces variables in COPY --from and RUN --mount=from; FROM does.

    BuildKit: "variable expansion is not supported for --from" (``instructions/parse.go``).

    Bad:
        ARG TOOLS=alpine:3.22
        FROM scratch
        COPY --from=${TOOLS} /bin/sh /bin/sh
    Good:
        ARG TOOLS=alpine:3.22
        FROM ${TOOLS} AS tools
        FROM scratch
        COPY --from=tools /bin/sh /bin/sh
    """
    for edge in graph.edges:
        text = edge.reference.text
        if not edge.reference.onbuild and _has_variable(edge, graph.dockerfile.escape):
            hint = f"add a stage FROM {text} AS NAME above this one, and write from=NAME"
            yield Finding(edge.reference.at, f"no variable is replaced in {edge.reference.kind.value}: {text!r}", hint)


@rule(Severity.ERROR)
def from_case_mismatch(graph: Graph) -> Iterator[Finding]:
    """Stages are stored in lower case, and FROM compares exactly.

    COPY --from, mounts and --target mind no case; FROM does (moby/buildkit#2003).

    Bad:
        FROM alpine:3.22 AS Builder
        FROM Builder
    Good:
        FROM alpine:3.22 AS Builder
        FROM builder
    """
    for edge in graph.bases:
        text = edge.word.text
        stage = graph.names.get(text.lower(), NO_STAGE)
        if edge.stage == NO_STAGE and text != text.lower() and NO_STAGE < stage < edge.reference.stage:
            message = f"FROM does not find stage {text.lower()!r} by {text!r}: stages are stored in lower case"
            yield Finding(edge.reference.at, message, f"write FROM {text.lower()}", defined(graph, stage))


@rule(Severity.ERROR)
def forward_reference(graph: Graph) -> Iterator[Finding]:
    """COPY --from and mounts take from stages above only (an error since Dockerfile 1.7; before, nothing was copied).

    Before Dockerfile 1.7 the source was an empty file system, without a word (``dockerfile2llb/convert.go``).

    Bad:
        FROM alpine:3.22 AS app
        COPY --from=tools /bin/sh /sh
        FROM alpine:3.22 AS tools
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22 AS app
        COPY --from=tools /bin/sh /sh
    """
    for edge in _forward(graph):
        if not _reaches(graph, edge.stage, edge.reference.stage):
            message = f"stage {graph.title(edge.stage)!r} is defined below this reference to it"
            yield Finding(edge.reference.at, message, "move the stage above its first use", defined(graph, edge.stage))


@rule(Severity.ERROR)
def circular_reference(graph: Graph) -> Iterator[Finding]:
    """A stage cannot take files from itself, nor from a stage that takes files from it.

    BuildKit: "circular dependency detected" (``dockerfile2llb/convert.go``).

    Bad:
        FROM alpine:3.22 AS app
        COPY --from=app /bin/sh /sh
    Good:
        FROM alpine:3.22 AS app
        RUN cp /bin/sh /sh
    """
    for edge in _forward(graph):
        if _reaches(graph, edge.stage, edge.reference.stage):
            own = edge.stage == edge.reference.stage
            what = "itself" if own else f"stage {graph.title(edge.stage)!r}, which takes files from it"
            related = () if own else defined(graph, edge.stage)
            message = f"stage {graph.title(edge.reference.stage)!r} takes files from {what}"
            yield Finding(edge.reference.at, message, "take the files from a third stage", related)


def _forward(graph: Graph) -> list[Edge]:
    return [
        edge
        for edge in graph.edges
        if edge.reference.kind is not ReferenceKind.FROM
        and edge.stage >= edge.reference.stage
        and not edge.reference.onbuild
    ]


def _reaches(graph: Graph, start: int, goal: int) -> bool:
    """Say whether a stage takes files from another, over any number of stages; FROM does not count."""
    seen: set[int] = set()
    todo = [start]
    while todo:
        stage = todo.pop()
        if stage not in seen:
            seen.add(stage)
            todo += [
                edge.stage
                for edge in graph.edges
                if edge.reference.stage == stage
                and edge.reference.kind is not ReferenceKind.FROM
                and edge.stage != NO_STAGE
            ]
    return goal in seen


@rule(Severity.ERROR)
def numeric_mount_from(graph: Graph) -> Iterator[Finding]:
    """A number in the from of a mount is an image of that name; only COPY --from counts stages.

    ``detectRunMount`` looks among the names only (``dockerfile2llb/convert_runmount.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        RUN --mount=from=0,target=/tools true
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        RUN --mount=from=tools,target=/tools true
    """
    for edge in graph.edges:
        if edge.reference.kind is ReferenceKind.MOUNT and number(edge.reference.text) is not None:
            message = f"in a mount, from={edge.reference.text} is the image of that name and no stage"
            yield Finding(edge.reference.at, message, "write the stage's name")


@rule(Severity.ERROR)
def invalid_stage_index(graph: Graph) -> Iterator[Finding]:
    """COPY --from counts the stages of the file from 0.

    BuildKit: "invalid stage index" (``dockerfile2llb/convert.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=2 /bin/sh /sh
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=0 /bin/sh /sh
    """
    for edge in graph.edges:
        if edge.is_index and edge.stage == NO_STAGE and not edge.reference.onbuild:
            message = f"there is no stage {edge.reference.text}: the last one is {len(graph.stages) - 1}"
            yield Finding(edge.reference.at, message, "write the stage's name")


@rule(Severity.ERROR)
def invalid_image_reference(graph: Graph) -> Iterator[Finding]:
    """What is no stage has to be an image reference.

    BuildKit: "failed to parse stage name", or "invalid reference format" (distribution/reference, ``regexp.go``).

    Bad:
        FROM Alpine:3.22
    Good:
        FROM alpine:3.22
    """
    for edge in graph.edges:
        text = edge.word.text
        known = text.lower() in graph.names and text != text.lower()
        if not edge.image or known or not is_settled(graph, edge) or number(text) is not None:
            continue
        if (reason := names.image_problem(text)) and not _has_variable(edge, graph.dockerfile.escape):
            written = "" if text == edge.reference.text else f" (written {edge.reference.text!r})"
            hint = did_you_mean(text, graph.names) or "write a stage's name, or [registry/]repository:tag"
            hint = JINJA_HINT if "{{" in text else hint
            message = f"{text!r}{written} is neither a stage nor an image: {reason}"
            # whoever gives an argument an empty default is likely to pass it with every build
            severity = Severity.WARNING if has_empty_argument(graph, edge) else None
            yield Finding(edge.reference.at, message, hint, severity=severity)


@rule(Severity.WARNING)
def tagged_reference_shadows_stage(graph: Graph) -> Iterator[Finding]:
    """With a tag it is an image, even if a stage of this file has its name.

    ``name:latest`` never means the stage (``dockerfile2llb/convert.go``): an image that another job built is used, and
    where there is none Docker asks its registry for it.

    Bad:
        FROM alpine:3.22 AS builder
        FROM builder:latest
    Good:
        FROM alpine:3.22 AS builder
        FROM builder
    """
    for edge, stage in shadowing(graph):
        name = graph.stages[stage].name
        message = f"{edge.image!r} is an image that is pulled, although {name!r} is a stage"
        hint = f"write {name}; if another job builds it, list it under prebuilt in the profile of that environment"
        yield Finding(edge.reference.at, message, hint, defined(graph, stage))


def shadowing(graph: Graph) -> Iterator[tuple[Edge, int]]:
    """Give the images that bear a stage's name, each with the stage; not if that begins from such an image itself."""
    for edge in graph.edges:
        name = names.repository_of(edge.image)
        stage = graph.names.get(name, NO_STAGE)
        if stage != NO_STAGE and edge.image != name and names.repository_of(graph.root(stage).image) != name:
            yield edge, stage


@rule(Severity.WARNING)
def from_before_stage(graph: Graph) -> Iterator[Finding]:
    """FROM looks at the stages above it only; a name that is defined below is an image.

    COPY --from and mounts look among all stages (``dockerfile2llb/convert.go``).

    Bad:
        FROM base AS app
        FROM alpine:3.22 AS base
    Good:
        FROM alpine:3.22 AS base
        FROM base AS app
    """
    for edge in graph.bases:
        stage = graph.names.get(edge.image, NO_STAGE)
        if stage > edge.reference.stage:
            message = f"{edge.image!r} is an image here: the stage of that name is defined below"
            yield Finding(edge.reference.at, message, "move the stage above its first use", defined(graph, stage))


@rule(Severity.WARNING)
def unknown_stage(graph: Graph) -> Iterator[Finding]:
    """A bare name that is almost a stage's name is an image of that name.

    What is no stage is an image on Docker Hub (``dockerfile2llb/convert.go``). In a call of stage() it is an error.

    Bad:
        FROM alpine:3.22 AS builder-base
        FROM scratch
        COPY --from=bulider-base /bin/sh /sh
    Good:
        FROM alpine:3.22 AS builder-base
        FROM scratch
        COPY --from=builder-base /bin/sh /sh
    """
    images = (edge.image for edge in graph.edges if names.is_stage_name(edge.image))
    bare = {image for image in images if image.lower() not in graph.names}
    nearby = {image: near for image in bare if (near := nearest(image, graph.names, _ALMOST_EQUAL))}
    for edge in graph.edges:
        if near := nearby.get(edge.image, ""):
            message = f"no stage is named {edge.image!r}, so it is an image of that name"
            yield Finding(edge.reference.at, message, f"did you mean {near!r}?", defined(graph, graph.names[near]))
