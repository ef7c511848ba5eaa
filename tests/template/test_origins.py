"""Every rendered line knows the template line that it comes from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.diagnostics import DfrenderError
from dfrender.source import At, Line, join, lines_of
from dfrender.template.template import Template
from tests.template.oracle import verify_verbatim
from tests.template.rendering import render
from tests.template.samples import SAMPLES, Sample

if TYPE_CHECKING:
    from dfrender.template.template import Rendered
    from tests.template.rendering import Folder

EVERY_SAMPLE = pytest.mark.parametrize("sample", [pytest.param(each, id=name) for name, each in SAMPLES.items()])


@EVERY_SAMPLE
def test_each_line_has_the_place_of_its_template_line(folder: Folder, sample: Sample) -> None:
    rendered = folder.render(sample.text, sample.values, sample.files)
    assert described(rendered) == sample.lines
    verify_verbatim(rendered, sample.text, sample.files)


@EVERY_SAMPLE
def test_rendered_once_or_twice_it_comes_to_the_same(folder: Folder, sample: Sample) -> None:
    """A macro, which may look at what it renders, has the whole rendered a second time, without tags."""
    rendered = folder.render(sample.text, sample.values, sample.files)
    twice = folder.render(f"{sample.text}{{% macro never() %}}{{% endmacro %}}", sample.values, sample.files)
    assert (twice.lines, twice.calls) == (rendered.lines, rendered.calls)


CHARACTERS = """\
{% for first, last in planes %}
{% for number in range(first, last + 1) %}
{{ "%c"|format(number) }}
{% endfor %}
{% endfor %}
"""
PLANES = [(0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]
"""All characters that tags may consist of."""
PRIVATE = "".join([chr(number) for first, last in PLANES for number in range(first, last + 1)])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("{{ x }}\n" * 2, PRIVATE[:6000], id="some"),
        pytest.param("{{ x }}\n", PRIVATE[:-20], id="nearly all"),
    ],
)
def test_characters_of_a_profile_that_tags_consist_of_stay(folder: Folder, text: str, value: str) -> None:
    rendered = folder.render(text, {"x": value, "y": {"z": [value]}})
    assert join(rendered.lines) == text.replace("{{ x }}", value)


@pytest.mark.parametrize(
    "planes", [pytest.param(PLANES[:1], id="some"), pytest.param(PLANES, id="all", marks=pytest.mark.slow)]
)
def test_characters_of_a_template_that_tags_consist_of_stay(folder: Folder, planes: list[tuple[int, int]]) -> None:
    rendered = folder.render(CHARACTERS, {"planes": planes})
    made = join(rendered.lines)
    assert made.replace("\n", "") == PRIVATE[: made.count("\n")]
    assert made.count("\n") >= 6400


@pytest.mark.parametrize(
    "part", ["{% macro m() %}x{% endmacro %}{{ m()|length }}", "{% set x %}y{% endset %}{{ x|length }}"]
)
def test_an_included_file_may_look_at_what_it_renders(folder: Folder, part: str) -> None:
    for _ in "12":  # the second profile finds all compiled
        rendered = folder.render('FROM a\n{% include "part.j2" %}\n', {}, {"part.j2": f"RUN {part}\n"})
        assert join(rendered.lines) == "FROM a\nRUN 1\n"


def test_a_recursive_loop_may_look_at_what_it_renders(folder: Folder) -> None:
    text = "{% for x in [[[], []]] recursive %}RUN {{ loop(x)|length }}{% endfor %}\n"
    assert join(folder.render(text).lines) == "RUN 10"


@EVERY_SAMPLE
def test_a_template_with_crlf_renders_to_the_same_lines_with_crlf(folder: Folder, sample: Sample) -> None:
    files = {name: crlf(text) for name, text in sample.files.items()}
    values = {name: crlf(value) if isinstance(value, str) else value for name, value in sample.values.items()}
    rendered = folder.render(crlf(sample.text), values, files)
    assert described(rendered).replace("\r", "") == sample.lines
    assert "\n" not in join(rendered.lines).replace("\r\n", "")
    verify_verbatim(rendered, crlf(sample.text), files)


@EVERY_SAMPLE
def test_an_empty_print_at_the_end_changes_nothing(folder: Folder, sample: Sample) -> None:
    rendered = folder.render(sample.text + '{{ "" }}', sample.values, sample.files)
    assert described(rendered) == sample.lines


@EVERY_SAMPLE
def test_a_template_renders_alike_after_it_was_rendered_for_another_profile(folder: Folder, sample: Sample) -> None:
    fresh = folder.render(sample.text, sample.values, sample.files)
    used = Template("Dockerfile.j2", sample.text, folder.path, jinja=True)
    for values in (dict.fromkeys(sample.values, "\ue000 other\n"), {}):
        with suppress(DfrenderError):  # these values may not do
            render(used, values, "other")
    again = render(used, sample.values)
    assert (again.lines, again.calls) == (fresh.lines, fresh.calls)


def test_the_includes_of_a_rendering_are_its_own(folder: Folder) -> None:
    text = "{% include profile ~ '.j2' %}\n{% include 'both.j2' %}\n"
    used = Template("Dockerfile.j2", text, folder.path, jinja=True)
    for name in ("a", "b", "both"):
        (folder.path / f"{name}.j2").write_text(f"FROM {{{{ stage('{name}') }}}}\n", "utf-8")
    for name in ("a", "b", "a"):
        rendered = render(used, {}, name)
        assert [each.name for each in rendered.recorder.files] == [f"{name}.j2", "both.j2"]
        assert [str(line.at) for line in rendered.lines] == [f"{name}.j2:1", "both.j2:1"]
        assert [str(call.at) for call in rendered.calls] == [f"{name}.j2:1:9", "both.j2:1:9"]


@given(st.text(st.characters(exclude_characters="{\r")), st.booleans())
def test_a_text_without_jinja_is_every_line_its_own_origin(text: str, through_jinja: bool) -> None:  # noqa: FBT001
    source = text + '{{ "" }}' if through_jinja else text
    rendered = render(Template("f", source, Path(), jinja=True))
    assert [(line.text, line.at) for line in rendered.lines] == [(line.text, line.at) for line in lines_of(text, "f")]
    assert all(line.exact == len(line.text) for line in rendered.lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            "{% set s %}ab{% endset %}\nFROM a\nRUN {{ s | length }}\nRUN b\n",
            "2 FROM a|3 RUN 2|4 RUN b|",
            id="a template that measures its own text keeps its lines where their number is the same",
        ),
        pytest.param(
            "{% set s %}2{% endset %}\nFROM a\n{% for i in range(s | int) %}\nRUN c\n{% endfor %}\nRUN b\n",
            "2 FROM a|2 RUN c|2 RUN c|6 RUN b|",
            id="where it is another one, the last line before it stands for those that cannot be traced",
        ),
        pytest.param(
            '{% set s %}k{% endset %}\nFROM a\nRUN {{ {"k": "v"}[s] }}\nRUN b\n',
            "2 FROM a|2 RUN v|2 RUN b|",
            id="where it fails with tags, for all that follow",
        ),
        pytest.param(
            '{% if {"k": "v"}[m()] %}\nFROM a\n{% endif %}\n',
            "1 FROM a|",
            id="where it fails at once, the first line of the template",
        ),
        pytest.param(
            '{{ m() | replace("k", "a\\nb") | trim }}\nRUN c\n',
            "1 a|1 b|2 RUN c|",
            id="a filter may rewrite what a macro printed",
        ),
    ],
)
def test_what_cannot_be_traced_is_rendered_all_the_same(folder: Folder, text: str, lines: str) -> None:
    macro = "{% macro m() %}k{% endmacro %}\n"
    rendered = folder.render("{% from 'macro.j2' import m %}" + text, files={"macro.j2": macro})
    assert described(rendered).replace("macro.j2:1", "1") == lines


def test_a_filter_may_even_turn_tags_round(folder: Folder) -> None:
    body = "ab\n" * 30 + '{{ stage("q") }}\n' * 30
    rendered = folder.render(f"{{% filter reverse %}}\n{body}{{% endfilter %}}")
    assert join(rendered.lines) == "\nq" * 30 + "\nba" * 30


def test_a_line_says_how_much_of_it_the_user_wrote(folder: Folder) -> None:
    rendered = folder.render("COPY --from={{ 'a' }} b\nRUN x\n")
    assert rendered.lines == (
        Line("COPY --from=a b\n", At("Dockerfile.j2", 1), exact=len("COPY --from=")),
        Line("RUN x\n", At("Dockerfile.j2", 2), exact=len("RUN x\n")),
    )


def described(rendered: Rendered) -> str:
    """Return lines as in the samples: place, blank, text, and a bar for the line end."""
    shown = (
        f"{each.at}".removeprefix("Dockerfile.j2:") + f" {each.text}".replace("\n", "|") for each in rendered.lines
    )
    return "".join(shown)


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")
