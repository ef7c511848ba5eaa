"""Diagnostics to the text that a person reads."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.pipelines import harmless
from dfrender.report.run import Run, printable, remarks
from dfrender.source import At

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write place, message and rule, the line with a mark below it, other places, and what to do next."""
    written = printable("".join(f"{line}\n" for each in diagnostics for line in _lines(each, run)))
    return harmless(written) if run.pipeline else written


def _lines(found: Diagnostic, run: Run) -> Iterator[str]:
    severity = run.colour(f"{found.severity.value}:", _COLOURS[found.severity])
    yield f"{found.at}: {severity} {found.message} [{found.code}]"
    yield from _snippet(found.at, run)
    yield from (f"   {each}" for each in remarks(found))


def _snippet(at: At, run: Run) -> Iterator[str]:
    source = run.lines(at.file)[at.line - 1 : at.line] if at.line else ()
    for line in source:
        number = f"{at.line:>5}"
        yield f"{number} | {line.rstrip()}"
        if at.column:
            before = "".join(char if char == "\t" else " " for char in line[: at.column - 1])
            yield f"{' ' * len(number)} | {before}^"
