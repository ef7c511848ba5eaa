"""A document to its parts: the stages in it, and what can be folded."""

from collections.abc import Iterator
from typing import NamedTuple

from dfrender.lsp.model import Analysis, Stage
from dfrender.lsp.text import EditorText, Position, Range
from dfrender.template.syntax import Segment, scan


class Symbol(NamedTuple):
    """A stage in a document: all its lines, and where its name stands."""

    name: str
    range: Range
    name_range: Range


def symbols(analysis: Analysis, path: str, text: EditorText) -> list[Symbol]:
    """Return the stages that are defined in a document, each up to the next one."""
    own = _stages_in(analysis, path)
    found: list[Symbol] = []
    for index, stage in enumerate(own):
        last = text.position(len(text.text))
        if index + 1 < len(own):
            last = Position(own[index + 1].location.range.start.line, 0)
        area = stage.location.range
        found.append(Symbol(stage.name or "(unnamed)", Range(Position(area.start.line, 0), last), area))
    return found


def folds(analysis: Analysis, path: str, text: EditorText) -> list[tuple[int, int]]:
    """Return what can be folded, first and last line: stages, and the blocks of the template."""
    found: dict[tuple[int, int], None] = {}
    for each in symbols(analysis, path, text):
        first = each.range.start.line
        last = max(first, each.range.end.line - 1)
        while last > first and _is_between(text.line(last)):
            last -= 1
        found[first, last] = None
    for first, last in _blocks(path, text):
        found[first, last] = None
    return sorted((first, last) for first, last in found if last > first)


def _stages_in(analysis: Analysis, path: str) -> list[Stage]:
    """Return the stages of a document in its order, of those in one line the first."""
    by_line: dict[int, Stage] = {}
    for each in analysis.stages:
        if each.location.path == path:
            by_line.setdefault(each.location.range.start.line, each)
    return [by_line[line] for line in sorted(by_line)]


def _is_between(line: str) -> bool:
    """Say whether a line belongs to the stage below it: a comment, or nothing."""
    content = line.strip()
    return not content or content.startswith("#")


def _blocks(path: str, text: EditorText) -> Iterator[tuple[int, int]]:
    """Yield the lines of a block's tag and of the tag that ends it."""
    source = scan(text.text, path)
    opened: list[Segment] = []
    for segment in source.segments:
        if source.opens(segment):
            opened.append(segment)
        elif opened and source.tag(segment) == f"end{source.tag(opened[-1])}":
            begin = opened.pop()
            yield text.position(begin.start).line, text.position(segment.start).line
