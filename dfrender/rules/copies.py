"""Rules about ``COPY --from`` a stage: of what is not there, of what is there already, and of a whole system.

Only what can be known without a build is reported: paths with variables, quotes or wildcards are left alone.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from posixpath import isabs, join, normpath
from typing import NamedTuple

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Instruction, ReferenceKind
from dfrender.rules.rule import Finding, When, defined, rule

_ADDS = frozenset({"RUN", "ADD", "COPY", "WORKDIR"})  # WORKDIR makes the folder
_CHANGES = frozenset({"RUN", "ADD", "COPY"})
_SAME_FILES = re.compile(r"--(?:from=.*|link(?:=.*)?)")
_FLAGS = re.compile(r"(?:--\S+\s+)*")
_NOT_PLAIN = re.compile(r"""[$"'\\*?\[]|<<""")

_Instructions = Mapping[int, Sequence[Instruction]]


class _Copy(NamedTuple):
    """A ``COPY --from`` a stage; ``before`` are the instructions above it in its own stage."""

    edge: Edge
    instruction: Instruction
    before: Sequence[Instruction]
    sources: Sequence[str]
    destination: str


@rule(Severity.WARNING, When.LINT)
def copy_from_own_base(graph: Graph) -> Iterator[Finding]:
    instructions = _by_stage(graph)
    for copy in _copies(graph, instructions):
        own, base = copy.edge.reference.stage, copy.edge.stage
        path = _unchanged_path(graph, instructions, copy)
        if path:
            message = f"{path} is there already: stage {graph.title(own)!r} begins from {graph.title(base)!r}"
            yield Finding(copy.edge.reference.at, message, "remove this COPY", defined(graph, base))


@rule(Severity.WARNING, When.LINT)
def copy_from_empty_stage(graph: Graph) -> Iterator[Finding]:
    instructions = _by_stage(graph)
    empty = _empty_stages(graph, instructions)
    if not empty:
        return
    for copy in _copies(graph, instructions):
        stage = copy.edge.stage
        if stage not in empty:
            continue
        missing = [source for source in copy.sources if _is_plain(source) and _cleaned(source) != "/"]
        if missing:
            message = f"{missing[0]} is not in stage {graph.title(stage)!r}: nothing is"
            hint = "fill that stage, or name another one; ignore this where a --build-context takes the stage's place"
            yield Finding(copy.edge.reference.at, message, hint, defined(graph, stage))


@rule(Severity.WARNING, When.LINT)
def root_over_root(graph: Graph) -> Iterator[Finding]:
    instructions = _by_stage(graph)
    for copy in _copies(graph, instructions):
        if not _copies_root(copy) or not _runs_commands(graph, instructions, copy.edge.stage):
            continue
        theirs, own = _system(graph, copy.edge.stage), _system(graph, copy.edge.reference.stage)
        if theirs and own and theirs != own:
            title = graph.title(copy.edge.stage)
            message = f"this puts all files of {title!r}, a system of {theirs}, over those of {own}"
            hint = "copy only what is needed; where that is the whole system, begin this stage FROM scratch"
            yield Finding(copy.edge.reference.at, message, hint, defined(graph, copy.edge.stage))


def _by_stage(graph: Graph) -> _Instructions:
    found: dict[int, list[Instruction]] = {stage: [] for stage in range(NO_STAGE, len(graph.stages))}
    for each in graph.dockerfile.instructions:
        found[each.stage].append(each)
    return found


def _copies(graph: Graph, instructions: _Instructions) -> Iterator[_Copy]:
    """Yield every ``COPY --from`` a stage of which the paths can be told."""
    for edge in graph.edges:
        reference = edge.reference
        if reference.kind is not ReferenceKind.COPY or reference.onbuild or edge.stage == NO_STAGE:
            continue
        line = reference.segments[0].line
        own = instructions[reference.stage]
        index = bisect_right(own, line, key=_first_line) - 1
        *sources, destination = _words(own[index]) or [""]
        yield _Copy(edge, own[index], own[:index], sources, destination)


def _first_line(instruction: Instruction) -> int:
    return instruction.first


def _words(instruction: Instruction) -> list[str]:
    """Return the paths of a COPY; none where it is JSON that builders would not read."""
    text = _FLAGS.sub("", instruction.value, count=1)
    if not text.startswith("["):
        return text.split()
    try:
        listed = json.loads(text)
    except ValueError:
        return []
    return [str(each) for each in listed]


def _is_plain(path: str) -> bool:
    return not _NOT_PLAIN.search(path)


def _cleaned(path: str) -> str:
    """Return a path from the root, to which those of another stage are relative."""
    relative = path.lstrip("/")
    return normpath(f"/{relative}")


def _bases(graph: Graph, stage: int) -> Iterator[int]:
    """Yield the stages that a stage begins from, the nearest first, as far as no build argument decides."""
    base = graph.bases[stage]
    while base.stage != NO_STAGE and base.word.literal:
        yield base.stage
        base = graph.bases[base.stage]


def _unchanged_path(graph: Graph, instructions: _Instructions, copy: _Copy) -> str:
    """Return the path that a copy takes to where it is already; nothing if it may be another one, or another file."""
    is_same_file = all(map(_SAME_FILES.fullmatch, copy.instruction.flags))
    if not is_same_file or len(copy.sources) != 1 or _changes(copy.before):
        return ""
    between: list[Instruction] = list(copy.before)
    for stage in _bases(graph, copy.edge.reference.stage):
        if stage in graph.triggers:
            return ""
        if stage == copy.edge.stage:
            source = copy.sources[0]
            folder = _folder(graph, instructions, stage, between)
            is_same = _is_plain(source) and _destination(copy.destination, folder) == _cleaned(source)
            return source if is_same else ""
        if _changes(instructions[stage]):
            return ""
        between = [*instructions[stage], *between]
    return ""


def _changes(instructions: Sequence[Instruction]) -> bool:
    return any(each.keyword in _CHANGES for each in instructions)


def _folder(graph: Graph, instructions: _Instructions, stage: int, after: Sequence[Instruction]) -> str:
    """Return the working directory behind a stage and what follows it; nothing where an image or a variable decides."""
    whole = [stage, *_bases(graph, stage)]
    folder = ""
    for each in reversed(whole):
        folder = _moved(folder, instructions[each])
    return _moved(folder, after)


def _moved(folder: str, instructions: Sequence[Instruction]) -> str:
    for each in instructions:
        if each.keyword != "WORKDIR":
            continue
        path = each.value.strip()
        if not _is_plain(path):
            folder = ""
        elif isabs(path) or folder:
            folder = join(folder, path)
    return folder


def _destination(path: str, folder: str) -> str:
    """Return where a copy goes; nothing where that cannot be told, as of a name in a folder that may be there."""
    if not _is_plain(path) or not (isabs(path) or folder):
        return ""
    return _cleaned(join(folder, path))


def _empty_stages(graph: Graph, instructions: _Instructions) -> set[int]:
    """Return the stages in which there is nothing at all."""
    empty: set[int] = set()
    for stage, base in enumerate(graph.bases):
        begins_empty = base.stage in empty or (base.stage == NO_STAGE and base.word.text == "scratch")
        adds = any(each.keyword in _ADDS for each in instructions[stage])
        if begins_empty and base.word.literal and not adds:
            empty.add(stage)
    return empty


def _copies_root(copy: _Copy) -> bool:
    if any(flag.startswith("--exclude") for flag in copy.instruction.flags):
        return False
    sources = [_cleaned(source) for source in copy.sources]
    return sources == ["/"] and isabs(copy.destination) and _cleaned(copy.destination) == "/"


def _runs_commands(graph: Graph, instructions: _Instructions, stage: int) -> bool:
    """Return whether commands run in a stage, for which a whole system has to be there."""
    for each in (stage, *_bases(graph, stage)):
        if any(instruction.keyword == "RUN" for instruction in instructions[each]):
            return True
    return False


def _system(graph: Graph, stage: int) -> str:
    """Return the repository of the image that a stage begins from in the end; nothing for what is not known."""
    last = [stage, *_bases(graph, stage)][-1]
    base = graph.bases[last]
    repository = names.repository_of(base.reference.text)
    if base.stage != NO_STAGE or not _is_plain(repository) or repository == "scratch":
        return ""
    return repository
