"""The text of one template file to the pieces that Jinja sees in it, each with its place.

Pure text: needs no Jinja, which reports neither columns nor where a construct began.
"""

import enum
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from dfrender.source import At, split_lines

_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_OPENING = re.compile(r"(?<!\$)\{#|\{[{%]")  # not `${#`, the shell's length of a variable, which is refused anyway
_RAW = re.compile(r"\{%[-+]?\s*raw\s*-?%\}")
_ENDRAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_BRACKET = re.compile(rf"{_STRING}|[\[({{\])}}]", re.DOTALL)
_CODE_END = {end: re.compile(rf"{_STRING}|{end}|[\[({{]", re.DOTALL) for end in ("%}", "}}")}
_WORD = re.compile(rf"{_STRING}|\w+", re.DOTALL)
_TAG = re.compile(r"\{%[-+]?\s*(\w+)")
_ASSIGNMENT = re.compile(r"\{%[-+]?\s*set\s+[\w.,\s()]+=(?!=)")

BLOCKS = frozenset({"autoescape", "block", "call", "filter", "for", "if", "macro", "raw", "set", "with"})
TAGS = (
    BLOCKS | {f"end{name}" for name in BLOCKS} | {"do", "elif", "else", "extends", "from", "import", "include", "print"}
)


class Kind(enum.Enum):
    """What a piece is to Jinja; a raw block is three pieces: its tag, its text, its end tag."""

    TEXT = "text"
    COMMENT = "comment"
    PRINT = "print"
    BLOCK = "block"


class Piece(NamedTuple):
    """A stretch of the text; ``closed`` is false where its end is missing and it reaches to the end of the text."""

    kind: Kind
    start: int
    stop: int
    closed: bool = True


class Source(NamedTuple):
    """One file of a template: ``starts`` are the offsets of its lines and of its end."""

    file: str
    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def at(self, offset: int) -> At:
        """Give the place of a character."""
        line = bisect_right(self.starts, offset, hi=max(1, len(self.starts) - 1))
        return At(self.file, line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Give the text of a line, its line end included."""
        return self.text[self.starts[number - 1] : self.starts[number]]

    def of(self, piece: Piece) -> str:
        """Give the text of a piece."""
        return self.text[piece.start : piece.stop]

    def tag(self, piece: Piece) -> str:
        """Give the name of a block tag; empty for all other pieces."""
        match = _TAG.match(self.text, piece.start, piece.stop) if piece.kind is Kind.BLOCK else None
        return match.group(1) if match else ""

    def opens(self, piece: Piece) -> str:
        """Give the name of the block that a tag opens, empty for one that opens none."""
        name = self.tag(piece)
        return "" if name not in BLOCKS or _ASSIGNMENT.match(self.text, piece.start) else name

    def words(self, piece: Piece) -> Iterator[tuple[int, str]]:
        """Give the names in a tag, each with its offset; what stands in quotes is none."""
        for match in _WORD.finditer(self.text, piece.start, piece.stop):
            if match.group()[0] not in "'\"":
                yield match.start(), match.group()

    def defined(self) -> Iterator[str]:
        """Give the names that `macro` and `set` tags define."""
        for piece in self.pieces:
            if self.tag(piece) in {"macro", "set"}:
                yield from (name for _, name in islice(self.words(piece), 1, 2))

    def code(self, line: int) -> list[Piece]:
        """Give the tags and prints that touch a line."""
        start, stop = self.starts[line - 1], self.starts[line]
        touching = (each for each in self.pieces if each.start < stop and each.stop > start)
        return [each for each in touching if each.kind in {Kind.PRINT, Kind.BLOCK}]

    def open_blocks(self) -> list[Piece]:
        """Give the tags of the blocks that are open at the end of the text, the innermost last."""
        stack: list[Piece] = []
        for piece in self.pieces:
            if self.opens(piece):
                stack.append(piece)
            elif stack and self.tag(piece) == f"end{self.tag(stack[-1])}":
                stack.pop()
        return stack


def scan(text: str, file: str) -> Source:
    """Cut a text into pieces; there is none that it refuses."""
    starts = accumulate(map(len, split_lines(text)), initial=0)
    return Source(file, text, tuple(_pieces(text)), tuple(starts))


def _pieces(text: str) -> Iterator[Piece]:
    position = 0
    while opening := _OPENING.search(text, position):
        if opening.start() > position:
            yield Piece(Kind.TEXT, position, opening.start())
        for piece in _tag(text, opening):
            yield piece
            position = piece.stop
    if position < len(text):
        yield Piece(Kind.TEXT, position, len(text))


def _tag(text: str, opening: re.Match[str]) -> Iterator[Piece]:
    """Give the piece that begins here; of a raw block also its text, so that no tag is seen in it."""
    start = opening.start()
    if raw := _RAW.match(text, start):
        end = _ENDRAW.search(text, raw.end())
        stop = end.start() if end else len(text)
        yield Piece(Kind.BLOCK, start, raw.end())
        yield Piece(Kind.TEXT, raw.end(), stop, closed=bool(end))
        if end:
            yield Piece(Kind.BLOCK, end.start(), end.end())
    elif opening.group() == "{#":
        stop = text.find("#}", start + 2)
        yield Piece(Kind.COMMENT, start, stop + 2 if stop >= 0 else len(text), closed=stop >= 0)
    else:
        kind, end_of_code = (Kind.BLOCK, "%}") if opening.group() == "{%" else (Kind.PRINT, "}}")
        stop = _code_stop(text, start + 2, end_of_code)
        yield Piece(kind, start, stop or len(text), closed=bool(stop))


def _code_stop(text: str, position: int, end: str) -> int:
    """Give where the code ends, 0 if it never does; inside brackets Jinja takes ``%}`` and ``}}`` for operators."""
    depth = 0
    while token := (_BRACKET if depth else _CODE_END[end]).search(text, position):
        position = token.end()
        if token.group() == end:
            return position
        depth += {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}.get(token.group(), 0)
    return 0
