"""Diagnostics to the text that a person reads."""

import re
from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.pipelines import harmless
from dfrender.report.run import Run, printable, remarks
from dfrender.source import At

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write place, message and code, the line with a mark below it, other places, and what to do next."""
    written = ""
    for each in diagnostics:
        for line in _lines(each, run):
            written += f"{line}\n"
    written = printable(written)
    if run.pipeline:
        return harmless(written)
    return written


def _lines(found: Diagnostic, run: Run) -> Iterator[str]:
    colour = _COLOURS[found.severity]
    severity = run.colour(f"{found.severity.value}:", colour)
    yield f"{found.at}: {severity} {found.message} [{found.code}]"
    yield from _snippet(found.at, run)
    for remark in remarks(found):
        yield f"   {remark}"


def _snippet(at: At, run: Run) -> Iterator[str]:
    if not at.line:
        return
    lines = run.lines(at.file)
    if at.line > len(lines):
        return  # what is not a file has no lines
    line = lines[at.line - 1]
    number = f"{at.line:>5}"
    yield f"{number} | {line.rstrip()}"
    if at.column:
        # a tab stays one, so that the mark is below its character however wide tabs are
        before = re.sub(r"[^\t]", " ", line[: at.column - 1])
        margin = " " * len(number)
        yield f"{margin} | {before}^"
