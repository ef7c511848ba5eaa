"""Jinja text and values to rendered lines, the calls of ``stage`` among them, and the includes that were read."""

from collections.abc import Callable, Mapping
from pathlib import Path

from dfrender.diagnostics import refuse
from dfrender.source import At, Line, split_lines
from dfrender.template import faults, jinja, origins, traps
from dfrender.template.files import Files
from dfrender.template.origins import StageCall


def render(
    files: Files, values: Mapping[str, object], profile: str, elsewhere: Callable[[str], str]
) -> tuple[tuple[Line, ...], tuple[StageCall, ...], tuple[Path, ...]]:
    """Render twice, plainly and with tags; the plain text counts, the tags say where it came from.

    Raises `DfrenderError` as `dfrender.template.template.render` says.
    """
    refuse(traps.check(files.root, files.root))
    plain = jinja.render(files, values, profile, elsewhere)
    included = tuple(files.included)
    tags = origins.unused_tags([plain.text, *files.texts()])
    tagged = jinja.render_tagged(files, values, profile, tags, plain)
    texts = split_lines(plain.text)
    aligned = origins.align(texts, list(tags.read(tagged.text)), complete=tagged.complete)
    lines = tuple(origins.lines(texts, aligned, tagged.origins, files.line, At(files.root.file, 1)))
    refuse(faults.addresses(lines))
    return lines, tuple(origins.locate(plain.calls, tagged.calls, texts, aligned)), included
