"""Whatever is typed: no exception, nothing outside of the text, little time, the same memory."""

from __future__ import annotations

import gc
import random
import resource
import statistics
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.analysis import analyze
from dfrender.lsp.features.actions import actions
from dfrender.lsp.features.completion import completions
from dfrender.lsp.features.hover import hover
from dfrender.lsp.features.navigation import definitions, references
from dfrender.lsp.features.outline import folds, symbols
from dfrender.lsp.features.place import Place
from dfrender.lsp.features.renaming import RefusedError, renamed
from dfrender.lsp.text import EditorText, Range
from tests.lsp.known import EVERYWHERE, absolute, existing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfrender.lsp.model import Analysis
    from tests.project import Project

SMALL = "FROM alpine:3.22 AS base\n{% if name %}\nRUN : {{ name }}\n{% endif %}\nFROM {{ stage('base') }} AS app\n"
PIECES = (
    *("{{", "}}", "{%", "%}", "{#", "#}", "{{ stage(", '"', "'", "\\\n", "\n", "\r\n", "\r", "\x0c", "\u2028", "🐳"),
    *("FROM ", " AS x", "COPY --from=", "RUN --mount=from=", "ARG A=", "ONBUILD ", "<<E\n", "# dfrender: ignore="),
    *("{% for a in range(3) %}", "{% endfor %}", "{% if debugger %}", "{% endif %}", "\ud800", "\x00", " ", "$", "${"),
    *("development", "é"),
)


def changed(text: str, chance: random.Random) -> str:
    """Return a text after one edit: something is typed, taken away, or moved."""
    start = chance.randrange(len(text) + 1)
    stop = min(len(text), start + chance.choice((0, 0, 0, 1, 1, 5, 40)))
    moved = text[stop : stop + 30]
    typed = chance.choice((*PIECES, moved, ""))
    return text[:start] + typed + text[stop:]


def edits(count: int) -> Iterator[str]:
    """Yield texts of the template, each an edit away from the one before; every so often it begins anew."""
    chance = random.Random(21)  # noqa: S311 - the same edits in every run
    begin = Path("Dockerfile.j2").read_text(encoding="utf-8")
    text = begin
    for index in range(count):
        if index % 8 == 0:
            text = begin
        text = changed(text, chance)
        yield text


def assert_inside(text: EditorText, area: Range) -> None:
    for place in area:
        assert text.position(text.offset(place)) == place
    assert area.start <= area.end


def ask_everything(analysis: Analysis, text: EditorText, offset: int) -> None:
    """Ask all that an editor may ask at a place."""
    place = Place(analysis, analysis.path, text, text.position(offset))
    definitions(place)
    references(place, with_definition=True)
    said = hover(place)
    if said:
        assert_inside(text, said.range)
    for each in completions(place):
        assert_inside(text, each.range)
    for symbol in symbols(analysis, analysis.path, text):
        assert_inside(text, symbol.name_range)
    folds(analysis, analysis.path, text)
    for action in actions(analysis, analysis.path, text, EVERYWHERE, existing):
        assert all(each.location.range.start <= each.location.range.end for each in action.fix.edits)
    with suppress(RefusedError):
        renamed(place)


@pytest.mark.slow
@pytest.mark.usefixtures("shipped")
def test_no_edit_brings_it_down_or_takes_long(capsys: pytest.CaptureFixture[str]) -> None:
    path = absolute("Dockerfile.j2")
    chance = random.Random(22)  # noqa: S311 - the same places in every run
    milliseconds = []
    for text in edits(2_000):
        begin = time.perf_counter()
        analysis = analyze(path, {path: text}, {})
        milliseconds.append((time.perf_counter() - begin) * 1000)
        shown = EditorText(text)
        for each in analysis.problems:
            if each.location.path == path:
                assert_inside(shown, each.location.range)
        ask_everything(analysis, shown, chance.randrange(len(text) + 1))
    with capsys.disabled():
        median = statistics.median(milliseconds)
        print(f"\n2,000 edits, two profiles: median {median:.1f} ms, longest {max(milliseconds):.0f} ms")  # noqa: T201


@pytest.mark.slow
def test_memory_stays_the_same(project: Project) -> None:
    project.write(
        {".git/HEAD": "", "Dockerfile.j2": SMALL, "profiles/ci.yaml": "prebuilt: [base]\nvalues: {name: x}\n"}
    )
    path = absolute("Dockerfile.j2")
    peaks = []
    for index, text in enumerate(edits(10_000)):
        analyze(path, {path: text}, {})
        if index in {3_000, 9_999}:
            gc.collect()
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert peaks[1] - peaks[0] < 20_000, f"{peaks} KiB"
