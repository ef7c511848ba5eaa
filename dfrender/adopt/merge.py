"""The templates of two Dockerfiles to one: what they share stands once, the rest under the profile that it is for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import DfrenderError, Problems
from dfrender.source import At, line_end


class Part(NamedTuple):
    """A template's lines, the file that they are of, and the profile that renders this file."""

    lines: Sequence[str]
    file: str
    profile: str


class Hunk(NamedTuple):
    """Lines of the first and of the second template that stand in one place, as ranges of indices.

    ``same`` says that they are equal.
    """

    same: bool
    first: range
    second: range


def hunks(first: Part, second: Part) -> list[Hunk]:
    """Compare two templates; raise `DfrenderError` where no template could render both."""
    from difflib import SequenceMatcher  # 5 ms of start-up

    _refuse_line_ends(first, second)
    matcher = SequenceMatcher(None, first.lines, second.lines, autojunk=False)
    found: list[Hunk] = []
    for kind, start, stop, begin, end in matcher.get_opcodes():
        found.append(Hunk(kind == "equal", range(start, stop), range(begin, end)))
    if found and not found[-1].same:
        _refuse_open_ends(first, second)
    return found


def merge(first: Part, second: Part, found: Sequence[Hunk]) -> str:
    """Return the template that renders as the first for its profile, and as the second for the other."""
    lines: list[str] = []
    for hunk in found:
        lines.extend(_lines(first, second, hunk))
    return "".join(lines)


def _lines(first: Part, second: Part, hunk: Hunk) -> Iterator[str]:
    one = [first.lines[index] for index in hunk.first]
    other = [second.lines[index] for index in hunk.second]
    if hunk.same:
        yield from one
        return
    end = line_end(first.lines[0])
    profile = first.profile
    if not one:
        profile = second.profile
    yield f'{{% if profile == "{profile}" %}}{end}'
    yield from one
    if one and other:
        yield f"{{% else %}}{end}"
    yield from other
    yield f"{{% endif %}}{end}"


def _refuse_line_ends(first: Part, second: Part) -> None:
    kinds = {"\n": "LF", "\r\n": "CRLF"}
    one = kinds[line_end(first.lines[0])]
    other = kinds[line_end(second.lines[0])]
    if one != other:
        message = f"the lines end in {other}, those of {first.file} in {one}"
        hint = "save both files with the same line ends"
        raise DfrenderError.of(At(second.file, 1, 1), "mixed-line-ends", message, hint)


def _refuse_open_ends(first: Part, second: Part) -> None:
    """Refuse a last line without line end: a tag behind it would be on that line, and what follows would join it."""
    problems = Problems()
    for part in (first, second):
        last = part.lines[-1]
        if not last.endswith("\n"):
            at = At(part.file, len(part.lines), len(last) + 1)
            message = "the last line has no line end, and the two files differ there"
            problems.error(at, "no-final-line-end", message, "end it with a line end")
    problems.refuse()
