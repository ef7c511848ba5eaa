"""An instruction to what it takes from the build context, as it is written there. Reads no file.

Follows ``dockerfile2llb/convert_copy.go`` and ``convert_runmount.go``. Where a variable stands in a path, nobody knows
the path before the build: then the whole context counts.
"""

import json
import re
from collections.abc import Iterator
from posixpath import normpath
from typing import NamedTuple

from dfrender.dockerfile import syntax
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.lexer import SPACES
from dfrender.dockerfile.statement import Statement
from dfrender.dockerfile.syntax import LexedWord, Option
from dfrender.inputs.wildcards import has_wildcard
from dfrender.source import At

_HEREDOC = re.compile(r"\d*<<-?.*")
_REMOTE = re.compile(r"(?:https?|git|ssh)://|[\w.-]+@[\w.-]+:")
_PIVOT = "/./"


class Source(NamedTuple):
    """A path in the context, without the slash before it, and where it is written.

    ``exclude`` and ``include`` are patterns relative to that path; with ``include`` nothing else is taken.
    ``is_pattern``: wildcards stand in it, and what it means is taken only if it is there.
    """

    path: str
    at: At
    is_pattern: bool = False
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def sources_of(statement: Statement) -> Iterator[Source]:
    """Yield what an instruction takes from the context."""
    if statement.keyword in {"ADD", "COPY"}:
        yield from _copied(statement)
    elif statement.keyword == "RUN":
        for flag in statement.flags:
            if flag.text.startswith("--mount="):
                yield from _mounted(statement, flag)


def _copied(statement: Statement) -> Iterator[Source]:
    """Yield the sources of an ``ADD`` or ``COPY``; its last word is the destination."""
    if any(flag.text.startswith("--from=") and flag.text != "--from=" for flag in statement.flags):
        return
    exclude = tuple(_values(statement, "exclude"))
    if any("$" in pattern for pattern in exclude):
        exclude = ()
    has_parents = any(value != "false" for value in _values(statement, "parents"))
    words = _words(statement)
    for word, offset in words[:-1]:
        at = statement.at(offset)
        path = replace_variables(word, {}, statement.scanned.escape).text
        if "$" in word:
            yield Source("", at)
        elif statement.keyword == "ADD" and _REMOTE.match(path):
            continue
        elif has_parents:
            yield _with_parents(path, at, exclude)
        else:
            yield Source(_clean(path), at, has_wildcard(path), exclude)


def _with_parents(path: str, at: At, exclude: tuple[str, ...]) -> Source:
    """Return what ``--parents`` takes: below the pivot, if there is one, else below the context."""
    folder, pivot, below = path.partition(_PIVOT)
    if not pivot:
        folder, below = "", path
    is_pattern = has_wildcard(path)
    return Source(_clean(folder), at, is_pattern, exclude, (_clean(below),))


def _values(statement: Statement, name: str) -> Iterator[str]:
    """Yield what a flag is given as; of one without a value, nothing."""
    for flag in statement.flags:
        key, _, value = flag.text.removeprefix("--").partition("=")
        if key == name:
            yield value


def _words(statement: Statement) -> list[tuple[str, int]]:
    """Return the words of an instruction with their offsets, but for those that begin a heredoc."""
    listed = _json_words(statement)
    if listed is not None:
        return listed
    found: list[tuple[str, int]] = []
    is_delimiter = False
    for word in syntax.split_words(statement.text, statement.arguments):
        is_heredoc = bool(statement.logical.heredocs) and _HEREDOC.fullmatch(word.text) is not None
        if not is_heredoc and not is_delimiter:
            found.append((word.text, word.start))
        # a blank may stand before the delimiter
        is_delimiter = is_heredoc and word.text.endswith(("<<", "<<-"))
    return found


def _json_words(statement: Statement) -> list[tuple[str, int]] | None:
    """Return the words of an instruction in JSON; None if it is not JSON."""
    text = statement.text[statement.arguments :].strip(SPACES)
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return [(str(word), statement.arguments) for word in words]


def _mounted(statement: Statement, flag: LexedWord) -> Iterator[Source]:
    """Yield the source of a mount of the context: a bind mount without ``from``; a type may be a variable."""
    options = syntax.mount_options(flag) or ()
    kind = _last(options, "type")
    is_bind = kind is None or kind.value.lower() == "bind" or "$" in kind.value
    origin = _last(options, "from")
    if not is_bind or (origin is not None and origin.value):
        return
    place = _last(options, "source", "src")
    if place is None:
        yield Source("", statement.at(flag.start))
        return
    at = statement.at(flag.span(place.first, place.last)[0])
    if "$" in place.value:
        yield Source("", at)
    else:
        path = replace_variables(place.value, {}, statement.scanned.escape).text
        yield Source(_clean(path), at)


def _last(options: "list[Option] | tuple[()]", *keys: str) -> Option | None:
    """Return the last of the options with one of these keys: that one counts."""
    found = None
    for option in options:
        if option.key in keys:
            found = option
    return found


def _clean(path: str) -> str:
    """Return a path relative to the context, above which there is nothing; empty for the context itself."""
    return normpath(f"/{path}").lstrip("/")
