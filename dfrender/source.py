"""Text to lines and back: every line knows where it comes from and why it exists.

Knows nothing of Dockerfiles, templates or files on a disk.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

BOM = "\ufeff"
"""The byte order mark; builders drop it from the first line and nowhere else."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


STDIN_NAME = "<stdin>"
"""What standard input is called towards the user."""


class At(NamedTuple):
    """A place in what a user wrote.

    ``file`` is the path as the user would write it in the working directory, or the name of another origin
    (``<stdin>``, ``--set tag``). ``line`` and ``column`` count from 1, columns in characters; 0: not known.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column`` without the parts that are not known."""
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
        if self.column:
            parts.append(str(self.column))
        return ":".join(parts)


class Line:
    """One physical line, its line end included. It is never changed.

    ``at`` is the line that the user wrote; the first ``exact`` characters of ``text`` are the same there.
    ``why`` is empty for a line of the template; else it says why dfrender added it, and ``cause`` is what asked for it.
    """

    __slots__ = ("at", "cause", "exact", "text", "why")

    def __init__(self, text: str, at: At, exact: int = 0, why: str = "", cause: At | None = None) -> None:
        """Refuse a text that is more than one line: positions of all later lines would be wrong."""
        if "\n" in text[:-1]:
            raise ValueError(f"more than one physical line: {text!r}")
        self.text = text
        self.at = at
        self.exact = exact
        self.why = why
        self.cause = cause

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"Line{self._fields()!r}"

    def _fields(self) -> tuple[object, ...]:
        return self.text, self.at, self.exact, self.why, self.cause

    def with_text(self, text: str, exact: int) -> "Line":
        """Return the line with another text, of which ``exact`` characters are as the user wrote them."""
        return Line(text, self.at, exact, self.why, self.cause)

    def locate(self, offset: int) -> At:
        """Return where the user wrote the character at ``offset`` (from 0); without column where text moved."""
        column = 0
        if offset <= self.exact:
            column = offset + 1
        return At(self.at.file, self.at.line, column)


# control characters but for tab and line feed, and what changes the direction of text or takes no room
_HIDDEN = (
    range(0x09),
    range(0x0B, 0x20),
    range(0x7F, 0xA0),
    range(0x061C, 0x061D),
    range(0x200B, 0x2010),
    range(0x2028, 0x202F),
    range(0x2060, 0x206A),
    range(0xFEFF, 0xFF00),
)
_ESCAPES = {number: chr(number).encode("unicode_escape").decode() for number in chain.from_iterable(_HIDDEN)}


def visible(text: str) -> str:
    """Return a text with escapes for what would move the cursor, change colours, or be read in another order."""
    return text.translate(_ESCAPES)  # a pattern of these takes 0.3 ms to compile


def decode(data: bytes) -> str:
    """Return the text of a file; bytes that are not UTF-8 survive as surrogates, and line ends as they are."""
    return data.decode(errors="surrogateescape")


def is_utf16(data: bytes) -> bool:
    """Return whether a file begins as one in UTF-16: with its mark, or with a NUL in one half of a character."""
    return data.startswith(_UTF16_MARKS) or data[:2].count(0) == 1


def encode(text: str) -> bytes:
    """Return the bytes of a text; the inverse of `decode`."""
    return text.encode(errors="surrogateescape")


def split_lines(text: str) -> list[str]:
    """Split at LF only, line ends kept; ``"".join`` returns the text.

    ``str.splitlines`` splits also at form feeds, U+2028 and more, which are ordinary characters to every builder.
    """
    lines = text.split("\n")
    rest = lines.pop()
    lines = [f"{line}\n" for line in lines]
    if rest:
        lines.append(rest)
    return lines


def lines_of(text: str, file: str) -> tuple[Line, ...]:
    """Split a text that was read from ``file`` as it is."""
    lines = []
    for number, line in enumerate(split_lines(text), 1):
        lines.append(Line(line, At(file, number), len(line)))
    return tuple(lines)


def join(lines: Iterable[Line]) -> str:
    """Return the text of the lines; the inverse of `lines_of`."""
    return "".join(line.text for line in lines)


def line_end(text: str) -> str:
    """Return the line end that a text uses: that of its first line, LF where it has none."""
    first, newline, _ = text.partition("\n")
    if newline and first.endswith("\r"):
        return "\r\n"
    return "\n"


def restore_bom(lines: Sequence[Line], first: Line) -> tuple[Line, ...]:
    """Put the byte order mark of a text back to the top.

    ``first`` was the first line of the text; now it may be further down among ``lines``, or not there at all.
    """
    if not first.text.startswith(BOM) or lines[0] is first:
        return tuple(lines)
    restored = []
    for line in lines:
        if line is first:
            restored.append(line.with_text(line.text.removeprefix(BOM), 0))
        else:
            restored.append(line)
    top = restored[0]
    restored[0] = top.with_text(BOM + top.text, 0)
    return tuple(restored)
