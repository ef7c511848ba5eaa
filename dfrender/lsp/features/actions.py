"""What is wrong at a place to the edits that end it: what its hint says, and a comment that ignores it."""

import re
from collections.abc import Iterator

from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.model import Analysis, Problem
from dfrender.lsp.text import EditorText, Location, Position, Range
from dfrender.profile.folders import SUFFIXES
from dfrender.rules.manual import rules
from dfrender.source import line_end
from dfrender.tuples import NamedTuple

# the hints that name the text to write in place of the one that the message quotes
_INSTEAD = (
    re.compile(r"did you mean '(?P<new>[^']+)'"),
    re.compile(r"^write '(?P<new>[^']+)'$"),
    re.compile(r"^write (?P<new>true|false), or put the text in quotes$"),
    re.compile(r"^write (?P<new>[\w.-]+); if another job builds it"),
    re.compile(r"^write (?P<new>[\w./:-]+), or repository and tag instead of image$"),
    re.compile(r"write (?P<new>[\w./-]+:latest)$"),
    re.compile(r"^name it (?P<new>\w+)$"),
    re.compile(r"^give it a tag: (?P<new>\S+)$"),
)
_ABOVE = re.compile(r"^repeat (?P<line>ARG \S+) in ")
_QUOTED = re.compile(r"'(?P<old>[^']+)'")
_FLAG = re.compile(r"--[\w-]+")
_COMMENT = re.compile(r"[ \t]*#\s*dfrender:\s*ignore\s*=\s*[a-z-]+(?P<more>\s*,.*)?")
_CONTINUED = re.compile(r"[\\`][ \t]*$")
_IGNORED = re.compile(r"(?m)^ignore:[ \t]*\[(?P<rules>[^\]\n]*)\]")


class Action(NamedTuple):
    """Edits with a title, and the problem that they end."""

    title: str
    edits: tuple[Edit, ...]
    problem: Problem
    is_fix: bool


def actions(analysis: Analysis, path: str, text: EditorText, area: Range) -> list[Action]:
    """Return what can be done about the problems that touch a range."""
    found: list[Action] = []
    for each in analysis.problems:
        place = each.location
        if place.path == path and place.range.start.line <= area.end.line and area.start.line <= place.range.end.line:
            found += _fixes(each, text)
            found += _ignoring(each, text)
    return found


def _fixes(problem: Problem, text: EditorText) -> Iterator[Action]:
    """Yield what the hint of a problem says to write."""
    yield from _other_text(problem, text)
    if problem.code == "ambiguous-boolean":
        area = problem.location.range
        start, end = text.offset(area.start), text.offset(area.end)
        quoted = f"'{text.text[start:end]}'"
        yield _fix(f"Write {quoted}", problem, problem.location, quoted)
    above = _ABOVE.match(problem.hint)
    if above:
        edit = _line_above(problem, text, above["line"])
        yield _fix(f"Repeat {above['line']}", problem, edit.location, edit.text)
    if problem.code == "unused-ignore":
        yield from _without_comment(problem, text)


def _fix(title: str, problem: Problem, location: Location, text: str) -> Action:
    edit = Edit(location, text)
    return Action(title, (edit,), problem, is_fix=True)


def _other_text(problem: Problem, text: EditorText) -> Iterator[Action]:
    """Yield what a hint names to be written in place of the text that the message quotes."""
    for pattern in _INSTEAD:
        match = pattern.search(problem.hint)
        if match is None:
            continue
        replaced = _quoted(problem, text)
        if replaced:
            yield _fix(f"Write {match['new']}", problem, replaced, match["new"])
        return


def _without_comment(problem: Problem, text: EditorText) -> Iterator[Action]:
    """Yield the removal of a comment that ignores this rule and no other."""
    line = problem.location.range.start.line
    comment = _COMMENT.fullmatch(text.line(line))
    if comment and not comment["more"]:
        whole = Range(Position(line, 0), Position(line + 1, 0))
        yield _fix("Remove the comment", problem, Location(problem.location.path, whole), "")


def _quoted(problem: Problem, text: EditorText) -> Location | None:
    """Return where the text that a message quotes first stands: at the problem, or behind it in its line."""
    start = text.offset(problem.location.range.start)
    end = text.text.find("\n", start)
    if end < 0:
        end = len(text.text)
    for match in _QUOTED.finditer(problem.message):
        old = match["old"]
        found = text.text.lower().find(old.lower(), start, end)
        if found >= 0:
            return Location(problem.location.path, text.range(found, found + len(old)))
    flag = _FLAG.match(text.text, start)
    if flag:
        return Location(problem.location.path, text.range(start, flag.end()))
    return None


def _ignoring(problem: Problem, text: EditorText) -> Iterator[Action]:
    """Yield what ignores the rule of a problem: a comment above an instruction, an entry in a profile."""
    if problem.code not in rules() or problem.code == "unused-ignore":
        return
    if problem.location.path.endswith(SUFFIXES):
        if not problem.is_error:  # one of a profile is never ignored
            edit = _ignored_in_profile(problem, text)
            yield Action(f"Ignore {problem.code} in this profile", (edit,), problem, is_fix=False)
        return
    edit = _ignored_above(problem, text)
    yield Action(f"Ignore {problem.code} here", (edit,), problem, is_fix=False)


def _ignored_above(problem: Problem, text: EditorText) -> Edit:
    """Return the comment above an instruction, or the rule in one that is there."""
    first = _first_line(problem, text)
    above = text.line(first - 1) if first else ""
    if _COMMENT.match(above):
        end = text.offset(Position(first - 1, 0)) + len(above.rstrip())
        return Edit(Location(problem.location.path, text.range(end, end)), f",{problem.code}")
    return _line_above(problem, text, f"# dfrender: ignore={problem.code}")


def _line_above(problem: Problem, text: EditorText, line: str) -> Edit:
    first = _first_line(problem, text)
    place = Range(Position(first, 0), Position(first, 0))
    return Edit(Location(problem.location.path, place), f"{line}{line_end(text.text)}")


def _first_line(problem: Problem, text: EditorText) -> int:
    """Return the first line of the instruction that a problem is in: the one above does not go on in it."""
    line = problem.location.range.start.line
    while line and _CONTINUED.search(text.line(line - 1)):
        line -= 1
    return line


def _ignored_in_profile(problem: Problem, text: EditorText) -> Edit:
    path = problem.location.path
    written = _IGNORED.search(text.text)
    if written:
        end = text.range(written.end("rules"), written.end("rules"))
        comma = ", " if written["rules"].strip() else ""
        return Edit(Location(path, end), f"{comma}{problem.code}")
    end = text.range(len(text.text), len(text.text))
    before = "" if text.text.endswith("\n") or not text.text else line_end(text.text)
    return Edit(Location(path, end), f"{before}ignore: [{problem.code}]{line_end(text.text)}")
