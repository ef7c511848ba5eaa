"""A plain Dockerfile that names the image of one of its stages can be made a template, as ``dfrender init`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from dfrender.lsp.adoption import adoption
from dfrender.lsp.features.adopting import is_adoptable
from dfrender.lsp.messages import NewFiles, Question, Request
from dfrender.lsp.worker import answer
from tests.lsp.known import EVERYWHERE, absolute, known, text_of

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project

TITLE = "Let profiles choose between stage and image: dfrender init Dockerfile"
PLAIN = "FROM alpine:3.22 AS base\nRUN :\nFROM registry.example.com/team/base:1 AS app\nCOPY --from=base:latest /a /b\n"
DOCKERFILE = PLAIN.replace("base:latest", "registry.example.com/team/base:1")


@pytest.mark.asyncio(loop_scope="session")
async def test_the_files_are_those_that_init_writes(project: Project, editor: Editor) -> None:
    project.write({".git/HEAD": "", "Dockerfile": "", ".dockerignore": ".git\n"})
    editor.open("Dockerfile")
    editor.change("Dockerfile", DOCKERFILE)
    found = await editor.actions("Dockerfile", "FROM regi|stry", types.CodeActionKind.Refactor)
    assert found.keys() == {TITLE}
    assert await editor.actions("Dockerfile", "FROM regi|stry", types.CodeActionKind.QuickFix) == {}
    project.write({"Dockerfile": DOCKERFILE})
    project.dfrender("init", "Dockerfile")
    written = {name: project.read(name).decode() for name in project.files() if name not in {"Dockerfile", ".git/HEAD"}}
    assert found[TITLE] == {name: text for name, text in written.items() if name != ".dockerignore"}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_other_name_of_the_image_is_in_the_way(project: Project, editor: Editor) -> None:
    project.write({".git/HEAD": "", "Dockerfile": PLAIN})
    editor.open("Dockerfile")
    assert TITLE not in await editor.actions("Dockerfile", "FROM regi|stry")


def test_a_dockerfile_that_init_refuses_is_not_adopted(project: Project) -> None:
    project.write({".git/HEAD": "", "Dockerfile": PLAIN})
    path = absolute("Dockerfile")
    assert answer(Request(path, {}, {}, Question.ADOPTION)) == NewFiles({})
    assert answer(Request(path, {path: DOCKERFILE}, {}, Question.ADOPTION)) != NewFiles({})


@pytest.mark.parametrize(
    ("name", "what"),
    [
        pytest.param("Dockerfile.j2", "FROM scratch\n", id="a template"),
        pytest.param("Dockerfile.local", "FROM scratch\n", id="what a profile would render"),
    ],
)
def test_nothing_is_offered_where_a_file_is_in_the_way(project: Project, name: str, what: str) -> None:
    project.write({".git/HEAD": "", "Dockerfile": DOCKERFILE})
    assert adoption(absolute("Dockerfile"), {})
    project.write({name: what})
    assert adoption(absolute("Dockerfile"), {}) == {}


@pytest.mark.parametrize(
    ("files", "dockerfile"),
    [
        pytest.param({}, "FROM alpine:3.22 AS base\nFROM base\n", id="where no image is named"),
        pytest.param({"profiles/ci.yaml": ""}, DOCKERFILE, id="where there are profiles"),
        pytest.param({}, "FROM alpine:3.22 AS base\nFROM alpine:3.22\n", id="where the images are others"),
    ],
)
def test_nothing_is_offered(project: Project, files: dict[str, str], dockerfile: str) -> None:
    project.write({".git/HEAD": "", "Dockerfile": dockerfile, **files})
    assert not is_adoptable(known("Dockerfile"), text_of("Dockerfile"), EVERYWHERE)
