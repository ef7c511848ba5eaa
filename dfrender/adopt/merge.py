"""The templates of several Dockerfiles to one: what they share stands once, the rest under the profiles it is for."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from dfrender.diagnostics import Problems
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


class _Line(NamedTuple):
    """A line of the common template, and the profiles that have it."""

    text: str
    profiles: tuple[str, ...]


def hunks(first: Sequence[str], second: Sequence[str]) -> list[Hunk]:
    """Compare the lines of two templates."""
    from difflib import SequenceMatcher  # 5 ms of start-up

    matcher = SequenceMatcher(None, first, second, autojunk=False)
    found: list[Hunk] = []
    for kind, start, stop, begin, end in matcher.get_opcodes():
        found.append(Hunk(kind == "equal", range(start, stop), range(begin, end)))
    return found


def ends_differ(parts: Sequence[Part]) -> bool:
    """Say whether the last lines differ: a tag behind one without line end would be on that line."""
    return len({part.lines[-1] for part in parts}) > 1


def refuse_line_ends(parts: Sequence[Part]) -> None:
    """Raise `DfrenderError` for files with other line ends than the first, which no template could render."""
    kinds = {"\n": "LF", "\r\n": "CRLF"}
    first = parts[0]
    one = kinds[line_end(first.lines[0])]
    problems = Problems()
    for part in parts[1:]:
        other = kinds[line_end(part.lines[0])]
        if one != other:
            message = f"the lines end in {other}, those of {first.file} in {one}"
            hint = "save both files with the same line ends"
            problems.error(At(part.file, 1, 1), "mixed-line-ends", message, hint)
    problems.refuse()


def merge(parts: Sequence[Part]) -> str:
    """Return the template that renders as each part for its profile."""
    first = parts[0]
    profiles = [part.profile for part in parts]
    lines = [_Line(text, (first.profile,)) for text in first.lines]
    for part in parts[1:]:
        lines = _added(lines, part)
    end = line_end(first.lines[0])
    return "".join(_written(lines, profiles, end))


def _added(lines: Sequence[_Line], part: Part) -> list[_Line]:
    """Return the lines with those of one more template, behind what it has in place of them."""
    found: list[_Line] = []
    texts = [line.text for line in lines]
    for hunk in hunks(texts, part.lines):
        for index in hunk.first:
            line = lines[index]
            if hunk.same:
                line = _Line(line.text, (*line.profiles, part.profile))
            found.append(line)
        if not hunk.same:
            for index in hunk.second:
                found.append(_Line(part.lines[index], (part.profile,)))
    return found


def _written(lines: Sequence[_Line], profiles: Sequence[str], end: str) -> Iterator[str]:
    """Write lines, those that not all have under the condition who has them; what excludes each other is one block."""
    covered: set[str] = set()
    for owners, group in groupby(lines, key=lambda line: line.profiles):
        if covered and (len(owners) == len(profiles) or not covered.isdisjoint(owners)):
            yield f"{{% endif %}}{end}"
            covered = set()
        if len(owners) < len(profiles):
            yield _opening(owners, covered, profiles, end)
            covered.update(owners)
        for line in group:
            yield line.text
    if covered:
        yield f"{{% endif %}}{end}"


def _opening(owners: Sequence[str], covered: set[str], profiles: Sequence[str], end: str) -> str:
    if covered and len(covered) + len(owners) == len(profiles):
        return f"{{% else %}}{end}"
    word = "if"
    if covered:
        word = "elif"
    condition = f'profile == "{owners[0]}"'
    if len(owners) > 1:
        quoted = ", ".join(f'"{each}"' for each in owners)
        condition = f"profile in [{quoted}]"
    return f"{{% {word} {condition} %}}{end}"
