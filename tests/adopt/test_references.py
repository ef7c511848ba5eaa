"""What becomes a reference to a stage, what is kept from Jinja, and what stays as it is."""

from __future__ import annotations

import pytest

from dfrender.source import BOM
from tests.adopt.adopted import TOP, adopted, adopted_template

TEXT = f"# syntax=docker/dockerfile:1\n{TOP}COPY --from=tools:1 / /\nUSER {{{{a\n"
STAGES = 'FROM alpine:3.22 AS base\nFROM {{ stage("base") }} AS app\n'


@pytest.mark.parametrize(
    ("written", "template"),
    [
        pytest.param("COPY --from=base:latest / /", 'COPY --from={{ stage("base") }} / /', id="the image of a stage"),
        pytest.param("FROM base:latest", 'FROM {{ stage("base") }}', id="the image of a stage in FROM"),
        pytest.param("from base:1 as x", 'from {{ stage("base") }} as x', id="keywords stay as they are written"),
        pytest.param(
            "RUN --mount=type=bind,from=base:1,target=/x --mount=from=base:1,target=/y true",
            'RUN --mount=type=bind,from={{ stage("base") }},target=/x --mount=from={{ stage("base") }},target=/y true',
            id="the from of mounts",
        ),
        pytest.param("COPY --from='base:1' / /", "COPY --from='{{ stage(\"base\") }}' / /", id="quotes stay"),
        pytest.param("COPY --from=ba'se:1' / /", 'COPY --from={{ stage("base") }} / /', id="but not within a name"),
        pytest.param("COPY --from=ba\\\nse:1 / /", 'COPY --from=\\\n{{ stage("base") }} / /', id="nor do its pieces"),
    ],
)
def test_the_image_of_a_stage_becomes_a_reference_to_it(written: str, template: str) -> None:
    top = "FROM alpine:3.22 AS base\nFROM alpine:3.22 AS app\n"
    assert adopted_template(f"{top}{written}") == top + template


@pytest.mark.parametrize(
    ("written", "template"),
    [
        pytest.param("COPY --from=base / /", 'COPY --from={{ stage("base") }} / /', id="the name of a stage"),
        pytest.param("COPY --from=ba\\\nse / /", "COPY --from=ba\\\nse / /", id="a bare name in pieces stays"),
        pytest.param(
            "COPY --from=r.io/t/base:1 / /", "COPY --from=r.io/t/base:1 / /", id="another's image of that name"
        ),
        pytest.param(
            "COPY --from=base:1 / /", "COPY --from=base:1 / /", id="an image called as a stage that is named itself"
        ),
        pytest.param("COPY --from=Base / /", "COPY --from=Base / /", id="capitals stay"),
        pytest.param("COPY --from=0 / /", "COPY --from=0 / /", id="an index stays"),
        pytest.param("ONBUILD COPY --from=base / /", "ONBUILD COPY --from=base / /", id="a trigger stays"),
        pytest.param(
            "ONBUILD COPY --from=app:1 / /", "ONBUILD COPY --from=app:1 / /", id="an image in a trigger stays"
        ),
        pytest.param("COPY --from=other:1 / /", "COPY --from=other:1 / /", id="an image that is called like no stage"),
        pytest.param("RUN echo --from=base:1", "RUN echo --from=base:1", id="text that only looks like a reference"),
        pytest.param("RUN <<EOF\nFROM base:1\nEOF", "RUN <<EOF\nFROM base:1\nEOF", id="the text of a heredoc"),
    ],
)
def test_what_names_a_stage_becomes_a_reference_to_it(written: str, template: str) -> None:
    assert adopted_template(f"FROM alpine:3.22 AS base\nFROM base AS app\n{written}") == STAGES + template


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("FROM python:3.9 AS python\nFROM python AS app\nFROM python:3.9-slim\n", id="what it starts from"),
        pytest.param(
            "FROM php:8 AS composer\nCOPY --from=composer:2 / /\nFROM composer AS app\nCOPY --from=composer:2 / /\n",
            id="what it copies from",
        ),
        pytest.param(
            "FROM go:1 AS deps\nFROM deps AS go\nFROM go AS app\nFROM go:1\n", id="what a stage above it starts from"
        ),
        pytest.param("FROM app:1 AS base\nFROM base AS app\n", id="a stage that is defined below"),
    ],
)
def test_an_image_that_is_not_made_from_the_stage_stays(written: str) -> None:
    assert adopted(written).uses[1].is_same
    assert [line for line in adopted_template(written).splitlines() if ":" in line] == [
        line for line in written.splitlines() if ":" in line
    ]


@pytest.mark.parametrize(
    ("written", "template"),
    [
        pytest.param("RUN f '{{.A}}' x", "RUN f '{% raw %}{{.A}}{% endraw %}' x", id="an expression"),
        pytest.param("RUN f {% a %} x", "RUN f {% raw %}{% a %}{% endraw %} x", id="a block tag"),
        pytest.param("# {# a #} x", "# {% raw %}{# a #}{% endraw %} x", id="a comment"),
        pytest.param("RUN f ${#a[@]} x", "RUN f {% raw %}${#a[@]}{% endraw %} x", id="the length of a variable"),
        pytest.param("RUN f {${#a} x", "RUN f {% raw %}{${#a}{% endraw %} x", id="a brace before a dollar"),
        pytest.param("RUN f {{ x", "RUN f {% raw %}{{{% endraw %} x", id="what is not closed on the line"),
        pytest.param("RUN f {{a}}\nUSER b", "RUN f {% raw %}{{a}}{% endraw +%}\nUSER b", id="at the end of a line"),
        pytest.param("RUN f \\\n  {{a}} b", "RUN f \\\n  {%+ raw %}{{a}}{% endraw %} b", id="behind blanks of a line"),
        pytest.param("RUN f {% endraw %} b", 'RUN f {{ "{%" }} endraw %} b', id="the end of raw itself"),
        pytest.param("RUN f {{a}}{{b}} c", "RUN f {% raw %}{{a}}{% endraw %}{% raw %}{{b}}{% endraw %} c", id="two"),
        pytest.param(
            "RUN --mount=from=base,target=/{{a}} --mount=from=base,target=/{{b}} c",
            'RUN --mount=from={{ stage("base") }},target=/{% raw %}{{a}}{% endraw %} '
            '--mount=from={{ stage("base") }},target=/{% raw %}{{b}}{% endraw %} c',
            id="between references",
        ),
    ],
)
def test_what_jinja_would_read_is_wrapped(written: str, template: str) -> None:
    assert adopted_template(f"FROM alpine:3.22 AS base\nFROM base AS app\n{written}") == STAGES + template


def test_a_plain_dockerfile_keeps_what_jinja_would_read() -> None:
    adoption = adopted(f"{TOP}COPY --from=tools:1 / /\nRUN echo ${{#a}} {{{{\n", plain=True)
    assert adoption.files[-1].text == f"{TOP}COPY --from=tools / /\nRUN echo ${{#a}} {{{{\n"
    assert [str(each.path) for each in adoption.files] == ["profiles/ci.yaml", "profiles/schema.json", "Dockerfile"]


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        pytest.param(TEXT.replace("\n", "\r\n"), True, id="CRLF"),
        pytest.param(TEXT.rstrip("\n"), True, id="no final line end"),
        pytest.param(BOM + TEXT, True, id="a byte order mark"),
        pytest.param(f"{TEXT}# \udcff\udcc3 {{{{ \u2028\n", True, id="bytes that are no text"),
        pytest.param(TEXT.replace("tools:1", '"tools:1"'), False, id="quotes, which a rewritten reference loses"),
    ],
)
def test_the_pipeline_s_file_keeps_its_text_however_it_is_written(text: str, *, is_same: bool) -> None:
    assert [use.is_same for use in adopted(text).uses if use.profile == "ci"] == [is_same]
