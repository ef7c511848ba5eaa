"""What is known of a template without a server: for the many cases of a feature that one test shows in an editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.lsp.analysis import analyze
from dfrender.lsp.features.completion import completions
from dfrender.lsp.features.place import Place
from dfrender.lsp.features.renaming import applied
from dfrender.lsp.text import EditorText, Position, Range
from dfrender.rules.manual import manuals
from tests.test_manuals import Sample, samples

if TYPE_CHECKING:
    from dfrender.lsp.features.renaming import Edit
    from dfrender.lsp.model import Analysis


EVERYWHERE = Range(Position(0, 0), Position(10_000, 0))


def absolute(name: str) -> str:
    """Return the path of a file in the working directory."""
    return str(Path(name).absolute())


def known(template: str = "Dockerfile.j2", **unsaved: str) -> Analysis:
    """Return what is known of a template."""
    texts = {absolute(name): text for name, text in unsaved.items()}
    return analyze(absolute(template), texts, {})


def text_of(name: str) -> EditorText:
    """Return the text of a file."""
    return EditorText(Path(name).read_bytes().decode())


def existing(path: str) -> EditorText | None:
    """Return the text of a file; None for one that is not there."""
    return text_of(path) if Path(path).exists() else None


def cursor(piece: str, name: str = "Dockerfile.j2", template: str = "Dockerfile.j2") -> Place:
    """Return the place that is written as ``|`` in a piece of a file's text."""
    before, _, behind = piece.partition("|")
    text = text_of(name)
    assert text.text.count(before + behind) == 1, f"{piece!r} is not there once"
    offset = text.text.index(before + behind) + len(before)
    return Place(known(template), absolute(name), text, text.position(offset))


def typed(written: str, name: str = "Dockerfile.j2", template: str = "Dockerfile.j2") -> Place:
    """Return the end of a line that is typed below a file and not saved yet."""
    saved = text_of(name).text
    text = EditorText(f"{saved}{written}")
    return Place(known(template), absolute(name), text, text.position(len(text.text)))


def completed(place: Place) -> list[str]:
    """Return what the line would be with each completion."""
    found = []
    for each in completions(place):
        start, end = place.text.offset(each.range.start), place.text.offset(each.range.end)
        assert end == place.offset
        text = place.text.text[:start] + each.text
        found.append(text.rpartition("\n")[2])
    return found


def edited(edits: tuple[Edit, ...]) -> dict[str, str]:
    """Return what edits make of files."""
    found = {}
    for path in dict.fromkeys(each.location.path for each in edits):
        name = str(Path(path).relative_to(Path.cwd()))
        found[name] = applied(text_of(name), [each for each in edits if each.location.path == path])
    return found


def plain_samples() -> list[Sample]:
    """Return the bad samples that are plain Dockerfiles and need no profile."""
    found = []
    for manual in manuals().values():
        for each in samples(manual):
            if each.is_bad and not each.commands and not each.profile and "{" not in each.text:
                found.append(each)
    return found
