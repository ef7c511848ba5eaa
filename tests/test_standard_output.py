"""What is printed is whole, or the call fails; a reader that goes away and an interrupt end it quietly."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each starts a process that prints two megabytes

LINES = 20_000
DOCKERFILE = "FROM alpine:3.22\n" + f"RUN true # {'x' * 60}\n" * LINES
TO_STANDARD_OUTPUT = [sys.executable, "-m", "dfrender", "render", "-p", "ci", "-o", "-"]


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def environ(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the environment of a call, with ``PYTHONUNBUFFERED`` and without."""
    return {**os.environ, "PYTHONUNBUFFERED": request.param}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a Dockerfile that fills a pipe several times."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/ci.yaml").touch()
    (tmp_path / "Dockerfile").write_text(DOCKERFILE, "utf-8")
    return tmp_path


def shell(command: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in which ``$RENDER`` prints the Dockerfile; the exit code is that of ``$RENDER``."""
    asked = {**environ, "RENDER": " ".join(TO_STANDARD_OUTPUT)}
    script = f"set -o pipefail; {command}"
    return subprocess.run(["bash", "-c", script], cwd=folder, env=asked, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("command", "exit_codes", "message"),
    [
        pytest.param("$RENDER > /dev/full", {2}, "no space left on device", id="a full disk"),
        # what measures coverage could not write its file either
        pytest.param(
            "(unset COVERAGE_PROCESS_CONFIG; ulimit -f 200; $RENDER > cut)",
            {2},
            "file too large",
            id="a limit of a file's size",
        ),
        pytest.param("$RENDER >&-", {2}, "it is closed", id="a closed standard output"),
        pytest.param("$RENDER | head -1", {1, 141}, "", id="a reader that goes away"),
    ],
)
def test_what_cannot_be_printed_whole_fails(
    command: str, exit_codes: set[int], message: str, folder: Path, environ: dict[str, str]
) -> None:
    done = shell(command, folder, environ)
    assert done.returncode in exit_codes
    assert message in done.stderr
    assert bool(done.stderr) is bool(message), "a reader that goes away is told nothing"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_closed_standard_error_hides_no_failure(folder: Path, environ: dict[str, str]) -> None:
    assert shell("$RENDER -p nobody 2>&-", folder, environ).returncode == 2


@pytest.mark.parametrize("blocking", [True, False], ids=["that blocks", "that does not block"])
def test_a_slow_reader_gets_all(folder: Path, environ: dict[str, str], *, blocking: bool) -> None:
    reader, writer = os.pipe()
    if not blocking:
        fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_NONBLOCK)
    process = subprocess.Popen(TO_STANDARD_OUTPUT, cwd=folder, env=environ, stdout=writer)
    os.close(writer)
    with open(reader, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        first = file.read(1)
        time.sleep(0.2)  # the writer fills the pipe meanwhile
        text = first + file.read()
    assert process.wait() == 0
    assert text.decode().endswith(DOCKERFILE)


def test_an_interrupt_ends_with_130_and_without_a_traceback(folder: Path, environ: dict[str, str]) -> None:
    command = [*TO_STANDARD_OUTPUT, "-"]
    process = subprocess.Popen(
        command, cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    # more than a pipe holds, so that this ends only when somebody reads
    process.stdin.write(b"#" * 100_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_document_gives_no_order_to_a_terminal_and_keeps_its_bytes_for_a_program(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/ci.yaml").touch()
    (tmp_path / "Dockerfile").write_bytes(b"FROM a\nRUN \x1b[31m\n")
    difference = [sys.executable, "-m", "dfrender", "render", "--diff"]
    piped = subprocess.run(difference, cwd=tmp_path, capture_output=True, check=False)
    assert b"\x1b[31m" in piped.stdout
    leader, terminal = os.openpty()
    process = subprocess.Popen(difference, cwd=tmp_path, stdout=terminal)
    os.close(terminal)
    seen = os.read(leader, 10_000)
    process.wait()
    os.close(leader)
    assert b"RUN \\x1b[31m" in seen
    assert b"\x1b[31m" not in seen
