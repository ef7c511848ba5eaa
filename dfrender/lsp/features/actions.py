"""What is wrong at a place to what can be done about it: what its hint says, and a comment that ignores it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dfrender.lsp.features.fixes import fixes
from dfrender.lsp.features.profile_fixes import Read
from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.features.site import Fix, Site
from dfrender.lsp.model import Analysis, Problem
from dfrender.lsp.text import EditorText, Range
from dfrender.profile.folders import SUFFIXES
from dfrender.rules.manual import rules

_COMMENT = re.compile(r"[ \t]*#\s*dfrender:\s*ignore\s*=\s*[a-z-]+(?:\s*,.*)?")
_IGNORED = re.compile(r"(?m)^ignore:[ \t]*\[(?P<rules>[^\]\n]*)\]")


class Action(NamedTuple):
    """A fix, the problem that it is about, and whether it does what the hint says and nothing else does."""

    fix: Fix
    problem: Problem
    is_preferred: bool


def actions(analysis: Analysis, path: str, text: EditorText, area: Range, read: Read) -> list[Action]:
    """Return what can be done about the problems that touch a range; ``read`` is asked for files beside it."""
    found: list[Action] = []
    for each in analysis.problems:
        place = each.location
        if place.path != path or place.range.start.line > area.end.line or area.start.line > place.range.end.line:
            continue
        site = Site(each, text)
        mending = list(fixes(analysis, site, read))
        for fix in mending:
            found.append(Action(fix, each, is_preferred=len(mending) == 1))
        for fix in _ignoring(site):
            found.append(Action(fix, each, is_preferred=False))
    return found


def _ignoring(site: Site) -> Iterator[Fix]:
    """Yield what ignores the rule of a problem: a comment above an instruction, an entry in a profile."""
    problem = site.problem
    if problem.code not in rules() or problem.code == "unused-ignore":
        return
    if not problem.location.path.endswith(SUFFIXES):
        yield Fix(f"Ignore {problem.code} here", (_ignored_above(site),))
    elif not problem.is_error:  # one of a profile is never ignored
        yield Fix(f"Ignore {problem.code} in this profile", (_ignored_in_profile(site),))


def _ignored_above(site: Site) -> Edit:
    """Return the comment above an instruction, or the rule in one that is there."""
    first = site.first_line
    above = site.text.line(first - 1) if first else ""
    if _COMMENT.match(above):
        end = site.offset_of(first - 1) + len(above.rstrip())
        return site.edit(end, end, f",{site.problem.code}")
    return site.line_above(f"# dfrender: ignore={site.problem.code}")


def _ignored_in_profile(site: Site) -> Edit:
    written = _IGNORED.search(site.text.text)
    if written:
        end = written.end("rules")
        comma = ", " if written["rules"].strip() else ""
        return site.edit(end, end, f"{comma}{site.problem.code}")
    return site.line_behind(f"ignore: [{site.problem.code}]")
