"""An `Original` to the text with bare names, and to the lines of a template that renders to just that text."""

import re
from collections.abc import Callable, Iterator

from dfrender.adopt.original import Original
from dfrender.dockerfile.edits import Edit, Edits
from dfrender.dockerfile.graph import NO_STAGE, Edge

_OPENING = re.compile(r"\{*\$?\{#[^}\r\n]*\}|\{\{.*?\}\}|\{%.*?%\}|\{[{%#]")
_ENDRAW = re.compile(r"\{%[-+]?\s*endraw")


def bare(original: Original) -> str:
    """Return the text in which each stage has its bare name where its image was named."""
    edits = Edits()
    for edge, name in _named(original):
        if edge.reference in original.by_image:
            _rename(edits, original, edge, name)
    return "".join(_edited(original, edits, str))


def marked(original: Original) -> list[str]:
    """Return the lines in which ``stage()`` names each stage, and Jinja gives all else back as it was.

    A name that ``stage()`` would write otherwise stays as it is: an index, one in capitals or broken over lines, and
    one in a trigger, which may run in another Dockerfile.
    """
    edits = Edits()
    for edge, name in _named(original):
        if _is_plain(original, edge):
            _rename(edits, original, edge, f'{{{{ stage("{name}") }}}}')
    return _edited(original, edits, _escaped)


def _edited(original: Original, edits: Edits, between: Callable[[str], str]) -> list[str]:
    found: list[str] = []
    for index, line in enumerate(original.graph.dockerfile.lines):
        text = edits.text(index, line.text, between)
        found.append(text)
    return found


def _named(original: Original) -> Iterator[tuple[Edge, str]]:
    """Yield the references that name a stage, each with the stage's name."""
    for edge in original.graph.edges:
        stage = original.stage_of(edge)
        if stage != NO_STAGE:
            yield edge, original.graph.stages[stage].name


def _is_plain(original: Original, edge: Edge) -> bool:
    if edge.reference in original.by_image:
        return True
    stage = original.graph.stages[edge.stage]
    if edge.reference.onbuild or not edge.word.literal:
        return False
    return edge.word.text == stage.name and _offset(original, edge) >= 0


def _rename(edits: Edits, original: Original, edge: Edge, text: str) -> None:
    """Write a text in place of a name; quotes around one that stands in one segment stay where they are."""
    offset = _offset(original, edge)
    if offset < 0:
        edits.replace(edge.reference, text)
        return
    segment = edge.reference.segments[0]
    start = segment.start + offset
    stop = start + len(edge.word.text)
    edits.add(segment.line, Edit(start, stop, text))


def _offset(original: Original, edge: Edge) -> int:
    """Return where in its only segment the name stands; -1 if there are several, or quotes and escapes inside it."""
    if len(edge.reference.segments) > 1:
        return -1
    segment = edge.reference.segments[0]
    line = original.graph.dockerfile.lines[segment.line]
    written = line.text[segment.start : segment.stop]
    return written.find(edge.word.text)


def _escaped(text: str) -> str:
    """Wrap what Jinja would take for its own; the text is a line or a part of one."""
    return _OPENING.sub(_wrapped, text)


def _wrapped(match: re.Match[str]) -> str:
    written = match.group()
    if _ENDRAW.search(written):
        # the one thing that cannot stand in raw
        return re.sub(r"\{[{%#]", r'{{ "\g<0>" }}', written)
    before = match.string[: match.start()]
    behind = match.string[match.end() :]
    # without a sign, Jinja drops the blanks that a line begins with and the line end behind a tag
    begin = "{% raw %}"
    if before.isspace():
        begin = "{%+ raw %}"
    end = "{% endraw %}"
    if behind in {"\n", "\r\n"}:
        end = "{% endraw +%}"
    return f"{begin}{written}{end}"
