"""Rules about stages that are images in this output: what an image does not hand over as a stage would."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Severity
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.inheritance import lost_args
from dfrender.dockerfile.parse import Kind
from dfrender.profile.profile import Style
from dfrender.references.prebuilt import Prebuilt
from dfrender.rules.rule import Finding, rule


@rule(Severity.ERROR)
def arg_inheritance_lost(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Finding]:
    """An ARG of a stage is visible in the stages that begin from it; an image hands over its ENV only.

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
    images = (edge.reference for each in prebuilt if each.is_image for edge in each.edges)
    cut = {reference.stage for reference in images if reference.kind is Kind.FROM}
    for lost in lost_args(graph, cut) if cut else ():
        arg, instruction = lost.arg, lost.instruction
        stage = graph.title(instruction.stage)
        message = (
            f"{arg.name} would be empty here: stage {stage!r} inherits it from a stage that is an image in this output"
        )
        declaration = f"ARG {arg.name}" + (f"={arg.default}" if arg.default is not None else "")
        at = graph.dockerfile.lines[instruction.first].locate(0)
        yield Finding(at, message, f"repeat {declaration} in stage {stage!r}", (("declared", arg.at),))


@rule(Severity.WARNING)
def platform_becomes_effective(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Finding]:
    """FROM --platform is ignored where a stage begins from a stage, and chooses the image where it is one.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM --platform=linux/arm64 base
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base
    """
    for each in prebuilt:
        for edge in each.edges:
            flag = graph.stages[edge.reference.stage].platform
            if edge.reference.kind is Kind.FROM and flag and flag != each.platform:
                message = f"--platform={flag} chooses the image of {each.name!r}; with a stage it was ignored"
                yield Finding(edge.reference.at, message, "take the flag away, or make sure that such an image exists")


@rule(Severity.WARNING)
def platform_lost(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Finding]:
    """An image in FROM, COPY --from and a mount is that of the target platform, for whatever its stage was built.

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
        for edge in each.edges if each.platform and each.is_image else ():
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
