"""The text of one logical line to words, flags, mounts and heredocs, each with its offsets in that text.

Knows nothing of lines or stages. Follows BuildKit (``parser/split_command.go``, ``parser/parser.go``,
``instructions/commands_runmount.go``).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dfrender.dockerfile import names
from dfrender.dockerfile.lexer import SPACES, ExpansionError, shell_words

_BYTE_SPACES = "\t\n\v\f\r \x85\xa0"  # Go's unicode.IsSpace of a byte
_BLANKS = re.compile(r"[\t\v\f\r ]+")
_NO_BLANKS = re.compile(r"[^\t\v\f\r ]+")
_HEREDOC = re.compile(r"(\d*)<<(-?)([^<]*)", re.ASCII)
_CAPITALS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WITH_HEREDOC = frozenset({"ADD", "COPY", "RUN"})


class LexedWord(NamedTuple):
    """A word as the builder reads it, without quotes and escapes, and where it stands.

    ``spans`` has start and stop of each character of ``text``, its escape included; ``start`` and ``stop`` are those
    of the whole word.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    start: int
    stop: int

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return start and stop of ``text[first:last]`` with the quotes around and in it.

        The start is the end of the character before, the stop is the start of the character behind.
        """
        start = self.start
        if first:
            start = self.spans[first - 1][1]
        stop = self.stop
        if last < len(self.spans):
            stop = self.spans[last][0]
        return start, stop


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


def skip_blanks(text: str, start: int) -> int:
    """Return the offset of what follows the white space."""
    stop = len(text)
    while start < stop and text[start] in SPACES:
        start += 1
    return start


def split_words(text: str, start: int) -> list[LexedWord]:
    """Split at blanks from ``start`` on; quotes and escapes mean nothing here (``FROM``)."""
    start = skip_blanks(text, start)
    stop = len(text.rstrip(SPACES))
    words = []
    for match in _NO_BLANKS.finditer(text, start, stop):
        first, last = match.span()
        spans = tuple(zip(range(first, last), range(first + 1, last + 1), strict=True))
        words.append(LexedWord(match.group(), spans, first, last))
    return words


def split_flags(text: str, start: int, escape: str) -> tuple[list[LexedWord], int]:
    """Return the leading words that begin with ``--``, and the offset of what follows them.

    Quotes and escapes count anywhere in them; a word ``--`` ends them. BuildKit reads them byte by byte: what is not
    ASCII comes out as the characters of Latin-1, two of which are white space to it.
    """
    flags: list[LexedWord] = []
    if not text.startswith("--", start):
        return flags, start
    end = len(text.rstrip(SPACES))
    chars, places = _bytes(text, start, end)
    position = 0
    while chars.startswith("--", position):
        word, position = _flag(chars, position, escape, places)
        if word.text == "--":
            break
        flags.append(word)
        while position < len(chars) and chars[position] in _BYTE_SPACES:
            position += 1
    return flags, places[position]


def _bytes(text: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    """Return each byte of ``text[start:end]`` as a character, and for each the offset that it stands at."""
    part = text[start:end]
    if part.isascii():
        return part, range(start, end + 1)
    chars = []
    places = []
    for offset, char in enumerate(part, start):
        data = char.encode(errors="surrogateescape")
        chars.append(data.decode("latin-1"))
        places.extend([offset] * len(data))
    places.append(end)
    return "".join(chars), places


def _flag(text: str, start: int, escape: str, places: Sequence[int]) -> tuple[LexedWord, int]:
    """Read a flag; return it and the position behind it."""
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    position = start
    quote = ""
    end = len(text)
    while position < end and (quote or text[position] not in _BYTE_SPACES):
        first = position
        char = text[first]
        position += 1
        if char == quote:
            quote = ""
            continue
        if not quote and char in "'\"":
            quote = char
            continue
        if char == escape:
            if position == end:  # an escape that escapes nothing is dropped
                continue
            char = text[position]
            position += 1
        chars.append(char)
        spans.append((places[first], places[position - 1] + 1))
    word = LexedWord("".join(chars), tuple(spans), places[start], places[position - 1] + 1)
    return word, position


def open_quote(text: str, start: int, stop: int, escape: str) -> str:
    """Return the quote that is open at ``stop`` in the flag that begins at ``start``; empty if none is."""
    position = start
    quote = ""
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
    end = len(text.rstrip(SPACES))
    first = skip_blanks(text, start)
    while first < end:
        stop = _quoted_word_end(text, first, end, escape)
        word = text[first:stop]
        if stop > end:  # an escape that escapes nothing is dropped
            word = text[first : end - 1]
        if word:
            words.append((word, first))
        first = skip_blanks(text, stop)
    return words


def _quoted_word_end(text: str, start: int, end: int, escape: str) -> int:
    position = start
    quote = ""
    while position < end and (quote or text[position] not in SPACES):
        char = text[position]
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape and quote != "'":
            position += 1
        position += 1
    return position


def mount_options(flag: LexedWord) -> list[Option] | None:
    """Read the value of ``--mount=``: one CSV record of ``key=value`` fields; `None` if it is not CSV."""
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
    """Return start and stop of a CSV field's text, and the offset of the comma behind it."""
    if not text.startswith('"', first):
        return _plain_field(text, first)
    stop = text.find('"', first + 1)
    while text.startswith('""', stop) and stop > 0:
        stop = text.find('"', stop + 2)
    if stop < 0:
        return None
    following = stop + 1
    if following < len(text) and text[following] != ",":
        return None
    return first + 1, stop, following


def _plain_field(text: str, first: int) -> tuple[int, int, int] | None:
    stop = text.find(",", first)
    if stop < 0:
        stop = len(text)
    if text.find('"', first, stop) >= 0:
        return None
    return first, stop, stop


def heredocs(text: str, escape: str) -> list[Heredoc]:
    """Return the heredocs that an instruction opens, in their order.

    The JSON form opens none, and needs no look: all that it holds stands in double quotes.
    """
    if "<<" not in text:
        return []
    keyword, start = split_keyword(text, 0)
    if keyword == "ONBUILD":
        _, start = split_flags(text, start, escape)
        keyword, _ = split_keyword(text, start)
    if keyword not in _WITH_HEREDOC:
        return []
    found = []
    try:
        for word in shell_words(text, raw=True):
            heredoc = _heredoc(word)
            if heredoc:
                found.append(heredoc)
    except ExpansionError:  # BuildKit then sees no heredoc at all, an unbalanced quote is enough
        return []
    return found


def _heredoc(word: str) -> Heredoc | None:
    match = _HEREDOC.fullmatch(word)
    if not match:
        return None
    _descriptor, dash, delimiter = match.groups()
    words = shell_words(delimiter.lstrip("\t\n\f\r "), raw=False)
    if len(words) != 1:
        return None
    return Heredoc(words[0], chomp=bool(dash))


def split_keyword(text: str, start: int) -> tuple[str, int]:
    """Return the instruction's keyword in capitals, and the offset of what follows it."""
    start = skip_blanks(text, start)
    blanks = _BLANKS.search(text, start)
    if not blanks:
        return in_capitals(text[start:]), len(text)
    return in_capitals(text[start : blanks.start()]), blanks.end()


def in_capitals(keyword: str) -> str:
    """Return a keyword in capitals: BuildKit compares in lower case, in which the long s is not an s."""
    return names.lower(keyword).translate(_CAPITALS)
