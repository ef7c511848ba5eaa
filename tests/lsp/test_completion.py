"""What may be written at the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS
from dfrender.rules.manual import rules
from tests.lsp.known import completed, cursor, typed

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project

FILES = {
    ".git/HEAD": "",
    "Dockerfile.j2": "FROM alpine:3.22 AS base\nFROM {{ stage('base') }} AS app\nLABEL name={{ name }}\n",
    "Dockerfile": "FROM alpine:3.22 AS base\nFROM base AS app\n",
    "profiles/ci.yaml": "values: {name: api, debug: true}\nprebuilt:\n  base: arg\n",
    "profiles/local.yaml": "values: {name: api}\n",
}


@pytest.mark.asyncio(loop_scope="session")
async def test_a_call_is_completed_while_the_template_is_broken_by_it(project: Project, editor: Editor) -> None:
    project.write(FILES)
    editor.open("Dockerfile.j2")
    await editor.rendered("Dockerfile.j2")
    editor.change("Dockerfile.j2", FILES["Dockerfile.j2"] + 'COPY --from={{ stage("a')
    assert await editor.completion("Dockerfile.j2", 'stage("a|') == [
        'COPY --from={{ stage("base',
        'COPY --from={{ stage("app',
    ]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        pytest.param(
            "COPY --from=ba", ['COPY --from={{ stage("base") }}', 'COPY --from={{ stage("app") }}'], id="copy"
        ),
        pytest.param("FROM ", ['FROM {{ stage("base") }}', 'FROM {{ stage("app") }}'], id="from"),
        pytest.param(
            "FROM x AS new\nRUN --mount=type=bind,from=",
            [f'RUN --mount=type=bind,from={{{{ stage("{each}") }}}}' for each in ("base", "app", "new")],
            id="a mount, behind a stage that nothing has rendered yet",
        ),
        pytest.param("ENV A={{ na", ['ENV A={{ stage("', "ENV A={{ name", "ENV A={{ debug"], id="a value"),
        pytest.param("ENV A={{ 'na", [], id="not in a string"),
        pytest.param("RUN na", [], id="not in other text"),
        pytest.param(
            "# dfrender: ignore=a,unr", [f"# dfrender: ignore=a,{code}" for code in rules()], id="a rule to ignore"
        ),
    ],
)
def test_what_a_line_of_a_template_may_become(project: Project, written: str, lines: list[str]) -> None:
    project.write(FILES)
    assert completed(typed(written)) == lines


def test_a_stage_is_written_bare_where_nobody_reads_jinja(project: Project) -> None:
    project.write(FILES)
    assert completed(typed("COPY --from=", "Dockerfile", "Dockerfile")) == ["COPY --from=base", "COPY --from=app"]


def test_only_stages_above_are_offered(project: Project) -> None:
    project.write(FILES)
    assert completed(cursor("stage('|base')")) == ["FROM {{ stage('base"]


STYLES = ("arg", "image", "context", "stage")


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        pytest.param("ta", [f"{name}: " for name in PROFILE_KEYS], id="a key"),
        pytest.param("style: ", [f"style: {each}" for each in STYLES], id="one of some words"),
        pytest.param("target: a", ["target: base", "target: app"], id="a stage"),
        pytest.param("build: [base, ", ["build: [base, base", "build: [base, app"], id="a stage in a list"),
        pytest.param("build:\n- ", ["- base", "- app"], id="a stage in a list of lines"),
        pytest.param("ignore: [", [f"ignore: [{code}" for code in rules()], id="a rule"),
        pytest.param("tag: ", [], id="any text"),
        pytest.param("nothing: ", [], id="of an unknown key"),
        pytest.param("prebuilt:\n  ", ["  base: ", "  app: "], id="a stage as a key"),
        pytest.param("prebuilt:\n  app: arg\n  b", ["  base: ", "  app: "], id="a stage below another"),
        pytest.param("prebuilt:\n  app: ", [f"  app: {each}" for each in STYLES], id="the style of a stage"),
        pytest.param("prebuilt:\n  app:\n    o", [f"    {name}: " for name in STAGE_KEYS], id="a setting of a stage"),
        pytest.param(
            "prebuilt:\n  app:\n    optional: ", ["    optional: true", "    optional: false"], id="true or false"
        ),
        pytest.param("values:\n  a", [], id="not what is the user's own"),
        pytest.param("values: {a", [], id="not in braces"),
        pytest.param("- ", [], id="not in a list of nothing"),
    ],
)
def test_what_a_line_of_a_profile_may_become(project: Project, written: str, lines: list[str]) -> None:
    project.write({**FILES, "profiles/local.yaml": ""})
    assert completed(typed(written, "profiles/local.yaml")) == lines
