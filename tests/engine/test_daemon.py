"""A private engine goes away with all its processes, mounts and files, however the one that wanted it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine import daemon
from tests.engine.engine import HERE

NOBODY = "unix:///nobody/answers/here"


def start(command: str) -> subprocess.Popen[str]:
    """Run a shell command with an engine, where none answers."""
    asked = [sys.executable, "-m", "tests.engine.daemon", "sh", "-c", command]
    environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": NOBODY}
    return subprocess.Popen(
        asked, cwd=HERE.parents[1], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def traces(host: str) -> list[str]:
    """Find what is left of an engine: its folder, mounts below it, processes that name it."""
    folder = host.removeprefix("unix://").removesuffix("/docker.sock")
    found = [folder] if Path(folder).exists() else []
    found += [line for line in Path("/proc/self/mounts").read_text().splitlines() if folder in line]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [words for words in [process.read_text()] if folder in words]
        except OSError:
            continue
    return found


@pytest.mark.usefixtures("fresh")
def test_a_command_gets_an_engine_and_gives_its_exit_code() -> None:
    with start(f"echo $DOCKER_HOST; {daemon.CLIENT} info >/dev/null && exit 7") as process:
        host = process.communicate()[0].strip()
    assert process.returncode == 7
    assert host.startswith("unix:///")
    assert traces(host) == []


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGTERM, id="it is told to end"),
        pytest.param(signal.SIGINT, id="it is interrupted"),
        pytest.param(signal.SIGKILL, id="it is killed"),
    ],
)
def test_an_engine_leaves_nothing_behind_when(number: signal.Signals) -> None:
    with start("echo $DOCKER_HOST; exec sleep 600") as process:
        assert process.stdout
        host = process.stdout.readline().strip()
        assert traces(host)
        process.send_signal(number)
        process.wait()
        if number is signal.SIGKILL:  # then nobody told the command, and nobody waits for the engine to be gone
            os.killpg(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + daemon.STOPPING
            while traces(host) and time.monotonic() < deadline:
                time.sleep(0.1)
        assert traces(host) == []


def test_why_there_is_no_engine_is_said(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "tests.engine.daemon", "true"]
    environment = {"PATH": str(tmp_path), "DOCKER_HOST": NOBODY}
    refused = subprocess.run(asked, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "apt-get install docker.io" in refused.stderr
