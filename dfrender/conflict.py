"""A text in which git left the marks of a conflict to that text as each of the two sides has it."""

import enum

from dfrender.source import split_lines

_MARK_LENGTH = 7


class _Part(enum.Enum):
    """Whose lines stand behind a mark."""

    BOTH = ""
    OURS = "<<<<<<<"
    BASE = "|||||||"
    THEIRS = "======="
    END = ">>>>>>>"


# what may follow: the base stands there only if the user asks git for it (merge.conflictStyle)
_NEXT = {
    _Part.BOTH: (_Part.OURS,),
    _Part.OURS: (_Part.BASE, _Part.THEIRS),
    _Part.BASE: (_Part.THEIRS,),
    _Part.THEIRS: (_Part.END,),
}


def sides(text: str) -> tuple[str, str] | None:
    """Return a text as each side of its conflicts has it; None without conflicts, or where one has no end."""
    ours: list[str] = []
    theirs: list[str] = []
    part = _Part.BOTH
    is_conflicted = False
    for line in split_lines(text):
        mark = _mark(line)
        if mark in _NEXT[part]:
            part = mark
            is_conflicted = True
            if part is _Part.END:
                part = _Part.BOTH
            continue
        if part in {_Part.BOTH, _Part.OURS}:
            ours.append(line)
        if part in {_Part.BOTH, _Part.THEIRS}:
            theirs.append(line)
    if not is_conflicted or part is not _Part.BOTH:
        return None
    return "".join(ours), "".join(theirs)


def _mark(line: str) -> _Part | None:
    """Return what a line begins if it is a mark; behind it stands the name of a side, but for the one in between."""
    written = line.rstrip("\r\n")
    mark = written[:_MARK_LENGTH]
    for part in (_Part.OURS, _Part.BASE, _Part.END):
        if mark == part.value and (written == mark or written[_MARK_LENGTH] == " "):
            return part
    if written == _Part.THEIRS.value:
        return _Part.THEIRS
    return None
