"""A new name for a stage to the edits that give it everywhere, or to the reason why it cannot be given.

The edits are rehearsed: a template that is analysed with them must be the same one, but for the name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dfrender.lsp.features.navigation import naming
from dfrender.lsp.features.place import Place
from dfrender.lsp.model import Analysis, Mention, Naming
from dfrender.lsp.text import EditorText, Location, Range

_CALL = r"""\bstage\s*\(\s*(?P<quote>['"])(?P<name>{name})(?P=quote)"""
_PLAIN = r"(?:^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?|[ \t]--from=|,from=|=from=)(?P<name>{name})(?![\w.:/@-])"


class RefusedError(Exception):
    """The stage cannot be renamed so; the text says why."""


class Edit(NamedTuple):
    """A range of a file that gets another text."""

    location: Location
    text: str


def renamed(place: Place) -> Range | None:
    """Return the range of a stage's name at a place; None where there is none. Raise `RefusedError` if it must stay."""
    mention = place.mention
    if mention is None or not mention.stages:
        return None
    _refuse_computed(place.analysis, mention)
    return mention.location.range


def edits(place: Place, name: str, texts: Mapping[str, EditorText]) -> list[Edit]:
    """Return the edits that give a stage another name; ``texts`` are those of all files of the analysis."""
    mention = place.mention
    if mention is None or renamed(place) is None:
        return []
    if not place.analysis.is_complete:
        raise RefusedError("what is wrong here has to be mended first: not every profile can be rendered")
    found: dict[Location, None] = {}
    for each in naming(place.analysis, set(mention.stages)):
        if each.naming is Naming.LITERAL:
            found[each.location] = None
    old = {place.analysis.stages[stage].name for stage in mention.stages}
    for path, text in texts.items():
        for written in old:
            found |= dict.fromkeys(_unrendered(place.analysis, path, text, written))
    return [Edit(location, name) for location in found]


def refuse_other_meaning(before: Analysis, after: Analysis) -> None:
    """Raise `RefusedError` if a template is another one after a stage was renamed."""
    known = {each.code for each in before.problems if each.is_error}
    for each in after.problems:
        if each.is_error and each.code not in known:
            raise RefusedError(each.message)
    meant = [each.stages for each in before.mentions]
    if len(before.stages) != len(after.stages) or meant != [each.stages for each in after.mentions]:
        raise RefusedError("a reference would mean another stage, or an image")


def applied(text: EditorText, edits: list[Edit]) -> str:
    """Return a text with edits."""
    spans: list[tuple[int, int, str]] = []
    for each in edits:
        start, end = each.location.range
        spans.append((text.offset(start), text.offset(end), each.text))
    changed = text.text
    for first, last, new in sorted(spans, reverse=True):
        changed = changed[:first] + new + changed[last:]
    return changed


def _refuse_computed(analysis: Analysis, mention: Mention) -> None:
    for each in naming(analysis, set(mention.stages)):
        if each.naming is Naming.COMPUTED:
            path, line = each.location.path, each.location.range.start.line + 1
            raise RefusedError(f"its name is not written out at {path}:{line}, so it has to be changed by hand")


def _unrendered(analysis: Analysis, path: str, text: EditorText, name: str) -> Iterator[Location]:
    """Yield where the name stands in lines that no profile renders: all calls of ``stage``, and plain references."""
    rendered: set[int] = set()
    for rendering in analysis.renderings:
        rendered.update(line.line for line in rendering.lines if line.path == path)
    escaped = re.escape(name)
    for match in re.finditer(_CALL.format(name=escaped), text.text, re.IGNORECASE):
        yield Location(path, text.range(match.start("name"), match.end("name")))
    for match in re.finditer(_PLAIN.format(name=escaped), text.text, re.IGNORECASE | re.MULTILINE):
        number = text.text.count("\n", 0, match.start("name")) + 1
        if number not in rendered:
            yield Location(path, text.range(match.start("name"), match.end("name")))
