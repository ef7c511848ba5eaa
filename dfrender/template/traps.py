"""The text of a template to the places where Jinja would silently eat text of the Dockerfile.

Pure text checks, made before Jinja runs: afterwards the text is gone.
"""

import re

from dfrender.diagnostics import Problems
from dfrender.source import At, line_end, split_lines
from dfrender.template.flow import Flow, drops_line_end, stripped
from dfrender.template.syntax import Segment, SegmentKind, Source

_LENGTH = r"\$\{#[^}\s]*\}?"
_NAMES_OF_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF"}


def report_traps(source: Source, root: Source, problems: Problems) -> None:
    """Report every trap in a file; ``root`` is the template itself, which decides on the line ends of its includes."""
    _report_odd_line_end(source, root, problems)
    _report_shell_lengths(source, problems)
    _report_dropped_line_ends(source, problems, included=source is not root)


def _report_odd_line_end(source: Source, root: Source, problems: Problems) -> None:
    """Report the first odd one: Jinja turns each CR, LF and CRLF into one and the same, not into what was written."""
    expected = line_end(root.text)
    if "\r" not in source.text and expected == "\n":
        return
    wanted = _NAMES_OF_LINE_ENDS[expected]
    hint = f"save the file with {wanted} throughout"
    lines = split_lines(source.text)
    for number, line in enumerate(lines, 1):
        body = line
        if line.endswith("\n"):
            body = line.removesuffix("\n").removesuffix("\r")
        end = line[len(body) :]
        lone = body.find("\r")
        if lone >= 0:
            at = At(source.file, number, lone + 1)
            problems.error(at, "mixed-line-ends", "a lone carriage return", hint)
            return
        if end not in {expected, ""}:
            at = At(source.file, number, len(body) + 1)
            first = "the first line" if source is root else root.file
            message = f"the line ends in {_NAMES_OF_LINE_ENDS[end]}, but {first} in {wanted}"
            problems.error(at, "mixed-line-ends", message, hint)
            return


def _report_shell_lengths(source: Source, problems: Problems) -> None:
    if "${#" not in source.text:
        return
    length = re.compile(_LENGTH)
    is_raw = False
    for segment in source.segments:
        if segment.kind is SegmentKind.TEXT and not is_raw:
            for match in length.finditer(source.text, segment.start, segment.stop):
                _report_shell_length(source, match, problems)
        is_raw = source.tag(segment) == "raw"


def _report_shell_length(source: Source, match: re.Match[str], problems: Problems) -> None:
    text = match.group()
    end = "{% endraw %}"
    if source.text.startswith(tuple(_NAMES_OF_LINE_ENDS), match.end()):
        end = "{% endraw +%}"  # the line end after a plain {% endraw %} would be dropped
    at = source.at(match.start())
    message = f"'{{#' in {text!r} opens a Jinja comment"
    hint = f"write {{% raw %}}{text}{end}"
    problems.error(at, "shell-length-opens-comment", message, hint)


def _report_dropped_line_ends(source: Source, problems: Problems, *, included: bool) -> None:
    """Follow the line that is being written, and whether it holds text yet, through the segments.

    What a tag at its end joins with it is only known of the whole file, and hardly ever asked.
    """
    holds_text = False
    flow: Flow | None = None
    suspended: list[bool] = []  # what a macro or a `set` block stands in: its own text is not printed there
    for index, segment in enumerate(source.segments):
        if segment.kind is SegmentKind.PRINT:
            holds_text = True
        elif segment.kind is SegmentKind.TEXT:
            written = stripped(source, index)
            if written.rpartition("\n")[2].strip():
                holds_text = True
            elif "\n" in written:
                holds_text = False
        elif source.opens(segment) in {"macro", "set"}:
            suspended.append(holds_text)
            holds_text = False
        elif source.tag(segment) in {"endmacro", "endset"} and suspended:
            holds_text = suspended.pop()
        if holds_text and drops_line_end(source, segment):
            flow = flow or Flow(source, text_follows=included)
            if flow.joins(index):
                _report_dropped_line_end(source, segment, problems)


def _report_dropped_line_end(source: Source, segment: Segment, problems: Problems) -> None:
    at = source.at(segment.start)
    what = "comment"
    if segment.kind is SegmentKind.BLOCK:
        what = f"{source.tag(segment)!r} tag"
    message = f"the line end after the {what} is dropped, and the next line joins this one"
    text = source.of(segment)
    begin, end = text[:-2], text[-2:]
    hint = f"end it with +{end}"
    if "\n" not in text:
        hint = f"write {begin.rstrip()} +{end}"
    problems.error(at, "block-tag-eats-newline", message, hint)
