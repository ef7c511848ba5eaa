"""The generated parts of README and ``docs``: ``python -m tests.readme`` brings them up to date."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from dfrender.cli.main import main as cli
from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS
from dfrender.rules.manual import Manual, manuals
from tests.pages import DOCS, PAGES, RULES
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dfrender.profile.keys import Key

ENGINE_RESULTS = Path(__file__).parent / "engine" / "results.json"
_SHORT = 20  # lines; a longer file is folded
_PART = re.compile(r"(<!-- begin: (\w+) ?([^\n]*?) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)
_RULES_HEAD = """\
# What dfrender reports

<!-- made by `make docs` from dfrender/rules/manuals.md -->

Every message ends with a code in brackets, and `dfrender explain CODE` prints what this page says about it. Rules are
what `dfrender lint` looks for and what every rendering must keep. If a finding is meant, ignore it with a comment
above the instruction, `# dfrender: ignore=CODE`, or for a whole profile with `ignore: [CODE]`. All other codes mean
that something is wrong with a template, a profile or a call, and nothing is written until you correct it. `Bad (…)`
and `Good (…)` show the keys of the profile in brackets.
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
    return "\n".join(f"## {title}\n\n```text\n{each}```\n" for title, each in zip(titles, shown, strict=True))


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give every command with the words that call it, those of groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def _rule_table(found: Iterable[Manual]) -> str:
    rows = [(f"[`{each.code}`](#{each.code})", each.severity.value, each.summary) for each in found]
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


def _engines(builder: str) -> str:
    """Return what engines did with one of their builders, with a column for each, and when that was."""
    runs = json.loads(ENGINE_RESULTS.read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    measured: dict[str, str] = {}
    for run in runs:
        engine, _, store = run["engine"].partition(", ")
        column = f"{engine.partition('+')[0]} {store}".rstrip()  # without what Debian adds to the version
        for row in run["rows"]:
            if builder in row:
                measured[column] = run["measured"]
                found.setdefault(row["what"], {})[column] = row[builder]
    rows = [("measured", *measured.values())]
    rows += [(_escaped(what), *(cells.get(each, "") for each in measured)) for what, cells in sorted(found.items())]
    return _table(("what", *measured), rows)


def _file(name: str) -> str:
    """Give a file of the repository, whole."""
    path = ROOT / name
    language = path.suffix[1:] or _LANGUAGES[path.name]
    text = path.read_text(encoding="utf-8")
    block = f"```{language}\n{text}```\n"
    return block if text.count("\n") <= _SHORT else _folded(name, block)


def _style(*keys: str) -> str:
    """Return what the small template of docs/profiles.md becomes with these keys of a profile."""
    page = (DOCS / "profiles.md").read_text(encoding="utf-8")
    template = page.partition("<!-- file: Dockerfile.j2 -->\n```dockerfile\n")[2].partition("```")[0]
    profile = "".join(f"{key.replace(':', ': ', 1)}\n" for key in keys)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profiles").mkdir()
        (folder / "profiles" / "ci.yaml").write_text(f"prebuilt: [builder-base, development]\n{profile}", "utf-8")
        (folder / "Dockerfile.j2").write_text(template, "utf-8")
        call = ["render", "-p", "ci", "-o", "-", str(folder / "Dockerfile.j2")]
        text = CliRunner().invoke(cli, call).stdout
    _, _, body = text.partition(")\n")  # below the header
    return f"```yaml\n{profile}```\n\n```dockerfile\n{body.lstrip()}```\n"


def _graph(name: str) -> str:
    """Return the picture of a plan of the shipped template, as forges draw it."""
    shown = CliRunner().invoke(cli, ["plan", "-p", name, "--format", "mermaid", str(ROOT / "Dockerfile.j2")])
    return f"```mermaid\n{shown.stdout}```\n"


def _folded(title: str, block: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{block}\n</details>\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


PARTS: Mapping[str, Callable[..., str]] = {
    "keys": _keys,
    "help": _help,
    "style": _style,
    "graph": _graph,
    "engines": _engines,
    "file": _file,
}


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(updated(page.read_text(encoding="utf-8")), encoding="utf-8")
    RULES.write_text(rules_document(), encoding="utf-8")
