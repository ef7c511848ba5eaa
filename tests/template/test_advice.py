"""Who writes what another tool understands is told what there is in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template.rendering import Folder


def hint(found: list[str]) -> str:
    """Return what the one problem proposes."""
    (one,) = found
    return one.partition(" -> ")[2]


HOME = "a template does not read the environment: set values: {home: ${HOME}} in the profile, and write {{ home }} here"
ANY = "a template does not read the environment: set values: {name: ${NAME}} in the profile, and write {{ name }} here"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param('env["HOME"]', HOME, id="env with brackets"),
        pytest.param("env.HOME", HOME, id="env with a dot"),
        pytest.param("env('HOME')", HOME, id="env as a function"),
        pytest.param("env('HOME', 'x')", HOME, id="with a default"),
        pytest.param("environ('HOME')", HOME, id="environ as a function"),
        pytest.param("environ.get('HOME')", HOME, id="environ with a method"),
        pytest.param("os.environ['HOME']", HOME, id="Python's environment"),
        pytest.param("os.getenv('HOME')", HOME, id="Python's function"),
        pytest.param("ENV.HOME", HOME, id="in capitals"),
        pytest.param("env_var('HOME')", HOME, id="as dbt has it"),
        pytest.param("lookup('env', 'HOME')", HOME, id="as Ansible has it"),
        pytest.param("'HOME' | env", HOME, id="as a filter"),
        pytest.param("env[x]", ANY, id="with a name that is not written out"),
    ],
)
def test_a_template_does_not_read_the_environment(folder: Folder, code: str, expected: str) -> None:
    assert hint(folder.refused(f"RUN {{{{ {code} }}}}", {"x": "x"})) == expected


def test_a_value_may_be_called_env(folder: Folder) -> None:
    assert "set it under 'values' in the profile" in hint(folder.refused("{{ env }}"))
    assert folder.render("{{ env.HOME }}", {"env": {"HOME": "x"}}).lines[0].text == "x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("FROM {{ stage(builder) }}", 'stage("builder")', id="a word"),
        pytest.param("FROM {{ stage(builder-base) }}", 'stage("builder-base")', id="a name with a dash"),
        pytest.param("FROM {{ stage(x-base) }}", 'stage("x-base")', id="a name that begins with a value's"),
        pytest.param("FROM {{ stage( builder.base ) }}", 'stage("builder.base")', id="a name with a dot"),
    ],
)
def test_a_stage_is_named_in_quotes(folder: Folder, text: str, expected: str) -> None:
    assert hint(folder.refused(text, {"x": 1})) == f"a stage's name is text, in quotes: {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{{ "x" | b64encode }}', "let a RUN make it", id="Ansible's and Helm's encoding"),
        pytest.param("{{ x | mandatory }}", "a name without a value is an error by itself", id="what is so anyway"),
        pytest.param('{{ x | ternary("a", "b") }}', '{{ "yes" if x else "no" }}', id="a condition as a filter"),
        pytest.param("{{ x | bool }}", 'ask x == "true"', id="a boolean"),
        pytest.param('{{ x | regex_replace("a", "b") }}', 'x.replace("a", "b")', id="regular expressions"),
        pytest.param("{{ x | to_json }}", "x | tojson", id="JSON"),
        pytest.param('{{ x | split(",") }}', 'x.split(",")', id="a method as a filter"),
        pytest.param("{{ x | random }}", "its result is another one each time", id="what is left out of Jinja"),
        pytest.param("{{ x | defualt }}", "did you mean 'default'?", id="one that is misspelled"),
        pytest.param('{{ raise("no") }}', '{{ fail("MESSAGE") }}', id="a refusal"),
        pytest.param('{% raise "no" %}', '{{ fail("MESSAGE") }}', id="a refusal as a tag"),
        pytest.param('{{ include_file("x") }}', '{% include "NAME" %}', id="a file"),
        pytest.param('{{ lookup("file", "x") }}', '{% include "NAME" %}', id="Ansible's way to read a file"),
        pytest.param("{{ len(x) }}", "x | length", id="a function of Python"),
        pytest.param("{{ now() }}", "its result is another one each time", id="the time"),
        pytest.param("{% do x.append(1) %}", "{% set x = x + [1] %}", id="a change"),
        pytest.param("{% for i in x %}{% break %}{% endfor %}", "{% for x in y if x %}", id="the end of a loop"),
        pytest.param("{% if x %}{% elseif x %}{% endif %}", "{% elif x %}", id="a tag of another language"),
    ],
)
def test_what_another_tool_has_is_here_by_another_name(folder: Folder, text: str, expected: str) -> None:
    assert expected in hint(folder.refused(text, {"x": "x"}))


def test_a_value_may_have_the_name_of_such_a_function(folder: Folder) -> None:
    assert "set it under 'values' in the profile" in hint(folder.refused("{{ query }}"))


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        pytest.param(
            '{% if true %}\n{% endif %}\n{% if "x" | bool %}\n{% endif %}', "3:13", "bool", id="in a condition"
        ),
        pytest.param(
            '{% if x %}\nRUN {{ "y" | b64encode }}\n{% endif %}', "2:14", "b64encode", id="inside a condition"
        ),
        pytest.param('{% if not x %}\n{% elif "a" | bool %}\n{% endif %}', "2:15", "bool", id="in another branch"),
        pytest.param("{% if x and\n x | bool %}\n{% endif %}", "2:6", "bool", id="on a later line"),
        pytest.param("RUN {{ x if x is even_odd }}", "1:18", "even_odd", id="in a conditional expression"),
        pytest.param(
            "{% macro m() %}\n{% if x | bool %}{% endif %}\n{% endmacro %}\n{{ m() }}", "2:11", "bool", id="in a macro"
        ),
    ],
)
def test_an_unknown_filter_in_a_condition_is_reported_there(folder: Folder, text: str, place: str, name: str) -> None:
    (found,) = folder.refused(text, {"x": "x"})
    what = "test" if "_" in name else "filter"
    assert found.startswith(f"Dockerfile.j2:{place}: no {what} named {name!r} [template-syntax] -> ")


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        pytest.param("LABEL a=${{ github.sha }}", "${{ github.sha }}", id="GitHub's expressions"),
        pytest.param("RUN sed -i 's/{{X}}/1/' f", "{{X}}", id="what sed replaces"),
        pytest.param('RUN sed "s|__A__|1|;s|{{ X }}|$X|g" f', "{{ X }}", id="with another delimiter"),
        pytest.param("RUN {{ x }} && echo ${{ matrix.os }}", "${{ matrix.os }}", id="the one at fault"),
    ],
)
def test_what_is_not_meant_for_jinja_is_written_raw(folder: Folder, text: str, raw: str) -> None:
    expected = f"if this is not meant for Jinja, write {{% raw %}}{raw}{{% endraw %}}"
    assert hint(folder.refused(text, {"x": "x"})) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RUN echo s/{{ X }}", id="a path"),
        pytest.param("RUN sed 's/a/b/' {{ X }}/c", id="behind a command of sed"),
        pytest.param("RUN echo ${{ x }} {{ X }}", id="beside one that is rendered"),
    ],
)
def test_other_prints_are_not_taken_for_text(folder: Folder, text: str) -> None:
    assert "raw" not in hint(folder.refused(text, {"x": "x"}))


FUNCTION = (
    "set it under 'values' in the profile: without a value the name means a function of Jinja, also to | default and "
    '"is defined"'
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("FROM a\nRUN {{ namespace }}", "2:8", id="printed"),
        pytest.param("{{ range }}", "1:4", id="another one"),
        pytest.param("RUN {{ namespace | lower }}", "1:8", id="filtered"),
        pytest.param('RUN {{ "x-" ~ cycler }}', "1:15", id="as a part of a text"),
    ],
)
def test_a_missing_value_with_the_name_of_a_function_is_undefined(folder: Folder, text: str, place: str) -> None:
    name = next(each for each in ("namespace", "range", "cycler") if each in text)
    message = f"Dockerfile.j2:{place}: {name!r} is undefined [undefined-name] -> "
    assert folder.refused(text) == [message + FUNCTION]
    assert folder.render(text, {name: "a"}).lines[-1].text.rstrip("\n").endswith("a")


def test_the_profile_that_sets_it_is_named(folder: Folder) -> None:
    found = folder.refused("{{ namespace }}", elsewhere=lambda _: "set in ci.yaml:2 but not by local")
    assert hint(found) == f"namespace is set in ci.yaml:2 but not by local; {FUNCTION}"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param('FROM a\n{{ fail("set python to 3.12") }}', "2:4: set python to 3.12", id="printed"),
        pytest.param('{% if x %}\n{% set y = fail("no " ~ x) %}\n{% endif %}', "2:12: no x", id="in a condition"),
        pytest.param('{{ y or fail("no\\n\\ty") }}', "1:9: no y", id="as what else"),
        pytest.param('{% macro m() %}\n{{ fail("no") }}{% endmacro %}\n{{ m() }}', "2:4: no", id="in a macro"),
        pytest.param("{{ fail() }}", "1:4: the template refuses this", id="without a word"),
        pytest.param('{{ fail("a", 1) }}', "1:4: a 1", id="with several"),
    ],
)
def test_a_template_may_refuse_to_be_rendered(folder: Folder, text: str, finding: str) -> None:
    expected = f"Dockerfile.j2:{finding} [template-refuses] -> the template says so itself, by fail()"
    assert folder.refused(text, {"x": "x", "y": ""}) == [expected]


def test_what_was_wrong_before_is_told_too(folder: Folder) -> None:
    refused = folder.refused('{{ none }}\n{{ fail("no") }}\n{{ none }}')
    assert [each.split(": ")[0] for each in refused] == ["Dockerfile.j2:1:1", "Dockerfile.j2:2:4"]


def test_a_value_may_be_called_fail(folder: Folder) -> None:
    assert folder.render("{{ fail }}", {"fail": "x"}).lines[0].text == "x"
    assert folder.render("{% set fail = 1 %}{{ fail }}").lines[0].text == "1"
