"""A long run shows where it is, on a line of the terminal that is gone at its end."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.shell import ROOT

if TYPE_CHECKING:
    from tests.project import Project

SLOW = "{% for a in range(3000) %}{% for b in range(6000) %}{% endfor %}{% endfor %}FROM scratch\n"
COMMAND = [sys.executable, "-m", "dfrender", "render", ".", "--no-cache"]
LINE = re.compile(r"\r\x1b\[K(\d of 3: [a-c]/Dockerfile\.j2)")


@pytest.fixture
def long(project: Project) -> Project:
    """Return templates of which the first takes more than half a second."""
    project.write({"a/Dockerfile.j2": SLOW, "b/Dockerfile.j2": "FROM b\n", "c/Dockerfile.j2": "FROM c\n"})
    project.write({"profiles/ci.yaml": "", ".git/HEAD": ""})
    return project


def on_a_terminal(command: list[str], **environ: str) -> str:
    """Return what a command writes to a terminal."""
    reader, terminal = pty.openpty()
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environ}
    with subprocess.Popen(
        command, env=variables, stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        seen = b""
        try:
            while data := os.read(reader, 4096):
                seen += data
        except OSError:  # Linux says so where nobody writes to a terminal any more
            pass
        assert process.wait() == 0
    os.close(reader)
    return seen.decode().replace("\r\n", "\n")


WROTE = "wrote a/Dockerfile.ci\nwrote b/Dockerfile.ci\nwrote c/Dockerfile.ci\n3 templates: 3 files written\n"


@pytest.mark.usefixtures("long")
def test_a_long_run_shows_where_it_is_and_leaves_nothing_of_that() -> None:
    seen = on_a_terminal(COMMAND)
    shown, _, left = seen.rpartition("\r\x1b[K")
    assert left == WROTE
    assert LINE.findall(shown)[0] == "2 of 3: b/Dockerfile.j2"
    assert LINE.sub("", shown) == ""


@pytest.mark.slow
@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        pytest.param(["--quiet"], {}, "", id="a quiet run"),
        pytest.param([], {"TERM": "dumb"}, WROTE, id="a terminal that cannot erase"),
    ],
)
def test_nothing_is_shown_by(options: list[str], environ: dict[str, str], expected: str) -> None:
    assert on_a_terminal([*COMMAND, *options], **environ) == expected


@pytest.mark.usefixtures("long")
def test_nothing_is_shown_in_a_pipe() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(COMMAND, env=environ, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (WROTE, "")


def test_a_short_run_shows_nothing(project: Project) -> None:
    project.write(
        {"a/Dockerfile": "FROM a\n", "b/Dockerfile": "FROM a\n", "a/profiles/ci.yaml": "", "b/profiles/ci.yaml": ""}
    )
    expected = "wrote a/Dockerfile.ci\nwrote b/Dockerfile.ci\n2 templates: 2 files written\n"
    assert on_a_terminal([*COMMAND, "--message-format", "text"]) == expected


def test_a_line_is_cut_where_the_terminal_ends(project: Project) -> None:
    name = "x" * 100
    project.write({"a/Dockerfile.j2": SLOW, f"{name}/Dockerfile.j2": "FROM b\n"})
    project.write({"profiles/ci.yaml": "", ".git/HEAD": ""})
    shown = on_a_terminal(COMMAND).rpartition("\r\x1b[K")[0]
    assert shown == f"\r\x1b[K2 of 2: {'x' * 71}"
