"""Text to lines and back: every line knows where it comes from and why it exists.

Knows nothing of Dockerfiles, templates or files on a disk.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

BOM = "\ufeff"
"""The byte order mark; builders drop it from the first line and nowhere else."""


class At(NamedTuple):
    """A place in what a user wrote.

    ``file`` is the path as the user would write it in the working directory, or the name of another origin
    (``<stdin>``, ``--set tag``). ``line`` and ``column`` count from 1, columns in characters; 0: not known.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give ``file:line:column`` without the parts that are not known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


class _Line(NamedTuple):
    text: str
    at: At
    exact: int
    why: str
    cause: At | None


class Line(_Line):
    """One physical line, its line end included.

    ``at`` is the line that the user wrote; the first ``exact`` characters of ``text`` stand there just so.
    ``why`` is empty for a line of the template; else it says why dfrender added it, and ``cause`` is what asked for it.
    """

    __slots__ = ()

    def __new__(cls, text: str, at: At, exact: int = 0, why: str = "", cause: At | None = None) -> Self:
        """Refuse a text that is more than one line: positions of all later lines would be wrong."""
        if "\n" in text[:-1]:
            raise ValueError(f"more than one physical line: {text!r}")
        return super().__new__(cls, text, at, exact, why, cause)

    def with_text(self, text: str, exact: int) -> Self:
        """Give the line with another text, of which so many characters are as the user wrote them."""
        return type(self)(text, self.at, exact, self.why, self.cause)

    def locate(self, offset: int) -> At:
        """Give where the user wrote the character at ``offset`` (from 0); without column where text moved."""
        return At(self.at.file, self.at.line, offset + 1 if offset <= self.exact else 0)


def decode(data: bytes) -> str:
    """Give the text of a file; bytes that are not UTF-8 survive as surrogates, and line ends as they are."""
    return data.decode(errors="surrogateescape")


def encode(text: str) -> bytes:
    """Give the bytes of a text; the inverse of `decode`."""
    return text.encode(errors="surrogateescape")


def split_lines(text: str) -> list[str]:
    """Split at LF only, line ends kept; ``"".join`` gives the text back.

    ``str.splitlines`` splits also at form feeds, U+2028 and more, which are ordinary characters to every builder.
    """
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def lines_of(text: str, file: str) -> tuple[Line, ...]:
    """Split a text that was read from ``file`` as it is."""
    return tuple(Line(line, At(file, number), len(line)) for number, line in enumerate(split_lines(text), 1))


def join(lines: Iterable[Line]) -> str:
    """Give the text of the lines; the inverse of `lines_of`."""
    return "".join(line.text for line in lines)


def line_end(text: str) -> str:
    """Give the line end that a text uses: that of its first line, LF where it has none."""
    first, newline, _ = text.partition("\n")
    return "\r\n" if newline and first.endswith("\r") else "\n"


def restore_bom(lines: Sequence[Line], first: Line) -> tuple[Line, ...]:
    """Put the byte order mark of a text back to the top.

    ``first`` was the first line of the text; now it may be further down among ``lines``, or not there at all.
    """
    if not first.text.startswith(BOM) or lines[0] is first:
        return tuple(lines)
    top = lines[0].with_text(BOM + lines[0].text, 0)
    return (top, *(each.with_text(each.text.removeprefix(BOM), 0) if each is first else each for each in lines[1:]))
