"""The project's own Dockerfile.j2: the engine judges its syntax and its stages, with commands that do nothing."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, HERE, Engine, FreshEngine, asked_for, render
from tests.slow import slow_but

if TYPE_CHECKING:
    from pathlib import Path

ROOT = HERE.parents[1]
PROFILES = sorted(path.stem for path in ROOT.glob("profiles/[!_]*.yaml"))
FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)\s+AS\s+(\S+)", re.MULTILINE | re.IGNORECASE)
COPY = re.compile(r"^#(\d+) \[[^]]+\] (?:COPY|ADD) (.+)$", re.MULTILINE)
NOT_THERE = re.compile(r"^#(\d+) ERROR: .*(?:not found|no such file)", re.MULTILINE)
NO_COMMAND = re.compile(r"^#\d+ [\d.]+ \S*sh: (?:line \d+: )?(\S+): not found$", re.MULTILINE)
NO_USER = re.compile(r"(?:unable to find|no such) user:? (\w+)")

# how the base image is given what a build misses; a command does nothing
MAKE = {
    "path": "mkdir -p {0}",
    "command": "mkdir -p $(dirname {0}) && echo '#!/bin/sh' > {0} && chmod 755 {0}",
    "user": "echo {0}:x:10001:10001::/:/bin/sh >> /etc/passwd",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the template, its profiles and its ignore files."""
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    for path in (*ROOT.glob("Dockerfile.j2*"), *ROOT.glob("*.dockerignore"), *ROOT.glob(".dockerignore")):
        shutil.copy(path, tmp_path)
    return tmp_path


def missing(output: str) -> set[tuple[str, str]]:
    """Give what a build asked for in vain, by kind: images, sources of a COPY, commands, users."""
    failed = set(NOT_THERE.findall(output))
    copies = [words.split()[:-1] for number, words in COPY.findall(output) if number in failed]
    return {
        *(("image", name) for name in asked_for(output, in_full=True)),
        *(("path", word) for words in copies for word in words if not word.startswith("--")),
        *(("command", name if "/" in name else f"/bin/{name}") for name in NO_COMMAND.findall(output)),
        *(("user", name) for name in NO_USER.findall(output)),
    }


def supply(engine: Engine, folder: Path, things: set[tuple[str, str]]) -> None:
    """Make every image that is asked for, with all the other things in it, and the paths in the build context too."""
    commands = [MAKE[kind].format(name) for kind, name in sorted(things) if kind != "image"]
    (folder / "supplied").write_text(f"FROM {BASE}\nRUN {' && '.join(['true', *commands])}\n")
    for kind, name in things:
        # Docker 26 with containerd's store looks for an image in a registry where another one here has the same digest
        if kind == "image":
            engine.build(folder, "supplied", f"--tag={name}", f"--label=supplied={name}")
        if kind == "path":
            (folder / name.lstrip("/")).mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("profile", slow_but({"ci"}, PROFILES))
def test_every_stage_is_built(fresh: FreshEngine, folder: Path, profile: str) -> None:
    dockerfile = render(folder, profile)
    text = (folder / dockerfile).read_text()
    # A syntax directive names an image of a registry, and the engine's own frontend is the one to be asked here.
    (folder / dockerfile).write_text(re.sub(r"(?m)\A# *syntax *=.*\n", "", text))
    bases, stages = zip(*FROM.findall(text), strict=True)
    # Supplied before the engine looks for them, since where there is a network it would find the real ones.
    supplied = {("image", base) for base in {*bases} - {*stages} if "$" not in base}
    with fresh() as engine:
        supply(engine, folder, supplied)
        for stage in stages:
            worked, output = engine.try_build(folder, dockerfile, f"--target={stage}")
            while not worked and (missed := missing(output) - supplied):
                supplied |= missed
                supply(engine, folder, supplied)
                worked, output = engine.try_build(folder, dockerfile, f"--target={stage}")
            assert worked, output
        engine.record(
            f"this Dockerfile.j2, profile {profile}: every stage, its commands replaced", f"all {len(stages)} built"
        )
