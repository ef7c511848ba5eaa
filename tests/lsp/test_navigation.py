"""From a stage's name to all places that have to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]
# an include, a macro, CRLF, characters of two units of UTF-16, profiles in two folders

SERVICE = {
    ".git/HEAD": "",
    "profiles/_shared.yaml": "prebuilt:\n  base: image\nvalues:\n  name: shared\n",
    "profiles/ci.yaml": "extends: _shared\nregistry: example.com\n",
    "api/profiles/local.yaml": "# 🐳🐳\nvalues: {name: '🐳'}\nbuild: ['app', \"test\"]\n",
    "api/_base.j2": "FROM alpine:3.22 AS base\r\n",
    "api/Dockerfile.j2": "{% macro tested(from) %}FROM {{ stage(from) }} AS test{% endmacro %}\r\n\r\n"
    '{% include "_base.j2" %}\r\nFROM {{ stage("base") }} AS app\r\nLABEL a="🐳🐳" b={{ name }}\r\n'
    "RUN --mount=from=base,target=/é🐳 : {{ name }}\r\nCOPY --from=busybox /bin/sh /\r\n"
    "{{ tested('app') }}\r\n",
}


@pytest.fixture
def service(project: Project) -> Project:
    project.write(SERVICE)
    return project


@pytest.mark.usefixtures("shipped")
async def test_a_reference_leads_to_its_stage(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.definition("Dockerfile.j2", 'stage("builder|-base") }} $POETRY_HOME') == [
        "Dockerfile.j2:15: builder-base"
    ]


@pytest.mark.usefixtures("shipped")
async def test_a_profiles_entry_leads_to_its_stage(editor: Editor) -> None:
    editor.open("profiles/ci.yaml")
    assert await editor.definition("profiles/ci.yaml", "[builder-base, develop|ment]") == [
        "Dockerfile.j2:25: development"
    ]


@pytest.mark.usefixtures("shipped")
async def test_a_value_leads_to_the_profiles_that_set_it(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.definition("Dockerfile.j2", "{% if debug|ger %}") == [
        "profiles/ci.yaml:4: debugger",
        "profiles/local.yaml:4: debugger",
    ]


@pytest.mark.usefixtures("service")
async def test_a_stage_of_an_include_is_found_from_everywhere(editor: Editor) -> None:
    editor.open("api/Dockerfile.j2")
    every = [
        "api/_base.j2:1: base",
        "api/Dockerfile.j2:4: base",
        "api/Dockerfile.j2:6: base",
        "profiles/_shared.yaml:2: base",
    ]
    assert await editor.definition("api/Dockerfile.j2", "--mount=from=ba|se") == every[:1]
    assert await editor.references("api/Dockerfile.j2", "--mount=from=ba|se") == every
    editor.open("api/_base.j2", "profiles/_shared.yaml")
    assert await editor.references("api/_base.j2", "AS base|", with_definition=False) == every[1:]
    assert await editor.highlights("api/Dockerfile.j2", 'stage("|base")') == ["4: base", "6: base"]


@pytest.mark.usefixtures("service")
async def test_an_include_leads_to_its_file(editor: Editor) -> None:
    editor.open("api/Dockerfile.j2")
    assert await editor.definition("api/Dockerfile.j2", '"_ba|se.j2"') == ["api/_base.j2:1: "]


@pytest.mark.usefixtures("shipped")
async def test_a_reference_says_what_it_becomes_in_each_profile(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.hover("Dockerfile.j2", 'stage("builder|-base") }} $POETRY_HOME') == (
        "- **ci**: `builder-base` is written `builder-base-image`: the prebuilt stage `builder-base` is the image "
        "builder-base:${IMAGE_TAG} here\n"
        "- **local**: `builder-base` is the stage at Dockerfile.j2:15"
    )


@pytest.mark.usefixtures("shipped")
async def test_a_value_says_what_it_is_in_each_profile(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.hover("Dockerfile.j2", "python:{{ pyth|on }}") == (
        '- **ci**: `"3.13"` (profiles/ci.yaml:3)\n- **local**: `"3.13"` (profiles/local.yaml:3)'
    )


@pytest.mark.usefixtures("shipped")
async def test_a_key_says_what_it_means(editor: Editor) -> None:
    editor.open("profiles/ci.yaml")
    assert await editor.hover("profiles/ci.yaml", "tag|_arg") == (
        "**tag_arg**: a build argument that sets the tag of all images, `tag` being its default"
    )


@pytest.mark.usefixtures("service")
async def test_a_stage_is_renamed_wherever_it_is_named(editor: Editor) -> None:
    editor.open("api/Dockerfile.j2")
    found = await editor.rename("api/Dockerfile.j2", 'stage("ba|se")', "ground")
    assert found == {name: SERVICE[name].replace("base", "ground").replace("_ground", "_base") for name in found}
    assert sorted(found) == ["api/Dockerfile.j2", "api/_base.j2", "profiles/_shared.yaml"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("app", "a stage 'app' is there already", id="another stage has the name"),
        pytest.param("Ä", "not an image reference", id="no builder takes the name"),
        pytest.param("busybox", "another stage, or an image", id="an image that is used has the name"),
    ],
)
@pytest.mark.usefixtures("service")
async def test_a_name_that_builders_refuse_is_refused(editor: Editor, name: str, reason: str) -> None:
    editor.open("api/Dockerfile.j2")
    with pytest.raises(Exception, match=reason):
        await editor.rename("api/Dockerfile.j2", 'stage("ba|se")', name)


@pytest.mark.usefixtures("service")
async def test_a_name_that_a_macro_is_given_has_to_be_changed_by_hand(editor: Editor) -> None:
    editor.open("api/Dockerfile.j2")
    with pytest.raises(Exception, match=r"not written out at .*Dockerfile.j2:1"):
        await editor.rename("api/Dockerfile.j2", "AS ap|p", "application")


@pytest.mark.usefixtures("shipped")
async def test_where_nothing_is_named_there_is_nothing_to_say_or_rename(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.hover("Dockerfile.j2", "WORK|DIR $SETUP_PATH\nCOPY pyproject") == ""
    assert await editor.rename("Dockerfile.j2", "WORK|DIR $SETUP_PATH\nCOPY pyproject", "x") == {}
    assert await editor.renamed("Dockerfile.j2", "WORK|DIR $SETUP_PATH\nCOPY pyproject") == ""
    assert await editor.renamed("Dockerfile.j2", "AS un|it-tests") == "unit-tests"
