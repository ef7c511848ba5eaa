"""Rules about the names of stages."""

from collections.abc import Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.rules.rule import Finding, When, defined, rule


@rule(Severity.ERROR, When.RENDER)
def duplicate_stage_name(graph: Graph) -> Iterator[Finding]:
    """Two stages of one name: FROM takes the one above, COPY --from the last, and the classic builder neither.

    Tried: BuildKit builds, the classic builder says "stage name already used".

    Bad:
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS BASE
    Good:
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
    """
    first: dict[str, int] = {}
    for stage in graph.stages:
        if stage.name in first:
            message = f"a stage {stage.name!r} is there already"
            yield Finding(
                stage.at, message, "give one of them another name", defined(graph, first[stage.name], "first defined")
            )
        elif stage.name:
            first[stage.name] = stage.position


@rule(Severity.ERROR, When.RENDER)
def stage_name_not_a_reference(graph: Graph) -> Iterator[Finding]:
    """BuildKit reads the name of a stage as an image reference too, and fails every build if it is none.

    Since Dockerfile 1.4: "invalid context name" (``dockerui/config.go``).

    Bad:
        FROM alpine:3.22 AS build_
    Good:
        FROM alpine:3.22 AS build
    """
    for stage in graph.stages:
        if names.is_stage_name(stage.name) and (reason := names.image_problem(stage.name)):
            message = f"{stage.name!r} cannot name a stage: BuildKit (Dockerfile 1.4 and newer) refuses it"
            yield Finding(stage.at, message, f"choose a name that could name an image; {reason}")


@rule(Severity.WARNING, When.RENDER)
def reserved_stage_name(graph: Graph) -> Iterator[Finding]:
    """Stages named scratch or context hide what these words mean to a builder.

    The stage wins over the word (``dockerfile2llb/convert.go``); BuildKit itself warns (ReservedStageName).

    Bad:
        FROM alpine:3.22 AS scratch
    Good:
        FROM alpine:3.22 AS empty
    """
    for stage in graph.stages:
        if stage.name in ("scratch", "context"):
            yield Finding(stage.at, f"{stage.name!r} has a meaning of its own to builders", "choose another name")
