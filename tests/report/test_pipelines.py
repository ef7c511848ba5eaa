"""Diagnostics as commands of pipelines: they parse back, and no text makes a command of its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.diagnostics import Diagnostic
from dfrender.report.formats import FORMATS
from dfrender.report.pipelines import azure, github, harmless
from dfrender.report.run import full_message, shown
from dfrender.source import At
from tests.report import agents
from tests.report.agents import Command
from tests.report.samples import DIAGNOSTICS, FILES, FULL, TEXTS, run
from tests.slow import slow_but

WRITTEN = "a stage is missing\nin profiles ci, local\ndefined at profiles/ci.yaml:3\ngiven at --set tag\nwrite it"


def test_a_problem_is_a_workflow_command_of_github() -> None:
    assert github([FULL, FULL], run()) == 2 * (
        "::warning file=api/Dockerfile.j2,line=2,col=6,title=known::"
        "a stage is missing%0Ain profiles ci, local%0Adefined at profiles/ci.yaml:3%0Agiven at --set tag%0Awrite it\n"
    )


def test_a_problem_is_a_logging_command_of_azure() -> None:
    assert azure([FULL, FULL], run()) == 2 * (
        "##vso[task.logissue type=warning;sourcepath=/work/repo/api/Dockerfile.j2;linenumber=2;columnnumber=6;"
        "code=known;]a stage is missing%0Ain profiles ci, local%0A"
        "defined at profiles/ci.yaml:3%0Agiven at --set tag%0Awrite it\n"
    )


@FILES
def test_the_fields_are_read_as_they_were(file: str) -> None:
    found = FULL._replace(at=At(file, 2, 6))
    assert agents.github(github([found], run())) == [
        Command("warning", {"file": f"api/{file}", "line": "2", "col": "6", "title": "known"}, WRITTEN)
    ]
    place = {"sourcepath": f"/work/repo/api/{file}", "linenumber": "2", "columnnumber": "6"}
    assert agents.azure(azure([found], run())) == [
        Command("task.logissue", {"type": "warning", **place, "code": "known"}, WRITTEN)
    ]


@pytest.mark.parametrize(
    ("at", "on_github", "on_azure"),
    [
        pytest.param(
            At("F", 2),
            {"file": "api/F", "line": "2"},
            {"sourcepath": "/work/repo/api/F", "linenumber": "2"},
            id="without a column",
        ),
        pytest.param(At("F"), {"file": "api/F"}, {"sourcepath": "/work/repo/api/F"}, id="without a line"),
        pytest.param(At("/a/F"), {"file": "/a/F"}, {"sourcepath": "/a/F"}, id="a file outside the repository"),
        pytest.param(At("\udcff"), {"file": "api/?"}, {"sourcepath": "/work/repo/api/?"}, id="bytes that are no text"),
    ],
)
def test_a_place_is_reported_as_far_as_it_is_known(at: At, on_github: dict[str, str], on_azure: dict[str, str]) -> None:
    found = [Diagnostic(at, "rule", "wrong")]
    assert agents.github(github(found, run())) == [Command("error", {**on_github, "title": "rule"}, "wrong")]
    assert agents.azure(azure(found, run())) == [
        Command("task.logissue", {"type": "error", **on_azure, "code": "rule"}, "wrong")
    ]


@pytest.mark.parametrize("at", [At("<stdin>", 2, 6), At("--set tag")])
def test_what_is_no_file_stands_in_the_text(at: At) -> None:
    found = [Diagnostic(at, "rule", "wrong")]
    assert agents.github(github(found, run())) == [Command("error", {"title": "rule"}, f"{at}: wrong")]
    assert agents.azure(azure(found, run())) == [
        Command("task.logissue", {"type": "error", "code": "rule"}, f"{at}: wrong")
    ]


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        pytest.param("RUN ##vso[task.x]y", "RUN ## vso[task.x]y", id="a logging command, anywhere in a line"),
        pytest.param("a ###[group]", "a ### [group]", id="a command of both, anywhere in a line"),
        pytest.param("::error::x", ": :error::x", id="a workflow command, at the start of the text"),
        pytest.param("a\n \t::error::x", "a\n \t: :error::x", id="a workflow command, behind white space"),
        pytest.param("a\r::error::x", "a\r: :error::x", id="a workflow command, behind a CR"),
        pytest.param("\ufeff::error::x", "\ufeff: :error::x", id="a workflow command, behind a byte order mark"),
        pytest.param("\n\n:::a::\n", "\n\n: ::a::\n", id="a workflow command that begins with a colon"),
        pytest.param("+::1 a::b\n## [x]\n: :x #[ #vso[", "+::1 a::b\n## [x]\n: :x #[ #vso[", id="what is no command"),
    ],
)
def test_a_command_gets_a_space(text: str, spaced: str) -> None:
    assert harmless(text) == spaced


@given(st.one_of(TEXTS, st.text()))
def test_no_text_holds_a_command_and_nothing_else_changes(text: str) -> None:
    spaced = harmless(text)
    assert (agents.github(spaced), agents.azure(spaced)) == ([], [])
    assert spaced.replace(" ", "") == text.replace(" ", "")
    assert harmless(spaced) == spaced


def test_many_lines_are_read_in_a_short_time() -> None:
    assert harmless("\n" * 200_000 + "::x") == "\n" * 200_000 + ": :x"


@pytest.mark.parametrize("name", slow_but({"auto", "github", "azure"}, [*FORMATS]))
@given(diagnostics=st.lists(DIAGNOSTICS, max_size=3), pipeline=st.sampled_from(["azure", "github"]))
def test_no_problem_holds_a_command_but_its_own(name: str, diagnostics: list[Diagnostic], pipeline: str) -> None:
    output = FORMATS[name](diagnostics, run(pipeline))
    commands = {
        "github": [(each.severity.value, _shown(each)) for each in diagnostics],
        "azure": [("task.logissue", _shown(each)) for each in diagnostics],
    }
    asked = pipeline if name == "auto" else name
    for agent, read in (("github", agents.github), ("azure", agents.azure)):
        expected = commands[agent] if agent == asked else []
        assert [(each.name, each.text) for each in read(output)] == expected


def _shown(found: Diagnostic) -> str:
    return harmless(shown(full_message(found, place=found.at.file == "<stdin>")))


@pytest.mark.parametrize(
    ("pipeline", "written"),
    [
        pytest.param("azure", r"Dockerfile.j2:2:6: .*\n##vso\[task.logissue .*\n", id="Azure Pipelines"),
        pytest.param("github", r"Dockerfile.j2:2:6: .*\n::warning .*\n", id="GitHub Actions"),
        pytest.param("", r"Dockerfile.j2:2:6: <yellow warning:> (?!.*::).*", id="text alone elsewhere"),
    ],
)
def test_text_is_followed_by_the_annotations_of_the_pipeline(pipeline: str, written: str) -> None:
    assert re.fullmatch(written, FORMATS["auto"]([FULL], run(pipeline)), re.DOTALL)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("text", ""),
        ("json", '{\n  "version": 1,\n  "diagnostics": []\n}\n'),
        ("github", ""),
        ("azure", ""),
        ("gitlab", "[]\n"),
        ("auto", ""),
    ],
)
def test_without_problems_there_is_nothing_but_what_a_document_needs(name: str, written: str) -> None:
    assert FORMATS[name]([], run()) == written
