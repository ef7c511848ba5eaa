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
    checked = project.dfrender("render", "--check", *header.split())
    assert "Dockerfile.ci is stale [stale-output]" in checked.stderr
    assert project.render(*header.split()) == "wrote Dockerfile.ci: 1 reference to 1 prebuilt stage\n"
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
    assert (result.exit_code, result.stdout) == (1, "".join(lines))
    assert "Dockerfile.ci is missing [missing-output]" in result.stderr


def test_a_commit_that_would_go_without_an_output_is_refused_on_request(project: Project) -> None:
    git("init", "--quiet")
    project.write({**PLAIN, "profiles/local.yaml": "", ".gitignore": "*.local\n", "Dockerfile.dockerignore": "x\n"})
    project.write({"new/Dockerfile.j2": "FROM alpine\n"})
    git("add", "Dockerfile.j2", "profiles")
    result = project.dfrender("render", "--tracked", ".")
    assert (result.exit_code, "wrote Dockerfile.ci\n" in result.stdout) == (1, True)
    hints = [line.strip() for line in result.stderr.splitlines() if "git add" in line]
    assert hints == [
        "add it: git add Dockerfile.ci; or let git ignore it",
        "add it: git add Dockerfile.ci.dockerignore; or let git ignore it",
        "add it: git add Dockerfile.local.dockerignore; or let git ignore it",
    ]
    assert project.dfrender("render", "--check", "--tracked", ".").exit_code == 1
    assert project.dfrender("render", "--check", ".").exit_code == 0
    git("add", ".")
    assert project.dfrender("render", "--tracked", ".").exit_code == 0


def test_without_git_nothing_is_asked_to_be_tracked(project: Project) -> None:
    project.write(PLAIN)
    assert project.dfrender("render", "--tracked").exit_code == 0


def test_what_git_refuses_to_answer_is_not_asked_to_be_tracked(project: Project) -> None:
    project.write({**PLAIN, ".git": "gitdir: nowhere\n"})
    assert project.dfrender("render", "--tracked").exit_code == 0


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


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"core.fsmonitor": "touch RAN; false"}, id="a monitor of the file system"),
        pytest.param({"core.hooksPath": "hooks"}, id="hooks"),
        pytest.param(
            {
                "extensions.partialClone": "origin",
                "remote.origin.url": "ssh://example.invalid/x",
                "remote.origin.promisor": "true",
                "core.sshCommand": "touch RAN; false",
                "protocol.ssh.allow": "always",
                "core.sparseCheckout": "true",
            },
            id="a transport for objects that are missing",
        ),
        pytest.param(
            {"alias.ls-files": "!touch RAN", "pager.ls-files": "touch RAN", "core.pager": "touch RAN"}, id="more"
        ),
    ],
)
@pytest.mark.parametrize("command", ["lint .", "render .", "render . --check"])
def test_what_a_repository_configures_is_not_run(project: Project, settings: dict[str, str], command: str) -> None:
    project.write({**PLAIN, "sub/.gitignore": "*.md\n", "hooks/post-index-change": "#!/bin/sh\ntouch RAN\n"})
    Path("hooks/post-index-change").chmod(0o755)
    git("init", "--quiet")
    git("add", "--all")
    git("update-index", "--skip-worktree", "sub/.gitignore")
    blob = git("rev-parse", ":sub/.gitignore").strip()
    Path(f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    Path("sub/.gitignore").unlink()
    project.write({"sub/notes": ""})  # git reads what is ignored beside it
    git("config", "core.repositoryFormatVersion", "1")
    for name, value in settings.items():
        git("config", name, value)
    assert project.dfrender(*command.split()).exit_code == int(command == "render . --check")
    assert not Path("RAN").exists()


def test_git_that_refuses_is_reported_in_a_line_and_all_files_count(project: Project) -> None:
    project.write({**PLAIN, "ignored/Dockerfile.j2": "FROM a AS base\n", ".gitignore": "ignored\n"})
    git("init", "--quiet")
    git("config", "core.repositoryFormatVersion", "9")
    result = project.dfrender("render", ".")
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    warning = next(line for line in lines if "[git-refuses]" in line)
    hint = lines[lines.index(warning) + 1]
    assert warning == (
        ".: warning: git does not say what it ignores here, so all files count: "
        "Expected git repo version <= 1, found 9 [git-refuses]"
    )
    assert hint == "   see what it says: git status"
    assert "Dockerfile.ci" in project.files()
    assert "ignored/Dockerfile.ci" in project.files()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_of_somebody_else_is_reported_with_how_to_trust_it(project: Project) -> None:
    project.write(PLAIN)
    git("init", "--quiet")
    for path in (Path(), *Path().rglob("*")):
        os.chown(path, 12345, 12345)
    root = Path().absolute()
    result = project.dfrender("render", ".", "--check")
    lines = result.stderr.splitlines()
    warning = next(line for line in lines if "[git-refuses]" in line)
    hint = lines[lines.index(warning) + 1]
    assert warning == (
        ".: warning: git does not say what it ignores here, so all files count: "
        f"detected dubious ownership in repository at '{root}' [git-refuses]"
    )
    assert hint == f"   if you trust it: git config --global --add safe.directory {root}"


def test_a_call_without_a_dockerfile_looks_for_one_though_git_refuses(project: Project) -> None:
    project.write({"a/Dockerfile": "FROM alpine:3.22\n"})
    git("init", "--quiet")
    for path in (Path(), *Path().rglob("*")):
        os.chown(path, 12345, 12345)
    assert "a/Dockerfile" in project.dfrender("render").stderr


def test_a_dockerfile_that_cannot_be_read_is_not_taken_for_an_output(project: Project) -> None:
    Path("Dockerfile").symlink_to("/proc/self/mem")  # its first page cannot be read by anybody
    result = project.dfrender("render")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Dockerfile: error: " in result.stderr


def test_a_call_without_a_dockerfile_names_those_that_git_lists(project: Project) -> None:
    project.write({"a/Dockerfile": "FROM alpine:3.22\n", "build/Dockerfile": "FROM a\n", ".gitignore": "build\n"})
    git("init", "--quiet")
    said = project.dfrender("render").stderr
    assert "a/Dockerfile" in said
    assert "build/Dockerfile" not in said
