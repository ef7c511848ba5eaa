"""A problem in the text that it stands in, and the edits that end it: what all fixes are made of."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.model import Problem
from dfrender.lsp.text import EditorText, Location, Position, Range
from dfrender.source import line_end

_CONTINUED = re.compile(r"[\\`][ \t]*$")
_QUOTED = re.compile(r"'(?P<text>[^']+)'")


class Fix(NamedTuple):
    """Edits with a title; ``creates`` are the paths of files that are made before, if they are not there."""

    title: str
    edits: tuple[Edit, ...]
    creates: tuple[str, ...] = ()


class Site:
    """A problem, and the text of the document that it is in."""

    def __init__(self, problem: Problem, text: EditorText) -> None:
        """Look at nothing yet."""
        self.problem = problem
        self.text = text
        self.hint = problem.hint
        self.line = problem.location.range.start.line

    @property
    def start(self) -> int:
        """Return the character that the problem begins at."""
        return self.text.offset(self.problem.location.range.start)

    @property
    def stop(self) -> int:
        """Return the character that the problem ends before."""
        return self.text.offset(self.problem.location.range.end)

    @property
    def line_start(self) -> int:
        """Return the first character of the problem's line."""
        return self.offset_of(self.line)

    @property
    def line_stop(self) -> int:
        """Return the end of the problem's line."""
        return self.line_start + len(self.text.line(self.line))

    @property
    def first_line(self) -> int:
        """Return the first line of the instruction that the problem is in: the one above does not go on in it."""
        line = self.line
        while line and _CONTINUED.search(self.text.line(line - 1)):
            line -= 1
        return line

    @property
    def last_line(self) -> int:
        """Return the last line of the instruction that the problem is in."""
        line = self.line
        while _CONTINUED.search(self.text.line(line)):
            line += 1
        return line

    @property
    def line_end(self) -> str:
        """Return what ends the lines of the text."""
        return line_end(self.text.text)

    def offset_of(self, line: int) -> int:
        """Return the first character of a line."""
        return self.text.offset(Position(line, 0))

    def edit(self, start: int, stop: int, new: str) -> Edit:
        """Return the edit that puts a text in the place of what stands between two characters."""
        return Edit(Location(self.problem.location.path, self.text.range(start, stop)), new)

    def writes(self, start: int, stop: int, new: str) -> Fix:
        """Return the fix that puts a text in the place of what stands between two characters."""
        edit = self.edit(start, stop, new)
        return Fix(f"Write {new}", (edit,))

    def removes(self, what: str, start: int, stop: int) -> Fix:
        """Return the fix that removes what stands between two characters."""
        edit = self.edit(start, stop, "")
        return Fix(f"Remove {what}", (edit,))

    def found_at(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what stands at the problem, if it is as a pattern says."""
        return pattern.match(self.text.text, self.start)

    def found_in_line(self, text: str) -> int:
        """Return where in the problem's line a text stands; -1 where it does not."""
        return self.text.text.find(text, self.line_start, self.line_stop)

    def lines_removed(self, first: int, last: int) -> Edit:
        """Return the edit that removes whole lines."""
        whole = Range(Position(first, 0), Position(last + 1, 0))
        start, stop = self.text.offset(whole.start), self.text.offset(whole.end)
        return self.edit(start, stop, "")

    def line_above(self, line: str) -> Edit:
        """Return the edit that puts a line above the instruction."""
        start = self.offset_of(self.first_line)
        return self.edit(start, start, f"{line}{self.line_end}")

    def line_behind(self, line: str) -> Edit:
        """Return the edit that puts a line at the end of the text."""
        return line_at_end(self.problem.location.path, self.text, line)

    def quoted(self) -> Iterator[str]:
        """Yield what stands in quotes in the message."""
        for match in _QUOTED.finditer(self.problem.message):
            yield match["text"]


def line_at_end(path: str, text: EditorText, line: str) -> Edit:
    """Return the edit that puts a line at the end of a text."""
    end = len(text.text)
    before = ""
    if text.text and not text.text.endswith("\n"):
        before = line_end(text.text)
    return Edit(Location(path, text.range(end, end)), f"{before}{line}{line_end(text.text)}")
