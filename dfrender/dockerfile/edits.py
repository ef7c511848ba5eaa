"""What is to stand in place of references to the text of their lines: the one way in which a line is edited."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dfrender.dockerfile.model import Reference
from dfrender.source import Line


class Edit(NamedTuple):
    """Another text for what stands in a line from ``start`` to before ``stop``."""

    start: int
    stop: int
    text: str


class Edits:
    """The edits of a Dockerfile, by the indices of its lines; no two of them overlap."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_line: dict[int, list[Edit]] = defaultdict(list)

    def add(self, index: int, edit: Edit) -> None:
        """Edit one line."""
        self._by_line[index].append(edit)

    def replace(self, reference: Reference, text: str) -> None:
        """Write a text in place of a reference, in its last segment.

        The other segments end in a continuation, so an emptied one joins nothing; an emptied last line would join the
        next instruction to this one.
        """
        last = reference.segments[-1]
        for segment in reference.segments:
            if segment is not last:
                self.add(segment.line, Edit(segment.start, segment.stop, ""))
        self.add(last.line, Edit(last.start, last.stop, f"{text}{reference.quotes}"))

    def remove(self, reference: Reference) -> None:
        """Leave nothing of a reference."""
        for segment in reference.segments:
            self.add(segment.line, Edit(segment.start, segment.stop, ""))

    def line(self, index: int, line: Line) -> Line:
        """Return a line with its edits made; the same one if it has none."""
        edits = self._of(index)
        if not edits:
            return line
        exact = min(line.exact, edits[0].start)
        return line.with_text(self.text(index, line.text), exact)

    def text(self, index: int, text: str, between: Callable[[str], str] = str) -> str:
        """Return the text of a line with its edits made; ``between`` is applied to each part that stays."""
        parts: list[str] = []
        position = 0
        for edit in self._of(index):
            untouched = text[position : edit.start]
            parts.append(between(untouched))
            parts.append(edit.text)
            position = edit.stop
        rest = text[position:]
        parts.append(between(rest))
        return "".join(parts)

    def _of(self, index: int) -> Sequence[Edit]:
        return sorted(self._by_line.get(index, ()))
