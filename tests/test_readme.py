"""The pages do not lie: their console blocks are run, tables are made from the code, and nothing is left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from dfrender.cli.main import main
from dfrender.plan import NAMES as PLANS
from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS
from dfrender.report.formats import FORMATS as MESSAGES
from dfrender.rules.manual import manuals
from tests.pages import DOCS, PAGES, README, RULES, followed
from tests.readme import commands, rules_document, updated
from tests.shell import ROOT
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}
ALL = "".join(TEXT.values())
BY_NAME = {each.relative_to(ROOT).as_posix(): (each,) for each in PAGES}
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
RECIPES = sorted(each for each in (ROOT / "examples").rglob("*") if each.is_file())
COMMANDS = list(commands(main))
_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

pages = pytest.mark.parametrize("page", [pytest.param(each, id=each.name) for each in PAGES])


@pages
def test_the_generated_parts_are_current(page: Path) -> None:
    assert updated(TEXT[page]) == TEXT[page], "run make docs"


def test_the_page_of_rules_is_current() -> None:
    assert TEXT[RULES] == rules_document(), "run make docs"


# the README and the first steps; the others are followed by make test-all
@pytest.mark.parametrize("page", slow_but({"README.md", "docs/start.md"}, BY_NAME))
def test_the_console_blocks_print_what_they_show(page: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    seen = followed(TEXT[page], tmp_path)
    if pytestconfig.getoption("update"):
        page.write_text(seen, encoding="utf-8")
    else:
        assert seen == TEXT[page], "pytest tests/test_readme.py --update"


def test_the_readme_is_read_in_a_minute() -> None:
    assert TEXT[README].count("\n") <= 200


def test_the_index_lists_every_page() -> None:
    index = TEXT[DOCS / "README.md"]
    assert {page.name for page in PAGES if f"]({page.name})" not in index} == {"README.md"}


def anchors(page: Path) -> Iterator[str]:
    """Yield the anchors that a forge makes of a page's headings."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    for heading in _HEADING.findall(text):
        words = re.sub(r"[^\w\- ]", "", heading.lower())
        yield words.replace(" ", "-")


@pytest.mark.parametrize("page", [pytest.param(each, id=each.name) for each in LINKED])
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("recipe", ["devspace.yaml", *(str(each.relative_to(ROOT)) for each in RECIPES)])
def test_every_recipe_is_shown(recipe: str) -> None:
    assert ALL.count(f"<!-- begin: file {recipe} -->") == 1


@pytest.mark.parametrize("command", [" ".join(["dfrender", *names]) for names, _ in COMMANDS])
def test_every_command_is_mentioned(command: str) -> None:
    assert command in ALL


@pytest.mark.parametrize(
    "option",
    sorted(
        {
            option
            for _, command in COMMANDS
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
            if option.startswith("--")
        }
    ),
)
def test_every_option_is_mentioned(option: str) -> None:
    assert option in ALL


@pytest.mark.parametrize("key", sorted({*PROFILE_KEYS, *STAGE_KEYS, *ARGUMENT_KEYS}))
def test_every_key_is_mentioned(key: str) -> None:
    assert f"| `{key}` |" in TEXT[DOCS / "profiles.md"]


@pytest.mark.parametrize("name", [*PLANS, *MESSAGES])
def test_every_format_is_mentioned(name: str) -> None:
    assert f"`{name}`" in TEXT[DOCS / "formats.md"]


def test_every_code_is_mentioned() -> None:
    assert [code for code in manuals() if f"\n### {code}\n" not in TEXT[RULES]] == []
