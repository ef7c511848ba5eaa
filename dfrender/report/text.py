"""Diagnostics to the text that a person reads."""

import re
from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.pipelines import harmless
from dfrender.report.run import Run, remarks, shown
from dfrender.source import At

_WIDTH = 200  # characters of a quoted line
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write place, message and code, the line with a mark below it, other places, and what to do next."""
    written = ""
    for each in diagnostics:
        for line in _lines(each, run):
            written += f"{line}\n"
    if run.pipeline:
        return harmless(written)
    return written


def _lines(found: Diagnostic, run: Run) -> Iterator[str]:
    colour = _COLOURS[found.severity]
    severity = run.colour(f"{found.severity.value}:", colour)
    yield f"{shown(str(found.at))}: {severity} {shown(found.message)} [{found.code}]"
    yield from _snippet(found.at, run)
    for remark in remarks(found):
        yield f"   {shown(remark)}"


def _snippet(at: At, run: Run) -> Iterator[str]:
    if not at.line:
        return
    lines = run.lines(at.file)
    if at.line > len(lines):
        return  # what is not a file has no lines
    line = lines[at.line - 1].rstrip()
    column = max(at.column - 1, 0)
    start, stop = _window(len(line), column)
    number = f"{at.line:>5}"
    before, behind = shown(line[start:column]), shown(line[column:stop])
    if start:
        before = f"…{before}"
    if stop < len(line):
        behind = f"{behind}…"
    yield f"{number} | {before}{behind}"
    if at.column:
        # a tab stays one, so that the mark is below its character however wide tabs are
        blank = re.sub(r"[^\t]", " ", before)
        margin = " " * len(number)
        yield f"{margin} | {blank}^"


def _window(length: int, column: int) -> tuple[int, int]:
    """Return where a quoted line begins and ends: a long one is cut around the column."""
    if length <= _WIDTH:
        return 0, length
    start = min(max(column - _WIDTH // 2, 0), max(length - _WIDTH, 0))
    start = min(start, column)
    return start, max(start + _WIDTH, column)
