"""One instruction while it is read: its text, where each character of it stands, and the problems found in it."""

from dfrender.dockerfile import syntax
from dfrender.dockerfile.model import Reference, ReferenceKind
from dfrender.dockerfile.scan import LogicalLine, Scanned
from dfrender.dockerfile.syntax import LexedWord
from dfrender.source import At


class Statement:
    """An instruction, with offsets in its logical line: its value begins at ``start``, its flags end at ``arguments``.

    ``stage`` is the index of its stage, -1 before the first ``FROM``; of a ``FROM`` the one that it begins.
    ``onbuild``: it is what an ``ONBUILD`` stores.
    """

    __slots__ = ("arguments", "flags", "keyword", "logical", "onbuild", "scanned", "stage", "start", "text")

    def __init__(self, scanned: Scanned, logical: LogicalLine, keyword: str, start: int) -> None:
        """Begin with an instruction before the first ``FROM``."""
        self.scanned = scanned
        self.logical = logical
        self.text = logical.text
        self.keyword = keyword
        self.start = start
        self.flags, self.arguments = syntax.split_flags(self.text, start, scanned.escape)
        self.stage = -1
        self.onbuild = False

    def trigger(self, keyword: str, start: int) -> "Statement":
        """Return the instruction that this ``ONBUILD`` stores."""
        stored = Statement(self.scanned, self.logical, keyword, start)
        stored.stage = self.stage
        stored.onbuild = True
        return stored

    def at(self, offset: int) -> At:
        """Return where the user wrote the character at an offset."""
        line, column = self.logical.locate(offset)
        return self.scanned.lines[line].locate(column)

    def error(self, offset: int, code: str, message: str, hint: str = "") -> None:
        """Report what builders refuse."""
        at = self.at(offset)
        self.scanned.problems.error(at, code, message, hint)

    def warning(self, offset: int, code: str, message: str, hint: str = "") -> None:
        """Report what builders accept."""
        at = self.at(offset)
        self.scanned.problems.warning(at, code, message, hint)

    def mention(self, kind: ReferenceKind, text: str, offset: int) -> Reference:
        """Return a reference that nothing is written in the place of."""
        at = self.at(offset)
        return Reference(kind, text, (), at, self.stage, onbuild=self.onbuild)

    def reference(self, kind: ReferenceKind, word: LexedWord, first: int, last: int) -> Reference:
        """Return the reference that ``word.text[first:last]`` is."""
        start, stop = word.span(first, last)
        quotes = ""
        if kind is not ReferenceKind.FROM:
            before = self._open_quote(word, start)
            behind = self._open_quote(word, stop)
            if before != behind:
                quotes = before + behind
        name = word.text[first:last]
        segments = self.logical.segments(start, stop)
        at = self.at(start)
        return Reference(kind, name, segments, at, self.stage, quotes, self.onbuild)

    def _open_quote(self, flag: LexedWord, stop: int) -> str:
        return syntax.open_quote(self.text, flag.start, stop, self.scanned.escape)
