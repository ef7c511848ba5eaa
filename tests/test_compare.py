"""What two profiles or two Dockerfiles differ in: references to stages count for nothing, all else is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dfrender.diagnostics import DfrenderError
from dfrender.references.difference import differences
from dfrender.source import BOM
from tests.reading import graph_of, result_of
from tests.test_promises import EVERY_RENDERING, Rendering, rendered
from tests.test_pruning import Pruning, prunings

if TYPE_CHECKING:
    from dfrender.api import Result
    from tests.project import Project

BARE = """\
ARG PY=3.13
FROM python:$PY AS base
FROM base AS tools
RUN make tools
FROM base
COPY --from=tools /t /t
FROM base AS app
COPY --from=tools /t /t
COPY --from=2 /t /u
"""
ARG_STYLE = """\
ARG PY=3.13
ARG TAG=1
ARG BASE_IMAGE=r.example/x/base:${TAG} TOOLS_IMAGE=tools-of-mine:$TAG
FROM python:$PY AS base
FROM ${BASE_IMAGE} AS tools
RUN make tools
FROM \\
  --platform=$BUILDPLATFORM ${TOOLS_IMAGE} AS tools-image
FROM base
COPY --from=tools-image /t /t
FROM ${BASE_IMAGE} AS app
COPY --from=tools-image /t /t
COPY --from=3 /t /u
"""
TWO_ARGS = ARG_STYLE.replace("TAG=1", "TAG=2").replace("tools-of-mine", "x/tools")


def told(one: str, other: str) -> list[str]:
    """Give the lines that differ, with ``-`` and ``+`` for their side."""
    return [f"{'-+'[each.side]}{each.at.line} {each.text}" for each in differences(graph_of(one), graph_of(other))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(BARE, BARE, id="the same"),
        pytest.param("FROM\n", "FROM\n", id="a FROM without a word"),
        pytest.param(BARE, BARE.replace("\n", "\r\n"), id="other line ends"),
        pytest.param(BARE, BARE.removesuffix("\n"), id="no final newline"),
        pytest.param(BARE, BOM + BARE, id="a byte order mark"),
        pytest.param(BARE, BARE.replace("=tools", "=1"), id="indices"),
        pytest.param(BARE, BARE.replace("=tools", "=tools:7").replace("OM base", "OM r.example/x/base:7"), id="images"),
        pytest.param(BARE, ARG_STYLE, id="images of any name in build arguments, and an alias stage"),
        pytest.param(ARG_STYLE.replace("tools-of-mine", "x/tools"), TWO_ARGS, id="other images in the same arguments"),
        pytest.param("FROM a AS b\nFROM scratch\n", "FROM a AS b\nFROM scratch\n", id="no image at all"),
        pytest.param(
            "FROM a AS b\nFROM a\nCOPY --from=b / /\n",
            "FROM a AS b\nFROM a\nCOPY --fr\\\nom=b:1 / /\n".replace("--fr\\\nom", "--from"),
            id="an image with the stage's name",
        ),
    ],
)
def test_references_to_stages_are_no_difference(one: str, other: str) -> None:
    assert told(one, other) == told(other, one) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("FROM a\n", "FROM a\nRUN b\n", ["+2 RUN b"], id="a line more"),
        pytest.param("FROM a\nRUN b\n", "FROM a\nRUN c\n", ["-2 RUN b", "+2 RUN c"], id="another line"),
        pytest.param("FROM a\n# b\n", "FROM a\n\n# b\n", ["+2 "], id="a blank line"),
        pytest.param("FROM a:1\n", "FROM a:2\n", ["-1 FROM a:1", "+1 FROM a:2"], id="another image"),
        pytest.param(
            "FROM a:1 AS a\nUSER b\n",
            "FROM a:2 AS a\nUSER b\n",
            ["-1 FROM a:1 AS a", "+1 FROM a:2 AS a"],
            id="another image for a stage of its name",
        ),
        pytest.param(
            "ARG V=1\nFROM a:$V\n",
            "ARG V=2\nFROM a:$V\n",
            ["-1 ARG V=1", "+1 ARG V=2", "-2 FROM a:$V", "+2 FROM a:$V"],
            id="another image by an argument",
        ),
        pytest.param("FROM a:1\n", "ARG V=1\nFROM a:$V\n", ["+1 ARG V=1"], id="an argument for an image of its own"),
        pytest.param(
            "FROM a AS b\nFROM b\n",
            "ARG B=b:1\nFROM a AS b\nARG B\nFROM $B\n",
            ["+1 ARG B=b:1", "+3 ARG B"],
            id="an argument that a stage reads too",
        ),
        pytest.param(
            "FROM a AS b\nFROM b\n",
            "ARG B=b:1\nARG C=c\nFROM a AS b\nFROM $B\n",
            ["+2 ARG C=c"],
            id="an argument that nothing reads",
        ),
        pytest.param(
            "FROM a AS b\nFROM a AS c\nFROM b\n",
            "FROM a AS b\nFROM a AS c\nFROM c\n",
            ["-3 FROM b", "+3 FROM c"],
            id="another stage",
        ),
        pytest.param(
            "FROM a AS b\nFROM a AS c\nFROM b\n",
            "FROM a AS b\nFROM a AS c\nFROM c:1\n",
            ["-3 FROM b", "+3 FROM c:1"],
            id="the image of another stage",
        ),
        pytest.param(
            "FROM a AS b\nFROM a\nCOPY --from=b / /\n",
            "FROM a AS b\nFROM a\nCOPY --from= / /\n",
            ["-3 COPY --from=b / /", "+3 COPY --from= / /"],
            id="the build context in place of a stage",
        ),
        pytest.param(
            "FROM a AS b\nRUN c\n",
            "ARG X=x\nFROM ${X} AS y\nFROM a AS b\nRUN c\n",
            ["+1 ARG X=x", "+2 FROM ${X} AS y"],
            id="a stage that begins from an argument, and that nothing copies from",
        ),
    ],
)
def test_all_else_is_told(one: str, other: str, expected: list[str]) -> None:
    assert told(one, other) == expected
    turned = [each.translate(str.maketrans("+-", "-+", "")) for each in expected]
    assert sorted(told(other, one)) == sorted(f"{each[0]}{was[1:]}" for each, was in zip(turned, expected, strict=True))


@EVERY_RENDERING
def test_an_output_differs_from_its_source_in_references_only(rendering: Rendering) -> None:
    result = rendered(rendering)
    assert differences(result.decisions.source, graph_of(result.text)) == []


def rendered_or_skipped(pruning: Pruning, styles: dict[str, str]) -> Result:
    """Render the whole file; what is refused has nothing to compare."""
    prebuilt = "".join(f"  {name}: {{style: {style}, optional: true}}\n" for name, style in styles.items())
    try:
        return result_of(pruning.text, f"prebuilt:\n{prebuilt}", "Dockerfile")
    except DfrenderError:
        assume(False)  # noqa: FBT003 - a statement, to hypothesis
        raise


@given(pruning=prunings(), style=st.sampled_from(["arg", "image", "stage", "arg, arg_default: stage"]))
def test_no_output_differs_from_its_source_or_from_one_in_another_style(pruning: Pruning, style: str) -> None:
    assume("FROM ${B} AS S0" not in pruning.text)  # an image with the name of the stage is told apart from the stage's
    one = rendered_or_skipped(pruning, pruning.styles)
    other = rendered_or_skipped(pruning, dict.fromkeys(pruning.styles, style))
    assert differences(one.decisions.source, graph_of(one.text)) == []
    assert differences(graph_of(one.text), graph_of(other.text)) == []


# The command takes profiles of a template, or files.

FILES = {
    "Dockerfile.j2": """\
FROM python:{{ python }} AS base
RUN make{% if debug %} debug{% endif +%}
FROM {{ stage("base") }} AS app
{% include "cmd" %}
FROM base AS docs
""",
    "cmd": "CMD {{ debug }} {{ name }}\n".replace("{{ debug }}", "{{ debug | lower }}"),
    "profiles/local.yaml": "values: {python: 3.13, debug: true, name: app, more: 1}\n",
    "profiles/ci.yaml": "values: {python: 3.13, debug: false, name: app}\nprebuilt: [base]\n",
    "profiles/old.yaml": "values: {python: 3.12, debug: false, name: api}\n",
    "profiles/part.yaml": "values: {python: 3.13, debug: false, name: app}\ntarget: app\n",
}


@pytest.mark.parametrize(
    ("arguments", "expected", "code"),
    [
        pytest.param("ci ci", "Dockerfile.j2: ci and ci do not differ\n", 0, id="one profile"),
        pytest.param(
            "ci part",
            "Dockerfile.j2: ci and part differ in stage references only\n"
            "Dockerfile.j2: part is pruned to app: 2 of 3 stages\n",
            0,
            id="a profile that prunes",
        ),
        pytest.param(
            "Dockerfile.j2 profiles/local.yaml ci",
            "Dockerfile.j2:2: only in local: RUN make debug\n"
            "Dockerfile.j2:2: only in ci: RUN make\n"
            "cmd:1: only in local: CMD true app\n"
            "cmd:1: only in ci: CMD false app\n"
            "Dockerfile.j2: local and ci differ in 4 lines besides stage references\n",
            1,
            id="a value, also in an include",
        ),
        pytest.param(
            ". ci old --allow values.python",
            "Dockerfile.j2:1: only in ci: FROM python:3.13 AS base (allowed)\n"
            "Dockerfile.j2:1: only in old: FROM python:3.12 AS base (allowed)\n"
            "cmd:1: only in ci: CMD false app\n"
            "cmd:1: only in old: CMD false api\n"
            "Dockerfile.j2: ci and old differ in 2 lines besides stage references and values.python\n",
            1,
            id="one of two values may differ",
        ),
        pytest.param(
            "local old --allow values.name --allow values.debug --allow values.python --allow values.more",
            "Dockerfile.j2:1: only in local: FROM python:3.13 AS base (allowed)\n"
            "Dockerfile.j2:1: only in old: FROM python:3.12 AS base (allowed)\n"
            "Dockerfile.j2:2: only in local: RUN make debug (allowed)\n"
            "Dockerfile.j2:2: only in old: RUN make (allowed)\n"
            "cmd:1: only in local: CMD true app (allowed)\n"
            "cmd:1: only in old: CMD false api (allowed)\n"
            "Dockerfile.j2: nothing differs because of values.more\n"
            "Dockerfile.j2: local and old differ in stage references and values.name and values.debug and values.python"
            " only\n",
            0,
            id="values that may differ, two in one line, and one that makes no difference",
        ),
        pytest.param(
            "local old --allow values.python",
            "Dockerfile.j2:1: only in local: FROM python:3.13 AS base (allowed)\n"
            "Dockerfile.j2:1: only in old: FROM python:3.12 AS base (allowed)\n"
            "Dockerfile.j2:2: only in local: RUN make debug\n"
            "Dockerfile.j2:2: only in old: RUN make\n"
            "cmd:1: only in local: CMD true app\n"
            "cmd:1: only in old: CMD false api\n"
            "Dockerfile.j2: local and old differ in 4 lines besides stage references and values.python\n",
            1,
            id="what differs is told as it is in the outputs",
        ),
    ],
)
def test_profiles_are_compared(project: Project, arguments: str, expected: str, code: int) -> None:
    project.write(FILES)
    result = project.dfrender("compare", *arguments.split())
    assert (result.stdout, result.stderr, result.exit_code) == (expected, "", code)


def test_a_value_that_only_one_profile_has_may_differ(project: Project) -> None:
    template = "FROM a\n{% if extra is defined %}\nRUN {{ extra }}\n{% endif %}\n"
    project.write({"Dockerfile.j2": template, "profiles/a.yaml": "values: {extra: b}\n", "profiles/b.yaml": ""})
    for one, other in (("a", "b"), ("b", "a")):
        assert project.dfrender("compare", one, other).exit_code == 1
        result = project.dfrender("compare", one, other, "--allow", "values.extra")
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "Dockerfile.j2:3: only in a: RUN b (allowed)",
            f"Dockerfile.j2: {one} and {other} differ in stage references and values.extra only",
        ]


def test_files_are_compared_without_the_header_of_dfrender(project: Project) -> None:
    project.write({**FILES, "Dockerfile.dev": b"FROM python:3.13 AS base\nRUN make \xff\nFROM base:7 AS app\n"})
    project.render("-p", "ci")
    result = project.dfrender("compare", "Dockerfile.ci", "Dockerfile.dev")
    assert (result.exit_code, result.stderr, result.stdout_bytes.decode(errors="surrogateescape").splitlines()) == (
        1,
        "",
        [
            "Dockerfile.ci:6: only in Dockerfile.ci: RUN make",
            "Dockerfile.dev:2: only in Dockerfile.dev: RUN make \udcff",
            "Dockerfile.ci:8: only in Dockerfile.ci: CMD false app",
            "Dockerfile.ci:9: only in Dockerfile.ci: FROM ${BASE_IMAGE} AS docs",
            "Dockerfile.ci and Dockerfile.dev differ in 4 lines besides stage references",
        ],
    )


def test_the_outputs_of_two_profiles_may_differ_in_references_only(project: Project) -> None:
    project.write({**FILES, "profiles/part.yaml": FILES["profiles/ci.yaml"].replace("[base]", "{base: image}")})
    project.render("-p", "ci", "-p", "part")
    assert project.dfrender("compare", "Dockerfile.ci", "Dockerfile.part").stdout == (
        "Dockerfile.ci and Dockerfile.part differ in stage references only\n"
    )
    assert project.dfrender("compare", "Dockerfile.ci", "Dockerfile.ci").stdout.endswith(" do not differ\n")


def test_a_name_is_that_of_a_profile_even_if_a_file_has_it(project: Project) -> None:
    project.write({**FILES, "ci": "", "local": ""})
    assert project.dfrender("compare", "ci", "local").stdout.startswith("Dockerfile.j2:2: only in ci")


def test_all_templates_of_a_folder_are_compared(project: Project) -> None:
    below = {f"a/{name}": text for name, text in FILES.items()} | {"a/Dockerfile.j2": "FROM b\n"}
    project.write({**FILES, **below})
    result = project.dfrender("compare", ".", "local", "old")
    assert (result.exit_code, result.stdout.splitlines()[-2:]) == (
        1,
        [
            "Dockerfile.j2: local and old differ in 6 lines besides stage references",
            "a/Dockerfile.j2: local and old do not differ",
        ],
    )
