"""What is to stand in place of references to the text of their lines: the one way in which a line is edited."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dfrender.dockerfile.model import Reference


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

    def add(self, line: int, edit: Edit) -> None:
        """Edit one line."""
        self._by_line[line].append(edit)

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

    def of(self, line: int) -> Sequence[Edit]:
        """Return the edits of a line, the first one first."""
        return sorted(self._by_line.get(line, ()))

    def spliced(self, line: int, text: str, between: Callable[[str], str]) -> str:
        """Return the text of a line with its edits made; ``between`` is applied to each part that stays."""
        parts: list[str] = []
        position = 0
        for edit in self.of(line):
            untouched = text[position : edit.start]
            parts.append(between(untouched))
            parts.append(edit.text)
            position = edit.stop
        rest = text[position:]
        parts.append(between(rest))
        return "".join(parts)
