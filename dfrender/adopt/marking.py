"""An `Original` to the text with bare names, and to the lines of a template that renders to just that text."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from dfrender.adopt.original import Original
from dfrender.dockerfile.graph import NO_STAGE, Edge

_OPENING = re.compile(r"\{*\$?\{#[^}\r\n]*\}|\{\{.*?\}\}|\{%.*?%\}|\{[{%#]")
_ENDRAW = re.compile(r"\{%[-+]?\s*endraw")

_Edit = tuple[int, int, str]  # start and stop in a line, and what stands there instead


def bare(original: Original) -> str:
    """Give the text in which each stage has its bare name where its image was named."""
    texts = ((edge, name) for edge, name in _named(original) if edge.reference in original.by_image)
    return "".join(_lines(original, texts, str))


def marked(original: Original) -> list[str]:
    """Give the lines in which ``stage()`` names each stage, and Jinja gives all else back as it was.

    A name that ``stage()`` would write otherwise stays as it is: an index, one in capitals or broken over lines, and
    one in a trigger, which may run in another Dockerfile.
    """
    texts = [(edge, f'{{{{ stage("{name}") }}}}') for edge, name in _named(original) if _is_plain(original, edge)]
    return list(_lines(original, texts, _escaped))


def _named(original: Original) -> Iterator[tuple[Edge, str]]:
    """Give the references that name a stage, each with the stage's name."""
    for edge in original.graph.edges:
        if (stage := original.stage_of(edge)) != NO_STAGE:
            yield edge, original.graph.stages[stage].name


def _is_plain(original: Original, edge: Edge) -> bool:
    if edge.reference in original.by_image:
        return True
    is_name = edge.word.literal and edge.word.text == original.graph.stages[edge.stage].name
    return is_name and not edge.reference.onbuild and _offset(original, edge) >= 0


def _lines(original: Original, texts: Iterable[tuple[Edge, str]], escaped: Callable[[str], str]) -> Iterator[str]:
    edits: dict[int, list[_Edit]] = defaultdict(list)
    for edge, text in texts:
        for index, edit in _edits(original, edge, text):
            edits[index].append(edit)
    for index, line in enumerate(original.graph.dockerfile.lines):
        position = 0
        written = []
        for start, stop, text in sorted(edits[index]):
            written += [escaped(line.text[position:start]), text]
            position = stop
        yield "".join([*written, escaped(line.text[position:])])


def _edits(original: Original, edge: Edge, text: str) -> Iterator[tuple[int, _Edit]]:
    """Give the edits, each with its line; quotes around a name that stands in one piece stay where they are."""
    *others, last = edge.reference.segments
    if (offset := _offset(original, edge)) >= 0:
        yield last.line, (last.start + offset, last.start + offset + len(edge.word.text), text)
        return
    for piece in others:
        yield piece.line, (piece.start, piece.stop, "")
    yield last.line, (last.start, last.stop, text + edge.reference.quotes)


def _offset(original: Original, edge: Edge) -> int:
    """Give where in its only piece the name stands; -1 if there are several, or quotes and escapes inside it."""
    *others, last = edge.reference.segments
    written = original.graph.dockerfile.lines[last.line].text[last.start : last.stop]
    return -1 if others else written.find(edge.word.text)


def _escaped(text: str) -> str:
    """Wrap what Jinja would take for its own; the text is a line or a part of one."""
    return _OPENING.sub(_wrapped, text)


def _wrapped(match: re.Match[str]) -> str:
    written = match.group()
    if _ENDRAW.search(written):  # the one thing that cannot stand in raw
        return re.sub(r"\{[{%#]", r'{{ "\g<0>" }}', written)
    before, behind = match.string[: match.start()], match.string[match.end() :]
    # without a sign, the blanks that a line begins with and the line end behind a tag are dropped
    begin = "{%+ raw %}" if before.isspace() else "{% raw %}"
    end = "{% endraw +%}" if behind in {"\n", "\r\n"} else "{% endraw %}"
    return f"{begin}{written}{end}"
