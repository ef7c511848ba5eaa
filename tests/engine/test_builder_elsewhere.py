"""A builder beside the engine, as buildx makes it with the docker-container driver; another engine stands for it.

What it is handed over by a registry, or as a cache, it finds; what was loaded into the engine it does not.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_plan import STEPS, Case, Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import FreshEngine

pytestmark = [pytest.mark.since(23), pytest.mark.containerd]  # an engine that can do what such a builder can
CASES = [
    Case("github", "registry", "arg", elsewhere=True),
    Case("gitlab", "registry", "arg", elsewhere=True),
    Case("azure", "registry", "arg", elsewhere=True),
    Case("azure", "cache", "stage", elsewhere=True),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.sentence) for case in CASES])
def test_no_step_runs_twice(case: Case, fresh: FreshEngine, host: str, tmp_path: Path) -> None:
    assert sum(Project(case, tmp_path, fresh, host).run().values(), Counter()) == STEPS


def test_a_loaded_image_is_not_found_as_the_plan_notes(fresh: FreshEngine, host: str, tmp_path: Path) -> None:
    project = Project(Case("github", "artifact", "arg", elsewhere=True), tmp_path, fresh, host)
    with pytest.raises(AssertionError, match=r"builder-base:latest: (?:not found|failed to resolve source metadata)"):
        project.run()
    note = "but not by a builder of the docker-container driver, which asks a registry"
    assert re.search(note, project.service.plan("github", "-p ci Dockerfile.j2"))
