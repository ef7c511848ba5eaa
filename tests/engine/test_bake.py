"""The plan for bake, carried out by buildx in one call: contexts hand the images on, and no step runs twice."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.engine import daemon
from tests.engine.engine import copy_of, dfrender
from tests.engine.machines import environment
from tests.engine.progress import executed
from tests.engine.test_plan import ON_ONE, PROFILES, STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import FreshEngine

BAKE = ["buildx", "bake", "--file=bake.json", "--file=network.yml"]
STYLES = ["arg", "context", "stage", *(pytest.param(style, marks=ON_ONE) for style in ("image", "either"))]


@pytest.mark.since(23)
@pytest.mark.parametrize("style", STYLES)
def test_each_step_runs_once(style: str, fresh: FreshEngine, tmp_path: Path) -> None:
    folder = copy_of("project", tmp_path)
    options, sentence = PROFILES[style]
    for command in (f"render --force {options} Dockerfile.j2", f"plan {options} --format bake Dockerfile.j2"):
        done = dfrender(folder, *command.split())
        assert done.returncode == 0, done.stderr
    (folder / "bake.json").write_text(done.stdout, "utf-8")
    # the engine has no other network; bake's own files can choose one since buildx 0.14, those of Compose could before
    chosen = {"build": {"context": ".", "network": "none"}}
    services = dict.fromkeys(json.loads(done.stdout)["target"], chosen)
    (folder / "network.yml").write_text(json.dumps({"services": services}), "utf-8")
    with fresh() as engine:
        done = subprocess.run(
            [daemon.CLIENT, *BAKE],
            cwd=folder,
            env={**daemon.environment(engine.host), **environment(engine)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert executed(done.stderr, is_baked=True) == STEPS
    engine.record(f"{sentence}: the plan for bake", "no step twice")
