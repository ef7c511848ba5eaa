"""A rendering with tags in it and the plain one to lines that know where they come from, and the calls in them.

A tag is a number in digits of its own and the mark of what it counts: template lines or calls of ``stage``. It consists
of private-use characters that stand nowhere in the texts, so no filter in a template changes a tag into another.
The plain rendering is the truth. Tags can make a template behave differently; then less is known, and nothing is wrong.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from zlib import crc32

from dfrender.source import At, Line, encode, split_lines
from dfrender.template.files import Files

_WORD = re.compile(r"[\w.-]+")


class Tagged(NamedTuple):
    """A rendered line whose tags were taken out.

    ``origin`` is the number of the template line that it begins with, -1 where none is known; ``calls`` are the offsets
    at which ``stage`` calls printed, each with the number of the call.
    """

    text: str
    origin: int
    calls: tuple[tuple[int, int], ...] = ()


class Tags(NamedTuple):
    """Writes and reads tags: ten digits, the mark of a template line, the mark of a call."""

    alphabet: str

    def line(self, number: int) -> str:
        """Return the tag that says: this template line begins here."""
        return self._digits(number) + self.alphabet[10]

    def call(self, number: int) -> str:
        """Return the tag that says: what this call printed begins here."""
        return self._digits(number) + self.alphabet[11]

    def take_out(self, text: str) -> list[Tagged]:
        """Return the lines of a text without tags, and what the tags said."""
        all_digits, marks = self.alphabet[:10], self.alphabet[10:]
        pattern = re.compile(f"([{all_digits}]+)([{marks}])")
        latin = str.maketrans(all_digits, "0123456789")
        origin = -1
        found: list[Tagged] = []
        for line in split_lines(text):
            parts = iter(pattern.split(line))  # text, and for each tag its digits, its mark and the text behind it
            plain = next(parts)
            begun = origin
            calls: list[tuple[int, int]] = []
            for digits, mark, after in zip(parts, parts, parts, strict=True):
                number = int(digits.translate(latin))
                if mark == self.alphabet[11]:
                    calls.append((len(plain), number))
                else:
                    origin = number
                    if not plain:  # of several tags before the first character the last is the innermost, and counts
                        begun = number
                plain += after
            found.append(Tagged(plain, begun, tuple(calls)))
        return found

    def are_unused(self, texts: Iterable[str]) -> bool:
        """Say whether none of the texts holds one of the characters that tags consist of."""
        used = set(self.alphabet)
        return all(used.isdisjoint(text) for text in texts)

    def _digits(self, number: int) -> str:
        return "".join([self.alphabet[int(digit)] for digit in str(number)])


def unused_tags(texts: Iterable[str]) -> Tags:
    """Return tags of characters that none of the texts holds, private-use characters as far as they reach."""
    used: set[str] = set()
    for text in texts:
        used.update(text)
    private = map(chr, range(0xE000, 0x110000))
    unused = (character for character in private if character not in used)
    return Tags("".join(islice(unused, 12)))


def rare_tags(texts: Sequence[str]) -> Tags:
    """Return tags of characters that none of the texts holds, and that a template hardly makes by itself.

    They are the same for the same first text, of which there are compiled forms, and begin anywhere among 130,000.
    """
    start = 0xF0000 + crc32(encode(texts[0])) % 0x1FF00
    tags = Tags("".join(map(chr, range(start, start + 12))))
    if tags.are_unused(texts):
        return tags
    return unused_tags(texts)


def align(plain: Sequence[str], tagged: Sequence[Tagged], *, complete: bool) -> list[Tagged]:
    """Return a tagged line for each plain one: what is known about it, surely only where the texts are the same.

    The same beginning and, of a complete rendering, the same end belong together; of what is between them each line to
    its like if there are equally many, else nothing is known.
    """
    head = _same(plain, tagged)
    tail = 0
    if complete:
        rest, tagged_rest = plain[head:], tagged[head:]
        tail = _same(reversed(rest), reversed(tagged_rest))
    missing = len(plain) - head - tail
    aligned = list(tagged[:head])
    if complete and len(tagged) == len(plain):
        aligned += tagged[head : len(tagged) - tail]
    else:
        aligned += [Tagged("", -1)] * missing
    aligned += tagged[len(tagged) - tail :]
    return aligned


def _same(plain: Iterable[str], tagged: Iterable[Tagged]) -> int:
    """Return how many are the same text from the first on."""
    count = 0
    for one, other in zip(plain, tagged, strict=False):
        if one != other.text:
            break
        count += 1
    return count


def lines(plain: Sequence[str], aligned: Sequence[Tagged], origins: Sequence[At], files: Files) -> Iterator[Line]:
    """Yield the lines; one that is not known to be from elsewhere counts to where the line before it is from."""
    at = At(files.root.file, 1)
    for text, tagged in zip(plain, aligned, strict=True):
        if 0 <= tagged.origin < len(origins):  # a filter may turn digits round
            at = origins[tagged.origin]
        exact = _common(text, files.line(at))
        yield Line(text, at, exact)


def _common(text: str, other: str) -> int:
    """Return how many characters are the same from the first on."""
    if text == other:
        return len(text)
    count = 0
    for one, two in zip(text, other, strict=False):
        if one != two:
            break
        count += 1
    return count


class Call(NamedTuple):
    """One call: the stage's name in lower case, and the place of the word ``stage`` in the template."""

    name: str
    at: At


class Span(NamedTuple):
    """A stretch of a rendered line: ``line`` counts the lines from 0, ``start`` and ``stop`` its characters."""

    line: int
    start: int
    stop: int


class StageCall(NamedTuple):
    """A call and where its output stands; nowhere, if the name was only compared, or printed as part of another text.

    Not ``exact``: some lines could not be traced, and ``spans`` are all where the name stands in those lines.
    """

    name: str
    at: At
    spans: tuple[Span, ...]
    exact: bool


def locate(
    calls: Sequence[Call], tagged_calls: Sequence[Call], lines: Sequence[str], aligned: Sequence[Tagged]
) -> Iterator[StageCall]:
    """Yield each call of the plain rendering with its spans; the tagged rendering may have made other calls."""
    numbers = _plain_numbers(calls, tagged_calls)
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    untraced: list[int] = []
    for index, tagged in enumerate(aligned):
        if tagged.text != lines[index]:
            untraced.append(index)
            continue
        for start, number in tagged.calls:
            if number in numbers:
                name = tagged_calls[number].name
                if tagged.text.startswith(name, start):
                    span = Span(index, start, start + len(name))
                    spans[numbers[number]].append(span)
    if not untraced and len(numbers) < len(calls):
        untraced.extend(range(len(lines)))  # some call was made only without tags: any line may be what it printed
    words = _words(lines, untraced)
    for number, call in enumerate(calls):
        exact = number in spans or not untraced
        found = spans[number] if exact else words[call.name]
        yield StageCall(call.name, call.at, tuple(found), exact)


def _plain_numbers(calls: Sequence[Call], tagged_calls: Sequence[Call]) -> dict[int, int]:
    """Pair the calls of both renderings: the first from a place with the first from there, and so on."""
    waiting: defaultdict[Call, deque[int]] = defaultdict(deque)
    for number, call in enumerate(calls):
        waiting[call].append(number)
    paired: dict[int, int] = {}
    for number, call in enumerate(tagged_calls):
        if waiting[call]:
            paired[number] = waiting[call].popleft()
    return paired


def _words(lines: Sequence[str], indexes: Iterable[int]) -> defaultdict[str, list[Span]]:
    """Return where each word stands in some of the lines; what is not a word does not name a stage."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for index in indexes:
        for match in _WORD.finditer(lines[index]):
            span = Span(index, match.start(), match.end())
            found[match.group()].append(span)
    return found
