"""A rule to the edits that ignore it here, and to those that no longer do: a comment, or a key of a profile."""

import re
from collections.abc import Iterator

from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.features.site import Fix, Site
from dfrender.profile.folders import SUFFIXES
from dfrender.rules.ignore import COMMENT
from dfrender.rules.manual import rules

_LIST = r"ignore:[ \t]*\[(?P<rules>[^\]\n]*)\]"
_UNUSED = re.compile(r"(?:no rule is named|nothing of) '(?P<rule>[^']*)'")


def ignored(site: Site) -> Iterator[Fix]:
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
    if re.match(COMMENT, above):
        start = site.offset_of(first - 1)
        end = start + len(above.rstrip())
        return site.edit(end, end, f",{site.problem.code}")
    return site.line_above(f"# dfrender: ignore={site.problem.code}")


def _ignored_in_profile(site: Site) -> Edit:
    written = re.search(rf"(?m)^{_LIST}", site.text.text)
    if written:
        end = written.end("rules")
        comma = ", " if written["rules"].strip() else ""
        return site.edit(end, end, f"{comma}{site.problem.code}")
    return site.line_behind(f"ignore: [{site.problem.code}]")


def not_ignored(site: Site) -> Iterator[Fix]:
    """Yield the removal of an ignore: of the comment or key that has no other, or of the rule from their list."""
    unused = _UNUSED.search(site.problem.message)
    line = site.text.line(site.line)
    comment = re.fullmatch(COMMENT, line)
    written = comment or re.match(_LIST, line)
    if written is None:
        return
    listed = re.split(r"[ \t]*,[ \t]*", written["rules"])
    rule = unused["rule"] if unused else ""
    if len(listed) == 1:
        what = "comment" if comment else "key"
        edit = site.lines_removed(site.line, site.line)
        yield Fix(f"Remove the {what}", (edit,))
    elif rule in listed:
        listed.remove(rule)
        comma = "," if comment else ", "
        start = site.line_start + written.start("rules")
        stop = site.line_start + written.end("rules")
        edit = site.edit(start, stop, comma.join(listed))
        yield Fix(f"Remove {rule}", (edit,))
