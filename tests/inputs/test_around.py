"""Which ignore file counts for an output, and what is wrong with it; what git says of a context."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import Problems
from dfrender.inputs import around, tracking
from dfrender.recorder import Recorder
from tests.inputs.reading import asked, digests
from tests.inputs.test_naming import git
from tests.reading import in_one_line

if TYPE_CHECKING:
    from tests.project import Project

FILES = {"Dockerfile.j2": "FROM alpine:3.22 AS base\nCOPY . /\n", "profiles/ci.yaml": "{}\n"}


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        pytest.param([], "", id="none"),
        pytest.param([".dockerignore"], ".dockerignore", id="that of the context"),
        pytest.param(
            [".dockerignore", "Dockerfile.ci.dockerignore"],
            "Dockerfile.ci.dockerignore",
            id="the one beside the output",
        ),
        pytest.param(
            ["Dockerfile.ci.dockerignore", "Dockerfile.dockerignore"],
            "Dockerfile.dockerignore",
            id="the one of the template, without its suffix, which is written beside the output",
        ),
        pytest.param(
            ["Dockerfile.dockerignore", "Dockerfile.j2.dockerignore"],
            "Dockerfile.j2.dockerignore",
            id="with its suffix",
        ),
    ],
)
def test_the_ignore_file_that_counts_is(project: Project, names: list[str], counts: str) -> None:
    project.write(FILES)
    project.write(dict.fromkeys(names, ""))
    one = asked()
    recorder = Recorder()
    assert around.ignore_file_of(one.template, one.profile, recorder).name == counts
    assert [str(path) for path in recorder.files] == [counts] * bool(counts)


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        pytest.param([], "", id="none"),
        pytest.param([".dockerignore"], ".dockerignore", id="Docker's of the context"),
        pytest.param([".dockerignore", ".containerignore"], ".containerignore", id="its own of the context"),
        pytest.param(
            [".containerignore", "Dockerfile.ci.containerignore"],
            "Dockerfile.ci.containerignore",
            id="its own beside the output",
        ),
        pytest.param(
            [".containerignore", "Dockerfile.ci.containerignore", "Dockerfile.ci.dockerignore"],
            "Dockerfile.ci.dockerignore",
            id="Docker's beside the output",
        ),
    ],
)
def test_the_ignore_file_that_counts_for_buildah_is(project: Project, names: list[str], counts: str) -> None:
    project.write({**FILES, "profiles/ci.yaml": "builder: buildah\n"})
    project.write(dict.fromkeys(names, ""))
    one = asked()
    assert around.ignore_file_of(one.template, one.profile, Recorder()).name == counts


def test_no_ignore_file_is_beside_an_output_that_cannot_be_written(project: Project) -> None:
    profile = "{builder: buildah, output: ../Dockerfile}\n"
    project.write({**FILES, ".git/HEAD": "", "profiles/ci.yaml": profile, ".containerignore": ""})
    one = asked()
    assert around.ignore_file_of(one.template, one.profile, Recorder()).name == ".containerignore"


def test_a_template_that_is_no_jinja_has_one_name_for_its_ignore_file(project: Project) -> None:
    project.write({"Dockerfile": "FROM alpine:3.22\n", "profiles/ci.yaml": "{}\n", "Dockerfile.dockerignore": "x\n"})
    assert project.dfrender("inputs", "-p", "ci").exit_code == 0


def test_a_line_that_builders_refuse_is_reported_at_its_place(project: Project) -> None:
    project.write({**FILES, ".dockerignore": "# fine\na\n[b\n"})
    one = asked()
    problems = Problems()
    around.context_of(one.template, one.profile, Recorder(), problems, None)
    (problem,) = problems
    assert in_one_line(problem) == (
        ".dockerignore:3:1: '[b' ends too early [invalid-ignore-pattern] -> builders refuse it: write another pattern"
    )


def test_two_things_that_cannot_be_are_no_pattern_and_no_place() -> None:
    """A pattern that is fine by itself is never blamed for its neighbour."""
    assert around.first_refused([("a", 1), ("b", 2)]) == 0


def test_a_folder_that_is_no_repository_is_not_tracked(project: Project) -> None:
    project.write(FILES)
    assert tracking.tracked(Path()) is None
    assert tracking.root_of(Path()) is None
    assert tracking.commit(Path(), "HEAD") == ""


def test_a_repository_of_somebody_else_gives_no_answer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({**FILES, ".git": "gitdir: nowhere"})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.getcwd())  # noqa: PTH109 - as a text
    assert tracking.tracked(Path()) is None


def test_a_commit_of_which_files_are_gone_is_not_written_out(project: Project, tmp_path: Path) -> None:
    project.write({**FILES, "lock.txt": "only here"})
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    commit = tracking.commit(Path(), "HEAD")
    blob = git("rev-parse", "HEAD:lock.txt").strip()
    Path(".git/objects", blob[:2], blob[2:]).unlink()
    place = tmp_path / "place"
    place.mkdir()
    assert tracking.check_out(Path(), commit, place) is None
    seen = project.dfrender("inputs", "-p", "ci", "--since", "HEAD")
    assert seen.exit_code == 2
    assert f"git cannot write out {commit}" in seen.stderr


def test_a_file_without_ending_line_is_the_same_everywhere(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM alpine:3.22 AS a\r\nRUN true \\\r\n  x\r\n", "profiles/ci.yaml": ""})
    (one,) = digests()
    project.write({"Dockerfile.j2": "FROM alpine:3.22 AS a\nRUN true \\\n  x"})
    assert digests()[0].sha256 == one.sha256
