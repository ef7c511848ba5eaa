"""Rules about build arguments in FROM."""

import re
from collections.abc import Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import Expanded, replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.rules.rule import Finding, When, rule
from dfrender.source import At

_DASH_IN_NAME = r"[A-Za-z_][A-Za-z0-9_]*-"
_ALMOST_A_NAME = r"[A-Za-z_][A-Za-z0-9_]*[-.][A-Za-z0-9_.-]*"


def is_settled(graph: Graph, edge: Edge) -> bool:
    """Say whether a reference's text is known: no variable without a value or of a questionable one is in it."""
    if edge.word.literal:
        return True
    if edge.word.unset or edge.word.fault:
        return False
    text = edge.reference.text
    for arg, word in graph.defaults:
        is_doubtful = word.unset or word.fault or not names.is_arg_name(arg.name)
        is_read = f"${arg.name}" in text or f"${{{arg.name}" in text
        if is_doubtful and is_read:
            return False
    return True


def has_empty_argument(graph: Graph, edge: Edge) -> bool:
    """Say whether an argument in a reference is empty unless it is given with the build."""
    for arg, _word in graph.defaults:
        is_empty = not graph.args.get(arg.name)
        if is_empty and names.is_arg_name(arg.name) and _is_read(arg.name, edge.reference.text):
            return True
    return False


def _is_read(name: str, text: str) -> bool:
    return bool(re.search(rf"\$\{{?{name}\b", text))


def _with_underscores(name: str) -> str:
    return re.sub("[-.]", "_", name)


@rule(Severity.ERROR, When.RENDER)
def invalid_arg_name(graph: Graph) -> Iterator[Finding]:
    for arg, _word in graph.defaults:
        if re.fullmatch(_ALMOST_A_NAME, arg.name):
            message = f"no FROM can read the build argument {arg.name!r}"
            yield Finding(arg.at, message, f"name it {_with_underscores(arg.name)}")


@rule(Severity.ERROR, When.RENDER)
def suspicious_expansion(graph: Graph) -> Iterator[Finding]:
    for arg, _word in graph.defaults:
        if not re.match(_DASH_IN_NAME, arg.name):
            continue
        variable, _, _default = arg.name.partition("-")
        for edge in graph.bases:
            if f"${{{arg.name}" in edge.reference.text:
                message = f"${{{arg.name}}} reads {variable}, not {arg.name}"
                yield Finding(edge.reference.at, message, f"name the argument {_with_underscores(arg.name)}")


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
    last = {arg.name: index for index, (arg, _word) in enumerate(graph.defaults)}
    for index, (arg, word) in enumerate(graph.defaults):
        for name in sorted(word.unset & last.keys()):
            if last[name] > index:
                declared, _word = graph.defaults[last[name]]
                message = f"{name} is empty here: it is declared below"
                related = (("declared", declared.at),)
                yield Finding(arg.at, message, f"move ARG {name} above this line", related)


@rule(Severity.ERROR, When.RENDER)
def from_arg_not_global(graph: Graph) -> Iterator[Finding]:
    known = {arg.name for arg, _word in graph.defaults}
    in_stages = {arg.name: arg.at for arg in graph.dockerfile.args if arg.stage != NO_STAGE}
    for edge in graph.bases:
        missing = sorted(edge.word.unset - known)
        is_named = edge.stage != NO_STAGE or not names.image_problem(edge.word.text)
        if not missing or is_named or edge.word.fault:
            continue
        name = missing[0]
        where = "nowhere"
        related: tuple[tuple[str, At], ...] = ()
        if name in in_stages:
            where = "inside a stage"
            related = (("declared in a stage", in_stages[name]),)
        message = f"{name} has no value here: it is declared {where}, and FROM sees only what is above the first FROM"
        yield Finding(edge.reference.at, message, f"declare ARG {name}=… above the first FROM", related)


@rule(Severity.ERROR, When.RENDER)
def from_arg_empty(graph: Graph) -> Iterator[Finding]:
    for edge in graph.bases:
        written, word = edge.reference.text, edge.word
        if written and not (word.text or word.unset or word.fault):
            yield Finding(edge.reference.at, f"FROM {written} names nothing", "give the argument a default")


@rule(Severity.ERROR, When.RENDER)
def empty_platform(graph: Graph) -> Iterator[Finding]:
    known = {arg.name for arg, _word in graph.defaults}
    for stage in graph.stages:
        word = replace_variables(stage.platform, graph.args, graph.dockerfile.escape)
        if stage.platform and not word.text and not word.unset & known:
            message = f"--platform={stage.platform} is empty here"
            yield Finding(stage.base.at, message, "declare the argument above the first FROM, or use $BUILDPLATFORM")
