"""Rules about build arguments in FROM."""

import re
from collections.abc import Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import Expanded
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.rules.rule import Finding, When, rule
from dfrender.source import At

_DASH_IN_NAME = r"[A-Za-z_][A-Za-z0-9_]*-"
_ALMOST_A_NAME = r"[A-Za-z_][A-Za-z0-9_]*[-.][A-Za-z0-9_.-]*"


def is_settled(graph: Graph, edge: Edge) -> bool:
    """Return whether a reference's text is known: it reads no variable without a value, or of a doubtful one."""
    return not (edge.word.unset or edge.word.fault or edge.word.names & graph.doubtful)


def has_empty_argument(graph: Graph, edge: Edge) -> bool:
    """Return whether an argument in a reference is empty unless it is given with the build."""
    for name in edge.word.names & graph.declared:
        if not graph.args.get(name):
            return True
    return False


def _with_underscores(name: str) -> str:
    return re.sub("[-.]", "_", name)


@rule(Severity.ERROR, When.RENDER)
def invalid_arg_name(graph: Graph) -> Iterator[Finding]:
    for arg, _word in graph.defaults:
        if re.fullmatch(_ALMOST_A_NAME, arg.name):
            message = f"no FROM can read the build argument {arg.name!r}"
            hint = f"name it {_with_underscores(arg.name)}"
            yield Finding(arg.at, message, hint)


@rule(Severity.ERROR, When.RENDER)
def suspicious_expansion(graph: Graph) -> Iterator[Finding]:
    for arg, _word in graph.defaults:
        name = arg.name
        if not re.match(_DASH_IN_NAME, name):
            continue
        variable, _, _default = name.partition("-")
        hint = f"name the argument {_with_underscores(name)}"
        for edge in graph.bases:
            if f"${{{name}" in edge.reference.text:
                message = f"${{{name}}} reads {variable}, not {name}"
                yield Finding(edge.reference.at, message, hint)


@rule(Severity.ERROR, When.RENDER)
def unsupported_expansion(graph: Graph) -> Iterator[Finding]:
    for arg, word in graph.defaults:
        yield from _refused(arg.at, word)
    for edge in graph.bases:
        yield from _refused(edge.reference.at, edge.word)


def _refused(at: At, word: Expanded) -> Iterator[Finding]:
    if word.fault:
        hint = "the forms are ${N}, ${N:-word}, ${N:+word}, ${N:?message}, ${N#p}, ${N%p} and ${N/p/r}"
        yield Finding(at, f"builders refuse this substitution: {word.fault}", hint)


@rule(Severity.ERROR, When.RENDER)
def arg_used_before_declaration(graph: Graph) -> Iterator[Finding]:
    last: dict[str, int] = {}
    for index, (arg, _word) in enumerate(graph.defaults):
        last[arg.name] = index
    for index, (arg, word) in enumerate(graph.defaults):
        for name in sorted(word.unset & last.keys()):
            declared, _word = graph.defaults[last[name]]
            if last[name] > index:
                message = f"{name} is empty here: it is declared below"
                related = (("declared", declared.at),)
                yield Finding(arg.at, message, f"move ARG {name} above this line", related)


@rule(Severity.ERROR, When.RENDER)
def from_arg_not_global(graph: Graph) -> Iterator[Finding]:
    known = graph.declared
    in_stages: dict[str, At] = {}
    for arg in graph.dockerfile.args:
        if arg.stage != NO_STAGE:
            in_stages[arg.name] = arg.at
    for edge in graph.bases:
        missing = sorted(edge.word.unset - known)
        is_stage = edge.stage != NO_STAGE
        if not missing or is_stage or edge.word.fault:
            continue
        if not names.image_problem(edge.word.text):
            continue
        name = missing[0]
        where = "nowhere"
        related: tuple[tuple[str, At], ...] = ()
        if name in in_stages:
            where = "inside a stage"
            related = (("declared in a stage", in_stages[name]),)
        message = f"{name} has no value here: it is declared {where}, and FROM sees only what is above the first FROM"
        hint = f"declare ARG {name}=… above the first FROM"
        yield Finding(edge.reference.at, message, hint, related)


@rule(Severity.ERROR, When.RENDER)
def from_arg_empty(graph: Graph) -> Iterator[Finding]:
    for edge in graph.bases:
        written = edge.reference.text
        if written and not edge.word.text and is_settled(graph, edge):
            yield Finding(edge.reference.at, f"FROM {written} names nothing", "give the argument a default")


@rule(Severity.ERROR, When.RENDER)
def empty_platform(graph: Graph) -> Iterator[Finding]:
    variables = graph.variables()
    for stage in graph.stages:
        word = variables.expand(stage.platform)
        is_declared = word.unset & graph.declared
        if stage.platform and not word.text and not is_declared:
            message = f"--platform={stage.platform} is empty here"
            yield Finding(stage.base.at, message, "declare the argument above the first FROM, or use $BUILDPLATFORM")
