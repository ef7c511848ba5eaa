"""The problem that dfrender exists for, in its own layout: the Dockerfile in ``api/docker``, its context in ``api``.

The Dockerfile names images, as the pipeline beside it needs; nothing in it is changed by hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.engine.engine import BASE, copy_of, dfrender
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.engine.test_plan import STEPS
from tests.plan.agents.machine import RENDERING, machine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import FreshEngine

BUILT = {"python:3.9-slim", BASE, *(f"{stage}:latest" for stage in STEPS)}


def said(folder: Path, *words: str) -> str:
    done = dfrender(folder, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def adopted(tmp_path: Path) -> Path:
    """Return the root of the repository, with the template and profiles that ``init`` makes and what they render to."""
    root = copy_of("layout", tmp_path)
    (root / ".git").mkdir()
    said(root, "init", "api/docker/Dockerfile")
    for profile in (root / "api" / "docker" / "profiles").glob("*.yaml"):
        text = profile.read_text("utf-8")
        if not re.search("^context:", text, re.MULTILINE):
            profile.write_text(f"{text}context: ..\n", "utf-8")
    said(root, "render", "api/docker")
    return root


def test_the_jobs_of_a_script_run_in_the_root_of_the_repository(fresh: FreshEngine, tmp_path: Path) -> None:
    root = adopted(tmp_path)
    before = (root / "api" / "docker" / "Dockerfile").read_bytes()
    script = said(root, "plan", "-p", "ci", "--format", "sh", "api/docker")
    with fresh() as engine:
        engine.run("tag", BASE, "python:3.9-slim")
        found = machine(tmp_path / "machine", docker(engine), RENDERING, environment(engine))
        found.run(["sh"], script, root, {})
        assert executed("".join(found.said)) == STEPS
        assert engine.images() == BUILT
    assert (root / "api" / "docker" / "Dockerfile").read_bytes() == before


def test_a_developer_builds_what_the_pipeline_takes_as_images(fresh: FreshEngine, tmp_path: Path) -> None:
    root = adopted(tmp_path)
    with fresh() as engine:
        engine.run("tag", BASE, "python:3.9-slim")
        output = engine.build(root / "api", "docker/Dockerfile.local", "--target=development")
        assert executed(output) == {"builder-base": 2, "development": 1}
