"""Whatever a template's code does wrong is reported at its innermost line, with what to do; never as a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import DfrenderError
from dfrender.source import At

if TYPE_CHECKING:
    from tests.template.rendering import Folder


class Silent:
    """A value that fails without a word."""

    @property
    def n(self) -> str:
        """Fail."""
        raise LookupError


RAW = "if this is not meant for Jinja, write {% raw %}"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param(
            "RUN a\n{% if x %}\nRUN b\n", "2:1: 'if' is never closed -> close it with {% endif %}", id="an open block"
        ),
        pytest.param(
            "{% raw %}\nRUN b\n", "1:1: 'raw' is never closed -> close it with {% endraw %}", id="open raw text"
        ),
        pytest.param("RUN a\n{{ x\nRUN b\n", "2:1: '{{' is never closed -> close it with }}", id="an open print"),
        pytest.param("{% if x\nRUN b\n", "1:1: '{%' is never closed -> close it with %}", id="an open tag"),
        pytest.param("{# x\nRUN b\n", "1:1: '{#' is never closed -> close it with #}", id="an open comment"),
        pytest.param(
            "{% if x %}\n{% for y in x %}\n{% endif %}",
            "3:4: encountered unknown tag 'endif' -> close 'for' first",
            id="blocks that overlap",
        ),
        pytest.param("{% iff x %}", "1:4: encountered unknown tag 'iff' -> did you mean 'if'?", id="a tag misspelled"),
        pytest.param(
            "{{ x|defualt }}", "1:6: no filter named 'defualt' -> did you mean 'default'?", id="a filter misspelled"
        ),
        pytest.param(
            "{{ x is defind }}", "1:9: no test named 'defind' -> did you mean 'defined'?", id="a test misspelled"
        ),
        pytest.param(
            "{{ x | random }}",
            "1:8: no filter named 'random' -> left out of dfrender's Jinja: its result is another one each time",
            id="a filter that is left out",
        ),
        pytest.param(
            "{{ x y }} {{ z }}", "1:6: expected token 'end of print statement', got 'y'", id="a word too many"
        ),
        pytest.param("{{ x + }}", "1:1: unexpected 'end of print statement'", id="a word missing"),
        pytest.param("{{ (x }}", "1:1: unexpected '}', expected ')'", id="a bracket missing"),
        pytest.param("{{ '\n }} {{ x }}", '1:1: unexpected char "\'"', id="a quote missing"),
        pytest.param(
            "RUN docker ps --format '{{.Names}}'",
            f"1:25: unexpected '.' -> {RAW}{{{{.Names}}}}{{% endraw %}}",
            id="a template of docker",
        ),
        pytest.param(
            "RUN date '{%H}' %}", f"1:11: unexpected '}}' -> {RAW}{{%H}}' %}}{{% endraw %}}", id="a tag amid shell text"
        ),
        pytest.param(
            "RUN awk '{# x'", f"1:10: '{{#' is never closed -> {RAW}{{#{{% endraw %}}", id="a shell's comment"
        ),
    ],
)
def test_a_syntax_error_is_reported_where_it_begins(folder: Folder, text: str, finding: str) -> None:
    place, _, hint = finding.partition(" -> ")
    hint = hint or "correct it, or write {% raw %} and {% endraw %} around what is not Jinja"
    expected = f"{place} [template-syntax] -> {hint}"
    assert folder.refused(text) == [f"Dockerfile.j2:{expected}"]
    include = {"a.j2": text}
    assert folder.refused("\n\n{% include 'a.j2' %}", files=include) == [f"a.j2:{expected}"]


def test_the_block_that_is_open_is_named_beside_the_error(folder: Folder) -> None:
    with pytest.raises(DfrenderError) as caught:
        folder.render("{% if x %}\n{% for y in x %}\n{% endif %}")
    assert [each.related for each in caught.value.diagnostics] == [(("'for' is open", At("Dockerfile.j2", 2, 1)),)]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param("RUN {{ debgu }}", "1:8: 'debgu' is undefined -> did you mean 'debug'?", id="a value misspelled"),
        pytest.param(
            "{% if true and\n  debgu %}\n{% endif %}",
            "2:3: 'debgu' is undefined -> did you mean 'debug'?",
            id="on a later line",
        ),
        pytest.param(
            "{% macro install() %}{% endmacro %}{{ instal() }}",
            "1:39: 'instal' is undefined -> did you mean 'install'?",
            id="a macro misspelled",
        ),
        pytest.param(
            "{{ ci_only }}",
            "1:4: 'ci_only' is undefined -> ci_only is set in profiles/ci.yaml:4 but not by local; "
            'set it here too or write {{ ci_only | default("") }}',
            id="what another profile sets",
        ),
        pytest.param(
            "{{ unheard }}",
            "1:4: 'unheard' is undefined -> set it under 'values' in the profile or "
            'write {{ unheard | default("") }}',
            id="what no profile sets",
        ),
        pytest.param(
            "{{ lipsum() }}",
            "1:4: 'lipsum' is undefined -> left out of dfrender's Jinja: its result is another one each time",
            id="what is left out",
        ),
        pytest.param(
            "{{ stage(debgu) }}",
            "1:10: 'debgu' is undefined -> a stage's name is text, in quotes: stage(\"debgu\"); "
            "or did you mean 'debug'?",
            id="as a stage's name",
        ),
        pytest.param(
            "{{ [stage(debug), stage(debgu)] | join }}",
            "1:25: 'debgu' is undefined -> a stage's name is text, in quotes: stage(\"debgu\"); "
            "or did you mean 'debug'?",
            id="as a stage's name behind another one",
        ),
        pytest.param(
            "RUN docker info -f '{{json .Plugins}}'",
            f"1:23: 'json' is undefined -> {RAW}{{{{json .Plugins}}}}{{% endraw %}}",
            id="a function of Docker's templates",
        ),
        pytest.param(
            "{{ debug.level }}",
            '1:10: str has no attribute \'level\' -> ask with "is defined", or give it a default with | default("")',
            id="an attribute",
        ),
        pytest.param(
            "{{ {}[1] }}",
            '1:1: dict object has no element 1 -> ask with "is defined", or give it a default with | default("")',
            id="an element",
        ),
    ],
)
def test_a_name_that_is_not_set_is_reported_at_the_name(folder: Folder, text: str, finding: str) -> None:
    elsewhere = {"ci_only": "set in profiles/ci.yaml:4 but not by local"}
    place, _, hint = finding.partition(" -> ")
    refused = folder.refused(text, {"debug": "1"}, elsewhere=lambda name: elsewhere.get(name, ""))
    assert refused == [f"Dockerfile.j2:{place} [undefined-name] -> {hint}"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param(
            "RUN {{ true }}",
            '1:5: \'true\' is a boolean# {{ "yes" if true else "no" }} with the words that are wanted',
            id="a boolean",
        ),
        pytest.param("{{- none -}}", "1:1: 'none' is null# {{ none or \"\" }}", id="null"),
        pytest.param("{{ [1,\n 2] }}", "1:1: '[1, 2]' is a list# {{ [1, 2] | join(\" \") }}", id="a list"),
        pytest.param(
            "{{ x | map('upper') }}",
            "1:1: \"x | map('upper')\" is a list# {{ x | map('upper') | join(\" \") }}",
            id="what a filter goes through",
        ),
        pytest.param("{{ {} }}", "1:1: '{}' is a mapping# {{ {}.NAME }}, one of its values", id="a mapping"),
        pytest.param("{{ stage }}", "1:1: 'stage' is a function# {{ stage() }}, a call of it", id="a function"),
        pytest.param("{{ namespace() }}", "1:1: 'namespace()' is an object# text or a number", id="an object of Jinja"),
        pytest.param(
            "{{ 1 }} {{ none }}", '1: a value is null# {{ VALUE or "" }}', id="one of several prints of a line"
        ),
    ],
)
def test_only_text_and_numbers_can_be_printed(folder: Folder, text: str, finding: str) -> None:
    message, _, hint = finding.partition("#")
    refused = folder.refused(text, {"x": "x"})
    rule = "and only text and numbers can be printed [printed-value]"
    assert refused == [f"Dockerfile.j2:{message}, {rule} -> write{hint}"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(
            "{{ x | map('upper') ~ '' }}", "generator object sync_do_map", id="a list that is still to be made"
        ),
        pytest.param("{{ [range] | string }}", "function safe_range", id="a function in a list"),
        pytest.param("{{ stage ~ '' }}", "dfrender.template.jinja._Run object", id="stage itself"),
    ],
)
def test_an_address_would_be_another_one_each_time(folder: Folder, text: str, kind: str) -> None:
    message = f"{kind!r} is printed, which is neither text nor a number [printed-value]"
    assert folder.refused(text, {"x": "x"}) == [f"Dockerfile.j2:1:1: {message} -> make a text of it, as | join does"]


def test_an_address_that_the_user_wrote_is_text(folder: Folder) -> None:
    for text in ("# <x at 0x1f>\n", "# <class 'jinja2.utils.Joiner'>\n"):
        assert folder.render(f"{text}{{{{ 1 }}}}").lines[0].text == text


CHECK = " check what the names in it stand for here"
UNSAFE = "a template can neither change a value nor reach into Python; make a new value with {% set %}"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param("RUN {{ 1 / 0 }}", "1:5: division by zero", id="a division by zero"),
        pytest.param(
            "{{ 1 + x }}", "1:1: unsupported operand type(s) for +: 'int' and 'str'", id="a sum of different things"
        ),
        pytest.param("{{ x() }}", "1:1: 'str' object is not callable", id="a call of a text"),
        pytest.param(
            "{% for i in range(10 ** 9) %}{% endfor %}",
            "1: range too big# the sandbox blocks ranges larger than MAX_RANGE (100000)",
            id="a loop that is too long",
        ),
        pytest.param(
            "{{ x.__class__ }}",
            f"1:1: access to attribute '__class__' of 'str' object is unsafe# {UNSAFE}",
            id="Python",
        ),
        pytest.param(
            "{{ [].append(1) }}",
            f"1:1: access to attribute 'append' of 'list' object is unsafe# {UNSAFE}",
            id="a change",
        ),
        pytest.param(
            "{% macro m() %}\n{{ m() }}\n{% endmacro %}\n{{ m() }}",
            "2:1: includes or macros call each other without end# let a condition end it",
            id="a macro that calls itself",
        ),
        pytest.param(
            "{{ x.encode('utf-16').decode('ascii') }}",
            "1:1: 'ascii' codec can't decode byte 0xff in position 0: ordinal not in range(128)",
            id="an error of Python",
        ),
    ],
)
def test_any_other_failure_is_reported_at_its_line(folder: Folder, text: str, finding: str) -> None:
    message, _, hint = finding.partition("#")
    assert folder.refused(text, {"x": "x"}) == [f"Dockerfile.j2:{message} [template-error] ->{hint or CHECK}"]


def test_a_failure_without_words_has_the_name_of_its_kind(folder: Folder) -> None:
    assert folder.refused("{{ cycler() }}") == [
        "Dockerfile.j2:1:1: at least one item has to be provided [template-error] ->" + CHECK
    ]
    assert folder.refused("{{ x.n }}", {"x": Silent()}) == [
        "Dockerfile.j2:1:1: lookupError [template-error] ->" + CHECK
    ]


def test_what_fails_although_it_is_constant_has_its_line(folder: Folder) -> None:
    assert folder.refused("\n{{ 1 / 0 }}") == ["Dockerfile.j2:2:1: division by zero [template-error] ->" + CHECK]


def test_the_innermost_line_is_that_of_the_include(folder: Folder) -> None:
    files = {"a.j2": "\n{{ 1 / 0 }}"}
    assert folder.refused("{% include 'a.j2' %}", files=files) == [
        "a.j2:2:1: division by zero [template-error] ->" + CHECK
    ]


def test_what_was_found_before_the_template_failed_is_reported_too(folder: Folder) -> None:
    refused = folder.refused("{{ none }}\n{{ stage(1) }}\n{{ 1 / 0 }}\n{{ none }}")
    assert [each.split(": ")[0] for each in refused] == ["Dockerfile.j2:1:1", "Dockerfile.j2:2:4", "Dockerfile.j2:3:1"]


BELOW = "a name is relative to the template's folder, and with ./ or ../ to the file that includes"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param("RUN\n{% include 'a.j3' %}", "2:13: no file 'a.j3'# did you mean 'a.j2'?", id="a name misspelled"),
        pytest.param(
            "{% import 'sub/x.j2' as x %}", "1:12: no file 'sub/x.j2'# did you mean 'sub/b.j2'?", id="in another folder"
        ),
        pytest.param("{% include 'no/x.j2' %}", f"1:13: no file 'no/x.j2'# {BELOW}", id="in no folder"),
        pytest.param("{% include 'sub' %}", f"1:13: no file 'sub'# {BELOW}", id="a folder"),
        pytest.param(
            "{% include x ~ '.j2' %}", "1:1: no file 'x.j2'# did you mean 'a.j2'?", id="a name that the template makes"
        ),
        pytest.param("{% include 'a\\0b' %}", f"1:1: no file 'a\\x00b'# {BELOW}", id="a name that no file can have"),
        pytest.param("{% include '' %}", f"1:1: no file ''# {BELOW}", id="an empty name"),
        pytest.param("{% include ['q', 'r'] %}", f"1:19: no file 'r'# {BELOW}", id="one of several"),
    ],
)
def test_an_include_that_is_not_there(folder: Folder, text: str, finding: str) -> None:
    message, _, hint = finding.partition("#")
    refused = folder.refused(text, {"x": "x"}, {"a.j2": "", "sub/b.j2": ""})
    assert refused == [f"Dockerfile.j2:{message} [include-not-found] ->{hint}"]


def test_an_include_that_cannot_be_read(folder: Folder) -> None:
    name = "x" * 300
    message = f"'{name}' cannot be read: file name too long [unreadable-file] -> check its name and permissions"
    assert folder.refused(f"{{% include '{name}' %}}") == [f"Dockerfile.j2:1:13: {message}"]
