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

COMMAND = ["render", ".", "--no-cache"]
LINE = re.compile(r"\r\x1b\[K(\d of 3: [a-c]/Dockerfile\.j2)")


@pytest.fixture
def three(project: Project) -> Project:
    project.write({"a/Dockerfile.j2": "FROM a\n", "b/Dockerfile.j2": "FROM b\n", "c/Dockerfile.j2": "FROM c\n"})
    project.write({"profiles/ci.yaml": "", ".git/HEAD": ""})
    return project


def timed(options: list[str], seconds: float) -> list[str]:
    """Return a command of dfrender in whose process each look at the clock is so many seconds after the last."""
    clock = f"import itertools, time; time.monotonic = itertools.count(0, {seconds}).__next__"
    return [sys.executable, "-c", f"{clock}; from dfrender.__main__ import main; main()", *options]


def long(options: list[str]) -> list[str]:
    """Return a command of dfrender in which half a second passes with each template."""
    return timed(options, 0.5)


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


@pytest.mark.usefixtures("three")
def test_a_long_run_shows_where_it_is_and_leaves_nothing_of_that() -> None:
    seen = on_a_terminal(long(COMMAND))
    shown, _, left = seen.rpartition("\r\x1b[K")
    assert left == WROTE
    assert LINE.findall(shown) == [f"{number} of 3: {name}/Dockerfile.j2" for number, name in enumerate("abc", 1)]
    assert LINE.sub("", shown) == ""


@pytest.mark.slow
@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        pytest.param(["--quiet"], {}, "", id="a quiet run"),
        pytest.param([], {"TERM": "dumb"}, WROTE, id="a terminal that cannot erase"),
    ],
)
def test_nothing_is_shown_by(options: list[str], environ: dict[str, str], expected: str) -> None:
    assert on_a_terminal(long([*COMMAND, *options]), **environ) == expected


@pytest.mark.usefixtures("three")
def test_nothing_is_shown_in_a_pipe() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(long(COMMAND), env=environ, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (WROTE, "")


@pytest.mark.usefixtures("three")
def test_a_short_run_shows_nothing() -> None:
    assert on_a_terminal(timed(COMMAND, 0.1)) == WROTE


def test_a_line_is_cut_where_the_terminal_ends(project: Project) -> None:
    name = "x" * 100
    project.write({"a/Dockerfile.j2": "FROM a\n", f"{name}/Dockerfile.j2": "FROM b\n"})
    project.write({"profiles/ci.yaml": "", ".git/HEAD": ""})
    shown = on_a_terminal(long(COMMAND)).rpartition("\r\x1b[K")[0]
    assert shown.endswith(f"\r\x1b[K2 of 2: {'x' * 71}")
