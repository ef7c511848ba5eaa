"""A machine that a job runs on: commands that stand in front of the system's, and the scripts that call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

Yaml: TypeAlias = Any
"""What was read from YAML."""

# what a pipeline's machine has as a command, and these tests do without: an index, and another Python
RENDERING = f'exec "{sys.executable}" -m dfrender "$@"'
PYTHON = """\
[ "$1 $2" = "-m venv" ] || exit 97
mkdir -p "$3/bin"
for name in pip dfrender; do ln -sf "$(command -v "$name")" "$3/bin/$name"; done
"""
# writes down how it is called, and leaves the archives and caches that later commands look for
LOGGING_DOCKER = r"""printf '%s\0' "$@" >> "$HOME/docker.log"
printf '\0' >> "$HOME/docker.log"
case "$1" in
save) for word in "$@"; do [ "$before" != --output ] || echo "$4" > "$word"; before=$word; done ;;
load) [ -f "$3" ] ;;
esac
for word in "$@"; do
  case "$word" in
  --cache-to=type=local,dest=*) new=${word#*dest=}; mkdir "${new%,mode=max}"; echo > "${new%,mode=max}/index.json" ;;
  esac
done
"""


@dataclass
class Machine:
    """Runs scripts with these commands on its path; ``said`` is all that they printed."""

    folder: Path
    environment: Mapping[str, str]
    said: list[str] = field(default_factory=list)

    def run(self, shell: Sequence[str], script: str, folder: Path, variables: Mapping[str, str]) -> None:
        """Run a script in a folder; raise `AssertionError` with what it printed where it fails."""
        self.call([*shell, "-c", script], folder, variables)

    def call(self, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        """Call a command in a folder; raise `AssertionError` with what it printed where it fails."""
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.said.append(done.stdout)
        assert done.returncode == 0, done.stdout

    @property
    def calls(self) -> list[list[str]]:
        """Return how Docker was called, where it wrote that down."""
        calls = self.log("docker").split("\0\0")
        return [call.split("\0") for call in calls if call]

    def log(self, command: str) -> str:
        """Return what a command wrote down."""
        log = self.folder / f"{command}.log"
        return log.read_text("utf-8") if log.exists() else ""


class Machines(Protocol):
    """Gives each job a machine on which nothing is left of other jobs."""

    def __call__(self, job: str) -> AbstractContextManager[Machine]:
        """Return the machine for as long as the context lasts."""


def machine(folder: Path, docker: str, dfrender: str, variables: Mapping[str, str] | None = None) -> Machine:
    """Make a machine in an empty folder, whose ``docker`` and ``dfrender`` are these scripts."""
    commands = folder / "commands"
    commands.mkdir(parents=True)
    pip = 'echo "$@" >> "$HOME/pip.log"'
    pipx = 'echo "$@" >> "$HOME/pipx.log"'
    scripts = {"docker": docker, "dfrender": dfrender, "pip": pip, "pipx": pipx, "python": PYTHON, "python3": PYTHON}
    for name, script in scripts.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    environment = {
        "PATH": f"{commands}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        **(variables or {}),
    }
    for name in ("LANG", "LC_ALL"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return Machine(folder, environment)


def in_order(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return jobs so that each comes after those that it needs; each of these must be there."""
    found: list[str] = []
    while len(found) < len(needs):
        ready = [name for name, before in needs.items() if name not in found and set(before) <= set(found)]
        assert ready, f"jobs wait for each other, or for one that is not there: {set(needs) - set(found)}"
        found += ready
    return found


def new_entry(caches: Path) -> Path:
    """Return a path for one more entry of the caches in a folder, some of which may be gone."""
    caches.mkdir(exist_ok=True)
    return caches / str(len(list(caches.iterdir())))


def texts(value: Yaml) -> Mapping[str, str]:
    """Return a mapping of YAML as variables of an environment."""
    return {name: each if isinstance(each, str) else json.dumps(each) for name, each in (value or {}).items()}
