"""A `Graph` to the build arguments that a stage uses and would lose if a stage above it were an image.

An ``ARG`` of a stage is visible in every stage that begins from it; of an image nothing but ``ENV`` survives.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from dfrender.dockerfile import names, syntax
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.dockerfile.model import Arg, Instruction
from dfrender.source import join

# the others store their text for the run time of the container, or for another build
_EXPANDED = frozenset(
    {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_LEAVE = -1

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_USED = rf"(?<!\\)\$(?:({_NAME})|\{{({_NAME})[^A-Za-z0-9_])"
_ASSIGNED = rf"(?:^|[\s;&|(])({_NAME})="
_LOOPED = rf"\bfor(?=\s+({_NAME})\s)"
_READ = r"\bread\s"
_WORD = rf"\b{_NAME}\b"


class LostArg(NamedTuple):
    """An ``ARG`` of a stage above that ``instruction`` uses and that would be empty in it."""

    arg: Arg
    instruction: Instruction


def lost_args(graph: Graph, cut: Collection[int]) -> Iterator[LostArg]:
    """Yield what the stages lose if those with the indices ``cut`` begin from images instead of from stages."""
    for lost in _Walk(graph, frozenset(cut)).found():
        yield from lost


class _History:
    """When a name was declared and set, in the stage that is looked at and in those that it begins from."""

    def __init__(self) -> None:
        self.args: list[tuple[int, Arg]] = []
        self.values: list[int] = []  # by an ARG with a default, or by ENV
        self.env: list[int] = []
        self.bare: list[int] = []  # by an ARG without a default

    def lost_at(self, cut: int) -> Arg | None:
        """Return the argument from before that time; nothing if ENV set it then, or if it has been declared since.

        An ``ARG`` without a default is as good as one that had none before: its value comes with the build.
        """
        behind = bisect_left(self.args, cut, key=lambda event: event[0])
        if not behind or _is_before(self.env, cut) or _is_since(self.values, cut):
            return None
        if _is_since(self.bare, cut) and not _is_before(self.values, cut):
            return None
        _, arg = self.args[behind - 1]
        return arg


def _is_before(times: list[int], cut: int) -> bool:
    return bool(times) and times[0] < cut


def _is_since(times: list[int], cut: int) -> bool:
    return bool(times) and times[-1] >= cut


class _Walk:
    """A walk from each stage to those that begin from it. What it noted of a stage is forgotten when it is left.

    A stage may have thousands above it, so none looks at them again.
    """

    def __init__(self, graph: Graph, cut: frozenset[int]) -> None:
        self.graph = graph
        self.cut = cut
        self.args: dict[int, list[Arg]] = defaultdict(list)  # by the last line of their instruction
        for arg in graph.dockerfile.args:
            self.args[arg.last].append(arg)
        self.instructions: dict[int, list[Instruction]] = defaultdict(list)
        for instruction in graph.dockerfile.instructions:
            self.instructions[instruction.stage].append(instruction)
        self.histories: dict[str, _History] = defaultdict(_History)
        self.noted: list[list[int] | list[tuple[int, Arg]]] = []
        self.clock = 0

    def found(self) -> list[list[LostArg]]:
        """Return what each stage loses."""
        lost: list[list[LostArg]] = [[] for _ in self.graph.stages]
        children: dict[int, list[int]] = defaultdict(list)
        for stage, base in enumerate(self.graph.bases):
            children[base.stage].append(stage)
        pending = [(stage, 0) for stage in children[NO_STAGE]]
        while pending:
            stage, cut = pending.pop()
            if stage == _LEAVE:
                self._forget(cut)
                continue
            if stage in self.cut:
                cut = self.clock + 1
            pending.append((_LEAVE, len(self.noted)))
            lost[stage] = list(self._lost_in(stage, cut))
            pending.extend((child, cut) for child in children[stage])
        return lost

    def _forget(self, count: int) -> None:
        while len(self.noted) > count:
            self.noted.pop().pop()

    def _lost_in(self, stage: int, cut: int) -> Iterator[LostArg]:
        """Yield what the instructions of a stage use of what was before that time, and note what they set."""
        reported: set[str] = set()
        for instruction in self.instructions[stage]:
            self.clock += 1
            if cut:
                for arg in self._lost_to(instruction, cut):
                    if arg.name not in reported:
                        reported.add(arg.name)
                        yield LostArg(arg, instruction)
            self._note(instruction)

    def _lost_to(self, instruction: Instruction, cut: int) -> list[Arg]:
        if instruction.keyword not in _EXPANDED:
            return []
        text = instruction.value
        if instruction.heredocs:
            lines = self.graph.dockerfile.lines[instruction.first : instruction.last + 1]
            text += join(lines)
        lost = []
        for name in sorted(_used_names(text)):
            arg = None
            if name in self.histories:
                arg = self.histories[name].lost_at(cut)
            if arg:
                lost.append(arg)
        if lost and instruction.keyword == "RUN":
            set_by_shell = _set_by_shell(text)
            lost = [arg for arg in lost if arg.name not in set_by_shell]
        return lost

    def _note(self, instruction: Instruction) -> None:
        """Note what an instruction declares and sets."""
        for name in _set_by_env(self.graph, instruction):
            history = self.histories[name]
            self._add(history.env)
            self._add(history.values)
        for arg in self.args[instruction.last]:
            if not _is_handed_down(arg.name):
                continue
            history = self.histories[arg.name]
            history.args.append((self.clock, arg))
            self.noted.append(history.args)
            if _has_value(self.graph, arg):
                self._add(history.values)
            else:
                self._add(history.bare)

    def _add(self, times: list[int]) -> None:
        times.append(self.clock)
        self.noted.append(times)


def _is_handed_down(name: str) -> bool:
    """Return whether only the stage above gives an argument; builders give those of proxies to every stage."""
    return names.is_arg_name(name) and not name.lower().endswith("_proxy")


def _has_value(graph: Graph, arg: Arg) -> bool:
    return arg.default is not None or arg.name in graph.args or names.is_predefined_arg(arg.name)


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


def _used_names(text: str) -> set[str]:
    """Return the names of the variables that a text reads."""
    found = set()
    for bare, in_braces in re.findall(_USED, text):
        found.add(bare or in_braces)
    return found


def _set_by_shell(text: str) -> set[str]:
    """Return the names that the commands of a shell may set themselves."""
    found = {*re.findall(_ASSIGNED, text), *re.findall(_LOOPED, text)}
    end = 0
    for command in re.finditer(_READ, text):
        if command.end() <= end:
            continue
        end = text.find("\n", command.end())
        if end < 0:
            end = len(text)
        found.update(re.findall(_WORD, text[command.end() : end]))
    return found
