"""Diagnostics to those that nobody asked to ignore: in a comment above the instruction, or in the profile.

``# dfrender: ignore=RULE,RULE`` stands in the comment block directly above the instruction that it is for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Severity, did_you_mean
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.scan import is_comment
from dfrender.references.decisions import Decisions
from dfrender.source import At, Line

_MARK = "# dfrender:"
_OF_SEVERAL_TEMPLATES = "shared-image"  # found among templates, not in one
_ANYWHERE, _NOWHERE = ("", 0), ("", -1)
_IGNORE = r"\s*#\s*dfrender:\s*ignore\s*=\s*([a-z-]+(?:\s*,\s*[a-z-]+)*)\s*"
_Place = tuple[str, int]  # file and line


class _Ignore(NamedTuple):
    """One rule that is ignored, in the lines of an instruction; without any in the whole file."""

    rule: str
    at: At
    lines: frozenset[_Place]


def without_ignored(
    found: Iterable[Diagnostic], decisions: Decisions, known: Iterable[str] = ()
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that are not ignored; if the ``known`` rules are given, also the ignores without effect.

    An error of the profile is never ignored: there is nothing that could be written.
    """
    dockerfile = decisions.source.dockerfile
    ignores = [_Ignore(each.text, each.at, frozenset()) for each in decisions.profile.ignore]
    ignores += _comments(dockerfile)
    by_place: dict[tuple[str, _Place], list[_Ignore]] = {}
    for ignore in ignores:
        for place in ignore.lines or {_ANYWHERE}:
            by_place.setdefault((ignore.rule, place), []).append(ignore)
    if not ignores:
        return tuple(found)
    source = {(line.at.file, line.at.line) for line in dockerfile.lines}
    used: set[_Ignore] = set()
    kept = []
    for each in found:
        place = (each.at.file, each.at.line)
        may_be = each.severity is Severity.WARNING or place in source
        hits = [ignore for where in (place, _ANYWHERE) for ignore in by_place.get((each.code, where), ()) if may_be]
        used.update(hits)
        kept += [] if hits else [each]
    unused = _unused(ignores, used, list(known)) if known else ()
    return (*kept, *unused)


def _comments(dockerfile: Dockerfile) -> Iterator[_Ignore]:
    """Give what comments ignore; one that is not directly above an instruction, or not understood, ignores nothing."""
    lines, begin = dockerfile.lines, 0
    if not any(_MARK in line.text for line in lines):
        return
    for first, last in [(each.first, each.last) for each in dockerfile.instructions] + [(len(lines), len(lines))]:
        block = first
        while block > begin and is_comment(lines[block - 1].text):
            block -= 1
        below = {(line.at.file, line.at.line) for line in lines[first : last + 1]}
        for index in range(begin, first):
            if lines[index].text.lstrip().startswith(_MARK):
                yield from _listed(lines[index], below if index >= block else set())
        begin = last + 1


def _listed(line: Line, below: set[_Place]) -> Iterator[_Ignore]:
    match = re.fullmatch(_IGNORE, line.text)
    written = line.text.strip().removeprefix(_MARK).strip()
    for rule in re.split(r"\s*,\s*", match[1]) if match else [written]:
        yield _Ignore(rule, line.locate(0), frozenset(below or {_NOWHERE}))


def _unused(ignores: Sequence[_Ignore], used: set[_Ignore], known: list[str]) -> Iterator[Diagnostic]:
    for ignore in ignores:
        if ignore not in used and ignore.rule != _OF_SEVERAL_TEMPLATES:
            message, hint = f"nothing of {ignore.rule!r} was found here", "remove it"
            if ignore.rule not in known:
                message = f"no rule is named {ignore.rule!r}"
                hint = did_you_mean(ignore.rule, known) or "list the rules: dfrender explain"
            elif _NOWHERE in ignore.lines:
                message, hint = "there is no instruction below this comment", "put it directly above the instruction"
            yield Diagnostic(ignore.at, "unused-ignore", f"this ignores nothing: {message}", Severity.WARNING, hint)
