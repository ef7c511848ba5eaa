"""The patterns of an ignore file, of ``--exclude`` and of ``--parents`` to whether they match a path. Reads no file.

Follows moby/patternmatcher (``patternmatcher.go``, ``ignorefile/ignorefile.go``), which differs from git: a pattern
begins at the root of the context, ``!`` takes paths back in, and the last pattern that matches decides.
"""

import re
from collections.abc import Iterable, Sequence
from posixpath import normpath

from dfrender.dockerfile.lexer import SPACES
from dfrender.source import BOM, split_lines

_WILDCARDS = frozenset("*[]?\\")
_LITERAL = frozenset(".+()|{}$")
_CONTROLS = frozenset("afnrtv")
_SETS = frozenset("dDwWsS")
_IN_CLASS = frozenset("[&~|-")
_NOT_A_SLASH = "[^/]"

Above = Sequence[bool]
"""For each pattern whether it matched the folder that a path lies in, or one above that."""


class PatternError(ValueError):
    """A pattern that builders refuse, and with it the whole build."""


class Pattern:
    """A cleaned pattern; ``takes_back``: it began with ``!``. Builders see late what is wrong in its brackets."""

    def __init__(self, text: str) -> None:
        """Read a pattern; raise `PatternError` for one that builders refuse at once."""
        cleaned = _normal(text.strip(SPACES))
        self.takes_back = cleaned.startswith("!")
        self.text = cleaned.removeprefix("!")
        if not self.text:
            raise PatternError("nothing stands behind the '!'")
        check_syntax(self.text)
        self._compiled: re.Pattern[str] | None = None

    def matches(self, path: str) -> bool:
        """Return whether it matches this very path; raise `PatternError` if it can match none."""
        if self._compiled is None:
            expression = _expression(self.text)
            try:
                self._compiled = re.compile(expression, re.ASCII)
            except re.error as error:
                raise PatternError(f"{self.text!r} is not a pattern: {error.msg}") from error
        return self._compiled.fullmatch(path) is not None


class Patterns:
    """Patterns in their order; together they say of a path whether they match it."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Read the patterns; raise `PatternError` for one that builders refuse."""
        self.patterns = [Pattern(text) for text in texts]
        taken_back = [each.text for each in self.patterns if each.takes_back]
        self._takes_back = bool(taken_back)
        self._anywhere = any(_has_wildcard(_without_glob(each)) for each in taken_back)
        self._prefixes = [f"{_without_glob(each)}/" for each in taken_back]
        self.top: Above = [False] * len(self.patterns)

    def step(self, path: str, above: Above) -> tuple[bool, Above]:
        """Return whether a path is matched, and what its children need to know; ``above`` is that of its folder.

        A pattern whose turn could not change the answer is not asked, and then does not count as one that matched the
        folder either: so does ``MatchesUsingParentResults``.
        """
        is_matched = False
        matched = []
        for pattern, matched_above in zip(self.patterns, above, strict=True):
            is_hit = matched_above
            if not is_hit and pattern.takes_back == is_matched:
                is_hit = pattern.matches(path)
            matched.append(is_hit)
            if is_hit:
                is_matched = not pattern.takes_back
        return is_matched, matched

    def matches(self, path: str) -> bool:
        """Return whether a path is matched, by itself or with a folder that it lies in."""
        above = self.top
        is_matched = False
        for slash in re.finditer("/|$", path):
            is_matched, above = self.step(path[: slash.start()], above)
        return is_matched

    def may_take_back_below(self, folder: str) -> bool:
        """Return whether something in a folder that is matched may not be matched."""
        if not self._takes_back or self._anywhere:
            return self._takes_back
        return any(prefix.startswith(f"{folder}/") for prefix in self._prefixes)


def read_lines(text: str) -> list[tuple[str, int]]:
    """Return the patterns of an ignore file with the numbers of their lines; only ``#`` in column 1 is a comment."""
    found = []
    for number, line in enumerate(split_lines(text.removeprefix(BOM)), 1):
        if line.startswith("#"):
            continue
        pattern = line.strip(SPACES)
        if pattern:
            found.append((_cleaned(pattern), number))
    return found


def is_ignored(path: str, lines: Iterable[str]) -> bool:
    """Return whether a path, relative to the context and with ``/``, is left out of it.

    Where builders refuse a line, nothing is.
    """
    texts = [text for text, _ in read_lines("\n".join(lines))]
    try:
        return Patterns(texts).matches(path)
    except PatternError:
        return False


def _cleaned(pattern: str) -> str:
    """Return a pattern relative to the context, without the blanks around it and behind its ``!``."""
    sign = ""
    if pattern.startswith("!"):
        sign = "!"
        pattern = pattern[1:].strip(SPACES)
    if not pattern:
        return sign
    pattern = _normal(pattern)
    if pattern != "/":
        pattern = pattern.removeprefix("/")
    return sign + pattern


def _normal(path: str) -> str:
    """Return a path as Go's ``filepath.Clean`` does, which keeps no second slash at the beginning."""
    cleaned = normpath(path)
    if cleaned.startswith("//"):
        return cleaned[1:]
    return cleaned


def _without_glob(pattern: str) -> str:
    return pattern.removesuffix("/**").removesuffix("/*")


def _has_wildcard(pattern: str) -> bool:
    return not _WILDCARDS.isdisjoint(pattern)


def check_syntax(pattern: str) -> None:
    """Raise `PatternError` for what Go's ``filepath.Match`` refuses, which looks no further than to the second star."""
    pattern = pattern.lstrip("*")
    position = 0
    while position < len(pattern) and pattern[position] != "*":
        char = pattern[position]
        position += 1
        if char == "\\":
            position = _behind_char(pattern, position - 1)
        elif char == "[":
            position = class_end(pattern, position)


def class_end(pattern: str, start: int) -> int:
    """Return the offset behind the ``]`` of a choice of characters whose ``[`` stands before ``start``."""
    position = start
    if pattern.startswith("^", position):
        position += 1
    is_empty = True
    while is_empty or not pattern.startswith("]", position):
        position = _behind_char(pattern, position)
        if pattern.startswith("-", position):
            position = _behind_char(pattern, position + 1)
        is_empty = False
    return position + 1


def _behind_char(pattern: str, position: int) -> int:
    """Return the offset behind one character, which a backslash may stand before."""
    if pattern.startswith("\\", position):
        position += 1
    elif pattern.startswith(("-", "]"), position):
        raise PatternError(f"{pattern!r} has a {pattern[position]!r} that needs a backslash")
    if position >= len(pattern):
        raise PatternError(f"{pattern!r} ends too early")
    return position + 1


def _expression(pattern: str) -> str:
    """Return the regular expression that stands for a whole pattern.

    Two stars at the beginning, with nothing special behind them, are any text; else two stars are folders.
    """
    rest = pattern.removeprefix("**")
    if rest != pattern and not _has_wildcard(rest):
        either = [f"(?s:.*){re.escape(rest)}"]
        if rest.startswith("/"):
            either.append(re.escape(rest[1:]))
        return "|".join(either)
    if pattern.endswith("**") and not _has_wildcard(pattern[:-2]):
        return f"{re.escape(pattern[:-2])}(?s:.*)"
    if not _has_wildcard(pattern):
        return re.escape(pattern)
    return _in_python(_as_builders_write_it(pattern))


def _as_builders_write_it(pattern: str) -> str:
    """Return the regular expression that ``Pattern.compile`` makes, in which brackets stay as they are."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*" and pattern.startswith("*", position):
            position += 1
            if pattern.startswith("/", position):
                position += 1
            parts.append("(.*/)?" if position < len(pattern) else ".*")
        elif char == "*":
            parts.append(f"{_NOT_A_SLASH}*")
        elif char == "?":
            parts.append(_NOT_A_SLASH)
        elif char in _LITERAL:
            parts.append(f"\\{char}")
        elif char == "\\":
            # the last character of all escapes the dollar sign that builders end the expression with
            escaped = pattern[position : position + 1] or "$"
            parts.append(f"\\{escaped}")
            position += 1
        else:
            parts.append(char)
    return "".join(parts)


def _in_python(expression: str) -> str:
    """Return a regular expression of Go in Python's syntax: they differ in what stands in brackets."""
    parts: list[str] = []
    position = 0
    while position < len(expression):
        char = expression[position]
        if char == "\\":
            parts.append(_escape(expression, position + 1, _SETS | _CONTROLS | {"b", "B"}))
            position += 2
        elif char == "[":
            choice, position = _choice(expression, position + 1)
            parts.append(choice)
        else:
            parts.append(char)
            position += 1
    return "".join(parts)


def _choice(expression: str, position: int) -> tuple[str, int]:
    """Read a choice of characters; the ``]`` that stands first in it is one of them."""
    parts = ["["]
    if expression.startswith("^", position):
        parts.append("^")
        position += 1
    is_first = True
    while is_first or not expression.startswith("]", position):
        is_first = False
        low, position = _char(expression, position)
        parts.append(low)
        is_set = low.startswith("\\") and low[1] in _SETS
        is_range = expression.startswith("-", position) and not expression.startswith("-]", position)
        if is_range and not is_set:
            high, position = _char(expression, position + 1)
            parts.append(f"-{high}")
    parts.append("]")
    return "".join(parts), position + 1


def _char(expression: str, position: int) -> tuple[str, int]:
    if position >= len(expression):
        raise PatternError(f"the choice of characters in {expression!r} has no end")
    char = expression[position]
    if char == "\\":
        return _escape(expression, position + 1, _SETS | _CONTROLS), position + 2
    if char in _IN_CLASS:
        return f"\\{char}", position + 1
    return char, position + 1


def _escape(expression: str, position: int, known: frozenset[str]) -> str:
    """Return what a backslash before a character means: letters mean what they mean in regular expressions."""
    char = expression[position : position + 1]
    if char.isascii() and not char.isalnum() and char:
        return re.escape(char)
    if char not in known:
        raise PatternError(f"a backslash before {char!r} means nothing")
    return f"\\{char}"
