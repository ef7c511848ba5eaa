"""Outputs under git: converted line ends, conflicts, files that git ignores, and files that nothing makes any more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shell import git

if TYPE_CHECKING:
    from tests.project import Project

FILES = {
    "Dockerfile.j2": "# syntax=docker/dockerfile:1\nFROM a AS base\nRUN true\nRUN false\nFROM base\n",
    "profiles/ci.yaml": "prebuilt: [base]\n",
}


PLAIN = {"Dockerfile.j2": "FROM a AS base\n", "profiles/ci.yaml": ""}


def commit(project: Project, files: dict[str, str]) -> None:
    """Write and render files, and commit all there is."""
    project.write(files)
    project.render(".")
    git("add", ".")
    git("commit", "--quiet", "--message=x")


@pytest.mark.parametrize(
    ("attributes", "template", "output"),
    [
        pytest.param("", b"\r\n", b"\r\n", id="both"),
        pytest.param("*.j2 text eol=lf\n", b"\n", b"\r\n", id="the output only"),
        pytest.param("Dockerfile.ci text eol=lf\n", b"\r\n", b"\n", id="the template only"),
    ],
)
def test_a_checkout_with_converted_line_ends_is_current(
    project: Project, attributes: str, template: bytes, output: bytes
) -> None:
    project.write({"origin/.gitattributes": attributes})
    os.chdir("origin")
    git("init", "--quiet")
    commit(project, FILES)
    os.chdir("..")
    git("clone", "--quiet", "--config=core.autocrlf=true", "origin", "clone")
    os.chdir("clone")
    assert project.read("Dockerfile.j2").split(b"1", 1)[1].startswith(template)
    assert project.read("Dockerfile.ci").split(b"1", 1)[1].startswith(output)
    os.utime("Dockerfile.ci", ns=(1, 1))
    assert project.render("--check") == project.render("--diff") == ""
    assert project.render() == "Dockerfile.ci is up to date\n"
    assert Path("Dockerfile.ci").stat().st_mtime_ns == 1


def test_a_template_with_crlf_renders_with_crlf(project: Project) -> None:
    project.write({name: text.replace("\n", "\r\n") for name, text in FILES.items()})
    project.render()
    written = project.read("Dockerfile.ci")
    assert b"\r\nFROM ${BASE_IMAGE}\r\n" in written
    assert written.count(b"\n") == written.count(b"\r\n") == 9


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("-p ci", id="in the digest"),
        pytest.param("-p ci --set tag=7", id="in command and digest"),
    ],
)
def test_a_file_with_a_conflict_is_rendered_again(project: Project, header: str) -> None:
    git("init", "--quiet")
    commit(project, FILES)
    git("switch", "--quiet", "--create", "other")
    commit(project, {"Dockerfile.j2": FILES["Dockerfile.j2"].replace("RUN true", "RUN other")})
    git("switch", "--quiet", "main")
    project.write({"Dockerfile.j2": FILES["Dockerfile.j2"].replace("FROM base", "FROM base AS app")})
    project.render(*header.split())
    git("commit", "--quiet", "--all", "--message=x")
    git("merge", "other", fails=True)
    assert b"<<<<<<< " in project.read("Dockerfile.ci")
    assert project.dfrender("render", "--check", ".").stdout == (
        "Dockerfile.ci is stale; update it: dfrender render -p ci Dockerfile.j2\n"
    )
    assert project.render(".") == "wrote Dockerfile.ci: 1 reference to 1 prebuilt stage\n"
    assert b"RUN other\nRUN false\nFROM ${BASE_IMAGE} AS app\n" in project.read("Dockerfile.ci")


def test_a_file_that_is_not_there_and_that_git_ignores_does_not_fail_a_check(project: Project) -> None:
    git("init", "--quiet")
    project.write(
        {**PLAIN, "profiles/local.yaml": "", ".gitignore": "Dockerfile.local\n", "sub/Dockerfile.j2": "FROM a"}
    )
    project.render(".")
    Path("Dockerfile.local").unlink()
    Path("sub/Dockerfile.local").unlink()
    note = "is missing; update it: dfrender render -p local {}Dockerfile.j2 (not counted: git ignores it)"
    lines = [f"{folder}Dockerfile.local {note.format(folder)}\n" for folder in ("", "sub/")]
    for gate in (["--check"], ["--diff"], ["--check", "--diff"]):
        assert project.render(".", *gate) == "".join(lines)
    Path("Dockerfile.ci").unlink()
    result = project.dfrender("render", "--check", ".")
    assert (result.exit_code, result.stdout) == (
        1,
        f"Dockerfile.ci is missing; update it: dfrender render -p ci Dockerfile.j2\n{''.join(lines)}",
    )


def test_without_git_nothing_is_ignored(project: Project) -> None:
    project.write({**PLAIN, ".gitignore": "Dockerfile.ci\n"})
    assert project.dfrender("render", "--check").exit_code == 1


# A file is an orphan if its template or its profile is gone.


@pytest.mark.parametrize("removed", ["old/Dockerfile.j2", "old/profiles/local.yaml"])
def test_an_orphan_is_told_where_a_folder_is_rendered(project: Project, removed: str) -> None:
    project.write({**PLAIN, "old/Dockerfile.j2": "FROM a\n", "old/profiles/local.yaml": ""})
    git("init", "--quiet")
    project.render(".")
    Path(removed).unlink()
    project.write({"Dockerfile.by-hand": "FROM a\n", "profiles/local.yaml": "output: elsewhere"})
    gone = "there is no template 'Dockerfile.j2' with a profile 'local' that makes this file [orphaned-output]\n"
    assert f"old/Dockerfile.local: warning: {gone}" in project.dfrender("render", ".").stderr
    result = project.dfrender("render", ".", "--check")
    assert (result.exit_code, f"old/Dockerfile.local: error: {gone}" in result.stderr) == (1, True)
    assert project.dfrender("render", ".", "--check", "--exclude", "old").stderr == ""
    assert project.dfrender("render").stderr == ""


@pytest.mark.parametrize(
    ("render", "stdin"),
    [
        pytest.param("--target base", "", id="one for a target of the call"),
        pytest.param("-o Dockerfile.other --set tag=7", "", id="one that the call named"),
        pytest.param("-o sub/Dockerfile", "", id="one in another folder"),
        pytest.param("-p x/y.yaml", "", id="one for a profile by its path"),
        pytest.param("-o Dockerfile.pipe -", "FROM a\n", id="one from standard input"),
    ],
)
def test_what_is_made_of_what_is_there_is_no_orphan(project: Project, render: str, stdin: str) -> None:
    project.write({**PLAIN, "x/y.yaml": "", "sub/Dockerfile.j2": "FROM a\n"})
    git("init", "--quiet")
    project.render(*render.split(), stdin=stdin.encode())
    project.render(".")
    assert project.render("--check", ".") == ""
