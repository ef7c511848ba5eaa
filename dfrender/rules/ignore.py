"""Diagnostics to those that nobody asked to ignore: in a comment above the instruction, or in the profile.

``# dfrender: ignore=RULE,RULE`` stands in the comment block directly above the instruction that it is for.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Problems, Severity, did_you_mean
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.scan import is_comment
from dfrender.references.decisions import Decisions
from dfrender.source import At, Line

_MARK = "# dfrender:"
COMMENT = r"\s*#\s*dfrender:\s*ignore\s*=\s*(?P<rules>[a-z-]+(?:\s*,\s*[a-z-]+)*)\s*"
"""The expression of a whole comment that ignores rules."""
_OF_SEVERAL_TEMPLATES = "shared-image"  # found among templates, not in one

_FileLine = tuple[str, int]
_NOWHERE: frozenset[_FileLine] = frozenset()


class _Ignore(NamedTuple):
    """A rule that is ignored: in the lines of an instruction, or everywhere if there are None."""

    rule: str
    at: At
    lines: frozenset[_FileLine] | None

    def is_for(self, place: _FileLine) -> bool:
        return self.lines is None or place in self.lines


def without_ignored(
    found: Iterable[Diagnostic], decisions: Decisions, known: Collection[str] = ()
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that are not ignored; if the ``known`` rules are given, also the ignores without effect.

    An error of the profile is never ignored: there is nothing that could be written.
    """
    dockerfile = decisions.source.dockerfile
    ignores = [_Ignore(each.text, each.at, None) for each in decisions.profile.ignore]
    ignores += _comments(dockerfile)
    if not ignores:
        return tuple(found)
    by_rule: defaultdict[str, list[_Ignore]] = defaultdict(list)
    for ignore in ignores:
        by_rule[ignore.rule].append(ignore)
    template = _places(dockerfile.lines)
    used: set[_Ignore] = set()
    kept = Problems()
    for each in found:
        place = (each.at.file, each.at.line)
        hits = [ignore for ignore in by_rule[each.code] if ignore.is_for(place)]
        if hits and (each.severity is Severity.WARNING or place in template):
            used.update(hits)
        else:
            kept.append(each)
    if known:
        _report_unused(ignores, used, known, kept)
    return tuple(kept)


def _places(lines: Iterable[Line]) -> frozenset[_FileLine]:
    return frozenset((line.at.file, line.at.line) for line in lines)


def _comments(dockerfile: Dockerfile) -> Iterator[_Ignore]:
    """Yield what comments ignore; one that is not directly above an instruction, or not understood, ignores nothing."""
    lines = dockerfile.lines
    if not any(_MARK in line.text for line in lines):
        return
    begin = 0
    for each in dockerfile.instructions:
        below = _places(lines[each.first : each.last + 1])
        yield from _between(lines[begin : each.first], below)
        begin = each.last + 1
    yield from _between(lines[begin:], _NOWHERE)


def _between(lines: Sequence[Line], below: frozenset[_FileLine]) -> Iterator[_Ignore]:
    """Yield what the comments between two instructions ignore in the lines of the one below."""
    block = len(lines)
    while block and is_comment(lines[block - 1].text):
        block -= 1
    for index, line in enumerate(lines):
        if line.text.lstrip().startswith(_MARK):
            ignored = below if index >= block else _NOWHERE
            yield from _listed(line, ignored)


def _listed(line: Line, ignored: frozenset[_FileLine]) -> Iterator[_Ignore]:
    match = re.fullmatch(COMMENT, line.text)
    if match:
        rules = re.split(r"\s*,\s*", match["rules"])
    else:
        written = line.text.strip().removeprefix(_MARK)
        rules = [written.strip()]
    for rule in rules:
        yield _Ignore(rule, line.locate(0), ignored)


def _report_unused(
    ignores: Iterable[_Ignore], used: Collection[_Ignore], known: Collection[str], problems: Problems
) -> None:
    for ignore in ignores:
        rule = ignore.rule
        if ignore in used or rule == _OF_SEVERAL_TEMPLATES:
            continue
        if rule not in known:
            message = f"no rule is named {rule!r}"
            hint = did_you_mean(rule, known) or "list the rules: dfrender explain"
        elif ignore.lines == _NOWHERE:
            message = "there is no instruction below this comment"
            hint = "put it directly above the instruction"
        else:
            message = f"nothing of {rule!r} was found here"
            hint = "remove it"
        problems.warning(ignore.at, "unused-ignore", f"this ignores nothing: {message}", hint)
