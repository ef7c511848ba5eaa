"""Whole-process times of ``dfrender inputs`` over a large build context, beside git and a cached ``docker build``.

The context has 20,000 files and 200 MiB, of which a stage reads 2,000. Printed is also how many of them are opened.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench import install

FOLDERS, IN_EACH, SIZE = 200, 100, 10 * 1024
READ = 20
ROUNDS = 7
TEMPLATE = "FROM scratch AS app\n" + "".join(f"COPY src/part{number:03} /part{number:03}\n" for number in range(READ))
COUNTED = """\
import sys
from pathlib import Path

folder, *arguments = sys.argv[1:]
opened = set()
sys.addaudithook(lambda event, args: event == "open" and str(args[0]).startswith("src/") and opened.add(args[0]))
sys.argv = ["dfrender", *arguments]
try:
    from dfrender.cli.main import main
    main()
finally:
    print(len(opened), file=sys.stderr)
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        tools = install(Path(name) / "tools")
        paths = _lay(folder)
        print(f"{FOLDERS * IN_EACH} files, {FOLDERS * IN_EACH * SIZE // 2**20} MiB; a stage reads {len(paths)} of them")
        print(f"opened by dfrender: {_opened(tools, folder)}")
        names = "".join(f"{path}\n" for path in paths).encode()
        commands = {
            "dfrender inputs": ([str(tools / "dfrender"), "inputs", "-p", "ci"], b""),
            "git hash-object, these files": (["git", "hash-object", "--no-filters", "--stdin-paths"], names),
        }
        if _has_engine():
            build = ["docker", "build", "--quiet", "--file=Dockerfile.ci", "."]
            commands["docker build, all cached"] = (build, b"")
        times = {title: _median(folder, *command) for title, command in commands.items()}
        unit = times["git hash-object, these files"]
        for title, seconds in times.items():
            print(f"{title:<30} {1000 * seconds:8.1f} ms   {seconds / unit:5.2f}")


def _lay(folder: Path) -> list[str]:
    """Write template, profile and context; return what the stage reads."""
    (folder / "profiles").mkdir(parents=True)
    (folder / "profiles" / "ci.yaml").write_text("prebuilt: [app]\n", encoding="utf-8")
    (folder / "Dockerfile.j2").write_text(TEMPLATE, encoding="utf-8")
    (folder / "Dockerfile.ci").write_text(TEMPLATE, encoding="utf-8")
    source = random.Random(18)  # noqa: S311 - the same bytes in every run
    read: list[str] = []
    for number in range(FOLDERS):
        part = folder / "src" / f"part{number:03}"
        part.mkdir(parents=True)
        for file in range(IN_EACH):
            (part / f"file{file:03}.bin").write_bytes(source.randbytes(SIZE))
            if number < READ:
                read.append(f"src/{part.name}/file{file:03}.bin")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return read


def _opened(tools: Path, folder: Path) -> str:
    """Return how many files of the context a call opens."""
    counted = [str(tools / "python"), "-c", COUNTED, str(folder), "inputs", "-p", "ci"]
    done = subprocess.run(counted, cwd=folder, capture_output=True, text=True, check=True)
    return done.stderr.split()[-1]


def _median(folder: Path, command: list[str], stdin: bytes) -> float:
    times: list[float] = []
    environ = {**os.environ, "DOCKER_BUILDKIT": "1"}
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environ, input=stdin, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])  # the first one fills the caches


def _has_engine() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main()
