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
    """Return whether a path, relative to the context and with ``/``, is left out of it."""
    ignored = False
    path_and_parents = [path]
    for slash in re.finditer("/", path):
        path_and_parents.append(path[: slash.start()])
    for line in lines:
        pattern = line.strip()
        if not pattern or line.startswith("#"):
            continue
        takes_back = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip()
        expression = _expression(normpath(pattern).lstrip("/"))
        if any(expression.fullmatch(each) for each in path_and_parents):
            ignored = not takes_back
    return ignored


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the pattern as a regular expression; for one that builders refuse, an expression that nothing matches."""
    parts = []
    for part in _PART.findall(pattern):
        parts.append(_MEANING.get(part) or _class_or_text(part))
    try:
        return re.compile("".join(parts))
    except re.error:
        return re.compile(r"(?!)")


def _class_or_text(part: str) -> str:
    if not part.startswith("[") or part == "[":
        return re.escape(part[-1])
    escaped = part[1:].replace("\\", r"\\").replace("[", r"\[")
    return f"[{escaped}"
