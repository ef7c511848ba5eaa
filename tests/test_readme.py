"""The README does not lie: its console blocks are run, its tables are made from the code, and nothing is left out."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import click
import pytest

from dfrender.cli.main import main
from tests.readme import EDITOR, ENGINES, README, RULES, commands, rules_document, updated
from tests.shell import ROOT, environment, run

if TYPE_CHECKING:
    from pathlib import Path

TEXT = README.read_text(encoding="utf-8")
RECIPES = sorted(each for each in (ROOT / "examples").rglob("*") if each.is_file())
_STEP = re.compile(
    r"<!-- (?P<kind>folder|file|run)(?:: (?P<argument>[^\n]*))? -->\n(?:```\w*\n(?P<block>.*?)```)?", re.DOTALL
)


@pytest.mark.parametrize("page", [README, ENGINES, EDITOR])
def test_the_generated_parts_are_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert updated(text) == text, "run make docs"


def test_the_page_of_rules_is_current() -> None:
    assert RULES.read_text(encoding="utf-8") == rules_document(), "run make docs"


def test_every_console_block_is_run() -> None:
    blocks, run = r"^```console$", r"^<!-- run.*-->\n```console$"
    assert len(re.findall(blocks, TEXT, re.MULTILINE)) == len(re.findall(run, TEXT, re.MULTILINE))


def test_the_console_blocks_print_what_they_show(tmp_path: Path) -> None:
    folder, env = tmp_path, environment(tmp_path / "bin")
    for number, step in enumerate(_STEP.finditer(TEXT)):
        kind, argument, block = step["kind"], step["argument"] or "", step["block"] or ""
        if kind == "folder" or number == 0:
            folder = tmp_path / f"folder-{number}"
            (folder / "profiles").mkdir(parents=True)
        if argument == "shipped":
            shutil.copytree(ROOT / "profiles", folder / "profiles", dirs_exist_ok=True)
            shutil.copy(ROOT / "Dockerfile.j2", folder)
        if kind == "file":
            (folder / argument).write_text(block, encoding="utf-8")
        elif kind == "run":
            run(argument, folder, env)
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                assert run(command, folder, env).stdout == shown, command


@pytest.mark.parametrize("recipe", ["devspace.yaml", *(str(each.relative_to(ROOT)) for each in RECIPES)])
def test_every_recipe_is_shown(recipe: str) -> None:
    assert f"<!-- begin: file {recipe} -->" in TEXT + EDITOR.read_text(encoding="utf-8")


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
