"""What makes an engine execute a step again, and what does not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import Engine, copy_of, image, render, steps
from tests.engine.progress import executed

if TYPE_CHECKING:
    from pathlib import Path

# what is edited: file, text, its replacement, the flags of render, the steps that are executed then
EDITS = {
    "a comment": ("Dockerfile.j2", "# The tools", "# All the tools", [], {}),
    "the description": ("profiles/ci.yaml", "description: ", "description: here ", [], {}),
    "the header": ("Dockerfile.j2", "", "", ["--set=values.more=1"], {}),
    "a space in RUN": ("Dockerfile.j2", "&& gunicorn", "&&  gunicorn", [], {"development": 1}),
}


def build(engine: Engine, folder: Path, dockerfile: str, stage: str, *flags: str, run: str = "1") -> str:
    """Build and tag one stage in a run of a pipeline, the first one unless said otherwise."""
    named = [f"--target={stage}", f"--tag={image(stage, run)}", f"--build-arg=IMAGE_TAG={run}"]
    return engine.build(folder, dockerfile, *named, *flags)


@pytest.fixture(scope="module")
def built(each_builder: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build builder-base, then development from its image, with every step executed."""
    folder = copy_of("project", tmp_path_factory.mktemp("built"))
    dockerfile = render(folder, "ci")
    for stage, count in (("builder-base", 2), ("development", 1)):
        assert executed(build(each_builder, folder, dockerfile, stage, "--no-cache"))[stage] == count
    return folder


@pytest.mark.parametrize("edited", EDITS)
def test_only_what_a_step_is_made_of_makes_it_run_again(
    each_builder: Engine, built: Path, tmp_path: Path, edited: str
) -> None:
    folder = shutil.copytree(built, tmp_path / "edited")
    file, old, new, flags, expected = EDITS[edited]
    text = (folder / file).read_text()
    (folder / file).write_text(text.replace(old, new))
    before = (folder / "Dockerfile.ci").read_text()
    output = build(each_builder, folder, render(folder, "ci", *flags), "development")
    assert ((folder / "Dockerfile.ci").read_text() == before) == (edited == "the description")
    assert executed(output) == expected
    each_builder.record(f"style arg: development again, {edited} edited", steps(output))


def test_another_tag_of_the_same_image_runs_nothing_again(each_builder: Engine, built: Path) -> None:
    each_builder.run("tag", image("builder-base", "1"), image("builder-base", "2"))
    flags = ["--target=development", "--build-arg=IMAGE_TAG=2", f"--tag={image('development', '2')}"]
    output = each_builder.build(built, "Dockerfile.ci", *flags)
    assert not executed(output)
    each_builder.record("style arg: development again, another IMAGE_TAG of the same image", steps(output))


@pytest.fixture(scope="module")
def built_locally(each_builder: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build unit-tests from bare names, with every step executed, and tag the stages that ci takes as images."""
    folder = copy_of("project", tmp_path_factory.mktemp("locally"))
    dockerfile = render(folder, "local")
    build(each_builder, folder, dockerfile, "unit-tests", "--no-cache", run="3")
    for stage in ("builder-base", "development"):
        assert not executed(build(each_builder, folder, dockerfile, stage, run="3"))
    return folder


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        pytest.param("development", {}, id="a stage that copies from an image shares the cache"),
        pytest.param("unit-tests", {"buildkit": {"unit-tests": 1}}, id="a stage that starts from one only if legacy"),
    ],
)
def test_what_ci_shares_with_the_cache_of_a_local_build(
    each_builder: Engine, built_locally: Path, stage: str, expected: dict[str, dict[str, int]]
) -> None:
    """BuildKit's key of a step holds the stage or the image below it, the legacy builder's the image's id only."""
    dockerfile = render(built_locally, "ci")
    output = build(each_builder, built_locally, dockerfile, stage, run="3")
    assert executed(output) == expected.get(each_builder.builder, {})
    each_builder.record(f"style arg: {stage}, built with bare names before", steps(output))
