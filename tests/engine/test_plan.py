"""A plan as a shell script, run as it is: job by job on engines of their own, and as a whole on one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.engine import daemon
from tests.engine.engine import BASE, STYLES, copy_of, dfrender, executed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.engine.engine import Engine, FreshEngine

STEPS = {"builder-base": 2, "development": 1, "unit-tests": 1, "integration-tests": 1, "production": 1}
CALLS = {
    "ci": (STYLES["ci"], ["-p", "ci"]),
    "image": (STYLES["image"], ["-p", "image"]),
    "either": (STYLES["either"], ["-p", "either"]),
    "context": ("style context", ["-p", "image", "--set", "style=context"]),
}
FIRST_WITH_CONTEXTS = 23


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest, engine: Engine) -> tuple[str, list[str]]:
    """Give a style, and how a plan of it is asked for."""
    if request.param == "context" and engine.major < FIRST_WITH_CONTEXTS:
        pytest.skip(f"engine {engine.version} knows no --build-context, which came with {FIRST_WITH_CONTEXTS}")
    return CALLS[request.param]


def plan(folder: Path, call: list[str], form: str) -> str:
    done = dfrender(folder, "plan", *call, "--format", form, "Dockerfile.j2")
    assert done.returncode == 0, done.stderr
    return done.stdout


def job_alone(script: str, job: str) -> str:
    """Give the script with the builds of one job only; a blank line stands between them."""
    start, render, *builds = script.split("\n\n")
    (own,) = [build for build in builds if build.startswith(f"# {job}\n")]
    return f"{start}\n\n{render}\n\n{own}"


def run(engine: Engine, folder: Path, script: str) -> str:
    """Run a script where ``docker`` and ``dfrender`` are the ones that are tested; builds get no network."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    for name, text in {
        "dfrender": f'exec "{sys.executable}" -m dfrender "$@"',
        "docker": f'[ "$1" != build ] || {{ shift; set -- build --network=none "$@"; }}\nexec {daemon.CLIENT} "$@"',
    }.items():
        (commands / name).write_text(f"#!/bin/sh\n{text}\n")
        (commands / name).chmod(0o755)
    environment: Mapping[str, str] = {
        **daemon.environment(engine.host),
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "BUILDKIT_PROGRESS": "plain",
    }
    done = subprocess.run(
        ["sh"],
        cwd=folder,
        env=environment,
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_job_runs_with_what_the_plan_loads_and_no_step_runs_twice(
    call: tuple[str, list[str]], fresh: FreshEngine, tmp_path: Path
) -> None:
    style, words = call
    folder = copy_of("project", tmp_path)
    script = plan(folder, words, "sh")
    found = {}
    for job in json.loads(plan(folder, words, "json"))["jobs"]:
        with fresh() as engine:
            for image in job["images"].values():
                engine.run("load", f"--input={folder / image.replace('/', '-')}.tar")
            found[job["stage"]] = executed(run(engine, folder, job_alone(script, job["stage"])))
            (made,) = job["tags"]
            assert engine.images() == {BASE, made, *job["images"].values()}
            engine.run("save", f"--output={folder / made.replace('/', '-')}.tar", made)
    assert found == {stage: {stage: count} for stage, count in STEPS.items()}
    engine.record(f"the plan of {style}: every job, with what the plan loads", "no step twice")


def test_the_whole_script_runs_on_one_machine_and_no_step_runs_twice(
    call: tuple[str, list[str]], fresh: FreshEngine, tmp_path: Path
) -> None:
    style, words = call
    folder = copy_of("project", tmp_path)
    with fresh() as engine:
        assert executed(run(engine, folder, plan(folder, words, "sh"))) == STEPS
        engine.record(f"the plan of {style}: the whole script", "no step twice")


def test_a_job_stops_before_it_builds_where_an_image_was_not_loaded(fresh: FreshEngine, tmp_path: Path) -> None:
    folder = copy_of("project", tmp_path)
    script = job_alone(plan(folder, ["-p", "ci"], "sh"), "development")
    with fresh() as engine, pytest.raises(AssertionError, match="No such image: dfrender-engine/builder-base:latest"):
        run(engine, folder, script)
