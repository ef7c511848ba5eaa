"""What holds for every rendering: only references change, and neither line ends, bytes nor Jinja make a difference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from dfrender.source import decode, encode
from tests.cases import load_cases
from tests.reading import result_of
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.api import Result


class Rendering(NamedTuple):
    """A template's bytes and a profile's text that render without an error."""

    template: bytes
    profile: str


RENDERINGS = {
    f"{case.id}: {case.title}": Rendering(case.input.encode(), yaml.safe_dump(case.profile))
    for case in load_cases()
    if not case.is_refused and "any_of" not in case.expect
} | {
    f"the example for {path.stem}": Rendering((ROOT / "Dockerfile.j2").read_bytes(), path.read_text("utf-8"))
    for path in sorted((ROOT / "profiles").glob("*.yaml"))
}
EVERY_RENDERING = pytest.mark.parametrize(
    "rendering", [pytest.param(rendering, id=name) for name, rendering in RENDERINGS.items()]
)


def rendered(rendering: Rendering) -> Result:
    return result_of(decode(rendering.template), rendering.profile)


def output(rendering: Rendering) -> bytes:
    return encode(rendered(rendering).text)


@EVERY_RENDERING
def test_only_references_change(rendering: Rendering) -> None:
    result = rendered(rendering)
    written = [line.text for line in result.lines if not line.why]
    read = [line.text for line in result.rendered.lines]
    assert len(written) == len(read)
    for before, after in zip(read, written, strict=True):
        if before.strip("\ufeff") != after.strip("\ufeff"):
            assert re.search(r"from|--mount|^\S+$", before, re.IGNORECASE), "nothing in this line names a stage"
            assert words_between(before) == words_between(after)


def words_between(line: str) -> list[str]:
    """Give what is around the words of a line: blanks, commas, equals signs and continuations."""
    return re.findall(r"[\s,=\\`]+", line.strip("\ufeff"))


@EVERY_RENDERING
def test_generated_lines_say_why_they_are_there_and_what_asked_for_them(rendering: Rendering) -> None:
    result = rendered(rendering)
    for line in result.lines:
        if line.why:
            assert re.match(r"(?i)ARG |FROM ", line.text)
            assert line.cause
            assert line.cause.file.endswith("ci.yaml")


def crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def without_final_newline(text: bytes) -> bytes:
    return text.rstrip(b"\n")


def with_bytes_that_are_no_text(text: bytes) -> bytes:
    return text + b"\n" * (not text.endswith(b"\n")) + b"# \xff\xc3\n"


@pytest.mark.parametrize("change", [crlf, without_final_newline, with_bytes_that_are_no_text])
@EVERY_RENDERING
def test_a_template_that_is_written_otherwise_renders_likewise(
    rendering: Rendering, change: Callable[[bytes], bytes]
) -> None:
    expected = change(output(rendering))
    assert output(rendering._replace(template=change(rendering.template))) == expected


@EVERY_RENDERING
def test_jinja_makes_no_difference(rendering: Rendering) -> None:
    expected = output(rendering)
    assert output(rendering._replace(template=rendering.template + b'{{ "" }}')) == expected
