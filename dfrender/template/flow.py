"""The segments of a template to what can be written behind each of them, whatever its conditions come to.

Pure text. A macro's or a `set` block's own text is not written where it stands; what comes behind its end is not known.
"""

import enum
import re
from collections.abc import Sequence
from itertools import pairwise

from dfrender.source import BOM
from dfrender.template.syntax import Segment, SegmentKind, Source

_LINE_END = r"\r?\n"
_LINE_ENDS = ("\n", "\r\n")
_STRIPPING_ENDS = ("-%}", "-}}", "-#}")
_STRIPPING_STARTS = ("{%-", "{{-", "{#-")
_WRITING = frozenset({"call", "include", "print"})


class _First(enum.Enum):
    """What a segment writes first."""

    TEXT = "text"
    LINE_END = "line end"
    NOTHING = "nothing"


class Flow:
    """Where control may go from each segment: to the next one, into a branch, past a block, round a loop.

    ``text_follows``: something is written behind the end of the file, as behind that of an include.
    """

    def __init__(self, source: Source, *, text_follows: bool) -> None:
        """Follow the blocks once, and find all segments from which text comes before a line end."""
        self._source = source
        self._segments = source.segments
        self._end = len(source.segments)
        self._jumps: list[list[int]] = [[] for _ in source.segments]
        self._skips: dict[int, int] = {}
        # where control goes on arriving at a segment from the one before it
        self._arrivals = [[index] for index in range(self._end + 1)]
        self._follow_blocks()
        self._to_text = self._leading_to_text(text_follows=text_follows)

    def joins(self, index: int) -> bool:
        """Say whether text may be written behind a segment before a line ends."""
        followers = self._followers(index)
        return not self._to_text.isdisjoint(followers)

    def _followers(self, index: int) -> Sequence[int]:
        if index in self._skips:
            return [self._skips[index]]
        return self._arrivals[index + 1] + self._jumps[index]

    def _follow_blocks(self) -> None:
        stack: list[list[int]] = []  # the tags of each open block: that which opens it, and `elif` and `else`
        for index, segment in enumerate(self._segments):
            name = self._source.tag(segment)
            if self._source.opens(segment):
                stack.append([index])
            elif stack:
                block = stack[-1]
                if name in {"elif", "else"}:
                    block.append(index)
                elif name == f"end{self._tag(block[0])}":
                    stack.pop()
                    self._connect([*block, index])

    def _connect(self, block: Sequence[int]) -> None:
        first, last = block[0], block[-1]
        clauses = block[1:-1]
        match self._tag(first):
            case "if":
                for clause, following in pairwise(block):
                    if self._tag(clause) != "else":
                        self._jumps[clause].append(following)
                for clause in clauses:
                    self._arrivals[clause] = [last]
            case "for":
                self._jumps[first].append(block[1])
                self._arrivals[block[1]] = [last, first + 1]
            case "macro" | "set":
                self._skips[first] = last
                self._arrivals[last] = []

    def _leading_to_text(self, *, text_follows: bool) -> set[int]:
        """Go backward from all that writes text, through what writes nothing."""
        before: list[list[int]] = [[] for _ in range(self._end + 1)]
        found: list[int] = []
        for index, segment in enumerate(self._segments):
            first = self._first_written(index, segment)
            if first is _First.TEXT:
                found.append(index)
            if first is _First.NOTHING:
                for each in self._followers(index):
                    before[each].append(index)
        if text_follows:
            found.append(self._end)
        reached = set(found)
        while found:
            for each in before[found.pop()]:
                if each not in reached:
                    reached.add(each)
                    found.append(each)
        return reached

    def _first_written(self, index: int, segment: Segment) -> _First:
        if segment.kind is SegmentKind.PRINT:
            return _First.TEXT
        if segment.kind is not SegmentKind.TEXT:
            is_writing = self._tag(index) in _WRITING
            return _First.TEXT if is_writing else _First.NOTHING
        written = stripped(self._source, index)
        if index and drops_line_end(self._source, self._segments[index - 1]):
            written = re.sub(_LINE_END, "", written, count=1)
        line, newline, _ = written.partition("\n")
        if line.strip():
            return _First.TEXT
        return _First.LINE_END if newline else _First.NOTHING

    def _tag(self, index: int) -> str:
        return self._source.tag(self._segments[index])


def stripped(source: Source, index: int) -> str:
    """Return what is left of a segment of text between ``-%}`` and ``{%-``, which strip it."""
    segment = source.segments[index]
    written = source.of(segment).removeprefix(BOM)
    if source.text.endswith(_STRIPPING_ENDS, 0, segment.start):
        written = written.lstrip()
    if source.text.startswith(_STRIPPING_STARTS, segment.stop):
        written = written.rstrip()
    return written


def drops_line_end(source: Source, segment: Segment) -> bool:
    """Say whether `trim_blocks` drops a line end that stands behind a segment."""
    if segment.kind not in {SegmentKind.BLOCK, SegmentKind.COMMENT}:
        return False
    if source.tag(segment) == "raw":  # the only tag that keeps its line end
        return False
    if source.text[segment.stop - 3] in "+-":
        return False
    return source.text.startswith(_LINE_ENDS, segment.stop)
