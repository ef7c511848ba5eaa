"""Text to lines and back: what a line is, what it knows, and that nothing gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.source import BOM, At, Line, join, line_end, lines_of, restore_bom, split_lines
from tests.dockerfile.strategies import any_text


@given(text=any_text())
def test_lines_join_to_the_text_that_they_were_split_from(text: str) -> None:
    lines = lines_of(text, "f")
    assert join(lines) == text
    assert [line.at.line for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.text.count("\n") == line.text.endswith("\n") for line in lines)


@given(raw=st.binary())
def test_bytes_that_are_not_utf8_pass_through_lines(raw: bytes) -> None:
    text = raw.decode(errors="surrogateescape")
    assert join(lines_of(text, "f")).encode(errors="surrogateescape") == raw


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [], id="an empty text has no line"),
        pytest.param("a\r\nb", ["a\r\n", "b"], id="the last line needs no end"),
        pytest.param("a\rb\x0cc\u2028d\x1ce\x85\n", ["a\rb\x0cc\u2028d\x1ce\x85\n"], id="nothing but LF ends a line"),
    ],
)
def test_lines_end_at_lf_only(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_a_line_is_one_physical_line() -> None:
    with pytest.raises(ValueError, match="more than one physical line"):
        Line("FROM a\nFROM b\n", At("Dockerfile", 1))


def test_lines_are_values() -> None:
    line = Line("RUN x\n", At("Dockerfile", 1), 6)
    assert {line, line.with_text("RUN x\n", 6)} == {line}
    assert line != line.with_text("RUN x\n", 3)
    assert repr(line) == "Line('RUN x\\n', At(file='Dockerfile', line=1, column=0), 6, '', None)"


def test_a_column_is_known_as_far_as_the_text_is_as_the_user_wrote_it() -> None:
    line = Line("RUN x\n", At("Dockerfile", 3), exact=4)
    assert [line.locate(offset) for offset in (0, 4, 5)] == [
        At("Dockerfile", 3, 1),
        At("Dockerfile", 3, 5),
        At("Dockerfile", 3),
    ]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (At("f"), "f"),
        (At("f", 1), "f:1"),
        (At("f", 1, 2), "f:1:2"),
    ],
)
def test_a_place_leaves_out_what_is_not_known(at: At, text: str) -> None:
    assert str(at) == text


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param("a\r\nb\n", "\r\n", id="the first line counts"),
        pytest.param("a\nb\r\n", "\n", id="whatever the others have"),
        pytest.param("a\r", "\n", id="a lone CR ends no line"),
        pytest.param("", "\n", id="without a line it is LF"),
    ],
)
def test_the_line_end_of_a_text(text: str, end: str) -> None:
    assert line_end(text) == end


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param([0, 1], f"{BOM}a\nb\n", id="that is where it was"),
        pytest.param([1, 0], f"{BOM}b\na\n", id="that moved down"),
        pytest.param([1], f"{BOM}b\n", id="that is gone"),
    ],
)
def test_the_byte_order_mark_goes_back_to_the_top_from_a_line(order: list[int], expected: str) -> None:
    lines = lines_of(f"{BOM}a\nb\n", "f")
    assert join(restore_bom([lines[index] for index in order], lines[0])) == expected


def test_where_there_was_no_byte_order_mark_none_comes() -> None:
    lines = lines_of("a\nb\n", "f")
    assert join(restore_bom([lines[1], lines[0]], lines[0])) == "b\na\n"
