"""The text of one template file to the segments that Jinja sees in it, each with its place.

Pure text: needs no Jinja, which reports neither columns nor where a construct began.
"""

import enum
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from dfrender.source import At, split_lines

_STRING = r"'(?:[^'\\]|\\.)*(?:'|\Z)|\"(?:[^\"\\]|\\.)*(?:\"|\Z)"  # one that is never closed ends with the tag
_OPENING = re.compile(r"(?<!\$)\{#|\{[{%]")  # not `${#`, the shell's length of a variable, which is refused anyway
_RAW = re.compile(r"\{%[-+]?\s*raw\s*-?%\}")
_ENDRAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_BRACKET = re.compile(r"['\"\[({\])}]")
_CODE_END = {"%}": re.compile(r"['\"\[({]|%\}"), "}}": re.compile(r"['\"\[({]|\}\}")}
_STRING_END = {"'": re.compile(r"(?:[^'\\]|\\.)*'", re.DOTALL), '"': re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)}
_DEPTH = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}
_WORD = re.compile(rf"{_STRING}|\w+", re.DOTALL)
_TAG = re.compile(r"\{%[-+]?\s*(\w+)")
_ASSIGNMENT = r"\{%[-+]?\s*set\b[\w.,\s()]*=(?!=)"

BLOCKS = frozenset({"autoescape", "block", "call", "filter", "for", "if", "macro", "raw", "set", "with"})
TAGS = (
    BLOCKS | {f"end{name}" for name in BLOCKS} | {"do", "elif", "else", "extends", "from", "import", "include", "print"}
)
_DEEP = 15  # Python compiles up to 20 loops that stand in each other


class SegmentKind(enum.Enum):
    """What a segment is to Jinja; a raw block is three segments: its tag, its text, its end tag."""

    TEXT = "text"
    COMMENT = "comment"
    PRINT = "print"
    BLOCK = "block"


_CODE = frozenset({SegmentKind.PRINT, SegmentKind.BLOCK})
_DELIMITERS = {
    "{#": (SegmentKind.COMMENT, "#}"),
    "{%": (SegmentKind.BLOCK, "%}"),
    "{{": (SegmentKind.PRINT, "}}"),
}


class Segment(NamedTuple):
    """A stretch of the text; ``closed`` is false where its end is missing and it reaches to the end of the text."""

    kind: SegmentKind
    start: int
    stop: int
    closed: bool = True

    @property
    def is_code(self) -> bool:
        """Say whether it is a tag or a print."""
        return self.kind in _CODE


class Source(NamedTuple):
    """One file of a template: ``starts`` are the offsets of its lines and of its end."""

    file: str
    text: str
    segments: tuple[Segment, ...]
    starts: tuple[int, ...]

    def at(self, offset: int) -> At:
        """Return the place of a character."""
        last = max(1, len(self.starts) - 1)
        line = bisect_right(self.starts, offset, hi=last)
        start = self.starts[line - 1]
        return At(self.file, line, offset - start + 1)

    def line(self, number: int) -> str:
        """Return the text of a line, its line end included."""
        start = self.starts[number - 1]
        stop = self.starts[number]
        return self.text[start:stop]

    def of(self, segment: Segment) -> str:
        """Return the text of a segment."""
        return self.text[segment.start : segment.stop]

    def expression(self, segment: Segment) -> str:
        """Return the code of a print on one line, without its braces."""
        code = self.of(segment)[2:-2].strip("-")
        return " ".join(code.split())

    def tag(self, segment: Segment) -> str:
        """Return the name of a block tag; empty for all other segments."""
        if segment.kind is not SegmentKind.BLOCK:
            return ""
        match = _TAG.match(self.text, segment.start, segment.stop)
        return match.group(1) if match else ""

    def opens(self, segment: Segment) -> str:
        """Return the name of the block that a tag opens, empty for one that opens none."""
        name = self.tag(segment)
        if name not in BLOCKS:
            return ""
        if name == "set" and re.match(_ASSIGNMENT, self.text[segment.start : segment.stop]):
            return ""
        return name

    def words(self, segment: Segment) -> Iterator[tuple[int, str]]:
        """Yield the names in a tag, each with its offset; what stands in quotes is not a name."""
        for match in _WORD.finditer(self.text, segment.start, segment.stop):
            word = match.group()
            if word[0] not in "'\"":
                yield match.start(), word

    def defined(self) -> set[str]:
        """Return the names that `macro` and `set` tags define."""
        found: set[str] = set()
        for segment in self.segments:
            if self.tag(segment) in {"macro", "set"}:
                words = [word for _, word in self.words(segment)]
                found.update(words[1:2])
        return found

    def code(self, line: int) -> list[Segment]:
        """Return the tags and prints that touch a line."""
        start = self.starts[line - 1]
        stop = self.starts[line]
        first = bisect_right(self.segments, start, key=attrgetter("stop"))
        found: list[Segment] = []
        for index in range(first, len(self.segments)):
            segment = self.segments[index]
            if segment.start >= stop:
                break
            if segment.is_code:
                found.append(segment)
        return found

    def deepest(self) -> Segment:
        """Return the tag that most blocks stand around; if those are few, the longest piece of code."""
        stack: list[Segment] = []
        depth = 0
        innermost = max(self.segments, key=_length)
        for segment in self.segments:
            self._follow(segment, stack)
            if len(stack) > max(depth, _DEEP):
                depth = len(stack)
                innermost = segment
        return innermost

    def open_blocks(self) -> list[Segment]:
        """Return the tags of the blocks that are open at the end of the text, the innermost last."""
        stack: list[Segment] = []
        for segment in self.segments:
            self._follow(segment, stack)
        return stack

    def _follow(self, segment: Segment, stack: list[Segment]) -> None:
        """Keep the tags of the blocks that are open, the innermost last."""
        if self.opens(segment):
            stack.append(segment)
        elif stack:
            innermost = self.tag(stack[-1])
            if self.tag(segment) == f"end{innermost}":
                stack.pop()


class CodeLine:
    """A line on which the code of a template is at work; ``number`` is 0 where it is not known."""

    def __init__(self, source: Source, number: int) -> None:
        """Look at nothing yet."""
        self.source = source
        self.number = number

    @cached_property
    def segments(self) -> list[Segment]:
        """Return the tags and prints that touch it."""
        return self.source.code(self.number) if self.number else []

    @cached_property
    def prints(self) -> list[Segment]:
        """Return the prints that touch it."""
        return [segment for segment in self.segments if segment.kind is SegmentKind.PRINT]

    @property
    def at(self) -> At:
        """Return its place, without a column."""
        return At(self.source.file, self.number)

    def place(self, word: str = "") -> At:
        """Return the place of a name in the code, else of the code if it is one segment, else the line."""
        for segment in self.segments:
            for offset, name in self.source.words(segment):
                if name == word:
                    return self.source.at(offset)
        if len(self.segments) == 1:
            return self.source.at(self.segments[0].start)
        return self.at

    def place_of_include(self, name: str) -> At:
        """Return the place at which the name of an include is written, else that of the tag."""
        for segment in self.segments:
            offset = self.source.text.find(name, segment.start, segment.stop)
            if offset >= 0:
                return self.source.at(offset)
        return self.place()

    def holding(self, word: str) -> list[Segment]:
        """Return the segments with a name in them; all where there is none."""
        found = [segment for segment in self.segments if self._holds(segment, word)]
        return found or self.segments

    def code(self, word: str) -> str:
        """Return the code that a name is in."""
        found = self.holding(word)
        return self.source.of(found[0]) if found else ""

    def _holds(self, segment: Segment, word: str) -> bool:
        return any(name == word for _, name in self.source.words(segment))


def _length(segment: Segment) -> int:
    return segment.stop - segment.start if segment.is_code else 0


def scan(text: str, file: str) -> Source:
    """Cut a text into segments; there is none that it refuses."""
    lengths = map(len, split_lines(text))
    starts = tuple(accumulate(lengths, initial=0))
    segments = _Scanner(text).segments()
    return Source(file, text, tuple(segments), starts)


class _Scanner:
    """Goes through a text once; ``lone`` are quotes that are never closed from there on, and mean nothing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lone: set[str] = set()

    def segments(self) -> list[Segment]:
        found: list[Segment] = []
        position = 0
        while opening := _OPENING.search(self.text, position):
            if opening.start() > position:
                found.append(Segment(SegmentKind.TEXT, position, opening.start()))
            found += self._tag(opening)
            position = found[-1].stop
        if position < len(self.text):
            found.append(Segment(SegmentKind.TEXT, position, len(self.text)))
        return found

    def _tag(self, opening: re.Match[str]) -> Iterator[Segment]:
        """Yield the segment that begins here; of a raw block also its text, so that no tag is seen in it."""
        start, position = opening.span()
        raw = _RAW.match(self.text, start)
        if raw:
            yield from self._raw(raw)
            return
        kind, end = _DELIMITERS[opening.group()]
        stop = self._comment_stop(position) if kind is SegmentKind.COMMENT else self._code_stop(position, end)
        if stop:
            yield Segment(kind, start, stop)
        else:
            yield Segment(kind, start, len(self.text), closed=False)

    def _raw(self, raw: re.Match[str]) -> Iterator[Segment]:
        start, position = raw.span()
        yield Segment(SegmentKind.BLOCK, start, position)
        end = _ENDRAW.search(self.text, position)
        if end is None:
            yield Segment(SegmentKind.TEXT, position, len(self.text), closed=False)
            return
        end_start, end_stop = end.span()
        yield Segment(SegmentKind.TEXT, position, end_start)
        yield Segment(SegmentKind.BLOCK, end_start, end_stop)

    def _comment_stop(self, position: int) -> int:
        """Return where a comment ends, 0 if it never does."""
        end = self.text.find("#}", position)
        return end + 2 if end >= 0 else 0

    def _code_stop(self, position: int, end: str) -> int:
        """Return where code ends, 0 if it never does; inside brackets Jinja takes ``%}`` and ``}}`` for operators."""
        depth = 0
        while True:
            pattern = _BRACKET if depth else _CODE_END[end]
            match = pattern.search(self.text, position)
            if match is None:
                return 0
            position = match.end()
            token = match.group()
            if token == end:
                return position
            if token in _STRING_END:
                position = self._string_stop(position, token)
            else:
                depth += _DEPTH[token]

    def _string_stop(self, position: int, quote: str) -> int:
        """Return where a string ends; where it begins, if it never does."""
        if quote in self.lone:
            return position
        end = _STRING_END[quote].match(self.text, position)
        if end is None:
            self.lone.add(quote)
            return position
        return end.end()
