"""Whole-process times of ``dfrender render`` beside other tools, of many templates, and how time and memory grow.

Everything is measured in one run and printed as ratios. The tools are installed into a virtual environment of their
own, dfrender as a wheel, as its users have it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parent.parent
ROUNDS = 31
PEERS = ("jinja2-cli[yaml]", "jinjanator", "j2cli")
SIZES = (10, 100, 1_000, 5_000)
TEMPLATES, SAMPLE = 500, 20
KEPT, EMPTIED = "cache", "emptied"
BARE = """\
import sys, yaml
from jinja2 import Environment, StrictUndefined
template = Environment(undefined=StrictUndefined).from_string(open("peer.j2").read())
sys.stdout.write(template.render(yaml.safe_load(open("values.yaml"))))
"""


def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one", Path(folder) / "many"
        tools = install(Path(folder) / "tools", *PEERS)
        print(_processes(tools, one))
        print(_many(tools, many))
        print(_growth(tools, one))


def install(folder: Path, *peers: str) -> Path:
    """Return the folder of the commands of a new virtual environment, with dfrender as a wheel.

    What is installed to be worked at may be compiled at each start.
    """
    venv.create(folder, with_pip=True)
    tools = folder / "bin"
    # j2cli needs pkg_resources, which setuptools dropped in version 81
    subprocess.run([tools / "pip", "install", "--quiet", str(REPOSITORY), *peers, "setuptools<81"], check=True)
    return tools


class Command(NamedTuple):
    """A command that is timed, what is done to its folder before each time, and the name of its cache."""

    words: list[str]
    before: Callable[[Path], None] = lambda _: None
    cache: str = KEPT


class Times(NamedTuple):
    """Seconds on the clock, and seconds of the processor."""

    wall: float
    cpu: float


def _timed(words: list[str], folder: Path, cache: str = KEPT) -> Times:
    environ = {**os.environ, "XDG_CACHE_HOME": str(folder.parent / cache)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    nowhere = subprocess.DEVNULL
    subprocess.run(words, cwd=folder, env=environ, stdout=nowhere, stderr=nowhere, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Times(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _processes(tools: Path, folder: Path) -> str:
    """Time each command in turns, so that what else the machine does falls on all of them.

    A ratio is the median of those of the rounds: a command beside the unit in the same second.
    """
    commands = _commands(tools, folder)
    times: dict[str, list[Times]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            command.before(folder)
            times[name].append(_timed(command.words, folder, command.cache))
    head = f"{'whole process, median':<28} {'wall':>9}   ratio {'CPU':>11}   ratio"
    unit = times["jinja2-cli --strict"]
    return "\n".join([head, *(_row(name, each, unit) for name, each in times.items()), ""])


def _row(name: str, times: list[Times], unit: list[Times]) -> str:
    wall = statistics.median(each.wall for each in times)
    cpu = statistics.median(each.cpu for each in times)
    by_wall = statistics.median(each.wall / one.wall for each, one in zip(times, unit, strict=True))
    by_cpu = statistics.median(each.cpu / one.cpu for each, one in zip(times, unit, strict=True))
    return f"{name:<28} {1000 * wall:6.1f} ms   {by_wall:5.2f} {1000 * cpu:8.1f} ms   {by_cpu:5.2f}"


def _first(folder: Path) -> None:
    """Leave neither an output nor a stamp."""
    for name in ("Dockerfile.ci", "Dockerfile.plain"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder.parent / EMPTIED, ignore_errors=True)


def _edited(folder: Path) -> None:
    """Change the template."""
    _append(folder / "Dockerfile.j2")


def _edited_plain(folder: Path) -> None:
    """Change the plain Dockerfile."""
    _append(folder / "plain" / "Dockerfile")


def _append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n")


def _commands(tools: Path, folder: Path) -> dict[str, Command]:
    """Return the commands; the peers get the shipped template with ``stage()`` written out, since they lack it."""
    text = (REPOSITORY / "Dockerfile.j2").read_text(encoding="utf-8")
    ci = (REPOSITORY / "profiles" / "ci.yaml").read_text(encoding="utf-8")
    plain = "prebuilt: [stage-1, stage-3]\noutput: ../Dockerfile.plain\n"
    _write(folder / "Dockerfile.j2", text)
    _write(folder / "peer.j2", text.replace("stage(", "("))
    _write(folder / "values.yaml", "python: '3.13'\ndebugger: false\n")
    _write(folder / "bare.py", BARE)
    _write(folder / "profiles" / "ci.yaml", ci)
    _write(folder / "plain" / "Dockerfile", _dockerfile(6))
    _write(folder / "plain" / "profiles" / "ci.yaml", plain)
    (folder / ".git").mkdir()
    tool = {name: str(tools / name) for name in ("dfrender", "jinja2", "jinjanate", "j2", "python")}
    render = [tool["dfrender"], "render", "--profile", "ci"]

    return {
        "jinja2-cli --strict": Command([tool["jinja2"], "--strict", "peer.j2", "values.yaml"]),
        "jinjanator": Command([tool["jinjanate"], "peer.j2", "values.yaml"]),
        "j2cli": Command([tool["j2"], "peer.j2", "values.yaml"]),
        "a bare jinja2 script": Command([tool["python"], "bare.py"]),
        "render, the first time": Command([*render, "Dockerfile.j2"], _first, EMPTIED),
        "render, changed": Command([*render, "Dockerfile.j2"], _edited),
        "render, unchanged": Command([*render, "Dockerfile.j2"]),
        "render --no-cache": Command([*render, "--no-cache", "Dockerfile.j2"]),
        "render --check": Command([*render, "--check", "Dockerfile.j2"]),
        "a plain file, the first time": Command([*render, "plain/Dockerfile"], _first, EMPTIED),
        "a plain file, changed": Command([*render, "plain/Dockerfile"], _edited_plain),
        "lint": Command([tool["dfrender"], "lint", "Dockerfile.j2"]),
        "--help": Command([tool["dfrender"], "--help"]),
        "--version": Command([tool["dfrender"], "--version"]),
    }


def _many(tools: Path, folder: Path) -> str:
    """Time a folder of templates with two profiles in one process, beside a process a file, scaled from a sample."""
    services = [folder / "services" / f"s{number:03}" for number in range(TEMPLATES)]
    _write_services(folder, services)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    dfrender, jinja2 = str(tools / "dfrender"), str(tools / "jinja2")
    every = [dfrender, "render", "--quiet", "."]
    times = {"all, the first time": _timed(every, folder)}
    times["again, nothing changed"] = _timed(every, folder)
    for count in (1, 50):
        for service in services[:count]:
            _edited(service)
        times[f"again, {count} changed"] = _timed(every, folder)
    times["all, --check"] = _timed([*every, "--check"], folder)
    each: list[Times] = []
    others: list[Times] = []
    for path in services[:SAMPLE]:
        for name in ("ci", "local"):
            words = [dfrender, "render", "--quiet", "--force", "-p", name, str(path / "Dockerfile.j2")]
            each.append(_timed(words, folder))
            others.append(_timed([jinja2, "--strict", str(path / "peer.j2"), "values.yaml"], folder))
    times["dfrender, a process a file"] = _scaled(each)
    times["jinja2-cli, a process a file"] = _scaled(others)
    unit = times["all, the first time"]
    rows = [f"{f'{TEMPLATES} templates x 2 profiles':<28} {'wall':>9}   ratio {'CPU':>9}"]
    for name, (wall, cpu) in times.items():
        rows.append(f"{name:<28} {wall:7.2f} s    {wall / unit.wall:5.2f} {cpu:7.2f} s")
    return "\n".join([*rows, ""])


def _scaled(times: list[Times]) -> Times:
    """Return what all outputs would take, by the times of some."""
    factor = 2 * TEMPLATES / len(times)
    return Times(factor * sum(each.wall for each in times), factor * sum(each.cpu for each in times))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_services(folder: Path, services: list[Path]) -> None:
    """Write templates that differ, each with a profile of its own over the outer one, which extends a base."""
    text = (REPOSITORY / "Dockerfile.j2").read_text(encoding="utf-8")
    base = "values: {python: 3.13, debugger: false}\nrepository: '{service}/{stage}'\n"
    ci = "extends: _base\nprebuilt: [builder-base, development]\ntag_arg: IMAGE_TAG\n"
    _write(folder / "profiles" / "_base.yaml", base)
    _write(folder / "profiles" / "local.yaml", "extends: _base\n")
    _write(folder / "profiles" / "ci.yaml", ci)
    _write(folder / "values.yaml", "python: '3.13'\ndebugger: false\n")
    for path in services:
        _write(path / "profiles" / "ci.yaml", f"extends: ci\nvalues: {{service: {path.name}}}\n")
        _write(path / "Dockerfile.j2", f"{text}# {path.name}\n")
        _write(path / "peer.j2", text.replace("stage(", "("))


def _dockerfile(stages: int) -> str:
    """Give a plain Dockerfile in which each stage begins from the first and copies from the one above."""
    first = "FROM python:3.13-slim AS stage-0\nRUN true\n"
    others = (
        f"\n# stage {n}\nFROM stage-0 AS stage-{n}\nCOPY --from=stage-{n - 1} /a /a\nRUN echo {n} \\\n    && true\n"
        for n in range(1, stages)
    )
    return first + "".join(others)


def _growth(tools: Path, folder: Path) -> str:
    """Render ever larger files, each in a process of its own that reports on itself."""
    found: dict[int, tuple[float, float]] = {}
    for size in SIZES:
        words = [str(tools / "python"), __file__, str(size)]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
        found[size] = tuple(json.loads(done.stdout))
    unit, _ = found[1_000]
    rows = [f"{'in process':<13} {'time':>11}   ratio     memory"]
    for size, (seconds, memory) in found.items():
        rows.append(f"{size:>6} stages {1000 * seconds:9.1f} ms   {seconds / unit:5.2f}   {memory:6.1f} MiB")
    return "\n".join(rows)


def measure(stages: int) -> None:
    """Print the seconds of one rendering and the process's largest memory in MiB."""
    import dfrender

    with tempfile.TemporaryDirectory() as folder:
        names = ", ".join(f"stage-{n}" for n in range(1, stages, 2))
        _write(Path(folder) / "ci.yaml", f"prebuilt: [{names}]\n")
        _write(Path(folder) / "Dockerfile.j2", _dockerfile(stages) + '{{ "" }}\n')
        profile = dfrender.load(Path(folder) / "ci.yaml")
        template = dfrender.read(Path(folder) / "Dockerfile.j2")
        start = time.perf_counter()
        dfrender.render(template, profile)
        seconds = time.perf_counter() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


if __name__ == "__main__":
    measure(int(sys.argv[1])) if len(sys.argv) > 1 else main()
