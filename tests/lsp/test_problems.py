"""What is wrong, while it is typed: in templates, in what they include, and in profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from tests.lsp.editor import uri

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("shipped")]


async def test_nothing_is_wrong_with_the_shipped_template(shipped: Project, editor: Editor) -> None:
    editor.open("Dockerfile.j2", "profiles/ci.yaml")
    assert await editor.problems("Dockerfile.j2") == []
    assert await editor.problems("profiles/ci.yaml") == []
    assert shipped.files() == [".dockerignore", ".git/HEAD", "Dockerfile.j2", "profiles/ci.yaml", "profiles/local.yaml"]


async def test_a_change_is_looked_at_before_it_is_saved(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    text = editor.text("Dockerfile.j2")
    editor.change("Dockerfile.j2", text.replace('stage("development") }} AS unit', 'stage("developmen") }} AS unit'))
    assert await editor.problems("Dockerfile.j2") == [
        "stage [unknown-stage] no stage is named 'developmen'\ndid you mean 'development'?"
    ]
    editor.change("Dockerfile.j2", text)
    assert await editor.problems("Dockerfile.j2") == []


async def test_what_is_wrong_stands_in_the_file_that_it_is_about(project: Project, editor: Editor) -> None:
    project.write(
        {
            "Dockerfile.j2": '{% include "_base.j2" %}\nFROM {{ stage("base") }} AS app\nFROM app AS app\n',
            "_base.j2": "FROM alpine:3.22 AS base\nRUN : 🐳🐳\nCOPY --form=🐳 / /\n",
            "profiles/ci.yaml": "targe: app\n",
            "profiles/local.yaml": "",
        }
    )
    editor.open("Dockerfile.j2")
    (twice,) = await editor.problems("Dockerfile.j2")
    assert twice.startswith("app [duplicate-stage-name]")
    assert await editor.problems("_base.j2") == [
        "--form [unknown-flag] COPY has no flag --form\ndid you mean '--from'?"
    ]
    assert await editor.problems("profiles/ci.yaml") == [
        "targe [unknown-key] unknown key 'targe' (in ci)\ndid you mean 'target'?"
    ]
    (shown,) = editor.client.diagnostics[uri("Dockerfile.j2")]
    assert shown.code_description
    assert shown.code_description.href.endswith("manuals.md#duplicate-stage-name")
    (related,) = shown.related_information or ()
    assert (related.message, related.location.range.start.line) == ("first defined", 1)
    editor.close("Dockerfile.j2")
    await editor.rendered("_base.j2")
    assert await editor.problems("Dockerfile.j2") == await editor.problems("_base.j2") == []


async def test_a_plain_dockerfile_is_held_to_dfrenders_own_rules(project: Project, editor: Editor) -> None:
    project.write({"web/Dockerfile": "FROM alpine as base\nFROM base\nRUN cd /tmp && sudo true\nMAINTAINER me\n"})
    project.write({"web/Dockerfile.x": "FROM alpine AS base\nFROM scratch\nCOPY --from=base:latest /a /b\n"})
    editor.open("web/Dockerfile", "web/Dockerfile.x")
    assert await editor.problems("web/Dockerfile") == []
    (found,) = await editor.problems("web/Dockerfile.x")
    assert found.startswith("base [tagged-reference-shadows-stage] ")


async def test_what_was_rendered_is_left_alone(shipped: Project, editor: Editor) -> None:
    shipped.dfrender("render", "-p", "ci")
    editor.open("Dockerfile.ci")
    assert await editor.rendered("Dockerfile.ci") == []


async def test_what_is_changed_on_the_disk_is_looked_at_again(shipped: Project, editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.problems("Dockerfile.j2") == []
    shipped.write({"profiles/ci.yaml": "values: {python: 3.13}\n"})
    changed = types.FileEvent(uri("profiles/ci.yaml"), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
    (found,) = await editor.problems("Dockerfile.j2")
    assert found.startswith("debugger [undefined-name]")


async def test_a_document_that_is_no_file_is_left_alone(editor: Editor) -> None:
    for address in ("untitled:Untitled-1", "file:///a%00b/Dockerfile.j2"):
        document = types.TextDocumentItem(address, "dockerfile", 1, "FROM {{ x")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        params = types.ExecuteCommandParams("dfrender.rendered", [address])
        assert await editor.client.workspace_execute_command_async(params) == []


async def test_the_command_returns_renderings_and_where_their_lines_are_from(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    ci, local = await editor.rendered("Dockerfile.j2")
    assert [ci["profile"], local["profile"]] == ["ci", "local"]
    lines = ci["lines"]
    assert isinstance(lines, list)
    text = str(ci["text"]).splitlines()
    assert len(lines) == len(text)
    assert (text[0], dict(lines[0])) == (
        "ARG IMAGE_TAG=latest",
        {"uri": uri("Dockerfile.j2"), "line": 1, "why": "build argument for the tag of the images"},
    )
