"""The text of one logical line to words, flags, mounts and heredocs, each with its offsets in that text.

Knows nothing of lines or stages. Follows BuildKit (``parser/split_command.go``, ``parser/parser.go``,
``instructions/commands_runmount.go``).
"""

import re
from itertools import pairwise
from typing import NamedTuple

from dfrender.dockerfile.expand import SPACES, ExpansionError, shell_words

_BLANKS = re.compile(r"[\t\v\f\r ]+")
_HEREDOC = re.compile(r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)", re.ASCII)
_WITH_HEREDOC = frozenset({"ADD", "COPY", "RUN"})


class Word(NamedTuple):
    """A word as the builder reads it, without quotes and escapes, and where it stands.

    ``spans`` has start and stop of each character of ``text``, its escape included; ``start`` and ``stop`` are those
    of the whole word.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    start: int
    stop: int

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give start and stop of ``text[first:last]`` with the quotes around and in it.

        The start is the end of the character before, the stop is the start of the character behind.
        """
        start = self.spans[first - 1][1] if first else self.start
        return start, self.spans[last][0] if last < len(self.spans) else self.stop


class Option(NamedTuple):
    """An option of a mount: its key in lower case, its value and the value's place in the flag's word."""

    key: str
    value: str
    first: int
    last: int


class Heredoc(NamedTuple):
    """The delimiter of a heredoc; ``chomp`` (``<<-``): its lines may be indented by tabs."""

    name: str
    chomp: bool

    def ends_at(self, line: str) -> bool:
        """Say whether this physical line is the delimiter."""
        line = line.rstrip("\r\n")
        return (line.lstrip("\t") if self.chomp else line) == self.name


def skip_blanks(text: str, start: int) -> int:
    """Give the offset of what follows the white space."""
    return start + len(text[start:]) - len(text[start:].lstrip(SPACES))


def split_words(text: str, start: int) -> list[Word]:
    """Split at blanks from ``start`` on; quotes and escapes mean nothing here (``FROM``)."""
    start, stop = skip_blanks(text, start), len(text.rstrip(SPACES))
    bounds = [match.span() for match in _BLANKS.finditer(text, start, stop)]
    edges = [(start, start), *bounds, (stop, stop)]
    words = [(left[1], right[0]) for left, right in pairwise(edges) if left[1] < right[0]]
    return [Word(text[a:b], tuple((i, i + 1) for i in range(a, b)), a, b) for a, b in words]


def split_flags(text: str, start: int, escape: str) -> tuple[list[Word], int]:
    """Give the leading words that begin with ``--``, and the offset of what follows them.

    Quotes and escapes count anywhere in them; a word ``--`` ends them.
    """
    flags: list[Word] = []
    while True:
        start = skip_blanks(text, start)
        if not text.startswith("--", start):
            return flags, start
        word = _flag(text, start, escape)
        start = word.stop
        if word.text == "--":
            return flags, start
        flags.append(word)


def _flag(text: str, start: int, escape: str) -> Word:
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    position, quote, end = start, "", len(text.rstrip(SPACES))
    while position < end and (quote or text[position] not in SPACES):
        char, first = text[position], position
        position += 1
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char != escape:
            chars.append(char)
            spans.append((first, position))
        elif position < end:
            chars.append(text[position])
            position += 1
            spans.append((first, position))
    return Word("".join(chars), tuple(spans), start, position)


def open_quote(text: str, start: int, stop: int, escape: str) -> str:
    """Give the quote that is open at ``stop`` in the flag that begins at ``start``; empty if none is."""
    position, quote = start, ""
    while position < stop:
        char = text[position]
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape:
            position += 1
        position += 1
    return quote


def quoted_words(text: str, start: int, escape: str) -> list[tuple[str, int]]:
    """Split at white space outside quotes, quotes and escapes kept (``ARG``, ``ENV``); with offsets."""
    words: list[tuple[str, int]] = []
    position, end = start, len(text.rstrip(SPACES))
    while True:
        position = skip_blanks(text, position)
        if position >= end:
            return words
        first, quote = position, ""
        while position < end and (quote or text[position] not in SPACES):
            char = text[position]
            if char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
            elif char == escape and quote != "'":
                position += 1
            position += 1
        word = text[first : position if position <= end else end - 1]  # an escape that escapes nothing is dropped
        if word:
            words.append((word, first))


def mount_options(flag: Word) -> list[Option] | None:
    """Read the value of ``--mount=``: one CSV record of ``key=value`` fields; `None` if it is no CSV."""
    first = flag.text.index("=") + 1
    options: list[Option] = []
    while True:
        field = _field(flag.text, first)
        if field is None:
            return None
        start, stop, following = field
        key, equals, value = flag.text[start:stop].partition("=")
        options.append(Option(key.lower(), value, start + len(key) + len(equals), stop))
        if following >= len(flag.text):
            return options
        first = following + 1


def _field(text: str, first: int) -> tuple[int, int, int] | None:
    """Give start and stop of a CSV field's text, and the offset of the comma behind it."""
    if not text.startswith('"', first):
        stop = text.find(",", first)
        stop = len(text) if stop < 0 else stop
        return None if '"' in text[first:stop] else (first, stop, stop)
    stop = text.find('"', first + 1)
    while text.startswith('""', stop) and stop > 0:
        stop = text.find('"', stop + 2)
    if stop < 0 or text[stop + 1 : stop + 2] not in ("", ","):
        return None
    return first + 1, stop, stop + 1


def heredocs(text: str, escape: str) -> list[Heredoc]:
    """Give the heredocs that an instruction opens, in their order.

    The JSON form opens none, and needs no look: all that it holds stands in double quotes.
    """
    if "<<" not in text:
        return []
    keyword, start = split_keyword(text, 0)
    if keyword == "ONBUILD":
        keyword, start = split_keyword(text, split_flags(text, start, escape)[1])
    if keyword not in _WITH_HEREDOC:
        return []
    try:
        return [heredoc for word in shell_words(text, raw=True) if (heredoc := _heredoc(word))]
    except ExpansionError:  # BuildKit then sees no heredoc at all, an unbalanced quote is enough
        return []


def _heredoc(word: str) -> Heredoc | None:
    match = _HEREDOC.fullmatch(word)
    names = shell_words(match[3], raw=False) if match else []
    return Heredoc(names[0], bool(match and match[2])) if len(names) == 1 else None


def split_keyword(text: str, start: int) -> tuple[str, int]:
    """Give the instruction's keyword in capitals, and the offset of what follows it."""
    start = skip_blanks(text, start)
    match = _BLANKS.search(text, start)
    return (text[start : match.start()].upper(), match.end()) if match else (text[start:].upper(), len(text))
