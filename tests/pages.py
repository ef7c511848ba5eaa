"""Pages of Markdown whose console blocks are run: below each command stands what it prints.

A page begins in an empty folder, and its blocks are run one after the other. Comments, which readers do not see,
prepare them:

* ``<!-- folder -->`` goes on in a new folder; ``<!-- folder: NAME -->`` in a copy of that folder of this repository, or
  in one of ``PROJECTS``;
* ``<!-- file: NAME -->`` writes the block that follows it into a file;
* ``<!-- run: COMMAND -->`` runs a command that is not shown.

``[exit code: N]`` stands below what a command prints, if that is not 0.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests.shell import ROOT, environment, git, run

README = ROOT / "README.md"
DOCS = ROOT / "docs"
RULES = DOCS / "rules.md"
PAGES = [README, *sorted(DOCS.glob("*.md"))]
"""What a user reads."""

ADOPT = ROOT / "tests" / "adopt"
SOMEBODY = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
_STEP = re.compile(
    r"<!-- (?P<kind>folder|run)(?:: (?P<argument>[^\n]*?))? -->\n"
    r"|<!-- file: (?P<file>[^\n]*?) -->\n```\w*\n(?P<content>.*?)```"
    r"|(?<=```console\n)(?P<typed>.*?)(?=```)",
    re.DOTALL,
)


def shipped(folder: Path) -> None:
    """Write the template that dfrender ships, and its profiles."""
    shutil.copy(ROOT / "Dockerfile.j2", folder)
    shutil.copytree(ROOT / "profiles", folder / "profiles")


def original(folder: Path) -> None:
    """Write the repository of a team that has the problem which dfrender is made for."""
    (folder / "api" / "docker").mkdir(parents=True)
    shutil.copy(ADOPT / "Dockerfile", folder / "api" / "docker")
    shutil.copy(ADOPT / "original-pipeline.yml", folder / "azure-pipelines.yml")
    git("init", "--quiet", folder=folder)


PROJECTS = {"shipped": shipped, "original": original}


class Session:
    """Somebody who does what a page says, in one folder after the other."""

    def __init__(self, home: Path, folder: str) -> None:
        """Begin in a new folder below ``home``."""
        self.home = home
        self.folders = 0
        self.variables = {**environment(home / "bin"), **SOMEBODY, "GIT_CONFIG_GLOBAL": os.devnull}
        self.folder = self.begin(folder)

    def begin(self, name: str) -> Path:
        """Go on in a new folder, which holds what the name stands for."""
        self.folders += 1
        self.folder = self.home / f"folder-{self.folders}" / "project"
        if name and name not in PROJECTS:
            shutil.copytree(ROOT / name, self.folder)
            return self.folder
        self.folder.mkdir(parents=True)
        if name:
            PROJECTS[name](self.folder)
        return self.folder

    def write(self, name: str, text: str) -> None:
        """Write a file, with its folders."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def type_in(self, command: str) -> str:
        """Return what a terminal shows of a command."""
        done = run(command, self.folder, self.variables)
        if done.returncode:
            return f"{done.stdout}[exit code: {done.returncode}]\n"
        return done.stdout

    def follow(self, step: re.Match[str]) -> str:
        """Do what one comment or block says; return it with what is printed now."""
        if step["typed"] is not None:
            commands = [line for line in step["typed"].splitlines() if line.startswith("$ ")]
            return "".join(f"{command}\n{self.type_in(command[2:])}" for command in commands)
        argument = step["argument"] or ""
        if step["file"]:
            self.write(step["file"], step["content"])
        elif step["kind"] == "folder":
            self.begin(argument)
        else:
            printed = self.type_in(argument)
            assert "[exit code: " not in printed, printed
        return step[0]


def followed(text: str, home: Path, folder: str = "") -> str:
    """Return a page with what its commands print now; it begins in a new folder below ``home``."""
    return _STEP.sub(Session(home, folder).follow, text)
