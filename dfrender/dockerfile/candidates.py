"""The names of stages, and a text of which parts may be anything, to the stages that it may mean.

Looked for in two sorted lists, by how names begin and by how they end: a file may have thousands of both.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence

ANY = "\0"
"""What may be anything, in a text; no Dockerfile holds it."""

_BEHIND_ALL = "\U0010ffff"
_LIMIT = 200_000


class Candidates:
    """The stages above a ``FROM``, by name; of those that share a name, the last one.

    ``complete`` says that all was looked at: hardly a file has so many stages that may be one of so many others that
    it is not.
    """

    def __init__(self) -> None:
        """Begin without a stage."""
        self.complete = True
        self._stages: dict[str, int] = {}
        self._names: list[str] = []
        self._backwards: list[str] = []
        self._left = _LIMIT

    def add(self, name: str, stage: int) -> None:
        """Add a stage below all that were added before."""
        if name not in self._stages:
            insort(self._names, name)
            insort(self._backwards, name[::-1])
        self._stages[name] = stage

    def named(self, name: str) -> int | None:
        """Return the stage of that name."""
        return self._stages.get(name)

    def matching(self, pattern: str) -> list[int]:
        """Return the stages that a text may mean, in their order; it has to hold an `ANY`."""
        if not self.complete:
            return []
        parts = pattern.split(ANY)
        found = []
        for name in self._similar(parts[0], parts[-1]):
            self._left -= 1
            if _fits(name, parts):
                found.append(self._stages[name])
        self.complete = self._left >= 0
        return sorted(found)

    def _similar(self, prefix: str, suffix: str) -> Sequence[str]:
        """Return names among which are all with this start and this end."""
        beginning = _beginning(self._names, prefix)
        ending = _beginning(self._backwards, suffix[::-1])
        if len(beginning) <= len(ending):
            return beginning
        return [name[::-1] for name in ending]


def _beginning(names: Sequence[str], prefix: str) -> Sequence[str]:
    first = bisect_left(names, prefix)
    last = bisect_left(names, prefix + _BEHIND_ALL)
    return names[first:last]


def _fits(name: str, parts: Sequence[str]) -> bool:
    """Return whether the parts stand in a name in their order, the first at its start and the last at its end."""
    first, *inner, last = parts
    stop = len(name) - len(last)
    if not name.startswith(first) or not name.endswith(last):
        return False
    position = len(first)
    for part in inner:
        position = name.find(part, position, stop)
        if position < 0:
            return False
        position += len(part)
    return position <= stop
