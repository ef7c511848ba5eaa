"""A path with wildcards in a ``COPY`` or ``ADD`` to what it matches, as Go's ``filepath.Match`` does. Reads no file."""

import re

from dfrender.dockerfile.ignore import PatternError, class_end

_WILDCARD = re.compile(r"(?s)(?:[^\\*?\[]|\\.)*[*?\[]")


def has_wildcard(path: str) -> bool:
    """Return whether a path has a wildcard that no backslash stands before."""
    return _WILDCARD.match(path) is not None


def split(path: str) -> tuple[str, str]:
    """Return the folders before the first part with a wildcard, and the rest."""
    parts = path.split("/")
    first = 0
    while first < len(parts) and not has_wildcard(parts[first]):
        first += 1
    return "/".join(parts[:first]), "/".join(parts[first:])


class Wildcard:
    """A relative path with wildcards; of those only a choice of characters may be a slash."""

    def __init__(self, pattern: str) -> None:
        """Raise `PatternError` for a pattern that builders refuse."""
        self._expression = re.compile(_expression(pattern))
        self.depth = pattern.count("/") + 1
        if "[" in pattern:
            self.depth = 0

    def matches(self, path: str) -> bool:
        """Return whether it matches a whole path."""
        return self._expression.fullmatch(path) is not None

    def is_above(self, path: str) -> bool:
        """Return whether it may match something below a folder."""
        return not self.depth or path.count("/") + 1 < self.depth


def _expression(pattern: str) -> str:
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*":
            parts.append("[^/]*")
        elif char == "?":
            parts.append("[^/]")
        elif char == "[":
            end = class_end(pattern, position)
            parts.append(_choice(pattern[position : end - 1]))
            position = end
        elif char == "\\":
            if position == len(pattern):
                raise PatternError(f"{pattern!r} ends too early")
            parts.append(re.escape(pattern[position]))
            position += 1
        else:
            parts.append(re.escape(char))
    return "".join(parts)


def _choice(text: str) -> str:
    """Return what stands in brackets as a regular expression; a range that is upside down has nothing in it."""
    sign = ""
    if text.startswith("^"):
        sign = "^"
    ranges: list[str] = []
    for low, high in re.findall(r"(?s)(\\.|.)(?:-(\\.|.))?", text.removeprefix("^")):
        first = low[-1]
        last = (high or low)[-1]
        if first <= last:
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
    if not ranges:
        return "(?s:.)" if sign else "(?!)"
    return f"[{sign}{''.join(ranges)}]"
