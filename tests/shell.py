"""A shell in which ``dfrender`` is installed: what users write down as commands is run as they would run it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def environment(folder: Path, **commands: str) -> dict[str, str]:
    """Put a ``dfrender`` on the path that runs with this Python, and these shell scripts as commands beside it."""
    folder.mkdir()
    for name, script in {"dfrender": f'exec "{sys.executable}" -m dfrender "$@"', **commands}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}


def run(command: str, folder: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command; give what it printed, errors among it."""
    return subprocess.run(
        ["sh", "-c", command, "sh", *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
