"""Rules about ``COPY --from`` a stage: of what is not there, of what is there already, and of a whole system.

Only what can be known without a build is reported: paths with variables, quotes or wildcards are left alone.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from posixpath import isabs, join, normpath
from typing import NamedTuple

from dfrender.diagnostics import Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Instruction, ReferenceKind
from dfrender.rules.rule import Finding, When, defined, rule

_CHANGES = frozenset({"RUN", "ADD", "COPY"})
_SAME_FILES = re.compile(r"--(?:from=.*|link(?:=.*)?)")
_FLAGS = re.compile(r"(?:--\S+\s+)*")
_NOT_PLAIN = re.compile(r"""[$"'\\*?\[]|<<""")


class _Begin(NamedTuple):
    """What is known of the files of a stage, or of those that it begins with; the defaults are those of an image.

    ``origin`` is the stage that has the very same files and begins otherwise. ``folder`` is the working directory,
    empty where nobody knows it. ``system`` is the repository of the image that is at the bottom, empty likewise.
    ``has_run`` says that commands ran in it, for which a whole system has to be there.
    """

    origin: int = NO_STAGE
    folder: str = ""
    system: str = ""
    has_run: bool = False
    is_empty: bool = False


class _Copy(NamedTuple):
    """A ``COPY --from`` a stage; ``before`` are the instructions of its own stage above it, if none changes a file."""

    edge: Edge
    instruction: Instruction
    before: Sequence[Instruction] | None
    sources: Sequence[str]
    destination: str


class _Files:
    """What is known of the files of all stages, found in one pass: each stage begins from one above it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.instructions: list[list[Instruction]] = [[] for _ in graph.stages]
        for each in graph.dockerfile.instructions:
            if each.stage != NO_STAGE:
                self.instructions[each.stage].append(each)
        self.changes = [_first_change(each) for each in self.instructions]
        self.begins: list[_Begin] = []
        self.ends: list[_Begin] = []
        for stage in range(len(graph.stages)):
            begin = self._begin(stage)
            self.begins.append(begin)
            self.ends.append(_after(begin, stage, self.instructions[stage]))

    def copies(self) -> Iterator[_Copy]:
        """Yield every ``COPY --from`` a stage."""
        for edge in self.graph.edges:
            reference = edge.reference
            if reference.kind is not ReferenceKind.COPY or reference.onbuild or edge.stage == NO_STAGE:
                continue
            own = self.instructions[reference.stage]
            index = bisect_right(own, reference.segments[0].line, key=_first_line) - 1
            before = None
            if index <= self.changes[reference.stage]:
                before = own[:index]
            *sources, destination = _words(own[index]) or [""]
            yield _Copy(edge, own[index], before, sources, destination)

    def _begin(self, stage: int) -> _Begin:
        base = self.graph.bases[stage]
        if not base.word.literal:
            return _Begin(system=_repository(base.reference.text))
        if base.stage == NO_STAGE:
            is_empty = base.word.text == "scratch"
            system = "" if is_empty else _repository(base.word.text)
            return _Begin(system=system, is_empty=is_empty)
        begin = self.ends[base.stage]
        if base.stage in self.graph.triggers:
            return begin._replace(origin=NO_STAGE, is_empty=False)
        return begin


def _after(begin: _Begin, stage: int, instructions: Sequence[Instruction]) -> _Begin:
    """Return what is known of the files of a stage once its instructions are done."""
    origin, folder, is_empty, has_run = begin.origin, begin.folder, begin.is_empty, begin.has_run
    for each in instructions:
        if each.keyword in _CHANGES:
            origin, is_empty = stage, False
        if each.keyword == "RUN":
            has_run = True
        elif each.keyword == "WORKDIR":
            folder, is_empty = _moved(folder, each), False  # it makes the folder
    if origin == NO_STAGE:
        origin = stage
    return _Begin(origin, folder, begin.system, has_run, is_empty)


@rule(Severity.WARNING, When.LINT)
def copy_from_own_base(graph: Graph) -> Iterator[Finding]:
    files = _Files(graph)
    for copy in files.copies():
        own, base = copy.edge.reference.stage, copy.edge.stage
        is_same = files.begins[own].origin == files.ends[base].origin
        if is_same and _is_there(copy, files.begins[own].folder):
            path = copy.sources[0]
            title = graph.title(own)
            message = f"{path} is there already: stage {title!r} begins with the files of {graph.title(base)!r}"
            yield Finding(copy.edge.reference.at, message, "remove this COPY", defined(graph, base))


@rule(Severity.WARNING, When.LINT)
def copy_from_empty_stage(graph: Graph) -> Iterator[Finding]:
    files = _Files(graph)
    for copy in files.copies():
        stage = copy.edge.stage
        if not files.ends[stage].is_empty:
            continue
        missing = [source for source in copy.sources if _is_plain(source) and _cleaned(source) != "/"]
        if missing:
            message = f"{missing[0]} is not in stage {graph.title(stage)!r}: nothing is"
            hint = "fill that stage, or name another one; ignore this where a --build-context takes the stage's place"
            yield Finding(copy.edge.reference.at, message, hint, defined(graph, stage))


@rule(Severity.WARNING, When.LINT)
def root_over_root(graph: Graph) -> Iterator[Finding]:
    files = _Files(graph)
    for copy in files.copies():
        source = files.ends[copy.edge.stage]
        own = files.begins[copy.edge.reference.stage]
        if not source.has_run or not _copies_root(copy):
            continue
        if source.system and own.system and source.system != own.system:
            title = graph.title(copy.edge.stage)
            message = f"this puts all files of {title!r}, a system of {source.system}, over those of {own.system}"
            hint = "copy only what is needed; where that is the whole system, begin this stage FROM scratch"
            yield Finding(copy.edge.reference.at, message, hint, defined(graph, copy.edge.stage))


def _first_line(instruction: Instruction) -> int:
    return instruction.first


def _first_change(instructions: Sequence[Instruction]) -> int:
    """Return the index of the first instruction that may change a file."""
    for index, each in enumerate(instructions):
        if each.keyword in _CHANGES:
            return index
    return len(instructions)


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


def _moved(folder: str, workdir: Instruction) -> str:
    """Return the working directory behind a ``WORKDIR``; nothing where a variable decides."""
    path = workdir.value.strip()
    if not _is_plain(path):
        return ""
    if isabs(path) or folder:
        return join(folder, path)
    return ""


def _is_there(copy: _Copy, folder: str) -> bool:
    """Return whether a copy of one path goes to where it is, which nothing above it in its stage may have changed."""
    is_same_file = all(map(_SAME_FILES.fullmatch, copy.instruction.flags))
    if copy.before is None or not is_same_file or len(copy.sources) != 1:
        return False
    for each in copy.before:
        if each.keyword == "WORKDIR":
            folder = _moved(folder, each)
    source, path = copy.sources[0], copy.destination
    if not _is_plain(source + path) or not (isabs(path) or folder):
        return False
    target = join(folder, path)
    return _cleaned(target) == _cleaned(source)


def _copies_root(copy: _Copy) -> bool:
    if any(flag.startswith("--exclude") for flag in copy.instruction.flags):
        return False
    sources = [_cleaned(source) for source in copy.sources]
    return sources == ["/"] and isabs(copy.destination) and _cleaned(copy.destination) == "/"


def _repository(image: str) -> str:
    """Return the repository of an image; nothing where a variable stands in it."""
    repository = names.repository_of(image)
    return repository if _is_plain(repository) else ""
