"""Each call of ``stage`` is known with its place in the template and the places where its name was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.source import At
from dfrender.template.origins import Span, StageCall

if TYPE_CHECKING:
    from tests.template.rendering import Folder

LIBRARY = {"lib.j2": '{% macro copy(s) %}\nCOPY --from={{ s }} {{ stage("own") }}\n{% endmacro %}\n'}


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        pytest.param('COPY --from={{ stage("A") }} x', ["1:16 a 0:12-13"], id="the name is in lower case"),
        pytest.param('{{ stage("a") }} {{ stage("b") }}', ["1:4 a 0:0-1", "1:21 b 0:2-3"], id="two calls on one line"),
        pytest.param('{{\n  stage(\n  "a"\n) }}', ["2:3 a 0:0-1"], id="a call over several lines"),
        pytest.param(
            '{# stage("c") #}{{ "stage" }} stage("b") {{ stage("a") }}',
            ["1:45 a 0:17-18"],
            id="the word elsewhere on the line is no call",
        ),
        pytest.param(
            '{% for i in "ab" %}\n{{ stage(i) }}\n{% endfor %}',
            ["2:4 a 0:0-1", "2:4 b 1:0-1"],
            id="a loop calls once for each turn",
        ),
        pytest.param(
            '{% set s = stage("a") %}\n{{ s }} {{ s }}',
            ["1:12 a 0:0-1 0:2-3"],
            id="what a variable holds is printed twice",
        ),
        pytest.param(
            '{% import "lib.j2" as lib %}\n{{ lib.copy(stage("a")) }}',
            ["2:13 a 0:12-13", "lib.j2:2:24 own 0:14-17"],
            id="an imported macro prints its argument and a name of its own",
        ),
        pytest.param(
            '{% set o = {"stage": joiner("x")} %}{{ o.stage() }}{{ stage("a") }}',
            ["1:55 a 0:0-1"],
            id="a method of that name is left alone",
        ),
        pytest.param('{% set f = stage %}\n{{ f("a") }}', ["2 a 0:0-1"], id="called by another name it has no column"),
        pytest.param('{{ "x" if stage("a") == "a" }}', ["1:11 a"], id="only compared"),
        pytest.param('{{ stage("a") | upper }}', ["1:4 a"], id="a filter makes another text of it"),
        pytest.param('{{ "x-" ~ stage("a") }}', ["1:11 a"], id="a part of another text"),
        pytest.param(
            '{% filter replace("a", "b") %}{{ stage("a") }}{% endfilter %}', ["1:34 a"], id="printed and then replaced"
        ),
        pytest.param(
            '{% filter upper %}{{ stage("a") }}{% endfilter %}', ["1:22 a"], id="printed and then written in capitals"
        ),
        pytest.param(
            '{% set o = {"stage": "x"} %}{{ o.stage }}{{ stage("a") }}',
            ["1:45 a 0:1-2"],
            id="an attribute of that name",
        ),
        pytest.param(
            '{% set s %}{{ stage("a") }}{% endset %}\nFROM {{ s }}\nRUN {{ s | length }}\n',
            ["1:15 a 0:5-6"],
            id="a place in a line that could be traced is exact though another line could not",
        ),
        pytest.param(
            '{% set s %}{{ stage("a") }}{% endset %}\nFROM a\nRUN {{ s == "a" }} {{ stage("b") }} a-a.b b\n'.replace(
                "{{ s ==", '{{ "a" if s =='
            ),
            ["1:15 a? 1:4-5", "3:30 b? 1:6-7 1:14-15"],
            id="in lines that cannot be traced it is wherever the name stands as a word",
        ),
        pytest.param(
            '{% set s %}k{% endset %}\n{% if s == "k" %}\n{{ stage("a") }}\n{% else %}\n{{ stage("b") }}\n{% endif %}',
            ["3:4 a? 0:0-1"],
            id="a call that is made only without tags",
        ),
        pytest.param(
            '{% set s %}k{% endset %}\n{% if s == "k" %}\n{{ stage("a") }}\n{% else %}\n{{ stage("a") }}\n{% endif %}',
            ["3:4 a? 0:0-1"],
            id="a call that is made only without tags, where another one prints the same with them",
        ),
    ],
)
def test_a_call_is_known_with_the_places_of_its_output(folder: Folder, text: str, calls: list[str]) -> None:
    assert [described(each) for each in folder.render(text, files=LIBRARY).calls] == calls


def test_a_call_and_its_place_are_values(folder: Folder) -> None:
    rendered = folder.render('COPY --from={{ stage("a") }} x\n')
    assert rendered.calls == (StageCall("a", At("Dockerfile.j2", 1, 16), (Span(0, 12, 13),), exact=True),)


def test_stage_equals_its_name(folder: Folder) -> None:
    rendered = folder.render('{{ "same" if stage("A") == "a" }} {{ stage("A") | length }}')
    assert rendered.lines[0].text == "same 1"


@pytest.mark.parametrize(
    ("call", "given"),
    [
        pytest.param("stage()", "0 arguments", id="nothing"),
        pytest.param('stage("")', "''", id="an empty name"),
        pytest.param("stage(1)", "1", id="a number"),
        pytest.param("stage(none)", "None", id="null"),
        pytest.param('stage("a", "b")', "2 arguments", id="two names"),
        pytest.param('stage(name="a")', "an argument called 'name'", id="an argument by name"),
    ],
)
def test_stage_takes_one_name(folder: Folder, call: str, given: str) -> None:
    message = f'stage() takes the name of a stage, not {given} [stage-argument] -> write stage("NAME")'
    assert folder.refused(f"FROM a\nCOPY --from={{{{ {call} }}}}") == [f"Dockerfile.j2:2:16: {message}"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("{% set a, stage = 1, 2 %}", "1:11", id="a variable"),
        pytest.param('{% for stage in "ab" %}{% endfor %}', "1:8", id="the variable of a loop"),
        pytest.param("{% macro stage(a) %}{% endmacro %}", "1:10", id="a macro"),
        pytest.param("{% macro m(stage) %}{% endmacro %}", "1:12", id="the argument of a macro"),
        pytest.param('{% import "lib.j2" as stage %}', "1:23", id="a whole template"),
        pytest.param('{% from "lib.j2" import copy as stage %}', "1:33", id="a macro of a template"),
        pytest.param('{% from "lib.j2" import stage %}', "1:25", id="a macro of that name"),
    ],
)
def test_stage_cannot_be_given_another_meaning(folder: Folder, text: str, place: str) -> None:
    message = "'stage' is dfrender's own name [template-syntax] -> choose another name"
    assert folder.refused(text, files=LIBRARY) == [f"Dockerfile.j2:{place}: {message}"]


def test_a_template_cannot_make_up_the_place_of_a_call(folder: Folder) -> None:
    text = '{% set s = stage %}\n{{ s(("/etc/passwd", 1, 1), "a") }}'
    message = 'stage() takes the name of a stage, not 2 arguments [stage-argument] -> write stage("NAME")'
    assert folder.refused(text) == [f"Dockerfile.j2:2: {message}"]


def test_the_name_of_the_profile_is_known_to_a_template(folder: Folder) -> None:
    text = '{% from "lib.j2" import copy as c %}{% set x = profile %}{% for p in [stage("a")] %}{{ x }} {{ p }}'
    rendered = folder.render(text + "{% endfor %}", files=LIBRARY)
    assert rendered.lines[0].text == "ci a"


def described(call: StageCall) -> str:
    """Return a call as place, name (with a question mark where it could not be traced), spans of its output."""
    name = call.name if call.exact else f"{call.name}?"
    spans = [f"{each.line}:{each.start}-{each.stop}" for each in call.spans]
    return " ".join([str(call.at).removeprefix("Dockerfile.j2:"), name, *spans])
