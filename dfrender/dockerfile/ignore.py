"""A path and the lines of an ignore file to whether builders leave the path out of the build context.

Follows moby/patternmatcher, which differs from git: a pattern begins at the root of the context, ``!`` takes paths back
in, and the last pattern that matches decides. Reads no file.
"""

import re
from collections.abc import Iterable
from posixpath import normpath

_PART = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?[^]]+\]|\\.|.")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def is_ignored(path: str, lines: Iterable[str]) -> bool:
    """Say whether a path, relative to the context and with ``/``, is left out of it."""
    ignored = False
    folders_and_file = [path[: slash.start()] for slash in re.finditer("/", path)] + [path]
    for line in lines:
        pattern = line.strip()
        if pattern and not line.startswith("#"):
            expression = _expression(normpath(pattern.removeprefix("!").strip()).lstrip("/"))
            if any(re.fullmatch(expression, each) for each in folders_and_file):
                ignored = not pattern.startswith("!")
    return ignored


def _expression(pattern: str) -> str:
    """Give the pattern as a regular expression; for one that builders refuse, an expression that nothing matches."""
    expression = "".join(_MEANING.get(part) or _class_or_text(part) for part in _PART.findall(pattern))
    try:
        return re.compile(expression).pattern
    except re.error:
        return r"(?!)"


def _class_or_text(part: str) -> str:
    if part[0] == "[" and part[1:]:
        return part.replace("\\", r"\\").replace("[", r"\[").replace(r"\[", "[", 1)
    return re.escape(part[-1])
