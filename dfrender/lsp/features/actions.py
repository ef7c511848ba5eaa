"""What is wrong at a place to what can be done about it: what its hint says, and a comment that ignores it."""

from typing import NamedTuple

from dfrender.lsp.features.fixes import fixes
from dfrender.lsp.features.ignoring import ignored
from dfrender.lsp.features.profile_fixes import Read
from dfrender.lsp.features.site import Fix, Site
from dfrender.lsp.model import Analysis, Problem
from dfrender.lsp.text import EditorText, Range


class Action(NamedTuple):
    """A fix, the problem that it is about, and whether it does what the hint says and nothing else does."""

    fix: Fix
    problem: Problem
    is_preferred: bool


def actions(analysis: Analysis, path: str, text: EditorText, area: Range, read: Read) -> list[Action]:
    """Return what can be done about the problems that touch a range; ``read`` is asked for files beside it."""
    found: list[Action] = []
    for each in analysis.problems:
        if each.location.path != path or not each.location.range.shares_line(area):
            continue
        site = Site(each, text)
        mending = list(fixes(analysis, site, read))
        for fix in mending:
            found.append(Action(fix, each, is_preferred=len(mending) == 1))
        for fix in ignored(site):
            found.append(Action(fix, each, is_preferred=False))
    return found
