"""What a template does out of all measure is a problem of its author, with a place: no traceback, and no bug report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template.rendering import Folder

DEEP = "tags, brackets or operators are nested too deeply, or too many stand in one chain [template-error]"
BRANCHES = 3_000 if sys.version_info < (3, 13) else 10_000  # of a condition, too many for the compiler of Python
TAKE_APART = "take it apart: put parts of it into {% set %} or into an include"


def nested(opening: str, text: str, end: str, depth: int) -> str:
    """Return a text between so many openings and ends."""
    return opening * depth + text + end * depth


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "place"),
    [
        pytest.param(nested("{% if true %}\n", "x\n", "{% endif %}\n", 150), "151:1", id="conditions"),
        pytest.param(nested("{% for i in [1] %}\n", "x\n", "{% endfor %}\n", 30), "31:1", id="loops"),
        pytest.param("{{ 1 }}{{ " + nested("(", "1", ")", 3000) + " }}", "2:8", id="brackets"),
        pytest.param("{{ " + nested("[", "1", "]", 300) + " }}", "2:1", id="lists"),
        pytest.param("{{ 1" + " + 1" * 5000 + " }}", "2:1", id="a sum"),
        pytest.param("{{ 1" + " | int" * 3000 + " }}", "2:1", id="filters"),
        pytest.param("{{ " + "not " * 3000 + "1 }}", "2:1", id="operators"),
        pytest.param(
            "{% if false %}\n" + "{% elif false %}\n" * BRANCHES + "{% endif %}\n", "3:1", id="branches of a condition"
        ),
    ],
)
def test_what_python_cannot_compile_is_reported_at_the_likeliest_tag(folder: Folder, code: str, place: str) -> None:
    text = f"FROM a\n{code}"
    assert folder.refused(text) == [f"Dockerfile.j2:{place}: {DEEP} -> {TAKE_APART}"]
    assert folder.refused("{% include 'a.j2' %}", files={"a.j2": text}) == [f"a.j2:{place}: {DEEP} -> {TAKE_APART}"]


LARGE = (
    "the rendering is larger than 16 MiB [rendering-too-large] -> a loop here runs too often, or a value is too long"
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param('FROM a\n# {{ "#" * 20000000 }}\n', "2:3", id="one value"),
        pytest.param('FROM a\n# {{ "ä" * 10000000 }}\n', "2:3", id="bytes are counted, not characters"),
        pytest.param('{% for i in range(99999) %}\n# {{ "#" * 1000 }}\n{% endfor %}\n', "2:3", id="a loop"),
        pytest.param('{% set x = "#" * 9000000 %}\n{{ x }}\n{% include "a.j2" %}\n', "3:1", id="with an include"),
        pytest.param('{% filter trim %}\n{{ "#" * 20000000 }}\n{% endfilter %}\n', "1:1", id="in a filter"),
    ],
)
def test_a_rendering_has_at_most_sixteen_mebibytes(folder: Folder, text: str, place: str) -> None:
    assert folder.refused(text, files={"a.j2": '{{ "#" * 9000000 }}\n'}) == [f"Dockerfile.j2:{place}: {LARGE}"]


def test_a_rendering_may_have_sixteen_mebibytes(folder: Folder) -> None:
    rendered = folder.render('{% for i in range(1024) %}\n{{ "#" * 16383 }}\n{% endfor %}\n')
    assert sum(len(line.text) for line in rendered.lines) == 16 * 1024 * 1024


NOT_TEXT = (
    "what this block gives is not text, and only text can stand in its place [printed-value] -> "
    "let its filter or macro return text, or keep its text with {% set x %} and print what is made of x"
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("{% filter length %}abc{% endfilter %}", "1:1", id="a number"),
        pytest.param("RUN\n{% filter list %}abc{% endfilter %}", "2:1", id="a list"),
        pytest.param(
            "{% macro m() %}\n{% filter length %}abc{% endfilter %}{% endmacro %}\n{{ m() }}", "2:1", id="in a macro"
        ),
        pytest.param(
            "{% set s %}{% filter length %}abc{% endfilter %}{% endset %}{{ s }}", "1:12", id="in a set block"
        ),
        pytest.param("RUN {% call dict() %}a{% endcall %}", "1:5", id="a call of what is no macro"),
        pytest.param(
            "{% block b %}\n{% filter\n length %}abc{% endfilter %}{% endblock %}", "2:1", id="over several lines"
        ),
    ],
)
def test_a_block_gives_text(folder: Folder, text: str, place: str) -> None:
    assert folder.refused(text) == [f"Dockerfile.j2:{place}: {NOT_TEXT}"]


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        pytest.param("{{ '#' * 10 ** 18 }}", "there is not enough memory for this", id="memory"),
        pytest.param("{{ 10 ** 9999 }}", "a number has more digits than can be printed", id="a number"),
        pytest.param("{{ '\\ud800' }}", "'\\ud800' is half a character, which no file can hold", id="half a character"),
        pytest.param("{{ " + "9" * 5000 + " }}", "a number has too many digits", id="a number that is written so"),
    ],
)
def test_what_is_too_much_for_python_is_reported(folder: Folder, code: str, finding: str) -> None:
    (found,) = folder.refused(f"FROM a\nRUN {code}\n")
    assert found.startswith(f"Dockerfile.j2:2:5: {finding} [template-")


def test_a_message_does_not_quote_at_length(folder: Folder) -> None:
    (found,) = folder.refused("{{ {}['x' * 100000] }}")
    assert len(found) < 400


def test_includes_without_end_are_reported(folder: Folder) -> None:
    (found,) = folder.refused("{% include 'a.j2' %}", files={"a.j2": "\n{% include 'a.j2' %}"})
    assert found == (
        "a.j2:2:1: includes or macros call each other without end [template-error] -> let a condition end it"
    )
