"""Caches that know the same steps, on engines whose BuildKit looks for what comes after a step in one of them only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_plan import Case, Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import FreshEngine

pytestmark = [pytest.mark.since(23), pytest.mark.containerd]
STEPS = {"base": 1, "left": 1, "right": 1, "both": 1}


class Diamond(Project):
    """A last stage that is built of two, and both of these of one."""

    template = "diamond"
    published = "both"

    @property
    def profile(self) -> str:
        """Return the option that chooses the profile of a hand-over."""
        return f"-p {self.case.handover}"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case("azure", "cache", "stage"), id="by the caches of two jobs, and of one before both"),
        pytest.param(Case("azure", "registry", "arg"), id="by a registry, with the cache of a job for a part (Azure)"),
        pytest.param(
            Case("github", "registry", "arg"), id="by a registry, with the cache of a job for a part (GitHub)"
        ),
        pytest.param(
            Case("gitlab", "registry", "arg"), id="by a registry, with the cache of a job for a part (GitLab)"
        ),
    ],
)
def test_no_step_runs_twice_and_the_next_run_executes_none(
    case: Case, fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    project = Diamond(case, tmp_path, fresh, host)
    assert sum(project.run().values(), Counter()) == STEPS
    assert project.run() == {}
