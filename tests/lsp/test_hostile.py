"""What no editor should do, or does when it breaks down: every question has an answer, and nothing is left behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.messages import Request, packed
from tests.lsp.editor import COMMAND, uri
from tests.lsp.known import absolute
from tests.lsp.raw import HERE, RawClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lsp.editor import Editor
    from tests.project import Project

pytestmark = pytest.mark.slow  # most start a server of their own

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n"
WRONG = "FROM alpine:3.22 AS base\nFROM {{ stage('bas') }}\n"
METHOD_NOT_FOUND, INVALID_PARAMS, INVALID_REQUEST, REQUEST_FAILED = -32601, -32602, -32600, -32803
QUESTIONS = ("hover", "definition", "documentHighlight", "completion", "prepareRename")
NO_FILES = (
    *("", "x", "untitled:Untitled-1", "untitled:/tmp/Dockerfile.j2", "git:/x/Dockerfile.j2?ref", "file://", "file:///"),
    *("file:Dockerfile.j2", "file:///%00", "file:///c%3A/x/Dockerfile.j2", f"file:///{'x' * 5000}/Dockerfile.j2"),
)


def about(address: str, **more: object) -> dict[str, object]:
    """Return what a question about a place has."""
    return {"textDocument": {"uri": address}, "position": HERE, **more}


def test_what_no_editor_should_do_is_answered(project: Project) -> None:
    project.write({"started here/x": "", "Dockerfile.j2": "FROM a\n", "profiles/ci.yaml": "extends: _base\n"})
    client = RawClient(Path("started here"))
    assert client.server["capabilities"]["positionEncoding"] == "utf-16"
    shutil.rmtree("started here")
    template = uri("Dockerfile.j2")
    client.change(template, WRONG)
    client.tell("textDocument/didClose", {"textDocument": {"uri": template}})
    client.tell("$/cancelRequest", {"id": 99})
    client.tell("nothing/known", {})
    client.tell("textDocument/didOpen", {"nothing": 1})
    assert client.ask("textDocument/hover", about(template)) is None
    assert client.ask("textDocument/nothing", about(template))["code"] == METHOD_NOT_FOUND
    assert client.ask("textDocument/hover", {"nothing": 1})["code"] == INVALID_PARAMS
    assert client.ask("workspace/executeCommand", {"command": "nothing"})["code"] == INVALID_PARAMS
    for address in NO_FILES:
        client.open(address, WRONG)
        assert [client.ask(f"textDocument/{each}", about(address)) or None for each in QUESTIONS] == [None] * 5
        assert client.rendered(address) == []
    client.open(template, WRONG)
    beyond = about(template, position={"line": 2**31 - 1, "character": 2**31 - 1})
    assert client.ask("textDocument/hover", beyond) is None
    stage = about(template, position={"line": 0, "character": 22}, newName="x")
    assert client.ask("textDocument/rename", stage)["code"] == REQUEST_FAILED
    shown = {each["params"]["uri"] for each in client.notes if "diagnostics" in each["params"]}
    assert shown == {template, uri("profiles/ci.yaml")}
    assert [each for each in client.notes if each["method"] == "window/logMessage"] == []
    client.open(uri("profiles/ci.yaml"), "extends: _base\n")
    everywhere = {"start": HERE, "end": {"line": 99, "character": 0}}
    asked = {"textDocument": {"uri": uri("profiles/ci.yaml")}, "range": everywhere, "context": {"diagnostics": []}}
    assert client.ask("textDocument/codeAction", asked) == []  # an editor that does not make files
    assert client.ask("shutdown", None) is None
    assert client.ask("textDocument/hover", about(template))["code"] == INVALID_REQUEST
    client.tell("exit", None)
    status, errors = client.end()
    assert status == 0
    assert "Unable to deserialize message" in errors  # those that were not what the protocol says


def remove(*names: str) -> None:
    for name in names:
        Path(name).unlink()


def exits(client: RawClient) -> None:
    client.tell("exit", None)


def closes_its_pipe(client: RawClient) -> None:
    assert client.process.stdin
    client.process.stdin.close()
    client.process.stdin = None


def interrupts(client: RawClient) -> None:
    client.process.send_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("goes", "status"),
    [
        pytest.param(exits, 1, id="an exit without a shutdown"),
        pytest.param(closes_its_pipe, 1, id="a pipe that is closed"),
        pytest.param(
            interrupts,
            -signal.SIGINT,
            id="an interrupt",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="there it ends all processes of a console"),
        ),
    ],
)
def test_nothing_is_left_of_a_server_that_renders_without_end(
    project: Project, goes: Callable[[RawClient], None], status: int
) -> None:
    project.write({".git/HEAD": ""})
    client = RawClient(Path(), COMMAND)
    client.open(uri("Dockerfile.j2"), WRONG)
    client.rendered(uri("Dockerfile.j2"))
    client.change(uri("Dockerfile.j2"), ENDLESS)
    goes(client)
    assert client.end() == (status, "")


def test_a_template_that_never_ends_is_a_problem(project: Project) -> None:
    project.write({".git/HEAD": ""})
    client = RawClient(Path(), COMMAND)
    client.open(uri("Dockerfile.j2"), ENDLESS)
    assert client.rendered(uri("Dockerfile.j2")) == []
    (shown,) = [each["params"]["diagnostics"] for each in client.notes if "diagnostics" in each["params"]]
    assert [each["code"] for each in shown] == ["rendering-too-slow"]
    client.ask("shutdown", None)
    client.tell("exit", None)
    assert client.end() == (0, "")


def test_a_worker_whose_server_is_gone_ends_in_the_middle_of_what_has_no_end(project: Project) -> None:
    project.write({".git/HEAD": ""})
    path = absolute("Dockerfile.j2")
    command = [sys.executable, "-P", "-m", "dfrender.lsp.worker"]
    question = packed(Request(path, {path: ENDLESS}, {}))
    done = subprocess.run(command, input=question, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_problem_is_shown_at_the_address_that_the_editor_has(project: Project, editor: Editor) -> None:
    for folder in ("a b", "100%", "ümläut", "a%20b", "#x", "日本", "a+b&c=d"):
        name = f"{folder}/Dockerfile.j2"
        project.write({f"{folder}/.git/HEAD": "", name: WRONG})
        editor.open(name)
        assert [each.partition("\n")[0] for each in await editor.problems(name)] == [
            "stage [unknown-stage] no stage is named 'bas'"
        ]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_template_in_a_folder_that_is_not_there_yet(project: Project, editor: Editor) -> None:
    project.write({".git/HEAD": "", "web/Dockerfile.j2": WRONG})
    editor.open("web/Dockerfile.j2")
    shutil.rmtree("web")
    editor.change("web/Dockerfile.j2", f"RUN :\n{WRONG}")
    (first, second) = await editor.problems("web/Dockerfile.j2")
    assert first.startswith("RUN [instruction-before-from] ")
    assert second.startswith("stage [unknown-stage] ")


@pytest.mark.asyncio(loop_scope="session")
async def test_files_that_are_removed_while_they_are_open(project: Project, editor: Editor) -> None:
    included = {"_a.j2": "{% include '_b.j2' %}", "_b.j2": "{% include '_a.j2' %}"}
    project.write({".git/HEAD": "", "profiles/ci.yaml": "targe: x\n", "Dockerfile.j2": "{% include '_a.j2' %}FROM a\n"})
    project.write(included)
    editor.open("Dockerfile.j2", "_b.j2", "profiles/ci.yaml")
    (circle,) = await editor.problems("_b.j2")
    assert "[template-error] includes or macros call each other without end" in circle
    assert len(await editor.problems("profiles/ci.yaml")) == 1
    remove("profiles/ci.yaml", "_b.j2")
    editor.change("_b.j2", "")
    assert await editor.problems("_b.j2") == await editor.problems("profiles/ci.yaml") == []
    editor.close("_b.j2")
    (missing,) = await editor.problems("_a.j2")
    assert "[include-not-found]" in missing


@pytest.mark.asyncio(loop_scope="session")
async def test_a_very_large_template_is_looked_at(project: Project, editor: Editor) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": f"{WRONG}# {'x' * 5_000_000}\n"})
    editor.open("Dockerfile.j2")
    assert await editor.problems("Dockerfile.j2")
