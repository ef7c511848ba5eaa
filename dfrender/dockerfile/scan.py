"""Physical lines to logical lines: directives, continuations, comments and heredocs, as BuildKit joins them.

Knows where an instruction begins and ends, not what it says (``parser/parser.go``, ``parser/directives.go``).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile import syntax
from dfrender.dockerfile.lexer import SPACES
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


class _Join(NamedTuple):
    """Where a physical line goes on in the joined text: at ``offset`` there begins ``column`` of ``line``."""

    offset: int
    line: int
    column: int


class LogicalLine(NamedTuple):
    """An instruction on one line: continuations joined, comments and blank lines between them dropped.

    ``first`` and ``last`` are the indices of its physical lines; ``heredocs`` have their bodies among them, behind
    line ``end``.
    """

    text: str
    joins: tuple[_Join, ...]
    first: int
    end: int
    last: int
    heredocs: tuple[str, ...] = ()

    def locate(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at an offset."""
        behind = bisect_right(self.joins, offset, key=lambda join: join.offset)
        join = self.joins[behind - 1]
        return join.line, join.column + offset - join.offset

    def segments(self, start: int, stop: int) -> tuple[Segment, ...]:
        """Return the parts of the physical lines that ``text[start:stop]`` was joined from."""
        found = []
        ends = [join.offset for join in self.joins[1:]]
        ends.append(len(self.text))
        for join, end in zip(self.joins, ends, strict=True):
            first = max(start, join.offset)
            last = min(stop, end)
            if first < last:
                shift = join.column - join.offset
                found.append(Segment(join.line, first + shift, last + shift))
        return tuple(found)


class Scanned(NamedTuple):
    """What a text consists of; ``top`` is the number of lines that must stay above all others."""

    lines: tuple[Line, ...]
    directives: tuple[Directive, ...]
    escape: str
    top: int
    instructions: tuple[LogicalLine, ...]
    problems: Problems


def scan(lines: Sequence[Line]) -> Scanned:
    """Find the directives and the logical lines; reading goes on after a problem."""
    lines = tuple(lines)
    problems = Problems()
    directives = _directives(lines, problems)
    escape = "\\"
    for directive in directives:
        if directive.name == "escape":
            escape = directive.value
    top = _top(lines, directives)
    instructions = tuple(_instructions(lines, escape, problems))
    first = len(lines)
    if instructions:
        first = instructions[0].first
    _report_misplaced(lines, top, first, problems)
    _report_long_lines(lines, escape, problems)
    return Scanned(lines, directives, escape, top, instructions, problems)


def directives_end(lines: Sequence[Line]) -> int:
    """Return the number of lines that must stay above all others."""
    return _top(lines, _directives(lines, Problems()))


def is_comment(line: str) -> bool:
    """Return whether a physical line is a comment, where it is not part of a heredoc."""
    return line.lstrip(SPACES).startswith("#")


def _is_blank(line: str) -> bool:
    return not line.strip(SPACES)


def _has_shebang(lines: Sequence[Line]) -> bool:
    return bool(lines) and lines[0].text.removeprefix(BOM).startswith("#!")


def _top(lines: Sequence[Line], directives: Sequence[Directive]) -> int:
    top = 0
    if _has_shebang(lines):
        top = 1
    for directive in directives:
        top = max(top, directive.line + 1)
    return top


def _directive_of(line: str) -> tuple[str, str]:
    """Return name and value of what looks like a directive; empty ones if it does not, or no builder knows it."""
    match = _DIRECTIVE.fullmatch(line.lstrip(SPACES))
    if not match or match[1].lower() not in _DIRECTIVES:
        return "", ""
    return match[1].lower(), match[2]


def _directives(lines: Sequence[Line], problems: Problems) -> tuple[Directive, ...]:
    """Read the directives as BuildKit's two readers do, which differ.

    The reader of ``escape`` minds no indentation but a shebang, the one of the others does the reverse.
    """
    found: list[Directive] = []
    seen: set[str] = set()
    has_shebang = _has_shebang(lines)
    is_indented = False
    for index in range(int(has_shebang), len(lines)):
        line = lines[index]
        text = line.text
        if index == 0:
            text = text.removeprefix(BOM)
        name, value = _directive_of(text)
        if not name or (has_shebang and name in seen):
            break
        is_indented = is_indented or not text.startswith("#")
        is_hidden = is_indented
        if name == "escape":
            is_hidden = has_shebang
        if name in seen:
            message = f"only one {name} directive can be used"
            problems.error(line.locate(0), "duplicate-directive", message, "keep one of them")
        elif name == "escape" and value not in ("\\", "`") and not is_hidden:
            message = f"the escape character must be \\ or `, not {value!r}"
            problems.error(line.locate(0), "invalid-escape-directive", message, "write # escape=` or remove the line")
        elif not is_hidden:
            found.append(Directive(name, value, index))
        seen.add(name)
    return tuple(found)


def _report_misplaced(lines: Sequence[Line], top: int, first: int, problems: Problems) -> None:
    """Report what looks like a directive but stands behind the place where builders stop to look for one."""
    reported = {problem.at for problem in problems}
    for index in range(top, first):
        name, _ = _directive_of(lines[index].text)
        above = lines[top:index]
        is_below_blanks = all(_is_blank(line.text) for line in above)
        is_check = name == "check"  # below a comment it is one for the next instruction
        if not name or (is_check and not (is_below_blanks and above)):
            continue
        at = lines[index].locate(0)
        if at in reported:
            continue
        reason = "its indentation"
        if index:
            reason = "what stands above it"
        message = f"builders take this {name} directive for a comment, because of {reason}"
        if is_below_blanks:
            _report_below_blanks(at, message, above, problems)
        else:
            related = [("the first line above it", above[0].at)]
            problems.warning(at, "directive-not-first", message, "move it to the first line", related)


def _report_below_blanks(at: At, message: str, above: Sequence[Line], problems: Problems) -> None:
    """Report a directive below blank lines: one may be meant; more, or one that Jinja left, are not."""
    hint = "move it to the first line; in a template, -%} and -}} leave no blank line behind"
    related = []
    if above:
        related.append(("the first line above it", above[0].at))
    if len(above) == 1 and above[0].exact == len(above[0].text):
        problems.warning(at, "directive-not-first", message, hint, related)
    else:
        problems.error(at, "directive-not-first", message, hint, related)


def _report_long_lines(lines: Sequence[Line], escape: str, problems: Problems) -> None:
    for line in lines:
        if len(line.text) * 4 <= _LINE_LIMIT:  # a character is at most four bytes
            continue
        if len(encode(line.text.rstrip("\n"))) > _LINE_LIMIT:
            message = f"builders read lines of up to {_LINE_LIMIT} bytes"
            hint = f"continue it on the next line with {escape}"
            problems.error(line.locate(0), "line-too-long", message, hint)


def _instructions(lines: Sequence[Line], escape: str, problems: Problems) -> Iterator[LogicalLine]:
    index = 0
    while index < len(lines):
        logical = _join(lines, index, escape)
        if logical.joins:
            logical = _with_bodies(lines, logical, escape, problems)
            yield logical
        index = logical.last + 1


def _join(lines: Sequence[Line], first: int, escape: str) -> LogicalLine:
    """Join the instruction that begins at a line with its continuations; nothing is joined if none begins there."""
    text = ""
    joins = []
    index = first
    start = _first_column(lines[first].text, first)
    while index < len(lines):
        body = lines[index].text.rstrip("\r\n")
        goes_on = index > first
        if not is_comment(body[start:]) and not _is_blank(body[start:]):
            body, goes_on = _without_continuation(body, escape)
            joins.append(_Join(len(text), index, start))
            text += body[start:]
        if not goes_on:
            break
        start = 0
        index += 1
    last = min(index, len(lines) - 1)
    return LogicalLine(text, tuple(joins), first, last, last)


def _first_column(line: str, index: int) -> int:
    """Return where an instruction begins in its first line."""
    start = 0
    if index == 0 and line.startswith(BOM):
        start = len(BOM)
    return syntax.skip_blanks(line, start)


def _without_continuation(body: str, escape: str) -> tuple[str, bool]:
    """Take the continuation character off a line; two of them are none."""
    trimmed = body.rstrip(" \t")
    if not trimmed.endswith(escape) or trimmed.endswith(escape * 2):
        return body, False
    return trimmed[:-1], True


def _with_bodies(lines: Sequence[Line], logical: LogicalLine, escape: str, problems: Problems) -> LogicalLine:
    """Return the logical line with the bodies of its heredocs."""
    last = logical.last
    heredocs = syntax.heredocs(logical.text, escape)
    for heredoc in heredocs:
        end = _body_end(lines, last + 1, heredoc)
        if end is None:
            line, column = logical.locate(logical.text.find("<<"))
            at = lines[line].locate(column)
            if ")" in heredoc.name:  # a shift that was meant as arithmetic: behind it there is more to find
                message = f"builders take this for a heredoc that ends at a line {heredoc.name!r}"
                problems.error(at, "heredoc-lookalike", message, "write $((1<<2)) without blanks, or quote it")
            else:
                message = f"no line ends this heredoc: a line with nothing but {heredoc.name!r} is missing"
                hint = f"write {heredoc.name} on a line of its own, without blanks"
                problems.error(at, "unterminated-heredoc", message, hint)
                last = len(lines) - 1
            break
        last = end
    names = tuple(heredoc.name for heredoc in heredocs)
    return LogicalLine(logical.text, logical.joins, logical.first, logical.end, last, names)


def _body_end(lines: Sequence[Line], start: int, heredoc: syntax.Heredoc) -> int | None:
    for index in range(start, len(lines)):
        if heredoc.ends_at(lines[index].text):
            return index
    return None
