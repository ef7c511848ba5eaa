"""Gives a command a Docker engine: the one that answers, else a private dockerd that is removed afterwards.

``python -m tests.engine.daemon COMMAND...`` runs the command; without one, an engine lives until standard input ends.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Debian's client has BuildKit built in; a newer one on the PATH has it only where buildx is installed too.
CLIENT = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
PASSED_ON = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY")
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STORE = "DFRENDER_ENGINE_STORE"  # "containerd" in the environment: its image store, which Docker 29 takes by default
ROOM = 2**30  # bytes, of which an engine of these tests uses less than a tenth
STARTING, STOPPING = 30, 30  # seconds; dockerd gives containers ten to stop, and itself five more


class EngineUnavailableError(RuntimeError):
    """No engine can be had, and the message says why and what to install."""


def environment(host: str = "") -> dict[str, str]:
    """Give what Docker's client needs to reach one engine: the private one at ``host``, else the user's own."""
    names = PASSED_ON if not host else ("PATH", "HOME")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return kept | {"DOCKER_HOST": host} if host else kept


def version(host: str = "") -> str:
    """Give the version of the engine, or nothing where none answers."""
    asked = [CLIENT, "version", "--format", "{{.Server.Version}}"]
    try:
        answer = subprocess.run(asked, env=environment(host), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def has_containerd_store(host: str = "") -> bool:
    """Say whether the engine keeps its images in containerd: then its own builder can leave a cache to others."""
    asked = [CLIENT, "info", "--format", "{{json .DriverStatus}}"]
    answer = subprocess.run(asked, env=environment(host), capture_output=True, check=True)
    return b"containerd.snapshotter" in answer.stdout


@cache
def progress() -> str:
    """Return the form in which BuildKit's client reports most: buildx has rawjson since 0.13."""
    found: list[tuple[int, ...]] = []
    for command in ("--version", "buildx version"):
        answer = subprocess.run([CLIENT, *command.split()], capture_output=True, text=True, check=False)
        match = re.search(r" v?(\d+)\.(\d+)\.", answer.stdout)
        found.append(tuple(map(int, match.groups())) if match else (0, 0))
    client, buildx = found
    # older clients do not build by buildx
    return "rawjson" if client >= (23, 0) and buildx >= (0, 13) else "plain"


def label(host: str = "") -> str:
    """Return what an engine is called where it is compared with others: its version, and its store if it has two."""
    return f"{version(host)}{', containerd' if has_containerd_store(host) else ''}"


def why_not() -> str:
    """Say why no private engine can be started here, or nothing where one can."""
    if not shutil.which("dockerd") or not shutil.which(CLIENT):
        return "dockerd is not installed (on Debian: apt-get install docker.io)"
    if os.geteuid() != 0:
        return "starting a private dockerd needs root"
    return ""


@contextmanager
def private_engine() -> Iterator[str]:
    """Give the address of a dockerd that holds no image and no cache.

    A process of its own starts it and waits for its pipe to end, so the engine goes away even if this one is killed.
    """
    if reason := why_not():
        raise EngineUnavailableError(reason)
    keeper = [sys.executable, str(Path(__file__))]
    with subprocess.Popen(
        keeper, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        host = process.stdout.readline().strip() if process.stdout else ""
        if not host:
            message = "dockerd did not start, its last words are above"
            raise EngineUnavailableError(message)
        yield host


def keep() -> int:
    """Start a dockerd, print its address, and remove every trace of it when standard input ends."""
    folder = Path(tempfile.mkdtemp(prefix="dfrender-engine-", dir=in_memory()))
    try:
        (folder / "daemon.json").write_text(json.dumps(configuration()))
        variables = {**os.environ, "TMPDIR": str(folder)}  # where containerd leaves a dump when it is in trouble
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(arguments(folder), env=variables, stderr=log, start_new_session=True) as daemon,
        ):
            try:
                answers = wait_for(daemon, folder)
                if answers:
                    sys.stdout.write(f"{address(folder)}\n")
                    sys.stdout.flush()
                    sys.stdin.read()
            finally:
                for number in SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                stop(daemon, folder)
        if not answers:
            sys.stderr.writelines((folder / "log").read_text().splitlines(keepends=True)[-5:])
        return 0 if answers else 2
    finally:
        unmount(folder)
        shutil.rmtree(folder)


def configuration() -> dict[str, dict[str, bool]]:
    """Return what dockerd reads: with which of its two stores it keeps images."""
    store = os.environ.get(STORE, "")
    return {"features": {"containerd-snapshotter": True}} if store == "containerd" else {}


def in_memory() -> Path | None:
    """Give a folder in memory if it has room for an engine and tests, which else wait for the disk at every step."""
    folder = Path("/dev/shm")  # noqa: S108 # mkdtemp makes the name
    if not folder.is_dir() or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    return folder if shutil.disk_usage(folder).free > ROOM else None


def address(folder: Path) -> str:
    """Give the address of the engine that lives in the folder."""
    return f"unix://{folder}/docker.sock"


def arguments(folder: Path) -> list[str]:
    """Give the command for a dockerd that needs no network, no kernel modules and nothing outside the folder."""
    return [
        "dockerd",
        "--iptables=false",
        "--bridge=none",
        f"--config-file={folder}/daemon.json",  # not /etc/docker/daemon.json
        f"--data-root={folder}/data",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/pid",
        f"--host={address(folder)}",
    ]


def wait_for(daemon: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait until the engine answers; it may end instead."""
    deadline = time.monotonic() + STARTING
    while daemon.poll() is None and time.monotonic() < deadline:
        if version(address(folder)):
            return True
        time.sleep(0.05)
    return False


def stop(daemon: subprocess.Popen[bytes], folder: Path) -> None:
    """Have dockerd stop the containers that run, then kill it and all else that works in its folder.

    It would take a second to stop its containerd, and nothing of either is left that needs care.
    """
    runs_steps = any(Path(words[0]).name == "runc" for words in processes(folder).values())
    if runs_steps:
        daemon.terminate()
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(STOPPING)
    deadline = time.monotonic() + STOPPING
    while (left := processes(folder)) and time.monotonic() < deadline:
        for process in left:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def processes(folder: Path) -> dict[int, list[str]]:
    """Return the processes that have this folder in their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = os.fsdecode((process / "cmdline").read_bytes()).split("\0")
            if any(str(folder) in word for word in words):
                found[int(process.name)] = words
    return found


def unmount(folder: Path) -> None:
    """Unmount what a killed dockerd left mounted in its folder, innermost first."""
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for path in reversed([path for path in mounted if path.startswith(f"{folder}/")]):
        subprocess.run(["umount", "--lazy", path], check=False)


def run(command: list[str], variables: Mapping[str, str]) -> int:
    """Run the command; when this process is told to end, tell the command first and wait for it."""
    with subprocess.Popen(command, env={**os.environ, **variables}) as process:
        try:
            code = process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)  # with which pytest still stops the engines of its fixtures
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOPPING)
            process.kill()
            raise
    return code if code >= 0 else 128 - code  # as a shell gives the number of a signal


def end(number: int, _frame: object) -> NoReturn:
    """Turn a signal into an exception, so that everything opened is closed."""
    sys.exit(128 + number)


def main(command: list[str]) -> int:
    """Run the command with an engine, or keep an engine alive."""
    for number in SIGNALS:
        signal.signal(number, end)
    try:
        if not command:
            return keep()
        if version():
            return run(command, {})
        with private_engine() as host:
            return run(command, {"DOCKER_HOST": host, "DOCKER_CONTEXT": "default"})  # a named one would win
    except EngineUnavailableError as error:
        sys.stderr.write(f"no Docker engine answers, and {error}\n")
        return 2
    except FileNotFoundError as error:
        sys.stderr.write(f"no such command: {error.filename}\n")
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
