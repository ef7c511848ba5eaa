"""The text of a template to the places where Jinja would silently eat text of the Dockerfile.

Pure text checks, made before Jinja runs: afterwards the text is gone.
"""

import re
from collections.abc import Iterator

from dfrender.diagnostics import Diagnostic
from dfrender.source import BOM, At, line_end, split_lines
from dfrender.template.syntax import Kind, Piece, Source

_LENGTH = re.compile(r"\$\{#[^}\s]*\}?")


def check(source: Source, root: Source) -> Iterator[Diagnostic]:
    """Give every trap in a file; ``root`` is the template itself, which decides on the line ends of its includes."""
    yield from _odd_line_end(source, root)
    yield from _shell_lengths(source)
    yield from _dropped_line_ends(source, included=source is not root)


def _odd_line_end(source: Source, root: Source) -> Iterator[Diagnostic]:
    """Jinja turns each CR, LF and CRLF into one and the same line end, so the output would not be what was written."""
    expected = line_end(root.text)
    names = {"\n": "LF", "\r\n": "CRLF"}
    for number, line in enumerate(split_lines(source.text) if "\r" in source.text or expected != "\n" else (), 1):
        body = line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line
        end, lone = line[len(body) :], body.find("\r")
        if lone < 0 and end in {expected, ""}:
            continue
        first = "the first line" if source is root else root.file
        message = (
            f"the line ends in {names[end]}, but {first} in {names[expected]}" if lone < 0 else "a lone carriage return"
        )
        at = At(source.file, number, (len(body) if lone < 0 else lone) + 1)
        yield Diagnostic(at, "mixed-line-ends", message, hint=f"save the file with {names[expected]} throughout")
        return


def _shell_lengths(source: Source) -> Iterator[Diagnostic]:
    raw = False
    for piece in source.pieces:
        if piece.kind is Kind.TEXT and not raw:
            for match in _LENGTH.finditer(source.text, piece.start, piece.stop):
                yield _shell_length(source, match)
        raw = source.tag(piece) == "raw"


def _shell_length(source: Source, match: re.Match[str]) -> Diagnostic:
    # the line end after a plain {% endraw %} would be dropped
    end = "{% endraw +%}" if source.text.startswith(("\n", "\r\n"), match.end()) else "{% endraw %}"
    return Diagnostic(
        source.at(match.start()),
        "shell-length-opens-comment",
        f"'{{#' in {match.group()!r} opens a Jinja comment",
        hint=f"write {{% raw %}}{match.group()}{end}",
    )


def _dropped_line_ends(source: Source, *, included: bool) -> Iterator[Diagnostic]:
    """Follow the line that is being written, and whether it holds text yet, through the pieces."""
    held = False
    suspended: list[bool] = []  # what a macro or a `set` block stands in: its own text is not printed there
    for piece, before, after in zip(source.pieces, (None, *source.pieces), (*source.pieces[1:], None), strict=False):
        if piece.kind is Kind.PRINT:
            held = True
        elif piece.kind is Kind.TEXT:
            written = _written(source, piece, before, after)
            held = bool(written.rpartition("\n")[2].strip()) or (held and "\n" not in written)
        elif source.opens(piece) in {"macro", "set"}:
            suspended.append(held)
            held = False
        elif source.tag(piece) in {"endmacro", "endset"} and suspended:
            held = suspended.pop()
        if held and _drops_line_end(source, piece, included=included):
            yield _dropped_line_end(source, piece)


def _written(source: Source, text: Piece, before: Piece | None, after: Piece | None) -> str:
    """Give what is left of a text between ``-%}`` and ``{%-``, which strip it."""
    written = source.of(text).removeprefix(BOM)
    if before and source.text.endswith(("-%}", "-}}", "-#}"), before.start, before.stop):
        written = written.lstrip()
    if after and source.text.startswith(("{%-", "{{-", "{#-"), after.start):
        written = written.rstrip()
    return written


def _drops_line_end(source: Source, piece: Piece, *, included: bool) -> bool:
    """Tell whether `trim_blocks` drops the line end after a piece and text follows; some follows every include."""
    line_end_after = re.compile(r"\r?\n").match(source.text, piece.stop)
    return (
        line_end_after is not None
        and piece.kind in {Kind.BLOCK, Kind.COMMENT}
        and source.tag(piece) != "raw"  # the only tag that keeps its line end
        and source.text[piece.stop - 3] not in "+-"
        and (included or line_end_after.end() < len(source.text))
    )


def _dropped_line_end(source: Source, piece: Piece) -> Diagnostic:
    tag = source.of(piece)
    what = "comment" if piece.kind is Kind.COMMENT else f"{source.tag(piece)!r} tag"
    return Diagnostic(
        source.at(piece.start),
        "block-tag-eats-newline",
        f"the line end after the {what} is dropped, and the next line joins this one",
        hint=f"write {tag[:-2].rstrip()} +{tag[-2:]}" if "\n" not in tag else f"end it with +{tag[-2:]}",
    )
