"""Physical lines to logical lines: directives, continuations, comments and heredocs, as BuildKit joins them.

Knows where an instruction begins and ends, not what it says (``parser/parser.go``, ``parser/directives.go``).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile import syntax
from dfrender.dockerfile.expand import SPACES
from dfrender.source import BOM, At, Line, encode

_LINE_LIMIT = 65_535  # bufio.MaxScanTokenSize - 1, bytes
_GAP = r"[\t\n\f\r ]*"  # Go's \s
_DIRECTIVE = re.compile(rf"#[{SPACES}]*([a-zA-Z][a-zA-Z0-9]*){_GAP}={_GAP}(.+?){_GAP}")
_DIRECTIVES = ("syntax", "escape", "check")


class Segment(NamedTuple):
    """A part of one physical line: its index, start and stop."""

    line: int
    start: int
    stop: int


class Directive(NamedTuple):
    """A parser directive that is in force, and the index of its line."""

    name: str
    value: str
    line: int


class Logical(NamedTuple):
    """An instruction on one line: continuations joined, comments and blank lines between them dropped.

    ``parts`` says for each joined piece its offset in ``text``, its line and its column there. ``first`` and ``last``
    are the indices of its physical lines; ``heredocs`` have their bodies among them, behind line ``end``.
    """

    text: str
    parts: tuple[tuple[int, int, int], ...]
    first: int
    end: int
    last: int
    heredocs: tuple[str, ...] = ()

    def locate(self, offset: int) -> tuple[int, int]:
        """Give line and column of the character at an offset."""
        start, line, column = self.parts[bisect_right(self.parts, (offset, len(self.text) + self.last, 0)) - 1]
        return line, column + offset - start

    def segments(self, start: int, stop: int) -> tuple[Segment, ...]:
        """Give the parts of the physical lines that ``text[start:stop]`` was joined from."""
        found = []
        ends = [offset for offset, _, _ in self.parts[1:]] + [len(self.text)]
        for (offset, line, column), end in zip(self.parts, ends, strict=True):
            first, last = max(start, offset), min(stop, end)
            if first < last:
                found.append(Segment(line, column + first - offset, column + last - offset))
        return tuple(found)


class Scanned(NamedTuple):
    """What a text consists of; ``top`` is the number of lines that must stay above all others."""

    directives: tuple[Directive, ...]
    escape: str
    top: int
    instructions: tuple[Logical, ...]
    problems: tuple[Diagnostic, ...]


def scan(lines: Sequence[Line]) -> Scanned:
    """Find the directives and the logical lines; reading goes on after a problem."""
    problems: list[Diagnostic] = []
    directives = _directives(lines, problems)
    escape = next((each.value for each in directives if each.name == "escape"), "\\")
    top = _top(lines, directives)
    instructions = tuple(_instructions(lines, escape, problems))
    misplaced = _misplaced(lines, top, instructions[0].first if instructions else len(lines))
    problems += [each for each in misplaced if all(each.at != other.at for other in problems)]
    for line in lines:
        if len(line.text) * 4 > _LINE_LIMIT < len(encode(line.text.rstrip("\n"))):
            message = f"builders read lines of up to {_LINE_LIMIT} bytes"
            hint = f"continue it on the next line with {escape}"
            problems.append(Diagnostic(line.locate(0), "line-too-long", message, hint=hint))
    return Scanned(directives, escape, top, instructions, tuple(problems))


def directives_end(lines: Sequence[Line]) -> int:
    """Give the number of lines that must stay above all others."""
    return _top(lines, _directives(lines, []))


def is_comment(line: str) -> bool:
    """Say whether a physical line is a comment, where it is not part of a heredoc."""
    return line.lstrip(SPACES).startswith("#")


def _is_shebang(lines: Sequence[Line]) -> bool:
    return bool(lines) and lines[0].text.removeprefix(BOM).startswith("#!")


def _top(lines: Sequence[Line], directives: Sequence[Directive]) -> int:
    return max([int(_is_shebang(lines)), *(each.line + 1 for each in directives)])


def _directives(lines: Sequence[Line], problems: list[Diagnostic]) -> tuple[Directive, ...]:
    found: list[Directive] = []
    seen: set[str] = set()
    shebang = _is_shebang(lines)
    indented = False
    for index in range(int(shebang), len(lines)):
        text = lines[index].text.removeprefix(BOM) if index == 0 else lines[index].text
        match = _DIRECTIVE.fullmatch(text.lstrip(SPACES))
        name = match[1].lower() if match else ""
        if not match or name not in _DIRECTIVES or (shebang and name in seen):
            break
        indented = indented or not text.startswith("#")
        if name in seen:
            message = f"only one {name} directive can be used"
            problems.append(Diagnostic(lines[index].locate(0), "duplicate-directive", message, hint="keep one of them"))
        elif name == "escape" and match[2] not in ("\\", "`") and not shebang:
            message = f"the escape character must be \\ or `, not {match[2]!r}"
            hint = "write # escape=` or remove the line"
            problems.append(Diagnostic(lines[index].locate(0), "invalid-escape-directive", message, hint=hint))
        elif not (shebang if name == "escape" else indented):
            # two readers differ: the one of `escape` minds no indentation but a shebang, the one of the others reverse
            found.append(Directive(name, match[2], index))
        seen.add(name)
    return tuple(found)


def _misplaced(lines: Sequence[Line], top: int, first: int) -> Iterator[Diagnostic]:
    """Report what looks like a directive but stands behind the place where builders stop to look for one."""
    for index in range(top, first):
        match = _DIRECTIVE.fullmatch(lines[index].text.lstrip(SPACES))
        above = lines[top:index]
        blank = not any(line.text.strip(SPACES) for line in above)
        if not match or match[1].lower() not in (_DIRECTIVES if blank and above else ("syntax", "escape")):
            continue
        # one blank line or a comment above may be meant; more of them, or a line that Jinja left blank, are not
        meant = not blank or (len(above) == 1 and above[0].exact == len(above[0].text))
        reason = "what stands above it" if index else "its indentation"
        yield Diagnostic(
            lines[index].locate(0),
            "directive-not-first",
            f"builders take this {match[1].lower()} directive for a comment, because of {reason}",
            Severity.WARNING if meant else Severity.ERROR,
            "move it to the first line" + ("; in a template, -%} and -}} leave no blank line behind" if blank else ""),
            (("the first line above it", above[0].at),) if above else (),
        )


def _instructions(lines: Sequence[Line], escape: str, problems: list[Diagnostic]) -> Iterator[Logical]:
    index = 0
    while index < len(lines):
        logical = _join(lines, index, escape)
        if logical.parts:
            logical = _with_bodies(lines, logical, escape, problems)
            yield logical
        index = logical.last + 1


def _join(lines: Sequence[Line], first: int, escape: str) -> Logical:
    """Join the instruction that begins at a line with its continuations; there are no parts if none begins there."""
    text, parts, index = "", [], first
    while index < len(lines):
        line = lines[index].text
        body = line.rstrip("\r\n")
        start = 0
        if index == first:
            start = len(BOM) if index == 0 and body.startswith(BOM) else 0
            start = syntax.skip_blanks(body, start)
        goes_on = index > first
        if not is_comment(body[start:]) and body[start:].strip(SPACES):
            body, goes_on = _continued(body, escape)
            parts.append((len(text), index, start))
            text += body[start:]
        if not goes_on:
            break
        index += 1
    last = min(index, len(lines) - 1)
    return Logical(text, tuple(parts), first, last, last)


def _continued(body: str, escape: str) -> tuple[str, bool]:
    """Take the continuation character off a line; two of them are none."""
    trimmed = body.rstrip(" \t")
    goes_on = trimmed.endswith(escape) and trimmed[-2:-1] != escape
    return (trimmed[:-1], True) if goes_on else (body, False)


def _with_bodies(lines: Sequence[Line], logical: Logical, escape: str, problems: list[Diagnostic]) -> Logical:
    """Give the logical line with the bodies of its heredocs."""
    last = logical.last
    found = syntax.heredocs(logical.text, escape)
    for heredoc in found:
        end = next((i for i in range(last + 1, len(lines)) if heredoc.ends_at(lines[i].text)), None)
        if end is None:
            line, column = logical.locate(logical.text.find("<<"))
            lookalike = ")" in heredoc.name
            problems.append(_unterminated(heredoc.name, lines[line].locate(column), lookalike=lookalike))
            # no builder reads on here; behind a shift that was meant as arithmetic there is more to find
            last = last if lookalike else len(lines) - 1
            break
        last = end
    return Logical(logical.text, logical.parts, logical.first, logical.end, last, tuple(each.name for each in found))


def _unterminated(name: str, at: At, *, lookalike: bool) -> Diagnostic:
    if lookalike:
        message = f"builders take this for a heredoc that ends at a line {name!r}"
        return Diagnostic(at, "heredoc-lookalike", message, hint="write $((1<<2)) without blanks, or quote it")
    message = f"no line ends this heredoc: a line with nothing but {name!r} is missing"
    return Diagnostic(at, "unterminated-heredoc", message, hint=f"write {name} on a line of its own, without blanks")
