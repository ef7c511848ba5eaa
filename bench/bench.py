"""Whole-process times of ``dfrender render`` beside other tools, of many templates, and how time and memory grow.

Everything is measured in one run and printed as ratios. The tools are installed into a virtual environment of their
own, dfrender as a wheel, as its users have it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
ROUNDS = 31
PEERS = ("jinja2-cli[yaml]", "jinjanator", "j2cli")
SIZES = (10, 100, 1_000, 5_000)
TEMPLATES, SAMPLE = 500, 20
UNCHANGED = {"dfrender render, unchanged", "dfrender render --no-cache", "dfrender render --check"}
"""Commands for which the output of the one before stays."""
BARE = """\
import sys, yaml
from jinja2 import Environment, StrictUndefined
template = Environment(undefined=StrictUndefined).from_string(open("peer.j2").read())
sys.stdout.write(template.render(yaml.safe_load(open("values.yaml"))))
"""


def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        tools = _install(Path(folder) / "tools")
        print(_processes(tools, Path(folder)))
        print(_many(tools, Path(folder) / "many"))
    print(_growth())


def _install(folder: Path) -> Path:
    """Give the folder of the commands of a new virtual environment."""
    venv.create(folder, with_pip=True)
    tools = folder / "bin"
    # j2cli needs pkg_resources, which setuptools dropped in version 81
    packages = [str(REPOSITORY), *PEERS, "setuptools<81"]
    subprocess.run([tools / "pip", "install", "--quiet", *packages], check=True)
    return tools


def _processes(tools: Path, folder: Path) -> str:
    """Time each command in turns, so that what else the machine does falls on all of them."""
    commands = _commands(tools, folder)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            if name not in UNCHANGED:
                (folder / "Dockerfile.ci").unlink(missing_ok=True)
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(each) for name, each in times.items()}
    unit = medians["jinja2-cli --strict"]
    rows = (f"{name:<28} {1000 * median:6.1f} ms   {median / unit:5.2f}" for name, median in medians.items())
    return "\n".join([f"{'whole process, median':<28} {'time':>9}   ratio", *rows, ""])


def _commands(tools: Path, folder: Path) -> dict[str, list[str]]:
    """Give the commands; the peers get the shipped template with ``stage()`` written out, since they lack it."""
    text = (REPOSITORY / "Dockerfile.j2").read_text(encoding="utf-8")
    (folder / "Dockerfile.j2").write_text(text, encoding="utf-8")
    (folder / "peer.j2").write_text(text.replace("stage(", "("), encoding="utf-8")
    (folder / "values.yaml").write_text("python: '3.13'\ndebugger: false\n", encoding="utf-8")
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    (folder / "profiles").mkdir()
    ci = (REPOSITORY / "profiles" / "ci.yaml").read_text(encoding="utf-8")
    (folder / "profiles" / "ci.yaml").write_text(ci, encoding="utf-8")
    plain = folder / "plain"
    (plain / "profiles").mkdir(parents=True)
    (plain / "Dockerfile").write_text(_dockerfile(6), encoding="utf-8")
    (plain / "profiles" / "ci.yaml").write_text(
        "prebuilt: [stage-1, stage-3]\noutput: ../Dockerfile.ci\n", encoding="utf-8"
    )
    (folder / ".git").mkdir()
    tool = {name: str(tools / name) for name in ("dfrender", "jinja2", "jinjanate", "j2", "python")}
    return {
        "jinja2-cli --strict": [tool["jinja2"], "--strict", "peer.j2", "values.yaml"],
        "jinjanator": [tool["jinjanate"], "peer.j2", "values.yaml"],
        "j2cli": [tool["j2"], "peer.j2", "values.yaml"],
        "a bare jinja2 script": [tool["python"], "bare.py"],
        "dfrender render": [tool["dfrender"], "render", "--profile", "ci", "Dockerfile.j2"],
        "dfrender render, unchanged": [tool["dfrender"], "render", "--profile", "ci", "Dockerfile.j2"],
        "dfrender render --no-cache": [tool["dfrender"], "render", "--profile", "ci", "--no-cache", "Dockerfile.j2"],
        "dfrender render --check": [tool["dfrender"], "render", "--profile", "ci", "--check", "Dockerfile.j2"],
        "dfrender render, plain file": [tool["dfrender"], "render", "--profile", "ci", "plain/Dockerfile"],
        "dfrender --help": [tool["dfrender"], "--help"],
        "dfrender --version": [tool["dfrender"], "--version"],
    }


def _many(tools: Path, folder: Path) -> str:
    """Time a folder of templates with two profiles in one process, beside a process a file, scaled from a sample."""
    services = [folder / "services" / f"s{number:03}" for number in range(TEMPLATES)]
    _write_services(folder, services)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    dfrender, jinja2 = str(tools / "dfrender"), str(tools / "jinja2")
    every = 2 * TEMPLATES
    first, again = (_seconds([[dfrender, "render", "--quiet", "."]], folder) for _ in range(2))
    each = [
        [dfrender, "render", "-q", "--force", "-p", name, str(path / "Dockerfile.j2")]
        for path in services[:SAMPLE]
        for name in ("ci", "local")
    ]
    changed = services[0] / "Dockerfile.j2"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}# changed\n", encoding="utf-8")
    one = _seconds([[dfrender, "render", "--quiet", "."]], folder)
    others = [[jinja2, "--strict", str(path / "peer.j2"), "values.yaml"] for path in services[:SAMPLE] for _ in "12"]
    times = {
        "dfrender render .": first,
        "again, nothing changed": again,
        "again, one template changed": one,
        "dfrender, a process a file": _seconds(each, folder) * every / len(each),
        "jinja2-cli, a process a file": _seconds(others, folder) * every / len(others),
    }
    head = f"{f'{TEMPLATES} templates x 2 profiles':<28} {'time':>9}   ratio"
    rows = (f"{name:<28} {seconds:7.2f} s    {seconds / first:5.2f}" for name, seconds in times.items())
    return "\n".join([head, *rows, ""])


def _seconds(commands: list[list[str]], folder: Path) -> float:
    start = time.perf_counter()
    for command in commands:
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _write_services(folder: Path, services: list[Path]) -> None:
    """Write templates that differ, each with a profile of its own over the outer one, which extends a base."""
    text = (REPOSITORY / "Dockerfile.j2").read_text(encoding="utf-8")
    (folder / "profiles").mkdir(parents=True)
    base = "values: {python: 3.13, debugger: false}\nrepository: '{service}/{stage}'\n"
    ci = "extends: _base\nprebuilt: [builder-base, development]\ntag_arg: IMAGE_TAG\n"
    for name, profile in (("_base", base), ("local", "extends: _base\n"), ("ci", ci)):
        (folder / "profiles" / f"{name}.yaml").write_text(profile, encoding="utf-8")
    (folder / "values.yaml").write_text("python: '3.13'\ndebugger: false\n", encoding="utf-8")
    for path in services:
        (path / "profiles").mkdir(parents=True)
        own = f"extends: ci\nvalues: {{service: {path.name}}}\n"
        (path / "profiles" / "ci.yaml").write_text(own, encoding="utf-8")
        (path / "Dockerfile.j2").write_text(f"{text}# {path.name}\n", encoding="utf-8")
        (path / "peer.j2").write_text(text.replace("stage(", "("), encoding="utf-8")


def _dockerfile(stages: int) -> str:
    """Give a plain Dockerfile in which each stage begins from the first and copies from the one above."""
    first = "FROM python:3.13-slim AS stage-0\nRUN true\n"
    others = (
        f"\n# stage {n}\nFROM stage-0 AS stage-{n}\nCOPY --from=stage-{n - 1} /a /a\nRUN echo {n} \\\n    && true\n"
        for n in range(1, stages)
    )
    return first + "".join(others)


def _growth() -> str:
    """Render ever larger files, each in a process of its own that reports on itself."""
    rows = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, __file__, str(size)], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        seconds, memory = json.loads(done.stdout)
        rows.append((size, seconds, memory))
    unit = {size: seconds for size, seconds, _ in rows}[1_000]
    lines = (f"{size:>6} stages {1000 * s:9.1f} ms   {s / unit:5.2f}   {m:6.1f} MiB" for size, s, m in rows)
    return "\n".join([f"{'in process':<13} {'time':>11}   ratio     memory", *lines])


def measure(stages: int) -> None:
    """Print the seconds of one rendering and the process's largest memory in MiB."""
    import resource

    from dfrender.api import Template, load, render

    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "ci.yaml"
        names = ", ".join(f"stage-{n}" for n in range(1, stages, 2))
        profile.write_text(f"prebuilt: [{names}]\n", encoding="utf-8")
        loaded = load(profile, "ci.yaml", "ci", (), {})
        text = _dockerfile(stages) + '{{ "" }}\n'
        start = time.perf_counter()
        render(Template("Dockerfile.j2", text, Path(folder), jinja=True), loaded)
        seconds = time.perf_counter() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


if __name__ == "__main__":
    measure(int(sys.argv[1])) if len(sys.argv) > 1 else main()
