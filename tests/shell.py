"""Commands that are run as their users would run them: ``dfrender`` in a shell, git, and the tools of the dev extra."""

import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from warnings import catch_warnings, simplefilter

import check_jsonschema
from click.testing import CliRunner

from dfrender.cli.main import main

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "schemas"
_ONLY_DFRENDER = re.compile(r"(?:cd (?P<folder>\S+) && )?dfrender (?P<arguments>[^|&;<>$`*\\]+)")


def environment(folder: Path, **commands: str) -> dict[str, str]:
    """Put a ``dfrender`` on the path that runs with this Python, and these shell scripts as commands beside it."""
    folder.mkdir()
    for name, script in {"dfrender": f'exec "{sys.executable}" -m dfrender "$@"', **commands}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}


def run(command: str, folder: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command; return what it printed, errors among it.

    One that only calls dfrender needs no shell, and is called in this process, which takes a fifth of the time.
    """
    if plain := _ONLY_DFRENDER.fullmatch(command):
        with chdir(folder / (plain["folder"] or ".")):
            done = CliRunner(env=env).invoke(main, shlex.split(plain["arguments"]), prog_name="dfrender")
        return subprocess.CompletedProcess(command, done.exit_code, done.output)
    return subprocess.run(
        ["sh", "-c", command, "sh", *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def git(*words: str, folder: Path = Path(), fails: bool = False) -> str:
    """Run git as somebody, and without the settings of this machine; return what it printed."""
    somebody = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **somebody, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) is fails, done.stdout + done.stderr
    return done.stdout


def tool(name: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a tool that the dev extra installed beside this Python, with a text on its input."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def schema_faults(path: Path | str, *options: str) -> str:
    """Return what check-jsonschema finds wrong with a file, or with all files of a folder; nothing if all is right."""
    files = sorted(Path(path).iterdir()) if Path(path).is_dir() else [path]
    with catch_warnings():
        simplefilter("ignore")  # of DevSpace's schema, which names its dialect in an outdated way
        found = CliRunner().invoke(check_jsonschema.main, [*options, *map(str, files)])
    return found.output if found.exit_code else ""
