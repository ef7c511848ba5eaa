"""A file is the old one or the new one, whole, whatever happens to its writers; and nothing is left beside it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.cli.main import main
from dfrender.depfile import is_depfile
from dfrender.output import Output, clear_left_over
from tests.shell import ROOT
from tests.test_header import headed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.project import Project

KILLS = 500
MOST_KILLS = 5_000  # on a busy machine a moment that was meant to be in a write may not be
ROUNDS = 40
LONG = "# " + "x" * 60_000 + "\n"
FILES = {
    "Dockerfile": "FROM a AS base\nFROM base\n" + LONG * 5,
    "profiles/ci.yaml": "prebuilt: [base]\noutput: out/Dockerfile\n",
    "out/README": "",
}
RECORDS = ["--map", "out/map.json", "--depfile", "out/deps"]


def render(tag: object, *options: str) -> None:
    main(["render", "-q", "--set", f"tag={tag}", *options], standalone_mode=False)


def tag_of_whole_file(name: str = "out/Dockerfile") -> str:
    """Return what differs in each rendering; the header's digest shows that the file is one of them, and whole."""
    data = Path(name).read_bytes()
    header, _, body = data.partition(b"\n\n")
    assert f"sha256:{sha256(body).hexdigest()})".encode() in header
    (tag,) = re.findall(rb"--set tag=(\w+) ", header)
    return str(tag.decode())


def beside() -> list[str]:
    return sorted(each.name for each in Path("out").iterdir())


def in_a_child(work: Callable[[], None]) -> int:
    """Start a process that works and ends, and give its number."""
    if child := os.fork():
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)  # before pytest can go on in the child too


@pytest.mark.slow
def test_killed_in_the_middle_of_writes(project: Project) -> None:
    project.write({**FILES, "Dockerfile.dockerignore": LONG * 3})
    render("start", *RECORDS)
    names = beside()
    assert names == ["Dockerfile", "Dockerfile.dockerignore", "README", "deps", "map.json"]
    began = time.monotonic()
    render("timed", *RECORDS)
    duration = time.monotonic() - began
    moments = random.Random(0)  # noqa: S311 - nobody is to be kept from guessing
    interrupted, seen = 0, set()

    def forever() -> None:
        for number in count():
            render(f"{os.getpid()}x{number}", *RECORDS)

    for kills in count():
        if kills >= KILLS and (interrupted or kills >= MOST_KILLS):
            break
        child = in_a_child(forever)
        time.sleep(duration * moments.uniform(0.5, 2.5))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(tag_of_whole_file())
        tag_of_whole_file("out/Dockerfile.dockerignore")
        json.loads(project.read("out/map.json"))
        assert is_depfile(project.read("out/deps").decode())
        left = set(beside()) - set(names)
        assert len(left) <= 1, "each run begins with what others left, whichever file it was for"
        interrupted += len(left)

    assert interrupted, "no kill met a write, so nothing was shown"
    assert len(seen) > 1, "nothing was written between the kills, so nothing was shown"
    render("end", *RECORDS)
    assert (tag_of_whole_file(), beside()) == ("end", names)


# What is asked of the operating system during a write: each call fails once, or is the last one of the process.

NEW, OLD = headed("FROM new\n"), headed("FROM old\n")
WRITE = f"""
import os
from pathlib import Path
from dfrender.output import Output, clear_left_over
made = Output(Path("out/Dockerfile"), {NEW!r}, None)
found = made.found()
os.access("here the write begins", os.F_OK)
clear_left_over([made])
made.write(found)
os.access("here the write ends", os.F_OK)
"""
# without these Python itself goes down, before or behind what is written
_NOT_FAILING = {
    "mmap",
    "munmap",
    "mremap",
    "brk",
    "madvise",
    "rt_sigaction",
    "futex",
    "access",
    "faccessat",
    "exit_group",
}
STRACE = shutil.which("strace")
NEEDS_STRACE = pytest.mark.skipif(not STRACE, reason="strace is not installed, so no call of a write was seen to fail")


def strace(*options: str) -> int:
    """Write the file while strace looks on, and meddles as its options say; return the exit code."""
    command = [str(STRACE), "-qq", "-o", "calls", *options, sys.executable, "-c", WRITE]
    # every run makes the same calls: none for coverage, and none for compiled modules
    environ = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environ, capture_output=True, check=False).returncode


def calls_of_a_write() -> list[tuple[str, int]]:
    """Return the calls during the write, each with how often the process has made it by then."""
    strace()
    counts: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    is_writing = False
    for line in Path("calls").read_text("utf-8", errors="replace").splitlines():
        name = line.partition("(")[0]
        counts[name] += 1
        if "here the write" in line:
            is_writing = "begins" in line
        elif is_writing:
            found.append((name, counts[name]))
    return found


@NEEDS_STRACE
@pytest.mark.slow
@pytest.mark.parametrize("before", [pytest.param(OLD, id="over another file"), pytest.param(None, id="to a new file")])
@pytest.mark.parametrize("fault", ["error=EIO", "error=ENOENT", "error=EINTR", "signal=KILL"])
def test_a_fault_at_each_call_of_a_write(project: Project, before: str | None, fault: str) -> None:
    def begin() -> None:
        shutil.rmtree("out", ignore_errors=True)
        project.write({"out/README": "", **({"out/Dockerfile": before} if before else {})})

    begin()
    calls = calls_of_a_write()
    assert {"write", "close"} <= {name for name, _ in calls}, "strace saw no write"
    assert project.read("out/Dockerfile").decode() == NEW
    kept = 0
    for name, number in calls:
        if name in _NOT_FAILING and fault != "signal=KILL":
            continue
        begin()
        code = strace(f"--inject={name}:{fault}:when={number}")
        now = Path("out/Dockerfile").read_text("utf-8") if Path("out/Dockerfile").exists() else None
        assert now in {before, NEW}, (name, number)
        assert now == NEW or code, (name, number)
        left = set(beside()) - {"Dockerfile", "README"}
        assert len(left) <= 1, (name, number)
        kept += now == before
        clear_left_over([Output(Path("out/Dockerfile"), NEW, None)])
        assert set(beside()) <= {"Dockerfile", "README"}, (name, number)
    assert kept, "no fault kept the write from its end, so nothing was shown"


@pytest.mark.slow
def test_several_at_once(project: Project) -> None:
    project.write(FILES)
    render("start")

    def several(name: str) -> None:
        for number in range(ROUNDS):
            render(f"{name}{number}")

    children = [in_a_child(lambda name=name: several(name)) for name in ("a", "b", "c")]  # type: ignore[misc]
    ended: dict[int, int] = {}
    while len(ended) < len(children):
        tag_of_whole_file()
        states = (os.waitpid(each, os.WNOHANG) for each in children if each not in ended)
        ended |= {child: status for child, status in states if child}
    assert set(ended.values()) == {0}
    assert tag_of_whole_file() in {f"{name}{ROUNDS - 1}" for name in "abc"}
    assert beside() == ["Dockerfile", "README"]


@pytest.fixture
def small_disk(project: Project) -> Iterator[None]:
    """Let the folder ``out`` be a disk of 512 KiB; root may mount one."""
    project.write(FILES)
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", "out"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield
    subprocess.run(["umount", "out"], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk(project: Project) -> None:
    render("old")
    result = project.dfrender("render", "--set", "tag=new")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == (
        "profiles/ci.yaml:2:9: error: out/Dockerfile cannot be written: no space left on device [unwritable-output]"
    )
    assert (tag_of_whole_file(), beside()) == ("old", ["Dockerfile"])


def test_a_limit_on_the_size_of_files(project: Project) -> None:
    project.write(FILES)
    render("old")
    limited = f"ulimit -f 100; exec {sys.executable} -m dfrender render --set tag=new"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(["sh", "-c", limited], env=environ, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "out/Dockerfile cannot be written: file too large [unwritable-output]" in result.stderr
    assert (tag_of_whole_file(), beside()) == ("old", ["Dockerfile", "README"])
