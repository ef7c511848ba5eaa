"""Diagnostics to the text that a person reads."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.pipelines import harmless
from dfrender.report.run import Run, printable, remarks
from dfrender.source import At

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write place, message and code, the line with a mark below it, other places, and what to do next."""
    lines: list[str] = []
    for each in diagnostics:
        lines += _lines(each, run)
    written = printable("".join(f"{line}\n" for line in lines))
    if run.pipeline:
        return harmless(written)
    return written


def _lines(found: Diagnostic, run: Run) -> Iterator[str]:
    severity = run.colour(f"{found.severity.value}:", _COLOURS[found.severity])
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
        before = [char if char == "\t" else " " for char in line[: at.column - 1]]
        yield f"{' ' * len(number)} | {''.join(before)}^"
