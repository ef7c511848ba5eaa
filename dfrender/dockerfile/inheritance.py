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
    """Give what the stages lose if those with the indices ``cut`` begin from images instead of from stages."""
    args = _by_stage(graph.dockerfile.args)
    instructions = _by_stage(graph.dockerfile.instructions)
    for stage in range(len(graph.stages)):
        near, far = _chain(graph, stage, cut)
        lost = {arg.name: arg for above in reversed(far) for arg in args[above] if _is_handed_down(arg.name)}
        defined = {name for above in far for each in instructions[above] for name in _set_by_env(graph, each)}
        for above in reversed(near) if lost else ():
            for each in instructions[above]:
                defined |= _defined_by(graph, each, args[above])
        for each in instructions[stage] if lost else ():
            for name in _used(graph, each, lost.keys() - defined):
                yield LostArg(lost[name], each)
                defined.add(name)
            defined |= _defined_by(graph, each, args[stage])


def _by_stage(items: Iterable[_OfStage]) -> Mapping[int, list[_OfStage]]:
    found = defaultdict(list)
    for item in items:
        found[item.stage].append(item)
    return found


def _is_handed_down(name: str) -> bool:
    """Say whether only the stage above gives the argument; builders give those of proxies to every stage."""
    return names.is_arg_name(name) and not name.lower().endswith("_proxy")


def _chain(graph: Graph, stage: int, cut: Collection[int]) -> tuple[list[int], list[int]]:
    """Give the stages above one, nearest first: those that it still begins from, and those behind the first cut."""
    near: list[int] = []
    far: list[int] = []
    while (above := graph.bases[stage].stage) != NO_STAGE:
        (far if far or stage in cut else near).append(above)
        stage = above
    return near, far


def _defined_by(graph: Graph, instruction: Instruction, args: Iterable[Arg]) -> set[str]:
    """Give the names that have a value behind an instruction of a stage with these ``ARG``s."""
    if instruction.keyword != "ARG":
        return set(_set_by_env(graph, instruction))
    return {arg.name for arg in args if arg.last == instruction.last and _has_value(graph, arg)}


def _set_by_env(graph: Graph, instruction: Instruction) -> Iterator[str]:
    """Give the names that an ``ENV`` sets; without ``=`` it sets one."""
    if instruction.keyword == "ENV":
        words = [word for word, _ in syntax.quoted_words(instruction.value, 0, graph.dockerfile.escape)]
        for word in words if words and "=" in words[0] else words[:1]:
            yield word.partition("=")[0]


def _has_value(graph: Graph, arg: Arg) -> bool:
    return arg.default is not None or arg.name in graph.args or names.is_predefined_arg(arg.name)


def _used(graph: Graph, instruction: Instruction, lost: Collection[str]) -> list[str]:
    if instruction.keyword not in _EXPANDED or not lost:
        return []
    lines = graph.dockerfile.lines[instruction.first : instruction.last + 1] if instruction.heredocs else ()
    text = instruction.value + join(lines)
    shell = instruction.keyword == "RUN"
    return sorted(name for name in lost if _reads(text, name) and not (shell and _sets(text, name)))


def _reads(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\\)\$(?:{name}(?![A-Za-z0-9_])|\{{{name}[^A-Za-z0-9_])", text))


def _sets(text: str, name: str) -> bool:
    """Say whether the commands of a shell may set a variable themselves."""
    return bool(re.search(rf"(?:^|[\s;&|(]){name}=|\bfor\s+{name}\s|\bread\s.*\b{name}\b", text))
