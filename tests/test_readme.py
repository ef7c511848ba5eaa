"""The README does not lie: its console blocks are run, its tables are made from the code, and nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from dfrender.cli.main import main
from tests.readme import README, commands, updated

if TYPE_CHECKING:
    from pathlib import Path

TEXT = README.read_text(encoding="utf-8")
_STEP = re.compile(
    r"<!-- (?P<kind>folder|file|run)(?:: (?P<argument>[^\n]*))? -->\n(?:```\w*\n(?P<block>.*?)```)?", re.DOTALL
)


def test_the_generated_parts_are_current() -> None:
    assert updated(TEXT) == TEXT, "run make docs"


def test_every_console_block_is_run() -> None:
    blocks, run = r"^```console$", r"^<!-- run.*-->\n```console$"
    assert len(re.findall(blocks, TEXT, re.MULTILINE)) == len(re.findall(run, TEXT, re.MULTILINE))


def test_the_console_blocks_print_what_they_show(tmp_path: Path) -> None:
    folder, environment = tmp_path, _environment(tmp_path / "bin")
    for number, step in enumerate(_STEP.finditer(TEXT)):
        kind, argument, block = step["kind"], step["argument"] or "", step["block"] or ""
        if kind == "folder" or number == 0:
            folder = tmp_path / f"folder-{number}"
            (folder / "profiles").mkdir(parents=True)
        if kind == "file":
            (folder / argument).write_text(block, encoding="utf-8")
        elif kind == "run":
            _run(argument, folder, environment)
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                assert _run(command, folder, environment) == shown, command


def _environment(folder: Path) -> dict[str, str]:
    """Put a ``dfrender`` on the path that runs with this Python."""
    folder.mkdir()
    command = folder / "dfrender"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dfrender "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(README.parent)}


def _run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


@pytest.mark.parametrize(
    "option",
    [
        option
        for _, command in commands(main)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    ],
)
def test_every_option_is_mentioned(option: str) -> None:
    assert option in TEXT
