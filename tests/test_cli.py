"""The command line: what is read, what goes to which stream, and with which exit code."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dfrender
from dfrender.cli.main import main
from tests.project import TWO_STAGES, Project
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = {"Dockerfile.j2": TWO_STAGES, "profiles/ci.yaml": "prebuilt: [base]\n", "profiles/local.yaml": ""}
WROTE = "wrote Dockerfile.ci: 2 references to 1 prebuilt stage\nwrote Dockerfile.local\n"
SHADOWED = "is an image that is pulled, although 'base' is a stage"
WARNED = {"Dockerfile": "FROM a AS base\nFROM base:latest\n", "profiles/ci.yaml": ""}


def start(*arguments: str, environ: Mapping[str, str] | None = None, **streams: int) -> subprocess.Popen[bytes]:
    """Start the command as a user's shell does."""
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    paths = {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dfrender", *arguments]
    return subprocess.Popen(command, env={**inherited, **paths, **(environ or {})}, **streams)  # type: ignore[call-overload,no-any-return]


def test_the_version_is_told_for_machines_to_read(project: Project) -> None:
    result = project.dfrender("--version")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"dfrender, version {dfrender.__version__}\n", "")


@pytest.mark.parametrize("arguments", [["-h"], ["render", "-h"], ["render", "--help"]])
def test_help_is_told(project: Project, arguments: list[str]) -> None:
    result = project.dfrender(*arguments)
    assert (result.exit_code, result.stdout[:16], result.stderr) == (0, "Usage: dfrender ", "")


def test_without_a_path_it_is_the_template_of_this_folder_for_all_its_profiles(project: Project) -> None:
    project.write({**BASE, "Dockerfile": "FROM another\n", "below/Dockerfile.j2": "FROM another\n"})
    assert project.render() == WROTE


def test_it_is_a_plain_dockerfile_where_there_is_no_template(project: Project) -> None:
    project.write({"Dockerfile": "FROM a\nRUN echo '{{'\n", "profiles/ci.yaml": ""})
    assert project.render() == "wrote Dockerfile.ci\n"
    assert project.read("Dockerfile.ci").endswith(b"\n\nFROM a\nRUN echo '{{'\n")


def test_profiles_are_rendered_in_the_order_in_which_they_are_named(project: Project) -> None:
    project.write(BASE)
    assert project.render("-p", "ci") == WROTE.splitlines(keepends=True)[0]
    assert project.render("-p", "local", "-p", "ci") == "wrote Dockerfile.local\nDockerfile.ci is up to date\n"


def test_several_paths_and_folders_are_rendered(project: Project) -> None:
    for folder in ("a", "b", "c"):
        project.write({f"{folder}/Dockerfile.j2": "FROM a\n", f"{folder}/profiles/ci.yaml": ""})
    assert project.render("b/Dockerfile.j2", "a", "c").splitlines() == [
        *(f"wrote {each}/Dockerfile.ci" for each in ("b", "a", "c")),
        "3 templates: 3 files written",
    ]


def test_values_may_come_from_the_command_line(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM a:{{ v }}", "profiles/ci.yaml": "values: {v: 1}"})
    assert project.render("-o", "-", "--set", "values.v=3.10").endswith("\n\nFROM a:3.10")


def test_the_output_goes_to_a_file_that_is_named(project: Project) -> None:
    project.write(BASE)
    assert project.render("-p", "local", "-o", "out") == "wrote out\n"
    assert project.read("out").endswith(TWO_STAGES.encode())


def test_standard_output_has_the_text_and_nothing_else(project: Project) -> None:
    project.write(BASE)
    project.render("-p", "local")
    assert project.render("-p", "local", "-o", "-").encode() == project.read("Dockerfile.local")
    assert "Dockerfile.ci" not in project.files()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"FROM a\r\nUSER b\r\n", id="CRLF"),
        pytest.param(b"FROM a\n# \xff\xfe \x00\n", id="bytes that are no text"),
        pytest.param(b"FROM a", id="no final newline"),
        pytest.param("FROM a\n# \u2028 \x85 ä\n".encode(), id="line ends of Unicode that are none to a builder"),
    ],
)
def test_from_standard_input_to_standard_output_each_byte_stays(project: Project, text: bytes) -> None:
    project.write({"profiles/ci.yaml": ""})
    result = project.dfrender("render", "-", stdin=text)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.partition(b"\n\r\n" if b"\r\n" in text else b"\n\n")[2] == text


def test_standard_input_is_rendered_to_a_file(project: Project) -> None:
    project.write({"profiles/ci.yaml": ""})
    assert project.render("-o", "out", "-", stdin=b"FROM a:{{ 1 + 1 }}\n") == "wrote out\n"
    assert project.read("out").endswith(b"\n\nFROM a:2\n")


def test_nothing_is_said_if_that_is_wanted(project: Project) -> None:
    project.write(BASE)
    assert project.render("--quiet") == project.render("-q") == ""
    assert "Dockerfile.ci" in project.files()


def test_an_unchanged_file_is_not_touched(project: Project) -> None:
    project.write(BASE)
    project.render()
    os.utime("Dockerfile.ci", ns=(1, 1))
    assert project.render() == "Dockerfile.ci is up to date\nDockerfile.local is up to date\n"
    assert Path("Dockerfile.ci").stat().st_mtime_ns == 1


def test_what_is_up_to_date_is_passed_over_in_silence(project: Project) -> None:
    project.write(BASE)
    project.render()
    assert project.render("--check") == project.render("--diff") == project.render("--check", "--diff") == ""


def test_a_comparison_writes_nothing_and_the_exit_code_tells(project: Project) -> None:
    project.write(BASE)
    project.render("-p", "ci")
    project.write({"Dockerfile.j2": TWO_STAGES + "USER b\n"})
    before = project.read("Dockerfile.ci")
    result = project.dfrender("render", "--check", "--diff")
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if not line.startswith(" ")] == [
        "Dockerfile.j2: error: Dockerfile.local is missing [missing-output]",
        "Dockerfile.j2: error: Dockerfile.ci is stale [stale-output]",
    ]
    assert [line for line in result.stdout.splitlines() if line[:1] not in "@ " and "sha256" not in line] == [
        *("--- Dockerfile.ci", "+++ Dockerfile.ci", "+USER b"),
        *("--- /dev/null", "+++ Dockerfile.local"),
        "+# Generated by dfrender from Dockerfile.j2, profile local. DO NOT EDIT.",
        *("+", "+FROM alpine:3.22 AS base", "+FROM base AS app", "+COPY --from=base /etc/os-release /", "+USER b"),
    ]
    assert project.read("Dockerfile.ci") == before
    assert "Dockerfile.local" not in project.files()


def test_a_difference_has_the_bytes_of_the_files(project: Project) -> None:
    project.write({"Dockerfile": b"FROM a\n# \xff\n", "profiles/ci.yaml": ""})
    assert b"\n+# \xff\n" in project.dfrender("render", "--diff").stdout_bytes


def test_warnings_go_to_standard_error_and_refuse_nothing(project: Project) -> None:
    project.write(WARNED)
    result = project.dfrender("render", "-o", "-")
    assert (result.exit_code, result.stdout.count("warning"), result.stderr.count("warning:")) == (0, 0, 1)


def test_warnings_are_told_once_however_many_profiles_have_them(project: Project) -> None:
    project.write({**WARNED, "profiles/local.yaml": ""})
    assert project.dfrender("render", "-q").stderr.count("warning:") == 1


def test_bytes_that_no_terminal_shows_are_replaced(project: Project) -> None:
    project.write({**WARNED, "Dockerfile": b"FROM a AS base\nFROM\tbase:latest AS x\xff\n"})
    assert project.dfrender("render").stderr.splitlines()[:3] == [
        f"Dockerfile:2:6: warning: 'base:latest' {SHADOWED} [tagged-reference-shadows-stage]",
        "    2 | FROM\tbase:latest AS x?",
        "      |     \t^",
    ]


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        pytest.param({"TERM": "xterm"}, True, id="on a terminal"),
        pytest.param({"TERM": "xterm", "NO_COLOR": ""}, False, id="but not with NO_COLOR"),
    ],
)
def test_warnings_have_colours(project: Project, environ: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    project.write(WARNED)
    terminal, end = pty.openpty()
    with start("render", "-o", "-", environ=environ, stdout=subprocess.PIPE, stderr=end) as process:
        assert process.stdout
        assert b"\x1b" not in process.stdout.read()
    seen = os.read(terminal, 4096)
    os.close(end)
    os.close(terminal)
    assert process.returncode == 0
    assert (b"\x1b[33m\x1b[1mwarning:\x1b[0m" in seen, b"\x1b" in seen) == (coloured, coloured)


def test_warnings_have_no_colours_in_a_file(project: Project) -> None:
    project.write(WARNED)
    with start("render", stdout=subprocess.PIPE, stderr=subprocess.PIPE, environ={"TERM": "xterm"}) as process:
        assert process.stderr
        assert b"\x1b" not in process.stderr.read()


def test_a_reader_that_has_seen_enough_is_told_nothing(project: Project) -> None:
    project.write({"Dockerfile": "FROM a\n" + "# ...\n" * 50_000, "profiles/ci.yaml": ""})
    with start("render", "-o", "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_full_disk_behind_standard_output_is_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write(BASE)
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        redirect_stdout(TextIOWrapper(full, write_through=True)),
        pytest.raises(SystemExit) as raised,
    ):
        main(["render", "-p", "ci", "-o", "-"])
    assert raised.value.code == 2
    assert capsys.readouterr().err == ("standard output: error: no space left on device\n   nothing more was done\n")


def test_what_nobody_foresaw_is_called_a_bug_and_no_traceback(project: Project) -> None:
    result = project.dfrender("render", "a path that no shell can pass\0")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("dfrender: ValueError at ")
    assert result.stderr.endswith("\n   this is a bug in dfrender, not in what you wrote; please report it\n")


@pytest.mark.parametrize("path", ["Dockerfile.ci", "./Dockerfile.ci"])
def test_the_path_of_the_profile_is_no_other_output(project: Project, path: str) -> None:
    project.write(BASE)
    project.render("-q", "-p", "ci", "-o", path)
    assert project.render("-p", "ci", "--check") == project.render("-p", "ci", "-o", path, "--check") == ""


def test_a_stale_output_names_the_variables_that_it_depends_on(project: Project) -> None:
    project.write({**BASE, "profiles/ci.yaml": "{prebuilt: [base], tag: '${TAG:-1}', registry: '${HOST:-}'}"})
    project.render("-q", "-p", "ci")
    project.write({"Dockerfile.j2": TWO_STAGES + "USER b\n"})
    message = "Dockerfile.ci is stale; it depends on the environment variables HOST and TAG [stale-output]"
    assert message in project.dfrender("render", "-p", "ci", "--check").stderr


def test_lint_says_what_it_checked(project: Project) -> None:
    project.write({**BASE, "other/Dockerfile": "FROM alpine:3.22 AS a\nFROM a:1\n"})
    said = project.dfrender("lint", ".").stderr
    assert said.endswith("checked 2 templates for 2 profiles: 0 errors, 1 warning\n")
    assert project.dfrender("lint", "other/Dockerfile").stderr == "checked 1 template: 0 errors, 1 warning\n"
    assert project.dfrender("lint", "--quiet", ".").stderr == ""
