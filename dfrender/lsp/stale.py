"""What was known of a template before it was broken, at the places where it stands now."""

from collections.abc import Mapping

from dfrender.lsp.model import Analysis
from dfrender.lsp.text import NOWHERE, Location, Position, Range


class _Shift:
    """Where the lines of a text are after it was changed in one stretch of lines."""

    def __init__(self, before: str, now: str) -> None:
        old, new = before.split("\n"), now.split("\n")
        self.head = 0
        while self.head < min(len(old), len(new)) and old[self.head] == new[self.head]:
            self.head += 1
        tail = 0
        while tail < min(len(old), len(new)) - self.head and old[-tail - 1] == new[-tail - 1]:
            tail += 1
        self.tail = len(old) - tail
        self.added = len(new) - len(old)

    def line(self, number: int) -> int:
        """Return where a line is now; -1 for one that was changed."""
        if number < self.head:
            return number
        if number >= self.tail:
            return number + self.added
        return -1


def carried(new: Analysis, old: Analysis, before: Mapping[str, str], now: Mapping[str, str]) -> Analysis:
    """Return an analysis that knows nothing of stages with what an older one knew of them.

    ``before`` and ``now`` are the texts of the documents of both.
    """
    if new.stages or not old.stages:
        return new
    shifts: dict[str, _Shift] = {}
    for path, text in now.items():
        if path in before and before[path] != text:
            shifts[path] = _Shift(before[path], text)
    stages = []
    for stage in old.stages:
        moved = _moved(stage.location, shifts)
        location = moved or Location(stage.location.path, NOWHERE)
        stages.append(stage._replace(location=location))
    mentions = []
    for mention in old.mentions:
        moved = _moved(mention.location, shifts)
        if moved:
            mentions.append(mention._replace(location=moved))
    settings = new.settings or old.settings
    return new._replace(
        files=new.files | old.files,
        profiles=new.profiles or old.profiles,
        stages=tuple(stages),
        mentions=tuple(mentions),
        settings=settings,
    )


def _moved(location: Location, shifts: Mapping[str, _Shift]) -> Location | None:
    """Return where a place is now; None if its line was changed."""
    shift = shifts.get(location.path)
    if shift is None:
        return location
    start, end = location.range
    line = shift.line(start.line)
    if line < 0:
        return None
    moved = Range(Position(line, start.character), Position(line + end.line - start.line, end.character))
    return Location(location.path, moved)
