"""The calls of ``stage`` in a template to the places where their output stands in the rendered lines."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dfrender.source import At
    from dfrender.template.origins import Tagged


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
