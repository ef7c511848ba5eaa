"""A file is the old one or the new one, whole, whatever happens to its writers; and nothing is left beside it."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.cli.main import main
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.project import Project

KILLS = 200
MOST_KILLS = 5_000  # on a busy machine a moment that was meant to be in a write may not be
ROUNDS = 40
LONG = "# " + "x" * 60_000 + "\n"
FILES = {
    "Dockerfile": "FROM a AS base\nFROM base\n" + LONG * 5,
    "profiles/ci.yaml": "prebuilt: [base]\noutput: out/Dockerfile\n",
    "out/README": "",
}


def render(tag: object) -> None:
    main(["render", "-q", "--set", f"tag={tag}"], standalone_mode=False)


def tag_of_whole_file() -> str:
    """Return what differs in each rendering; the header's digest shows that the file is one of them, and whole."""
    data = Path("out/Dockerfile").read_bytes()
    header, _, body = data.partition(b"\n\n")
    assert f"sha256:{sha256(body).hexdigest()})".encode() in header
    (tag,) = re.findall(rb"ARG BASE_IMAGE=base:(\w+)\n", body)
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
    project.write(FILES)
    render("start")
    began = time.monotonic()
    render("timed")
    duration = time.monotonic() - began
    moments = random.Random(0)  # noqa: S311 - nobody is to be kept from guessing
    interrupted, seen = 0, set()

    def forever() -> None:
        for number in count():
            render(f"{os.getpid()}x{number}")

    for kills in count():
        if kills >= KILLS and (interrupted or kills >= MOST_KILLS):
            break
        child = in_a_child(forever)
        time.sleep(duration * moments.uniform(0.5, 2.5))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(tag_of_whole_file())
        interrupted += beside() != ["Dockerfile", "README"]

    assert interrupted, "no kill met a write, so nothing was shown"
    assert len(seen) > 1, "nothing was written between the kills, so nothing was shown"
    render("end")
    assert (tag_of_whole_file(), beside()) == ("end", ["Dockerfile", "README"])


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
