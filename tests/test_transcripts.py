"""Transcripts in the folder ``transcripts``: what a user types and sees, from the first command to the last.

A transcript is a page of Markdown whose console blocks are run one after the other in one folder. Below each command
stands what it prints, and ``[exit code: N]`` if that is not 0. ``pytest tests/test_transcripts.py --update`` writes it
anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shell import environment, git, run

if TYPE_CHECKING:
    from collections.abc import Callable

ADOPT = Path(__file__).parent / "adopt"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
SOMEBODY = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run_blocks(text: str, type_in: Callable[[str], str]) -> str:
    """Return a transcript with what its commands print now."""

    def run_block(block: re.Match[str]) -> str:
        commands = [line for line in block[0].splitlines() if line.startswith("$ ")]
        return "".join(f"{command}\n{type_in(command[2:])}" for command in commands)

    return BLOCK.sub(run_block, text)


@pytest.mark.parametrize("transcript", [pytest.param(each, id=each.stem.replace("-", " ")) for each in TRANSCRIPTS])
def test_a_user_sees_what_the_transcript_says(transcript: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    folder = tmp_path / "project"
    (folder / "api" / "docker").mkdir(parents=True)
    (folder / "api" / "docker" / "Dockerfile").write_bytes((ADOPT / "Dockerfile").read_bytes())
    (folder / "azure-pipelines.yml").write_bytes((ADOPT / "original-pipeline.yml").read_bytes())
    git("init", "--quiet", folder=folder)
    env = {**environment(tmp_path / "bin"), **SOMEBODY, "GIT_CONFIG_GLOBAL": os.devnull}

    def type_in(command: str) -> str:
        done = run(command, folder, env)
        return f"{done.stdout}[exit code: {done.returncode}]\n" if done.returncode else done.stdout

    expected = transcript.read_text(encoding="utf-8")
    seen = run_blocks(expected, type_in)
    if pytestconfig.getoption("update"):
        transcript.write_text(seen, encoding="utf-8")
        expected = seen
    assert seen == expected
