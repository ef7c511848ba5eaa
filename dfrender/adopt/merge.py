"""The templates of two Dockerfiles to one: what they share stands once, the rest under the profile that it is for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import DfrenderError, Diagnostic
from dfrender.source import At, line_end


class Hunk(NamedTuple):
    """Lines of the first and of the second template that stand in one place: from the first index to before the last.

    ``same`` says that they are equal.
    """

    same: bool
    first: tuple[int, int]
    second: tuple[int, int]


class Part(NamedTuple):
    """A template's lines, the file that they are of, and the profile that renders this file."""

    lines: Sequence[str]
    file: str
    profile: str


def hunks(first: Part, second: Part) -> list[Hunk]:
    """Compare two templates; raises `DfrenderError` where no template could render both."""
    from difflib import SequenceMatcher

    _refuse_line_ends(first, second)
    matcher = SequenceMatcher(None, first.lines, second.lines, autojunk=False)
    found = [Hunk(kind == "equal", (a, b), (c, d)) for kind, a, b, c, d in matcher.get_opcodes()]
    if found and not found[-1].same:
        _refuse_open_ends(first, second)
    return found


def merge(first: Part, second: Part, found: Sequence[Hunk]) -> str:
    """Give the template that renders as the first for its profile, and as the second for the other."""
    return "".join("".join(_lines(first, second, each)) for each in found)


def _lines(first: Part, second: Part, hunk: Hunk) -> Iterator[str]:
    one, other = first.lines[slice(*hunk.first)], second.lines[slice(*hunk.second)]
    end = line_end(first.lines[0])
    if hunk.same:
        yield from one
        return
    yield f'{{% if profile == "{(first if one else second).profile}" %}}{end}'
    yield from one
    if one and other:
        yield f"{{% else %}}{end}"
    yield from other
    yield f"{{% endif %}}{end}"


def _refuse_line_ends(first: Part, second: Part) -> None:
    kinds = {"\n": "LF", "\r\n": "CRLF"}
    one, other = (kinds[line_end(each.lines[0])] for each in (first, second))
    if one != other:
        message = f"the lines end in {other}, those of {first.file} in {one}"
        hint = "save both files with the same line ends"
        raise DfrenderError([Diagnostic(At(second.file, 1, 1), "mixed-line-ends", message, hint=hint)])


def _refuse_open_ends(first: Part, second: Part) -> None:
    """Refuse a last line without line end: a tag behind it would be on that line, and what follows would join it."""
    found = []
    for each in (first, second):
        if not each.lines[-1].endswith("\n"):
            message = "the last line has no line end, and the two files differ there"
            at = At(each.file, len(each.lines), len(each.lines[-1]) + 1)
            found.append(Diagnostic(at, "no-final-line-end", message, hint="end it with a line end"))
    if found:
        raise DfrenderError(found)
