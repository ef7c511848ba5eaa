"""Rules about the names of stages."""

from collections.abc import Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.rules.rule import Finding, When, defined, rule


@rule(Severity.ERROR, When.RENDER)
def duplicate_stage_name(graph: Graph) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for stage in graph.stages:
        if not stage.name:
            continue
        if stage.name in first:
            message = f"a stage {stage.name!r} is there already"
            related = defined(graph, first[stage.name], "first defined")
            yield Finding(stage.at, message, "give one of them another name", related)
        else:
            first[stage.name] = stage.position


@rule(Severity.ERROR, When.RENDER)
def stage_name_not_a_reference(graph: Graph) -> Iterator[Finding]:
    for stage in graph.stages:
        reason = names.image_problem(stage.name)
        if reason and names.is_stage_name(stage.name):
            message = f"{stage.name!r} cannot name a stage: BuildKit (Dockerfile 1.4 and newer) refuses it"
            yield Finding(stage.at, message, f"choose a name that could name an image; {reason}")


@rule(Severity.WARNING, When.RENDER)
def reserved_stage_name(graph: Graph) -> Iterator[Finding]:
    for stage in graph.stages:
        if stage.name in ("scratch", "context"):
            yield Finding(stage.at, f"{stage.name!r} has a meaning of its own to builders", "choose another name")
