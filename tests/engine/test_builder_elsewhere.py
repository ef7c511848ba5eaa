"""A builder beside the engine, as buildx makes it with the docker-container driver; another engine stands for it.

What it is handed over by a registry, or as a cache, it finds; what was loaded into the engine it does not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, image, render
from tests.engine.test_plan import STEPS, Case, Project
from tests.plan.agents.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import FreshEngine

pytestmark = [pytest.mark.since(28), pytest.mark.containerd]  # one that can do what such a builder can
CASES = [
    Case("github", "registry", "arg", elsewhere=True),
    Case("gitlab", "registry", "arg", elsewhere=True),
    Case("azure", "registry", "arg", elsewhere=True),
    Case("azure", "cache", "stage", elsewhere=True),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.sentence) for case in CASES])
def test_no_step_runs_twice(case: Case, fresh: FreshEngine, host: str, tmp_path: Path) -> None:
    assert sum(Project(case, tmp_path, fresh, host).run().values(), Counter()) == STEPS


def test_what_is_built_there_is_no_image_that_could_be_handed_over_as_an_archive(
    fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    project = Project(Case("github", "artifact", "arg", elsewhere=True), tmp_path, fresh, host)
    with pytest.raises(AssertionError, match=r"No such image: \S+/builder-base:101\b"):
        project.run()


def test_a_loaded_image_is_not_found_there_as_the_plan_notes(fresh: FreshEngine, project: Path, tmp_path: Path) -> None:
    with fresh() as engine, fresh() as builder:
        engine.run("image", "tag", BASE, image("builder-base"))
        said = builder.refuse(project, render(project, "ci"), "--target=development")
    assert f"{image('builder-base')}: failed to resolve source metadata" in said
    service = Repository(project, tmp_path / "service")
    note = "not by a builder of the docker-container driver, which asks a registry"
    assert note in service.plan("github", "-p ci Dockerfile.j2")
