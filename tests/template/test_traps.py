"""Where Jinja would eat text of the Dockerfile without a word, dfrender refuses the template and says what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from dfrender.diagnostics import Problems
from dfrender.template.syntax import scan
from dfrender.template.traps import report_traps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.template.rendering import Folder


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        pytest.param("RUN echo ${#a} b", "${#a}{% endraw %}", id="amid a line"),
        pytest.param(
            "RUN echo ${#a[@]}", "${#a[@]}{% endraw +%}", id="at the end of a line, where endraw would join the next"
        ),
        pytest.param("RUN echo ${# a}", "${#{% endraw %}", id="cut off"),
    ],
)
def test_the_length_of_a_shell_variable_would_open_a_comment(folder: Folder, line: str, hint: str) -> None:
    opening = line[line.index("$") :].split(maxsplit=1)[0]
    message = f"'{{#' in {opening!r} opens a Jinja comment [shell-length-opens-comment] -> write {{% raw %}}{hint}"
    refused = folder.refused(f"{{% if true %}}\n{line}\n{{% endif %}}\n")
    assert refused == [f"Dockerfile.j2:2:10: {message}"]


DROPPED = "is dropped, and the next line joins this one [block-tag-eats-newline]"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param(
            "RUN a{% if x %} b{% endif %}\nRUN c\n",
            f"1:18: the line end after the 'endif' tag {DROPPED} -> write {{% endif +%}}",
            id="a tag behind text",
        ),
        pytest.param(
            "{{ x }}{% if x %}\nRUN c\n{% endif %}\n",
            f"1:8: the line end after the 'if' tag {DROPPED} -> write {{% if x +%}}",
            id="a tag behind a print",
        ),
        pytest.param(
            "RUN a {# why #}\nRUN c\n",
            f"1:7: the line end after the comment {DROPPED} -> write {{# why +#}}",
            id="a comment behind text",
        ),
        pytest.param(
            "RUN {% raw %}{{ x }}{% endraw %}\nRUN c\n",
            f"1:21: the line end after the 'endraw' tag {DROPPED} -> write {{% endraw +%}}",
            id="the end of raw text",
        ),
        pytest.param(
            "RUN a {% if\n x %}\nRUN c\n{% endif %}\n",
            f"1:7: the line end after the 'if' tag {DROPPED} -> end it with +%}}",
            id="a tag over several lines",
        ),
        pytest.param(
            "RUN a\n{%- if x +%}\nRUN b\n{%- endif %}\nRUN c\n",
            f"4:1: the line end after the 'endif' tag {DROPPED} -> write {{%- endif +%}}",
            id="a tag that a minus pulls up to the line above",
        ),
        pytest.param(
            "RUN a {{ x -}}\n  {% if x %}\nRUN b\n{% endif %}\nRUN c\n",
            f"2:3: the line end after the 'if' tag {DROPPED} -> write {{% if x +%}}",
            id="a tag that a print pulls up to its line",
        ),
        pytest.param(
            "{% macro m() %}\nRUN a{% if x %} b{% endif %}\nRUN c\n{% endmacro %}\n",
            f"2:18: the line end after the 'endif' tag {DROPPED} -> write {{% endif +%}}",
            id="inside a macro",
        ),
        pytest.param(
            "RUN a {% set s %}b{% endset %}\nRUN c\n",
            f"1:19: the line end after the 'endset' tag {DROPPED} -> write {{% endset +%}}",
            id="a set block behind text",
        ),
    ],
)
def test_a_tag_at_the_end_of_a_line_would_join_the_next_line(folder: Folder, text: str, finding: str) -> None:
    assert folder.refused(text, {"x": "x"}) == [f"Dockerfile.j2:{finding}"]
    assert folder.refused(text.replace("\n", "\r\n"), {"x": "x"}) == [f"Dockerfile.j2:{finding}"]


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        pytest.param("  {% if x %}{# why #}\nRUN a\n{% endif %}\n", "RUN a\n", id="a line of nothing but tags"),
        pytest.param("RUN a {% if x -%}\n  b\n{% endif %}\n", "RUN a b\n", id="a minus asks for it"),
        pytest.param("RUN a{% if x %} b{% endif +%}\nRUN c\n", "RUN a b\nRUN c\n", id="a plus keeps the line end"),
        pytest.param("RUN a{% if x %} b{% endif %}\n", "RUN a b", id="nothing follows at the end of the file"),
        pytest.param("RUN a{% if x %} b{% endif %} c\n", "RUN a b c\n", id="text behind the tag"),
        pytest.param("RUN {# {% if #}a\nRUN b\n", "RUN a\nRUN b\n", id="a tag in a comment"),
        pytest.param(
            "{% macro m() %}a{% endmacro %}\nRUN b\n", "RUN b\n", id="the text of a macro is not printed here"
        ),
        pytest.param("{% set s %}a{% endset %}\nRUN b\n", "RUN b\n", id="nor that of a set block"),
        pytest.param("{% set s = 'a' %}\nRUN b\n", "RUN b\n", id="a set without a block"),
        pytest.param(
            "RUN {% raw %}\n{% endraw +%}\nRUN b\n", "RUN \n\nRUN b\n", id="the tag that opens raw text keeps it"
        ),
        pytest.param("{{ {'a': {'b': '}}'}}['a']['b'] }}{{ '%}' }}\nRUN\n", "}}%}\nRUN\n", id="braces in a print"),
        pytest.param("{% if x == '%}' or ([{'a': 5 %2}]) %}\nRUN\n{% endif %}\n", "RUN\n", id="braces in a tag"),
    ],
)
def test_no_line_is_joined(folder: Folder, text: str, rendered: str) -> None:
    assert "".join(line.text for line in folder.render(text, {"x": "x"}).lines) == rendered


NOTHING_JOINS = [
    pytest.param("RUN a{% if x %} b{% endif %}\n\nRUN c\n", id="a blank line follows"),
    pytest.param("RUN a{% if x %} b{% endif %}\n  \nRUN c\n", id="a line of blanks follows"),
    pytest.param("RUN a {# why #}\n\nRUN c\n", id="a blank line follows a comment"),
    pytest.param("RUN a\n{%- if x %}\n\nRUN b\n{%- endif %}\n\nRUN c\n", id="blocks that are pulled up to their text"),
    pytest.param(
        "RUN a\n{%- if y %}\n\nRUN b\n{%- elif x %}\n\nRUN c\n{%- else %}\n\nRUN d\n{%- endif %}\n\nRUN e\n",
        id="branches",
    ),
    pytest.param("RUN a\n{%- for i in [1, 2] %}\n\nRUN b\n{%- endfor %}\n\nRUN c\n", id="a loop"),
    pytest.param(
        "RUN a\n{%- for i in [] %}\n\nRUN b\n{%- else %}\n\nRUN d\n{%- endfor %}\n\nRUN c\n", id="a loop with an else"
    ),
    pytest.param(
        "RUN a\n{%- with y = 1 %}\n\nRUN b\n{%- endwith %}\n\nRUN c\n", id="a block that only names something"
    ),
    pytest.param(
        "{% macro m() -%}\nRUN a{% if x %} b{% endif %}\n{%- endmacro %}\nRUN c\n{{ m() }}\nRUN d\n",
        id="the end of a macro",
    ),
    pytest.param("{% set s %}a{# why #}\n{% endset %}\nRUN b\n", id="the end of a set block"),
    pytest.param(
        "RUN a {# why #}\n{% macro m() %}\nRUN b\n{% endmacro %}\n\nRUN c\n", id="a macro that is defined behind it"
    ),
    pytest.param("RUN a {# why #}\n{% set y = 1 %}\n\nRUN c\n", id="a name that is set behind it"),
]


@pytest.mark.parametrize("text", NOTHING_JOINS)
def test_a_line_end_that_is_dropped_before_another_one_joins_nothing(folder: Folder, text: str) -> None:
    for written in (text, text.replace("\n", "\r\n")):
        lines = folder.render(written, {"x": "x", "y": ""}).lines
        assert all(line.text.count("RUN") < 2 for line in lines)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("RUN a {% if x %}\n\nRUN b\n{% endif %}\nRUN c\n", "1:7", id="where a condition does not hold"),
        pytest.param("RUN a {% for i in x %}\n\nRUN b\n{% endfor %}\nRUN c\n", "1:7", id="where a loop has no turn"),
        pytest.param("{% for i in x %}\nRUN b{# c #}\n{% endfor %}\n", "2:6", id="at the next turn of a loop"),
        pytest.param("RUN a {# c #}\n{% include 'a.j2' %}\n", "1:7", id="what is included"),
        pytest.param("RUN a {# c #}\n{% set y = 1 %}\n{{ y }}\n", "1:7", id="what is printed further on"),
        pytest.param(
            "{% if x %}\nRUN a{# c #}\n{% elif y %}\nRUN b\n{% else %}\nRUN c\n{% endif %}\nRUN d\n",
            "2:6",
            id="behind the whole condition",
        ),
        pytest.param("RUN a {# c #}\n{% macro m() %}\n\n{% endmacro %}\nRUN b\n", "1:7", id="behind a macro"),
        pytest.param("RUN a {# c #}\n{% filter upper %}\nRUN b{% endfilter +%}\n", "1:7", id="inside a filter"),
    ],
)
def test_a_line_may_be_joined_further_on(folder: Folder, text: str, place: str) -> None:
    files = {"a.j2": "RUN c\n"}
    (found,) = folder.refused(text, {"x": "xy", "y": ""}, files)
    assert found.startswith(f"Dockerfile.j2:{place}: the line end after the ")
    assert "[block-tag-eats-newline]" in found


@st.composite
def templates(draw: st.DrawFn, depth: int = 2) -> str:
    """Make a template of lines, conditions and loops, with their tags on lines of their own or not."""
    end = st.sampled_from(["", "\n", "\n\n", " "])
    parts = ["FROM a"]
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["text", "comment", "if", "for"] if depth else ["text", "comment"]))
        minus = draw(st.sampled_from(["", "-"]))
        if kind == "text":
            parts.append("RUN b")
        elif kind == "comment":
            parts.append(f"{{#{minus} why #}}")
        else:
            condition = {"if": "if pick(2)", "for": 'for i in "12"[:pick(3)]'}[kind]
            body, other = draw(templates(depth - 1)), draw(templates(depth - 1))
            clause = draw(st.sampled_from(["", f"{{%{minus} else %}}{other}"]))
            parts.append(f"{{%{minus} {condition} %}}{body}{clause}{{%{minus} end{kind} %}}")
        parts.append(draw(end))
    return "".join(parts)


def renderings(text: str) -> Iterator[str]:
    """Render a template for all that ``pick(n)``, a number below n, may come to each time that it is called."""
    template = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True).from_string(text)  # noqa: S701
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        picked = waiting.pop()
        asked: list[int] = []

        def pick(below: int, picked: tuple[int, ...] = picked, asked: list[int] = asked) -> int:
            asked.append(below)
            return picked[len(asked) - 1] if len(asked) <= len(picked) else 0

        yield template.render(pick=pick)
        known = picked + (0,) * (len(asked) - len(picked))
        for index in range(len(picked), len(asked)):
            waiting += [(*known[:index], other) for other in range(1, asked[index])]


@given(templates())
def test_a_template_is_only_refused_if_some_line_can_be_joined(text: str) -> None:
    source = scan(text, "Dockerfile.j2")
    problems = Problems()
    report_traps(source, source, problems)
    if problems:
        marked = re.sub(r"([^-][%#]\})\n", "\\1\x01", text)  # in place of each line end that Jinja drops
        assert any(re.search(r"\S *\x01[ \x01]*[^\s\x01]", each) for each in renderings(marked))


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param("a\nb\r\n{{ 1 }}", "2:2: the line ends in CRLF, but the first line in LF", id="CRLF after LF"),
        pytest.param("a\r\nb\n{{ 1 }}", "2:2: the line ends in LF, but the first line in CRLF", id="LF after CRLF"),
        pytest.param("a\nb\rc\n{{ 1 }}", "2:2: a lone carriage return", id="a lone CR amid a line"),
        pytest.param("a\n{{ 1 }}\r", "2:8: a lone carriage return", id="a lone CR at the end of the file"),
        pytest.param("a\r\nb\r\r\n{{ 1 }}", "2:2: a lone carriage return", id="a CR before CRLF"),
    ],
)
def test_mixed_line_ends_would_all_become_the_same(folder: Folder, text: str, finding: str) -> None:
    end = "CRLF" if text.startswith("a\r") else "LF"
    expected = f"Dockerfile.j2:{finding} [mixed-line-ends] -> save the file with {end} throughout"
    assert folder.refused(text) == [expected]


@pytest.mark.parametrize(
    ("root", "include", "finding"),
    [
        pytest.param("\n", "a\r\n", "the line ends in CRLF, but Dockerfile.j2 in LF", id="CRLF below LF"),
        pytest.param("\r\n", "a\n", "the line ends in LF, but Dockerfile.j2 in CRLF", id="LF below CRLF"),
    ],
)
def test_an_include_has_the_line_ends_of_the_template(folder: Folder, root: str, include: str, finding: str) -> None:
    hint = f"save the file with {'LF' if root == chr(10) else 'CRLF'} throughout"
    refused = folder.refused(f"{{% include 'a.j2' %}}{root}", files={"a.j2": include})
    assert refused == [f"a.j2:1:2: {finding} [mixed-line-ends] -> {hint}"]


def test_all_traps_of_a_file_are_reported_at_once(folder: Folder) -> None:
    refused = folder.refused("RUN ${#a} ${#b}\nRUN {# c #}\n\rRUN {{ undefined }}\n")
    assert [each.split(": ")[0] + each[each.index("[") : each.index("]") + 1] for each in refused] == [
        "Dockerfile.j2:1:5[shell-length-opens-comment]",
        "Dockerfile.j2:1:11[shell-length-opens-comment]",
        "Dockerfile.j2:2:5[block-tag-eats-newline]",
        "Dockerfile.j2:3:1[mixed-line-ends]",
    ]


def test_something_follows_the_end_of_an_include(folder: Folder) -> None:
    refused = folder.refused("{% include 'a.j2' %}\nRUN c\n", files={"a.j2": "RUN a{% if true %} b{% endif %}\n"})
    assert refused == [f"a.j2:1:21: the line end after the 'endif' tag {DROPPED} -> write {{% endif +%}}"]
