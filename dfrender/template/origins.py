"""A rendering with tags in it and the plain one to lines that know where they come from, and the calls in them.

A tag is a number in digits of its own and the mark of what it counts: template lines or calls of ``stage``. It consists
of private-use characters that stand nowhere in the texts, so no filter in a template changes a tag into another.
The plain rendering is the truth. Tags can make a template behave differently; then less is known, and nothing is wrong.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from dfrender.source import At, Line, split_lines


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
        """Give the tag that says: this template line begins here."""
        return self._digits(number) + self.alphabet[10]

    def call(self, number: int) -> str:
        """Give the tag that says: what this call printed begins here."""
        return self._digits(number) + self.alphabet[11]

    def read(self, text: str) -> Iterator[Tagged]:
        """Take the tags out; of several before a line's first character the last is the innermost, and counts."""
        pattern = re.compile(f"([{self.alphabet[:10]}]+)([{self.alphabet[10:]}])")
        latin = str.maketrans(self.alphabet[:10], "0123456789")
        last = -1
        for line in split_lines(text):
            plain, *tags = pattern.split(line)
            origin = last
            calls: list[tuple[int, int]] = []
            for digits, mark, after in zip(tags[::3], tags[1::3], tags[2::3], strict=True):
                number = int(digits.translate(latin))
                if mark == self.alphabet[11]:
                    calls.append((len(plain), number))
                else:
                    last = number
                    origin = origin if plain else number
                plain += after
            yield Tagged(plain, origin, tuple(calls))

    def _digits(self, number: int) -> str:
        return "".join([self.alphabet[int(digit)] for digit in str(number)])


def unused_tags(texts: Iterable[str]) -> Tags:
    """Give tags of characters that none of the texts holds, private-use characters as far as they reach."""
    used = set().union(*texts)
    unused = (character for character in map(chr, range(0xE000, 0x110000)) if character not in used)
    return Tags("".join(islice(unused, 12)))


def align(plain: Sequence[str], tagged: Sequence[Tagged], *, complete: bool) -> list[Tagged]:
    """Give a tagged line for each plain one: what is known about it, surely only where the texts are the same.

    The same beginning and, of a complete rendering, the same end belong together; of what is between them each line to
    its like if there are equally many, else nothing is known.
    """
    head = _same(zip(plain, tagged, strict=False))
    tail = _same(zip(reversed(plain[head:]), reversed(tagged[head:]), strict=False)) if complete else 0
    between = list(tagged[head : len(tagged) - tail])
    missing = len(plain) - head - tail
    unknown = between if complete and len(between) == missing else [Tagged("", -1)] * missing
    return [*tagged[:head], *unknown, *tagged[len(tagged) - tail :]]


def _same(pairs: Iterable[tuple[str, Tagged]]) -> int:
    """Give how many pairs are the same text from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1].text, pairs))


def lines(
    plain: Sequence[str],
    aligned: Sequence[Tagged],
    origins: Sequence[At],
    template_line: Callable[[At], str],
    first: At,
) -> Iterator[Line]:
    """Give the lines; one that is not known to be from elsewhere counts to where the line before it is from."""
    at = first
    for text, tagged in zip(plain, aligned, strict=True):
        at = origins[tagged.origin] if 0 <= tagged.origin < len(origins) else at  # a filter may turn digits round
        yield Line(text, at, _common(text, template_line(at)))


def _common(text: str, other: str) -> int:
    """Give how many characters are the same from the first on."""
    differing = (index for index, (one, two) in enumerate(zip(text, other, strict=False)) if one != two)
    return len(text) if text == other else next(differing, min(len(text), len(other)))


class Call(NamedTuple):
    """One call: the stage's name in lower case, and the place of the word ``stage`` in the template."""

    name: str
    at: At


class Place(NamedTuple):
    """A stretch of a rendered line: ``line`` counts the lines from 0, ``start`` and ``stop`` its characters."""

    line: int
    start: int
    stop: int


class StageCall(NamedTuple):
    """A call and where its output stands; nowhere, if the name was only compared, or printed as part of another text.

    Not ``exact``: some lines could not be traced, and ``places`` are all where the name stands in those lines.
    """

    name: str
    at: At
    places: tuple[Place, ...]
    exact: bool


def locate(
    calls: Sequence[Call], tagged_calls: Sequence[Call], lines: Sequence[str], aligned: Sequence[Tagged]
) -> Iterator[StageCall]:
    """Give each call of the plain rendering with its places; the tagged rendering may have made other calls."""
    numbers = _plain_numbers(calls, tagged_calls)
    places: defaultdict[int, list[Place]] = defaultdict(list)
    traced = [tagged.text == line for tagged, line in zip(aligned, lines, strict=True)]
    for index, tagged in enumerate(aligned):
        for start, number in tagged.calls if traced[index] else ():
            if number in numbers and tagged.text.startswith(name := tagged_calls[number].name, start):
                places[numbers[number]].append(Place(index, start, start + len(name)))
    untraced = [index for index, sure in enumerate(traced) if not sure]
    for number, call in enumerate(calls):
        exact = number in places or not untraced
        found = places[number] if exact else _occurrences(call.name, lines, untraced)
        yield StageCall(call.name, call.at, tuple(found), exact)


def _plain_numbers(calls: Sequence[Call], tagged_calls: Sequence[Call]) -> dict[int, int]:
    """Pair the calls of both renderings: the first from a place with the first from there, and so on."""
    waiting: defaultdict[Call, deque[int]] = defaultdict(deque)
    for number, call in enumerate(calls):
        waiting[call].append(number)
    return {number: waiting[call].popleft() for number, call in enumerate(tagged_calls) if waiting[call]}


def _occurrences(name: str, lines: Sequence[str], indexes: Sequence[int]) -> Iterator[Place]:
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    for index in indexes:
        for match in word.finditer(lines[index]):
            yield Place(index, match.start(), match.end())
