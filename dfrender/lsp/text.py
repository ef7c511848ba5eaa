"""A text and places in it as editors count them: lines and UTF-16 units from 0. Pure text."""

import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from dfrender.source import At

_LINE_END = re.compile(r"\r\n|\n|\r")
_WORD = re.compile(r"[\w.-]+")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_FIRST_OF_TWO_UNITS = "\U00010000"


class Position(NamedTuple):
    """A place between two characters: line and UTF-16 units, from 0."""

    line: int
    character: int


class Range(NamedTuple):
    """What stands between two positions."""

    start: Position
    end: Position

    def holds(self, position: Position) -> bool:
        """Say whether a position is in it or at one of its ends."""
        return self.start <= position <= self.end

    def shares_line(self, other: "Range") -> bool:
        """Say whether there is a line that both touch."""
        return self.start.line <= other.end.line and other.start.line <= self.end.line


class Location(NamedTuple):
    """A range of a file, whose path is absolute."""

    path: str
    range: Range


NOWHERE = Range(Position(0, 0), Position(0, 0))


def without_halves(text: str) -> str:
    """Return a text that can be written as UTF-8: half a character, which JSON can hold, becomes a sign for it."""
    return _HALF_CHARACTER.sub("\ufffd", text)


class EditorText:
    """A text whose lines end in LF for dfrender, and for editors in CRLF or in CR too."""

    def __init__(self, text: str) -> None:
        """Look at nothing yet."""
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        """Return where the lines begin, as editors count them."""
        starts = [0]
        for end in _LINE_END.finditer(self.text):
            starts.append(end.end())
        return starts

    @cached_property
    def _starts_behind_lf(self) -> list[int]:
        """Return where the lines begin, as dfrender counts them."""
        starts = [0]
        for end in re.finditer("\n", self.text):
            starts.append(end.end())
        return starts

    def position(self, offset: int) -> Position:
        """Return the position of a character."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, _units(self.text[self._starts[line] : offset]))

    def range(self, start: int, stop: int) -> Range:
        """Return the range between two characters."""
        return Range(self.position(start), self.position(stop))

    def offset(self, position: Position) -> int:
        """Return the character at a position; one behind the end of its line is at that end."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        line = self.line(position.line)
        left = position.character
        for index, character in enumerate(line):
            if left <= 0:
                return start + index
            left -= _units(character)
        return start + len(line)

    def line(self, number: int) -> str:
        """Return a line without its end, counted from 0; empty where there is none."""
        if number >= len(self._starts):
            return ""
        stop = len(self.text)
        if number + 1 < len(self._starts):
            stop = self._starts[number + 1]
        return self.text[self._starts[number] : stop].rstrip("\r\n")

    def offset_of(self, at: At) -> int:
        """Return the character at a place; one that is not in the text is at an end of it."""
        line = min(max(at.line, 1), len(self._starts_behind_lf))
        start = self._starts_behind_lf[line - 1]
        line_text = self.text[start:].partition("\n")[0]
        end = start + len(line_text.removesuffix("\r"))
        return min(start + max(at.column - 1, 0), end)

    def line_of(self, at: At) -> tuple[int, int]:
        """Return where the text of a place's line begins and ends, white space left out."""
        start = self.offset_of(At(at.file, at.line))
        end = self.text.find("\n", start)
        if end < 0:
            end = len(self.text)
        line = self.text[start:end]
        return start + len(line) - len(line.lstrip()), start + len(line.rstrip())

    def word_at(self, at: At) -> Range:
        """Return the range of the word at a place; of the character if it is none, of the line without a column."""
        start, stop = self.line_of(at)
        if at.column and at.line:
            start = self.offset_of(at)
            word = _WORD.match(self.text, start)
            if word:
                stop = word.end()
            else:
                stop = max(start, min(start + 1, stop))
        return self.range(start, max(start, stop))


def _units(text: str) -> int:
    """Return how many units of UTF-16 a text has."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character >= _FIRST_OF_TWO_UNITS for character in text)
