"""Physical lines to logical lines: directives, continuations, comments and heredocs, as BuildKit joins them.

Knows where an instruction begins and ends, not what it says (``parser/parser.go``, ``parser/directives.go``).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile import syntax
from dfrender.dockerfile.lexer import SPACES
from dfrender.source import BOM, At, Line, encode

_LINE_LIMIT = 65_535  # bufio.MaxScanTokenSize - 1, bytes
_GAP = "\t\n\f\r "  # Go's \s
_DIRECTIVE = rf"([a-zA-Z][a-zA-Z0-9]*)[{_GAP}]*="  # not compiled: many files have none
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
        join = self.joins[self._part(offset)]
        return join.line, join.column + offset - join.offset

    def segments(self, start: int, stop: int) -> tuple[Segment, ...]:
        """Return the parts of the physical lines that ``text[start:stop]`` was joined from."""
        found = []
        for index in range(self._part(start), len(self.joins)):
            join = self.joins[index]
            first = max(start, join.offset)
            last = min(stop, self._end(index))
            if join.offset >= stop:
                break
            if first < last:
                shift = join.column - join.offset
                found.append(Segment(join.line, first + shift, last + shift))
        return tuple(found)

    def _part(self, offset: int) -> int:
        """Return the index of the part that the character at an offset is in."""
        if len(self.joins) == 1:
            return 0
        return bisect_right(self.joins, (offset, self.last + 1, 0)) - 1

    def _end(self, part: int) -> int:
        if part + 1 < len(self.joins):
            return self.joins[part + 1].offset
        return len(self.text)


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
    line = line.rstrip("\r\n").lstrip(SPACES)
    if not line.startswith("#"):
        return "", ""
    comment = line[1:].lstrip(SPACES)
    match = re.match(_DIRECTIVE, comment)
    if not match or match[1].lower() not in _DIRECTIVES:
        return "", ""
    rest = comment[match.end() :]
    value = rest.strip(_GAP)
    if not value:
        value = rest[-1:]  # of nothing but blanks, Go's .+? takes the last one
    if not value:
        return "", ""
    return match[1].lower(), value


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
    is_below_blanks = True
    for index in range(top, first):
        line = lines[index]
        name, _ = _directive_of(line.text)
        is_check = name == "check"  # below a comment it is one for the next instruction
        if is_check and (index == top or not is_below_blanks):
            name = ""
        at = line.locate(0)
        if name and at not in reported:
            message = f"builders take this {name} directive for a comment, because of {_reason(index)}"
            if is_below_blanks:
                _report_below_blanks(at, message, lines[top:index], problems)
            else:
                related = [("the first line above it", lines[top].at)]
                problems.warning(at, "directive-not-first", message, "move it to the first line", related)
        is_below_blanks = is_below_blanks and _is_blank(line.text)


def _reason(index: int) -> str:
    if index:
        return "what stands above it"
    return "its indentation"


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
    bodies = _Bodies(lines, escape, problems)
    index = 0
    while index < len(lines):
        logical = _join(lines, index, escape)
        if logical.joins:
            logical = bodies.added_to(logical)
            yield logical
        index = logical.last + 1


def _join(lines: Sequence[Line], first: int, escape: str) -> LogicalLine:
    """Join the instruction that begins at a line with its continuations; nothing is joined if none begins there."""
    texts = []
    joins = []
    offset = 0
    index = first
    start = _first_column(lines[first].text, first)
    while index < len(lines):
        body = lines[index].text.rstrip("\r\n")
        part = body[start:]
        goes_on = index > first
        if not is_comment(part) and not _is_blank(part):
            body, goes_on = _without_continuation(body, escape)
            part = body[start:]
            joins.append(_Join(offset, index, start))
            texts.append(part)
            offset += len(part)
        if not goes_on:
            break
        start = 0
        index += 1
    last = min(index, len(lines) - 1)
    return LogicalLine("".join(texts), tuple(joins), first, last, last)


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


class _Bodies:
    """Finds the bodies of heredocs: by what ends them, which is looked up, since not every one has an end."""

    def __init__(self, lines: Sequence[Line], escape: str, problems: Problems) -> None:
        self.lines = lines
        self.escape = escape
        self.problems = problems
        self.ends: dict[str, list[int]] = {}
        self.indented_ends: dict[str, list[int]] = {}

    def added_to(self, logical: LogicalLine) -> LogicalLine:
        """Return a logical line with the bodies of its heredocs."""
        last = logical.last
        heredocs = syntax.heredocs(logical.text, self.escape)
        for heredoc in heredocs:
            end = self._end(heredoc, last + 1)
            if end is None:
                is_lookalike = self._report_endless(logical, heredoc.name)
                if not is_lookalike:
                    last = len(self.lines) - 1
                break
            last = end
        names = tuple(heredoc.name for heredoc in heredocs)
        return LogicalLine(logical.text, logical.joins, logical.first, logical.end, last, names)

    def _end(self, heredoc: syntax.Heredoc, start: int) -> int | None:
        """Return the first line from ``start`` on that ends a heredoc."""
        if not self.ends:
            self._look_up()
        ends = self.ends
        if heredoc.chomp:
            ends = self.indented_ends
        found = ends.get(heredoc.name, [])
        index = bisect_left(found, start)
        if index == len(found):
            return None
        return found[index]

    def _look_up(self) -> None:
        for index, line in enumerate(self.lines):
            text = line.text.rstrip("\r\n")
            self.ends.setdefault(text, []).append(index)
            self.indented_ends.setdefault(text.lstrip("\t"), []).append(index)

    def _report_endless(self, logical: LogicalLine, name: str) -> bool:
        """Report a heredoc without an end; return whether arithmetic was meant: behind it there is more to find."""
        line, column = logical.locate(logical.text.find("<<"))
        at = self.lines[line].locate(column)
        if ")" in name:
            message = f"builders take this for a heredoc that ends at a line {name!r}"
            self.problems.error(at, "heredoc-lookalike", message, "write $((1<<2)) without blanks, or quote it")
            return True
        message = f"no line ends this heredoc: a line with nothing but {name!r} is missing"
        hint = f"write {name} on a line of its own, without blanks"
        self.problems.error(at, "unterminated-heredoc", message, hint)
        return False
