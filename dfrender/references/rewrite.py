"""`Decisions` to the rewritten `Dockerfile`: references edited in their line, generated lines added."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile.edits import Edits
from dfrender.dockerfile.graph import NO_STAGE
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.parse import parse
from dfrender.dockerfile.scan import directives_end, is_comment
from dfrender.references.decisions import Decisions
from dfrender.references.prebuilt import GeneratedArg, Prebuilt
from dfrender.source import Line, line_end, restore_bom

_PLAIN = r"[A-Za-z0-9_./:@+-]*"
_Added = dict[int, list[Line]]  # by the index of the line that they stand above


def rewrite(decisions: Decisions) -> Dockerfile:
    """Write every reference of the stages that are kept as decided, and read the result.

    Where there is nothing to write, that is what was read before.
    """
    lines = rewritten_lines(decisions)
    source = decisions.source.dockerfile
    if lines == source.lines and not _decides_anything(decisions):
        return source
    return parse(lines, lines[0].at.file)


def _decides_anything(decisions: Decisions) -> bool:
    return any(each.is_written and each.edges for each in decisions.written)


def rewritten_lines(decisions: Decisions) -> tuple[Line, ...]:
    """Return the lines of the kept stages with every reference as decided; the others stay the same, to the byte."""
    dockerfile = decisions.source.dockerfile
    edits = _edits(decisions)
    added = _additions(decisions)
    removed = removed_lines(decisions)
    merged: list[Line] = []
    for index, line in enumerate(dockerfile.lines):
        merged += added.get(index, ())
        if index not in removed:
            merged.append(edits.line(index, line))
    if removed:
        merged = _with_directives(dockerfile, merged)
    return restore_bom(merged, dockerfile.lines[0])


def removed_lines(decisions: Decisions) -> Collection[int]:
    """Return the indices of the lines of the stages that are not kept; the comments above its FROM go with a stage."""
    dockerfile = decisions.source.dockerfile
    stages = range(len(dockerfile.stages))
    if len(decisions.kept) == len(stages):
        return ()
    borders = [_above_stage(dockerfile, stage) for stage in stages]
    borders.append(len(dockerfile.lines))
    found: set[int] = set()
    for stage in stages:
        if stage not in decisions.kept:
            found.update(range(borders[stage], borders[stage + 1]))
    return found


def _edits(decisions: Decisions) -> Edits:
    edits = Edits()
    for each in decisions.written:
        if each.is_written:
            for edge in each.edges:
                edits.replace(edge.reference, each.text(edge))
    _renumber(decisions, edits)
    return edits


def _renumber(decisions: Decisions, edits: Edits) -> None:
    """Write the indices that mean another stage in the output: as the stage's name, else as its new index."""
    source = decisions.source
    written = {edge.reference for each in decisions.written if each.is_written for edge in each.edges}
    moved = decisions.positions()
    for edge in source.edges:
        reference = edge.reference
        is_own_index = edge.is_index and edge.stage != NO_STAGE and not reference.onbuild
        if not is_own_index or reference in written or reference.stage not in decisions.kept:
            continue
        if moved[edge.stage] != edge.stage:
            title = source.title(edge.stage)
            text = str(moved[edge.stage]) if title.startswith("#") else title
            edits.replace(reference, text)


def _with_directives(source: Dockerfile, lines: Sequence[Line]) -> list[Line]:
    """Put a blank line above a comment that would be read as a directive now that nothing else is above it."""
    top = source.top
    found = list(lines)
    if directives_end(lines) != top:
        why = "keeps the comment below from being read as a directive"
        found.insert(top, Line(line_end(lines[0].text), lines[top].at, 0, why))
    return found


def _additions(decisions: Decisions) -> Mapping[int, Sequence[Line]]:
    """Return the generated lines, by the index of the line that they stand above."""
    added: _Added = defaultdict(list)
    declared: set[str] = set()
    keywords = _keywords(decisions)
    _pin(decisions, keywords, added)
    for each in decisions.written:
        for arg in each.args:
            if arg.name not in declared:
                declared.add(arg.name)
                _declare(decisions, each, arg, keywords, added)
        if each.alias:
            _add_alias(decisions, each, keywords, added)
    return added


class _Keywords(NamedTuple):
    """The keywords of generated lines."""

    arg: str = "ARG"
    start: str = "FROM"
    name: str = "AS"


def _keywords(decisions: Decisions) -> _Keywords:
    """Return the keywords in the case that most instructions are in; BuildKit warns of others.

    Those in both cases count for none (``validateCommandCasing`` in ``dockerfile2llb/convert.go``).
    """
    dockerfile = decisions.source.dockerfile
    lower = upper = 0
    for instruction in dockerfile.instructions:
        if instruction.stage in decisions.kept:
            text = dockerfile.lines[instruction.first].text.lstrip()
            keyword = text[: len(instruction.keyword)]
            lower += keyword.islower()
            upper += keyword.isupper()
    if lower > upper:
        return _Keywords("arg", "from", "as")
    return _Keywords()


def _pin(decisions: Decisions, keywords: _Keywords, added: _Added) -> None:
    """Add what the profile gives an argument as its default, below its last declaration above the first ``FROM``."""
    pinned = decisions.pinned()
    dockerfile = decisions.source.dockerfile
    places = {each.name.text: each.name.at for each in decisions.profile.builds.build_args}
    for arg in reversed(dockerfile.args):
        if arg.stage != NO_STAGE or arg.name not in places:
            continue
        at = places.pop(arg.name)
        if arg.name in pinned:
            value = _quoted(pinned[arg.name], dockerfile.escape)
            text = f"{keywords.arg} {arg.name}={value}{line_end(dockerfile.lines[0].text)}"
            above = arg.last + 1
            line = Line(text, dockerfile.lines[arg.last].at, 0, "build argument that the profile gives", at)
            added[above].append(line)


def _quoted(value: str, escape: str) -> str:
    """Return the word that builders read a value from."""
    if re.fullmatch(_PLAIN, value):
        return value
    special = re.escape(f'"{escape}')
    escaped = re.sub(f"[{special}]", lambda match: escape + match[0], value)
    return f'"{escaped}"'


def _declare(decisions: Decisions, prebuilt: Prebuilt, arg: GeneratedArg, keywords: _Keywords, added: _Added) -> None:
    dockerfile = decisions.source.dockerfile
    above = _below_global_args(dockerfile)
    what = "tag of the images"
    if arg is prebuilt.args[-1]:
        what = f"image of {prebuilt.name}"
    text = f"{keywords.arg} {arg.name}={arg.default}{line_end(dockerfile.lines[0].text)}"
    line = Line(text, dockerfile.lines[above].at, 0, f"build argument for the {what}", arg.at)
    added[above].append(line)


def _add_alias(decisions: Decisions, prebuilt: Prebuilt, keywords: _Keywords, added: _Added) -> None:
    dockerfile = decisions.source.dockerfile
    above = _above_stage(dockerfile, prebuilt.first_consumer)
    platform = f"--platform={prebuilt.platform} " if prebuilt.platform else ""
    image = f"${{{prebuilt.args[-1].name}}}"
    start = f"{keywords.start} {platform}{image} {keywords.name} {prebuilt.alias}"
    text = start + line_end(dockerfile.lines[0].text)
    line = Line(text, dockerfile.lines[above].at, 0, f"alias stage of {prebuilt.name}", prebuilt.at)
    added[above].append(line)


def _below_global_args(dockerfile: Dockerfile) -> int:
    """Return the line behind the last ``ARG`` before the first ``FROM``, so that it may use it."""
    ends = [each.last + 1 for each in dockerfile.args if each.stage == NO_STAGE]
    if ends:
        return ends[-1]
    return _above_stage(dockerfile, 0)


def _above_stage(dockerfile: Dockerfile, stage: int) -> int:
    """Return the first line of the comments directly above a stage: BuildKit takes them for its description."""
    first = dockerfile.stages[stage].first
    behind = bisect_left(dockerfile.instructions, first, key=lambda each: each.first)
    floor = dockerfile.top
    if behind:
        floor = dockerfile.instructions[behind - 1].last + 1
    while first > floor and is_comment(dockerfile.lines[first - 1].text):
        first -= 1
    return first
