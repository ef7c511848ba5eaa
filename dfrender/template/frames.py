"""Python's frames to the lines of templates that are at work in them. Knows the code that Jinja makes of a template."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from inspect import currentframe
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

from jinja2 import Template

from dfrender.source import At

# what Jinja calls in place of a filter or test that is not there; it stands at the top of the code
_STAND_IN = r"t_\d+"


class _Table(NamedTuple):
    """The template's lines of some code, each with the offset in the code at which it begins."""

    code: CodeType
    starts: list[int]
    lines: list[int]


class Frames:
    """Finds lines of templates, by tables of its own.

    Python and Jinja go through all lines each time that they are asked for one, and a template may have many mistakes.
    """

    def __init__(self) -> None:
        """Begin with no table made."""
        self._tables: dict[int, _Table] = {}

    def here(self) -> At:
        """Return the line of a template that is at work."""
        return next(self._places(_stack()))

    def innermost(self, traceback: TracebackType | None, default: At) -> At:
        """Return the line that an error comes from."""
        at = default
        for each in self._places(_traced(traceback)):
            at = each
        return at

    def _places(self, frames: Iterable[tuple[FrameType, int]]) -> Iterator[At]:
        for frame, offset in frames:
            template = frame.f_globals.get("__jinja_template__")
            code = frame.f_code
            if isinstance(template, Template) and not re.fullmatch(_STAND_IN, code.co_name):
                table = self._table(template, code)
                index = bisect_right(table.starts, offset) - 1
                yield At(template.filename or "", table.lines[index])

    def _table(self, template: Template, code: CodeType) -> _Table:
        key = id(code)  # to hash code takes as long as it is; the table keeps it, so that no other one has its id
        if key not in self._tables:
            self._tables[key] = _table_of(template, code)
        return self._tables[key]


def _table_of(template: Template, code: CodeType) -> _Table:
    pairs = template.debug_info
    begins = [begin for _, begin in pairs]
    table = _Table(code, [], [])
    for start, _, line in code.co_lines():
        index = bisect_right(begins, line or 0) - 1
        table.starts.append(start)
        table.lines.append(pairs[index][0] if index >= 0 else 1)
    return table


def _stack() -> list[tuple[FrameType, int]]:
    """Return the frames that are at work with the offset in their code, the innermost first."""
    found: list[tuple[FrameType, int]] = []
    frame = currentframe()
    while frame:
        found.append((frame, frame.f_lasti))
        frame = frame.f_back
    return found


def _traced(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames that an error went through with the offset in their code, the innermost last."""
    while traceback:
        yield traceback.tb_frame, traceback.tb_lasti
        traceback = traceback.tb_next
