"""Rules about build arguments in FROM."""

import re
from collections.abc import Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Arg
from dfrender.rules.rule import Finding, rule

_DASH_IN_NAME = r"[A-Za-z_][A-Za-z0-9_]*-"
_ALMOST_A_NAME = r"[A-Za-z_][A-Za-z0-9_]*[-.][A-Za-z0-9_.-]*"


def is_settled(graph: Graph, edge: Edge) -> bool:
    """Say whether a reference's text is known: no variable without a value or of a questionable one is in it."""
    if edge.word.literal:
        return True
    doubtful = {arg.name for arg, word in graph.defaults if word.unset or word.fault or not names.is_arg_name(arg.name)}
    text = edge.reference.text
    reads_doubtful = any(f"${name}" in text or f"${{{name}" in text for name in doubtful)
    return not (edge.word.unset or edge.word.fault or reads_doubtful)


def has_empty_argument(graph: Graph, edge: Edge) -> bool:
    """Say whether an argument in a reference is empty unless it is given with the build."""
    empty = [arg.name for arg, _ in graph.defaults if not graph.args.get(arg.name)]
    return any(re.search(rf"\$\{{?{name}\b", edge.reference.text) for name in empty if names.is_arg_name(name))


@rule(Severity.ERROR)
def invalid_arg_name(graph: Graph) -> Iterator[Finding]:
    """FROM cannot read a build argument whose name holds more than letters, digits and underscores.

    BuildKit accepts the ARG, and reads ``${A-B}`` as A with a default (``shell/lex.go``).

    Bad:
        ARG BASE-IMAGE=alpine:3.22
        FROM scratch
    Good:
        ARG BASE_IMAGE=alpine:3.22
        FROM ${BASE_IMAGE}
    """
    for arg, _word in graph.defaults:
        if re.fullmatch(_ALMOST_A_NAME, arg.name):
            message = f"no FROM can read the build argument {arg.name!r}"
            yield Finding(arg.at, message, f"name it {re.sub('[-.]', '_', arg.name)}")


@rule(Severity.ERROR)
def suspicious_expansion(graph: Graph) -> Iterator[Finding]:
    """A dash in ${A-B} separates the name A from its default B.

    ``${A-B}`` is the value of A, or the text B where A is not set (``shell/lex.go``).

    Bad:
        ARG BASE=alpine:3.22
        # dfrender: ignore=invalid-arg-name
        ARG BASE-DEV=alpine:edge
        FROM ${BASE-DEV}
    Good:
        ARG BASE_DEV=alpine:edge
        FROM ${BASE_DEV}
    """
    declared = [arg.name for arg, _word in graph.defaults if re.match(_DASH_IN_NAME, arg.name)]
    for edge in graph.bases:
        for name in declared:
            if f"${{{name}" in edge.reference.text:
                variable = name.partition("-")[0]
                message = f"${{{name}}} reads {variable}, not {name}"
                yield Finding(edge.reference.at, message, f"name the argument {re.sub('[-.]', '_', name)}")


@rule(Severity.ERROR)
def unsupported_expansion(graph: Graph) -> Iterator[Finding]:
    """A substitution that builders refuse, in FROM or in an ARG above it.

    BuildKit knows fewer forms than a shell (``shell/lex.go``); ``#``, ``%`` and ``/`` need Dockerfile 1.7.

    Bad:
        ARG BASE=alpine:3.22
        FROM ${BASE:=scratch}
    Good:
        ARG BASE=alpine:3.22
        FROM ${BASE:-scratch}
    """
    words = [(arg.at, word) for arg, word in graph.defaults]
    words += [(edge.reference.at, edge.word) for edge in graph.bases]
    for at, word in words:
        if word.fault:
            hint = "the forms are ${N}, ${N:-word}, ${N:+word}, ${N:?message}, ${N#p}, ${N%p} and ${N/p/r}"
            yield Finding(at, f"builders refuse this substitution: {word.fault}", hint)


@rule(Severity.ERROR)
def arg_used_before_declaration(graph: Graph) -> Iterator[Finding]:
    """The default of an ARG sees only the ARGs above it; others are empty in it.

    BuildKit replaces variables while it reads, from top to bottom (``dockerfile2llb/convert.go``).

    Bad:
        ARG IMAGE=alpine:${VERSION}
        ARG VERSION=3.22
        FROM alpine
    Good:
        ARG VERSION=3.22
        ARG IMAGE=alpine:${VERSION}
        FROM ${IMAGE}
    """
    declared: dict[str, Arg] = {arg.name: arg for arg, _word in graph.defaults}
    order = {arg: index for index, (arg, _word) in enumerate(graph.defaults)}
    for arg, word in graph.defaults:
        for name in sorted(word.unset & declared.keys()):
            if order[declared[name]] > order[arg]:
                message = f"{name} is empty here: it is declared below"
                yield Finding(arg.at, message, f"move ARG {name} above this line", (("declared", declared[name].at),))


@rule(Severity.ERROR)
def from_arg_not_global(graph: Graph) -> Iterator[Finding]:
    """FROM reads only build arguments that are declared before the first FROM.

    An ARG below a FROM belongs to that stage (``dockerfile2llb/convert.go``).

    Bad:
        FROM alpine:3.22 AS base
        ARG IMAGE=alpine:3.22
        FROM ${IMAGE}
    Good:
        ARG IMAGE=alpine:3.22
        FROM alpine:3.22 AS base
        FROM ${IMAGE}
    """
    known = {arg.name for arg, _word in graph.defaults}
    elsewhere = {arg.name: arg.at for arg in graph.dockerfile.args if arg.stage != NO_STAGE}
    for edge in graph.bases:
        missing = sorted(edge.word.unset - known)
        if not missing or edge.stage != NO_STAGE or edge.word.fault or not names.image_problem(edge.word.text):
            continue
        name = missing[0]
        places = (("declared in a stage", elsewhere[name]),) if name in elsewhere else ()
        where = "inside a stage" if places else "nowhere"
        message = f"{name} has no value here: it is declared {where}, and FROM sees only what is above the first FROM"
        yield Finding(edge.reference.at, message, f"declare ARG {name}=… above the first FROM", places)


@rule(Severity.ERROR)
def from_arg_empty(graph: Graph) -> Iterator[Finding]:
    """FROM needs a name, also where its variables are replaced.

    BuildKit: "base name should not be blank" (``dockerfile2llb/convert.go``).

    Bad:
        ARG BASE=
        FROM ${BASE}
    Good:
        ARG BASE=
        FROM ${BASE:-scratch}
    """
    for edge in graph.bases:
        if edge.reference.text and not (edge.word.text or edge.word.unset or edge.word.fault):
            yield Finding(edge.reference.at, f"FROM {edge.reference.text} names nothing", "give the argument a default")


@rule(Severity.ERROR)
def empty_platform(graph: Graph) -> Iterator[Finding]:
    """The platform of a FROM cannot be empty when its variables are replaced.

    BuildKit: "empty platform value from expression" (``dockerfile2llb/convert.go``).

    Bad:
        FROM --platform=$PLATFORM alpine:3.22
    Good:
        FROM --platform=$BUILDPLATFORM alpine:3.22
    """
    known = {arg.name for arg, _word in graph.defaults}
    for stage in graph.stages:
        word = replace_variables(stage.platform, graph.args, graph.dockerfile.escape)
        if stage.platform and not word.text and not word.unset & known:
            message = f"--platform={stage.platform} is empty here"
            yield Finding(stage.base.at, message, "declare the argument above the first FROM, or use $BUILDPLATFORM")
