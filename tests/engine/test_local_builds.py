"""On a developer's machine: everything is built from the one file, by either builder, and no image is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, STYLES, FreshEngine, asked_for, render, steps
from tests.engine.progress import executed

if TYPE_CHECKING:
    from pathlib import Path

STEPS = {
    "development": {"builder-base": 2, "development": 1},
    "unit-tests": {"builder-base": 2, "development": 1, "unit-tests": 1},
}
EVERY_STEP = {"builder-base": 2, "development": 1, "unit-tests": 1, "integration-tests": 1, "production": 1}


@pytest.mark.parametrize("target", STEPS)
@pytest.mark.parametrize(
    "profile",
    [pytest.param("local", id="bare names"), pytest.param("either", id="build arguments that default to stages")],
)
def test_a_target_is_built_from_the_base_image_alone(
    fresh: FreshEngine, project: Path, builder: str, profile: str, target: str
) -> None:
    dockerfile = render(project, profile)
    with fresh(builder) as engine:
        output = engine.build(project, dockerfile, f"--target={target}")
        assert executed(output) == STEPS[target]
        assert engine.images() == {BASE}
        if builder == "buildkit":
            assert asked_for(output) == {BASE}
        engine.record(f"{STYLES[profile]}: {target}, nothing loaded", steps(output))


@pytest.mark.parametrize(
    ("pruned", "classic"),
    [
        pytest.param(False, EVERY_STEP, id="of the whole file the classic builder runs the tests too"),
        pytest.param(True, {"builder-base": 2, "production": 1}, id="of a pruned file it runs what production needs"),
    ],
)
def test_production_is_built(
    fresh: FreshEngine, project: Path, builder: str, classic: dict[str, int], *, pruned: bool
) -> None:
    whole = render(project, "local", *(["--target=production"] if pruned else []))
    with fresh(builder) as engine:
        output = engine.build(project, f"{whole}.production" if pruned else whole, "--target=production")
        assert executed(output) == (classic if builder == "classic" else {"builder-base": 2, "production": 1})
        engine.record(f"{STYLES['local']}{', pruned' if pruned else ''}: production, nothing loaded", steps(output))
