"""Diagnostics to the text that a person reads. Prints nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.source import At

Style = Callable[[str, str], str]

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(diagnostics: Iterable[Diagnostic], lines: Callable[[str], Sequence[str]], colour: Style) -> str:
    """Write diagnostics as place, message and rule, the line with a mark below it, and what to do next.

    ``lines`` gives the lines of a file that a place names (none if it is no file), ``colour`` paints a text.
    """
    return "".join("\n".join(_one(each, lines, colour)) + "\n" for each in diagnostics)


def _one(found: Diagnostic, lines: Callable[[str], Sequence[str]], colour: Style) -> Iterator[str]:
    severity = colour(f"{found.severity.value}:", COLOURS[found.severity])
    yield _printable(f"{found.at}: {severity} {found.message} [{found.code}]")
    yield from _snippet(found.at, lines)
    for what, at in found.related:
        yield _printable(f"   {what} at {at}")
    if found.hint:
        yield _printable(f"   {found.hint}")


def _snippet(at: At, lines: Callable[[str], Sequence[str]]) -> Iterator[str]:
    source = lines(at.file)[at.line - 1 : at.line] if at.line else ()
    for line in source:
        number = f"{at.line:>5}"
        yield _printable(f"{number} | {line.rstrip()}")
        if at.column:
            before = "".join(char if char == "\t" else " " for char in line[: at.column - 1])
            yield f"{' ' * len(number)} | {before}^"


def _printable(line: str) -> str:
    """Show bytes that are no text as replacement characters; a terminal would refuse them."""
    return line.encode(errors="replace").decode()
