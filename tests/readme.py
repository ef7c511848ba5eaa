"""The generated parts of README and ``docs``: ``python -m tests.readme`` brings them up to date."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from dfrender.cli.main import main as cli
from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS
from dfrender.rules.manual import Manual, manuals, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dfrender.profile.keys import Key

README = Path(__file__).parent.parent / "README.md"
RULES = README.parent / "docs" / "rules.md"
ENGINE_RESULTS = Path(__file__).parent / "engine" / "results.json"
ENGINES = README.parent / "docs" / "engines.md"
EDITOR = README.parent / "docs" / "editor.md"
_BUILDERS = {"buildkit": "BuildKit", "classic": "classic builder"}
_SHORT = 20  # lines; a longer file is folded
_PART = re.compile(r"(<!-- begin: (\w+) ?(\S*) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)
_RULES_HEAD = """\
# What dfrender reports

<!-- made by `make docs` from dfrender/rules/manuals.md -->

Every message ends in a code in brackets, and `dfrender explain CODE` prints what stands here about it. The rules are
what `dfrender lint` looks for and what a rendering is held to; where a finding is meant, it can be ignored in a comment
above the instruction, `# dfrender: ignore=CODE`, or for a whole profile by `ignore: [CODE]`. Everything else is wrong
with a template, a profile or a call, and nothing is written until it is corrected. In brackets behind `Bad` and `Good`
stands what the profile says.
"""
_LANGUAGES = {"Makefile": "make", "Tiltfile": "python", ".gitattributes": "gitattributes", ".gitignore": "gitignore"}


def updated(text: str) -> str:
    """Return a page with every generated part made anew: ``begin: NAME``, or ``begin: file PATH``."""
    return _PART.sub(lambda match: match[1] + PARTS[match[2]](*match[3].split()) + match[4], text)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


def _keys() -> str:
    stages = f"Of one stage, `prebuilt: {{STAGE: {{…}}}}`:\n\n{_key_table(STAGE_KEYS)}"
    arguments = f"Of one build argument, `build_args: {{NAME: {{…}}}}`:\n\n{_key_table(ARGUMENT_KEYS)}"
    return f"{_key_table(PROFILE_KEYS)}\n{stages}\n{arguments}"


def _key_table(keys: Mapping[str, Key]) -> str:
    return _table(
        ("key", "default", "meaning"),
        ((f"`{key.name}`", f"`{key.default}`" if key.default else "", _meaning(key)) for key in keys.values()),
    )


def _meaning(key: Key) -> str:
    choices = f" ({', '.join(f'`{each}`' for each in key.choices)})" if key.choices else ""
    return key.meaning + choices


def _help() -> str:
    """Give the help of every command."""
    runner = CliRunner()
    words = [names for names, command in commands(cli) if not isinstance(command, click.Group)]
    shown = (runner.invoke(cli, [*names, "--help"], prog_name="dfrender", terminal_width=100).output for names in words)
    titles = (" ".join(["dfrender", *names]) for names in words)
    return "\n".join(_folded(title, f"```text\n{each}```\n") for title, each in zip(titles, shown, strict=True))


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give every command with the words that call it, those of groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def _rules() -> str:
    return _rule_table(rules().values(), RULES.relative_to(README.parent).as_posix())


def _rule_table(found: Iterable[Manual], page: str = "") -> str:
    rows = [(f"[`{each.code}`]({page}#{each.code})", each.severity.value, each.summary) for each in found]
    return _table(("rule", "severity", "why"), rows)


def rules_document() -> str:
    """Return the manuals of all codes as a page, each under the heading of its code, which addresses can name."""
    groups: dict[str, list[Manual]] = {}
    for each in manuals().values():
        groups.setdefault(each.group, []).append(each)
    text = _RULES_HEAD
    for group, found in groups.items():
        text += f"\n## {group}\n\n{_rule_table(found)}"
        for each in found:
            text += f"\n### {each.code}\n\n{each.markdown}\n"
    return text


def _engines() -> str:
    """Return what engines did, with a column for each engine and builder."""
    runs = json.loads(ENGINE_RESULTS.read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    columns: dict[str, None] = {}
    for run in runs:
        for row in run["rows"]:
            for builder, title in _BUILDERS.items():
                if builder in row:
                    column = f"{run['engine']}, {title}, {run['measured']}"
                    columns[column] = None
                    found.setdefault(row["what"], {})[column] = row[builder]
    rows = [(_escaped(what), *(cells.get(each, "") for each in columns)) for what, cells in sorted(found.items())]
    return _table(("what", *columns), rows)


def _file(name: str) -> str:
    """Give a file of the repository, whole."""
    path = README.parent / name
    language = path.suffix[1:] or _LANGUAGES[path.name]
    text = path.read_text(encoding="utf-8")
    block = f"```{language}\n{text}```\n"
    return block if text.count("\n") <= _SHORT else _folded(name, block)


def _folded(title: str, block: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{block}\n</details>\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


PARTS: Mapping[str, Callable[..., str]] = {
    "keys": _keys,
    "help": _help,
    "rules": _rules,
    "engines": _engines,
    "file": _file,
}


if __name__ == "__main__":
    for page in (README, ENGINES, EDITOR):
        page.write_text(updated(page.read_text(encoding="utf-8")), encoding="utf-8")
    RULES.write_text(rules_document(), encoding="utf-8")
