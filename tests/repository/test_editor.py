"""What ``.editorconfig`` tells editors is how the files are."""

from configparser import ConfigParser
from pathlib import Path

from tests.shell import ROOT

SETTINGS = ConfigParser()
SETTINGS.read_string("[root]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
FOLDERS = ("dfrender", ".ci", ".github", "docker", "examples", "profiles", "bench", "tests/repository")
FILES = [each for folder in FOLDERS for each in sorted((ROOT / folder).rglob("*")) if each.suffix != ".pyc"]
FILES += [ROOT / name for name in ("Makefile", "pyproject.toml", "action.yml", "SECURITY.md", "CONTRIBUTING.md")]


def files(suffix: str = "") -> list[tuple[Path, list[str]]]:
    chosen = [each for each in FILES if each.is_file() and each.name.endswith(suffix)]
    return [(each, each.read_bytes().decode().split("\n")) for each in chosen]


def test_lines_end_as_on_unix_the_last_one_too() -> None:
    assert SETTINGS["*"]["end_of_line"] == "lf"
    assert SETTINGS["*"]["insert_final_newline"] == "true"
    assert [each for each, lines in files() if lines[-1] or any(line.endswith("\r") for line in lines)] == []


def test_no_line_ends_in_a_blank() -> None:
    assert SETTINGS["*"]["trim_trailing_whitespace"] == "true"
    assert [each for each, lines in files() if any(line != line.rstrip() for line in lines)] == []


def test_python_is_indented_by_four_blanks_and_as_wide_as_ruff_allows() -> None:
    assert SETTINGS["*.py"]["indent_size"] == "4"
    widest = int(SETTINGS["*.py"]["max_line_length"])
    assert f"line-length = {widest}\n" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_make_is_indented_by_tabs() -> None:
    assert SETTINGS["Makefile"]["indent_style"] == "tab"
    assert any(line.startswith("\t") for _, lines in files("Makefile") for line in lines)
