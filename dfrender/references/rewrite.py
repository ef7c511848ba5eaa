"""A `Graph` and `Prebuilt`s to the rewritten `Dockerfile`: references edited in their line, generated lines added."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Dockerfile, Reference
from dfrender.dockerfile.parse import parse
from dfrender.dockerfile.scan import directives_end, is_comment
from dfrender.references.prebuilt import Prebuilt, first_consumer, positions
from dfrender.source import Line, line_end, restore_bom

_Edits = dict[int, list[tuple[int, int, str]]]  # of a line: start, stop and what stands there instead


def rewrite(source: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Dockerfile:
    """Write every reference of the stages that are kept as decided, and read the result."""
    lines = rewritten(source, prebuilt, kept)
    return parse(lines, lines[0].at.file)


def rewritten(source: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> tuple[Line, ...]:
    """Give the lines of the kept stages with every reference as decided; the others stay as they are, to the byte."""
    left = [each.within(kept) for each in prebuilt]
    edits: _Edits = defaultdict(list)
    for each in left:
        for edge in each.edges if each.is_written else ():
            _put(edits, edge.reference, each.text(edge))
    for edge, text in _renumbered(source, left, kept):
        _put(edits, edge.reference, text)
    lines = [_edited(line, edits.get(index, [])) for index, line in enumerate(source.dockerfile.lines)]
    added, removed = _additions(source, left), removed_lines(source.dockerfile, kept)
    merged: list[Line] = []
    for index, line in enumerate(lines):
        merged += (*added.get(index, ()), *(() if index in removed else (line,)))
    merged = _with_directives(source.dockerfile, merged) if removed else merged
    return restore_bom(merged, lines[0]) if lines else ()


def removed_lines(dockerfile: Dockerfile, kept: Collection[int]) -> Collection[int]:
    """Give the indices of the lines of the stages that are not kept; the comments above its FROM go with a stage."""
    stages = range(len(dockerfile.stages))
    if len(kept) == len(stages):
        return ()
    borders = [*(_above_stage(dockerfile, stage) for stage in stages), len(dockerfile.lines)]
    gone = (range(borders[stage], borders[stage + 1]) for stage in stages if stage not in kept)
    return {line for lines in gone for line in lines}


def _with_directives(source: Dockerfile, lines: Sequence[Line]) -> list[Line]:
    """Put a blank line above a comment that would be read as a directive now that nothing else is above it."""
    top = source.top
    if directives_end(lines) == top:
        return [*lines]
    blank = Line(line_end(lines[0].text), lines[top].at, 0, "keeps the comment below from being read as a directive")
    return [*lines[:top], blank, *lines[top:]]


def _put(edits: _Edits, reference: Reference, text: str) -> None:
    """Replace a reference: the new text goes to its last piece.

    The other pieces end in a continuation, so an emptied one joins nothing; an emptied last line would join the next
    instruction to this one.
    """
    *others, last = reference.segments
    for piece in others:
        edits[piece.line].append((piece.start, piece.stop, ""))
    edits[last.line].append((last.start, last.stop, text + reference.quotes))


def _edited(line: Line, edits: Sequence[tuple[int, int, str]]) -> Line:
    if not edits:
        return line
    return line.with_text(spliced(line.text, edits), min(line.exact, *(start for start, _, _ in edits)))


def spliced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Give the text with other texts between these starts and stops."""
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _renumbered(source: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[tuple[Edge, str]]:
    """Give the indices that mean another stage in the output: as the stage's name, else as its new index."""
    rewritten = {edge.reference for each in prebuilt if each.is_written for edge in each.edges}
    moved = positions(source, prebuilt, kept)
    for edge in source.edges:
        if edge.is_index and edge.stage != NO_STAGE and not edge.reference.onbuild and edge.reference not in rewritten:
            title = source.title(edge.stage)
            if edge.reference.stage in kept and moved[edge.stage] != edge.stage:
                yield edge, str(moved[edge.stage]) if title.startswith("#") else title


def _additions(source: Graph, prebuilt: Sequence[Prebuilt]) -> Mapping[int, Sequence[Line]]:
    """Give the generated lines, by the index of the line that they stand above."""
    found: dict[int, list[Line]] = defaultdict(list)
    lines = source.dockerfile.lines
    end = line_end(lines[0].text) if lines else "\n"
    declared: set[str] = set()
    args_above = _below_global_args(source.dockerfile) if prebuilt else 0
    for each in prebuilt:
        for arg in each.args:
            if arg.name not in declared:
                what = f"image of {each.name}" if arg is each.args[-1] else "tag of the images"
                text = f"ARG {arg.name}={arg.default}{end}"
                found[args_above].append(Line(text, lines[args_above].at, 0, f"build argument for the {what}", arg.at))
                declared.add(arg.name)
        if each.alias:
            above = _above_stage(source.dockerfile, first_consumer(each))
            platform = f"--platform={each.platform} " if each.platform else ""
            text = f"FROM {platform}${{{each.args[-1].name}}} AS {each.alias}{end}"
            found[above].append(Line(text, lines[above].at, 0, f"alias stage of {each.name}", each.at))
    return found


def _below_global_args(dockerfile: Dockerfile) -> int:
    """Give the line behind the last ``ARG`` before the first ``FROM``, so that it may use it."""
    ends = [each.last + 1 for each in dockerfile.args if each.stage == NO_STAGE]
    return ends[-1] if ends else _above_stage(dockerfile, 0)


def _above_stage(dockerfile: Dockerfile, stage: int) -> int:
    """Give the first line of the comments directly above a stage: BuildKit takes them for its description."""
    first = dockerfile.stages[stage].first
    behind = bisect_left(dockerfile.instructions, first, key=lambda each: each.first)
    floor = dockerfile.instructions[behind - 1].last + 1 if behind else dockerfile.top
    while first > floor and is_comment(dockerfile.lines[first - 1].text):
        first -= 1
    return first
