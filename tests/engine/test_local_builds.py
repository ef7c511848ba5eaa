"""On a developer's machine: everything is built from the one file, by either builder, and no image is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, STYLES, FreshEngine, asked_for, executed, render, steps

if TYPE_CHECKING:
    from pathlib import Path

STEPS = {
    "development": {"builder-base": 2, "development": 1},
    "unit-tests": {"builder-base": 2, "development": 1, "unit-tests": 1},
}


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
