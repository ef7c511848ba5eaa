"""What is taken from a build context for a stage, and what it would take if there were more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import Problems
from dfrender.dockerfile.ignore import Patterns
from dfrender.inputs.context import Context, Tracked
from dfrender.inputs.taking import Taker, files
from dfrender.recorder import Recorder
from tests.inputs.test_sources import taken as sources
from tests.reading import in_one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.project import Project

FILES: Mapping[str, str | bytes] = {
    "a.txt": "",
    "b.txt": "",
    "docs/one.md": "",
    "docs/deep/two.md": "",
    "docs/deep/three.txt": "",
    "v1/x.txt": "",
}


def taker(instruction: str, ignored: tuple[str, ...] = (), recorder: Recorder | None = None) -> Taker:
    """Return what an instruction took from the working directory."""
    Path("empty").mkdir(exist_ok=True)
    Path("here").unlink(missing_ok=True)
    Path("here").symlink_to("v1")
    context = Context(Path(), Patterns(ignored), recorder or Recorder(), Tracked({}))
    made = Taker(context, Problems())
    made.take(sources(instruction))
    return made


TAKEN = [
    pytest.param("COPY a.txt /x", "a.txt", id="a file"),
    pytest.param("COPY docs /x", "docs docs/deep docs/deep/three.txt docs/deep/two.md docs/one.md", id="a folder"),
    pytest.param("COPY empty /x", "empty", id="an empty folder"),
    pytest.param("COPY here /x", "here v1 v1/x.txt", id="a link and what it leads to"),
    pytest.param("COPY here/x.txt /x", "here v1/x.txt", id="a file behind a link"),
    pytest.param("COPY *.txt /x", "a.txt b.txt", id="a wildcard"),
    pytest.param("COPY d*/*.md /x", "docs/one.md", id="wildcards in two parts"),
    pytest.param("COPY docs/d* /x", "docs/deep docs/deep/three.txt docs/deep/two.md", id="a wildcard for a folder"),
    pytest.param("COPY [^z]*/deep /x", "docs/deep docs/deep/three.txt docs/deep/two.md", id="a wildcard in brackets"),
    pytest.param("COPY h* /x", "here v1 v1/x.txt", id="a wildcard for a link, which is followed"),
    pytest.param("COPY here/* /x", "here v1/x.txt", id="a wildcard behind a link"),
    pytest.param("COPY *.py /x", "", id="a wildcard that matches nothing"),
    pytest.param("COPY --exclude=deep docs /x", "docs docs/one.md", id="a folder but for one"),
    pytest.param("COPY --exclude=**/*.md docs /x", "docs docs/deep docs/deep/three.txt", id="exclude by a pattern"),
    pytest.param(
        "COPY --exclude=deep --exclude=!deep/two.md docs /x",
        "docs docs/deep docs/deep/two.md docs/one.md",
        id="exclude with an exception",
    ),
    pytest.param(
        "COPY --exclude=*.txt a.txt /x", "a.txt", id="exclude is for what is in a folder, not for the source itself"
    ),
    pytest.param("COPY --parents docs/deep/*.md /x", "docs docs/deep docs/deep/two.md", id="a file with its folders"),
    pytest.param("COPY --parents docs/./deep /x", "docs/deep docs/deep/three.txt docs/deep/two.md", id="a pivot"),
    pytest.param("COPY --parents docs/./deep/*.py /x", "", id="parents of nothing"),
    pytest.param("COPY a.txt a.txt /x/", "a.txt", id="one file twice"),
    pytest.param("RUN --mount=source=docs/deep true", "docs/deep docs/deep/three.txt docs/deep/two.md", id="a mount"),
]


@pytest.mark.parametrize(("instruction", "paths"), TAKEN)
def test_is_taken(project: Project, instruction: str, paths: str) -> None:
    project.write(FILES)
    found = taker(instruction)
    assert not found.problems
    assert " ".join(sorted(path for path, each in found.inputs.items() if each.kind != "missing")) == paths


def test_the_whole_context_is_taken(project: Project) -> None:
    project.write(FILES)
    found = taker("COPY . /x", ("docs",))
    assert sorted(found.inputs) == ["a.txt", "b.txt", "empty", "here", "v1", "v1/x.txt"]
    assert found.inputs["here"].what == "v1"
    assert files(found.inputs) == 4


def test_only_what_is_taken_is_opened(project: Project) -> None:
    project.write(FILES)
    recorder = Recorder()
    taker("COPY docs/one.md /x", recorder=recorder)
    assert list(recorder.digests) == [Path("docs/one.md")]


def test_a_link_in_a_folder_is_taken_as_a_link(project: Project) -> None:
    project.write(FILES)
    Path("docs/link").symlink_to("../v1")
    found = taker("COPY docs /x")
    assert found.inputs["docs/link"].kind == "link"
    assert "v1" not in found.inputs


def test_a_file_that_may_be_executed_is_another_one(project: Project) -> None:
    project.write(FILES)
    Path("a.txt").chmod(0o744)
    assert [each.kind for each in taker("COPY a.txt b.txt /x/").inputs.values()] == ["executable", "file"]


REFUSED = [
    pytest.param(
        "COPY gone.txt /x",
        "Dockerfile:1:6: 'gone.txt' is not in the build context '.' [missing-input]"
        " -> check the path, or set context in the profile",
        id="a file that is not there",
    ),
    pytest.param(
        "COPY docs/on.md /x",
        "Dockerfile:1:6: 'docs/on.md' is not in the build context '.' [missing-input] -> did you mean 'one.md'?",
        id="a file that is misspelt",
    ),
    pytest.param(
        "COPY a.txt/b /x",
        "Dockerfile:1:6: 'a.txt/b' is not in the build context '.' [missing-input]"
        " -> check the path, or set context in the profile",
        id="a file in a file",
    ),
    pytest.param(
        "COPY hidden /x",
        "Dockerfile:1:6: 'hidden' is kept out of the build context by the ignore file [missing-input]"
        " -> take it back in: !hidden",
        id="a file that is ignored",
    ),
    pytest.param(
        "COPY gone/*.txt /x",
        "Dockerfile:1:6: 'gone' is not in the build context '.' [missing-input]"
        " -> check the path, or set context in the profile",
        id="a wildcard in a folder that is not there",
    ),
    pytest.param(
        "COPY --parents docs/none.md /x",
        "Dockerfile:1:16: 'docs/none.md' is not in the build context '.' [missing-input] -> did you mean 'one.md'?",
        id="a file with parents",
    ),
    pytest.param(
        "COPY [a /x",
        "Dockerfile:1:6: '[a' ends too early [invalid-pattern] -> builders refuse it: write another one",
        id="a wildcard that is none",
    ),
    pytest.param(
        "COPY --exclude=[z-a] docs /x",
        "Dockerfile:1:22: '[z-a]' is not a pattern: bad character range z-a [invalid-pattern]"
        " -> builders refuse it: write another one",
        id="an exclude that is none",
    ),
]


@pytest.mark.parametrize(("instruction", "message"), REFUSED)
def test_is_refused(project: Project, instruction: str, message: str) -> None:
    project.write({**FILES, "hidden": ""})
    assert [in_one_line(each) for each in taker(instruction, ("hidden",)).problems] == [message]


def test_what_cannot_be_listed_is_refused(project: Project) -> None:
    made = Taker(Context(Path("gone"), Patterns(()), Recorder(), Tracked({})), Problems())
    made.take(sources("COPY . /x"))
    (problem,) = made.problems
    assert in_one_line(problem) == (
        "Dockerfile:1:6: gone cannot be read: no such file or directory [unreadable-input]"
        " -> check context in the profile: it is relative to the template's folder"
    )
    assert project.files() == []


def test_a_match_that_leads_nowhere_takes_the_link(project: Project) -> None:
    project.write({})
    Path("broken.txt").symlink_to("gone")
    found = taker("COPY b*.txt /x")
    assert {path: each.kind for path, each in found.inputs.items()} == {"broken.txt": "link"}
    assert not found.problems


WOULD = [
    pytest.param("COPY . /x", "docs/new.md", True, id="in the context"),
    pytest.param("COPY docs /x", "docs/new.md", True, id="in a folder"),
    pytest.param("COPY docs /x", "docs", True, id="the folder"),
    pytest.param("COPY docs /x", "docsnew", False, id="beside a folder"),
    pytest.param("COPY gone.txt /x", "gone.txt", True, id="a file that is not there yet"),
    pytest.param("COPY *.ci /x", "Dockerfile.ci", True, id="by a wildcard"),
    pytest.param("COPY docs/* /x", "docs/new/a.md", True, id="in a folder that a wildcard matches"),
    pytest.param("COPY gone/* /x", "docs/new.md", False, id="elsewhere"),
    pytest.param("COPY *.ci /x", "sub/Dockerfile.ci", False, id="not by a wildcard"),
    pytest.param("COPY --exclude=*.md docs /x", "docs/new.md", False, id="not what is excluded"),
    pytest.param("COPY --parents docs/*.md /x", "docs/new.md", True, id="with its parents"),
    pytest.param("COPY --parents docs/*.md /x", "docs/new.txt", False, id="not another one with its parents"),
    pytest.param("COPY . /x", "hidden", False, id="not what is ignored"),
]


@pytest.mark.parametrize(("instruction", "path", "is_taken"), WOULD)
def test_would_be_taken(project: Project, instruction: str, path: str, is_taken: bool) -> None:  # noqa: FBT001
    project.write(FILES)
    found = taker(instruction, ("hidden",)).would_take(path)
    assert (found is not None) is is_taken
