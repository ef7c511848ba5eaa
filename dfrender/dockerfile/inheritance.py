"""A `Graph` to the build arguments that a stage uses and would lose if a stage above it were an image.

An ``ARG`` of a stage is visible in every stage that begins from it; of an image nothing but ``ENV`` survives.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from dfrender.dockerfile import names, syntax
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.dockerfile.model import Arg, Instruction
from dfrender.source import join

# the others store their text for the run time of the container, or for another build
_EXPANDED = frozenset(
    {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)

_OfStage = TypeVar("_OfStage", "Arg", "Instruction")


class LostArg(NamedTuple):
    """An ``ARG`` of a stage above that ``instruction`` uses and that would be empty in it."""

    arg: Arg
    instruction: Instruction


def lost_args(graph: Graph, cut: Collection[int]) -> Iterator[LostArg]:
    """Yield what the stages lose if those with the indices ``cut`` begin from images instead of from stages."""
    args = _by_stage(graph.dockerfile.args)
    instructions = _by_stage(graph.dockerfile.instructions)
    for stage in range(len(graph.stages)):
        near, far = _chain(graph, stage, cut)
        lost: dict[str, Arg] = {}
        defined: set[str] = set()
        for above in reversed(far):
            _add_handed_down(graph, args[above], lost)
            for each in instructions[above]:
                defined.update(_set_by_env(graph, each))
        if not lost:
            continue
        for above in reversed(near):
            for each in instructions[above]:
                defined.update(_defined_by(graph, each, args[above], lost))
        for each in instructions[stage]:
            for name in _used(graph, each, lost.keys() - defined):
                yield LostArg(lost[name], each)
                defined.add(name)
            defined.update(_defined_by(graph, each, args[stage], lost))


def _by_stage(items: Iterable[_OfStage]) -> Mapping[int, list[_OfStage]]:
    found = defaultdict(list)
    for item in items:
        found[item.stage].append(item)
    return found


def _add_handed_down(graph: Graph, args: Iterable[Arg], lost: dict[str, Arg]) -> None:
    """Add the arguments that only the stage above gives; builders give those of proxies to every stage."""
    for arg in args:
        name = arg.name
        if not names.is_arg_name(name) or name.lower().endswith("_proxy"):
            continue
        # an ARG that gives nothing leaves what a stage above it gave
        if name not in lost or _has_value(graph, arg):
            lost[name] = arg


def _chain(graph: Graph, stage: int, cut: Collection[int]) -> tuple[list[int], list[int]]:
    """Return the stages above one, nearest first: those that it still begins from, and those behind the first cut."""
    near: list[int] = []
    far: list[int] = []
    is_cut = False
    while (above := graph.bases[stage].stage) != NO_STAGE:
        is_cut = is_cut or stage in cut
        if is_cut:
            far.append(above)
        else:
            near.append(above)
        stage = above
    return near, far


def _defined_by(graph: Graph, instruction: Instruction, args: Iterable[Arg], lost: Mapping[str, Arg]) -> Iterator[str]:
    """Yield the names that are no longer lost behind an instruction of a stage with these ``ARG``s.

    An ``ARG`` without a default makes up for one without: what both get is what the build is given.
    """
    if instruction.keyword != "ARG":
        yield from _set_by_env(graph, instruction)
        return
    for arg in args:
        if arg.last != instruction.last:
            continue
        is_repeated = arg.name in lost and not _has_value(graph, lost[arg.name])
        if is_repeated or _has_value(graph, arg):
            yield arg.name


def _set_by_env(graph: Graph, instruction: Instruction) -> Iterator[str]:
    """Yield the names that an ``ENV`` sets; without ``=`` it sets one."""
    if instruction.keyword != "ENV":
        return
    words = [word for word, _ in syntax.quoted_words(instruction.value, 0, graph.dockerfile.escape)]
    if words and "=" not in words[0]:
        words = words[:1]
    for word in words:
        name, _, _value = word.partition("=")
        yield name


def _has_value(graph: Graph, arg: Arg) -> bool:
    return arg.default is not None or arg.name in graph.args or names.is_predefined_arg(arg.name)


def _used(graph: Graph, instruction: Instruction, lost: Collection[str]) -> list[str]:
    """Return the names that an instruction reads, and does not set by itself, in their order."""
    if instruction.keyword not in _EXPANDED or not lost:
        return []
    text = instruction.value
    if instruction.heredocs:
        lines = graph.dockerfile.lines[instruction.first : instruction.last + 1]
        text += join(lines)
    used = []
    for name in sorted(lost):
        is_set = instruction.keyword == "RUN" and _sets(text, name)
        if _reads(text, name) and not is_set:
            used.append(name)
    return used


def _reads(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\\)\$(?:{name}(?![A-Za-z0-9_])|\{{{name}[^A-Za-z0-9_])", text))


def _sets(text: str, name: str) -> bool:
    """Return whether the commands of a shell may set a variable themselves."""
    return bool(re.search(rf"(?:^|[\s;&|(]){name}=|\bfor\s+{name}\s|\bread\s.*\b{name}\b", text))
