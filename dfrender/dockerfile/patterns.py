"""A shell pattern of ``*``, ``?`` and escapes, and a text, to where the pattern matches in it.

BuildKit makes regular expressions of such patterns (``shell/lex.go``). Go matches those in linear time; Python would
take hours for ``${A%%*a*a*a*a*b}``. Here all places in the pattern that a text may have come to are the bits of one
number, which each character of the text moves once.
"""

from collections.abc import Iterable, Iterator

_NEWLINE = "\n"  # neither a star nor a question mark stands for it
_ESCAPED = ("*", "?", "\\", "}", "/")


class PatternError(ValueError):
    """A pattern that BuildKit refuses; the text says why."""


class Pattern:
    """A shell pattern, ready to be looked for."""

    def __init__(self, pattern: str) -> None:
        """Read a pattern; raise `PatternError` for an escape that means nothing."""
        parts: list[str] = []  # characters; empty for a question mark
        stars: list[int] = []  # the parts that there is a star before
        chars = iter(pattern)
        for char in chars:
            if char == "*":
                stars.append(len(parts))
            elif char == "?":
                parts.append("")
            elif char == "\\":
                escaped = next(chars, "")
                if escaped not in _ESCAPED:
                    raise PatternError(f"invalid escape '\\{escaped}'")
                parts.append(escaped)
            else:
                parts.append(char)
        self._forwards = _Automaton(parts, stars)
        self._backwards = _Automaton(parts[::-1], [len(parts) - star for star in stars])

    def without_prefix(self, text: str, *, longest: bool) -> str:
        """Return a text without the shortest or the longest part at its start that matches."""
        length = _length(self._forwards.lengths(text), longest=longest)
        return text[length:]

    def without_suffix(self, text: str, *, longest: bool) -> str:
        """Return a text without the shortest or the longest part at its end that matches."""
        length = _length(self._backwards.lengths(reversed(text)), longest=longest)
        return text[: len(text) - length]

    def matches(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each match that Go replaces, from left to right; of each start the longest.

        Go replaces no empty match right behind another match (``Regexp.ReplaceAllString``).
        """
        starts = self._starts(text)
        start = 0
        last_end = 0
        while start <= len(text):
            if not starts[start]:
                start += 1
                continue
            rest = map(text.__getitem__, range(start, len(text)))
            end = start + _length(self._forwards.lengths(rest), longest=True)
            if end > last_end or start == 0:
                yield start, end
            last_end = end
            start = max(end, start + 1)

    def _starts(self, text: str) -> list[bool]:
        """Return for each offset of a text, that of its end included, whether there is a match from there on."""
        found = []
        state = 0
        for char in reversed(text):
            state |= self._backwards.first
            found.append(self._backwards.has_matched(state))
            state = self._backwards.moved(state, char)
        state |= self._backwards.first
        found.append(self._backwards.has_matched(state))
        found.reverse()
        return found


def _length(lengths: Iterator[int], *, longest: bool) -> int:
    """Return the first or the last of some lengths; nothing has none where there is no match."""
    found = 0
    for length in lengths:
        found = length
        if not longest:
            break
    return found


class _Automaton:
    """The places in a pattern, each a bit: ``first`` is its start, and what each character moves.

    It is the automaton of a regular expression without alternatives: a star stays where it is, for any character.
    """

    def __init__(self, parts: list[str], stars: list[int]) -> None:
        self.first = 1
        self._last = 1 << len(parts)
        self._staying = 0
        for star in stars:
            self._staying |= 1 << star
        self._any = 0
        self._moving: dict[str, int] = {}
        for place, part in enumerate(parts):
            bit = 1 << place
            if part:
                self._moving[part] = self._moving.get(part, 0) | bit
            else:
                self._any |= bit

    def moved(self, state: int, char: str) -> int:
        """Return the places after one more character."""
        moving = self._moving.get(char, 0)
        if char == _NEWLINE:
            return (state & moving) << 1
        moving |= self._any
        return (state & moving) << 1 | state & self._staying

    def has_matched(self, state: int) -> bool:
        """Return whether the end of the pattern is among the places."""
        return bool(state & self._last)

    def lengths(self, chars: Iterable[str]) -> Iterator[int]:
        """Yield the length of each match at the start of a text, from the shortest to the longest."""
        state = self.first
        length = 0
        for char in chars:
            if state & self._last:
                yield length
            state = self.moved(state, char)
            if not state:
                return
            length += 1
        if state & self._last:
            yield length
