"""The recipe of a development container: what is built is there, pruned to the stage that one works in."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.reading import graph_of
from tests.recipes.edit import edit
from tests.shell import ROOT, environment, run

PAGE = (ROOT / "docs" / "devcontainer.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"<!-- file: \.devcontainer/devcontainer\.json -->\n```json\n(.*?)```", re.DOTALL)


@pytest.fixture
def recipe(checkout: Path) -> dict[str, Any]:
    """Put the page's file into a checkout, and return what is in it."""
    found = _BLOCK.search(PAGE)
    assert found
    (checkout / ".devcontainer").mkdir()
    (checkout / ".devcontainer" / "devcontainer.json").write_text(found[1], encoding="utf-8")
    parsed = json.loads(found[1])
    assert isinstance(parsed, dict)
    return parsed


def dockerfile(checkout: Path, recipe: dict[str, Any]) -> Path:
    """Return the file that the container is built from: a path beside the recipe."""
    return Path(os.path.normpath(checkout / ".devcontainer" / recipe["build"]["dockerfile"]))


def initialize(checkout: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Do what an editor does before it builds or starts the container."""
    return run(command, checkout, environment(checkout.parent / f"bin-{len(list(checkout.parent.iterdir()))}"))


def test_the_file_that_is_built_is_rendered_before(checkout: Path, recipe: dict[str, Any]) -> None:
    assert not dockerfile(checkout, recipe).exists()
    done = initialize(checkout, recipe["initializeCommand"])
    assert (done.returncode, done.stdout) == (0, "")
    edit(checkout, "Dockerfile.j2", "/opt/poetry", "/opt/newer")
    initialize(checkout, recipe["initializeCommand"])
    assert "POETRY_HOME=/opt/newer" in dockerfile(checkout, recipe).read_text(encoding="utf-8")


def test_it_holds_the_stage_and_what_that_is_made_of(checkout: Path, recipe: dict[str, Any]) -> None:
    done = initialize(checkout, recipe["initializeCommand"].replace("--quiet ", ""))
    output = graph_of(dockerfile(checkout, recipe).read_text(encoding="utf-8"))
    assert [stage.name for stage in output.stages] == ["python-base", "builder-base", recipe["build"]["target"]]
    assert f"`{done.stdout.strip()}`" in PAGE


def test_the_containers_folder_is_that_of_the_stage(checkout: Path, recipe: dict[str, Any]) -> None:
    initialize(checkout, recipe["initializeCommand"])
    lines = dockerfile(checkout, recipe).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("WORKDIR")][-1] == f"WORKDIR {recipe['workspaceFolder']}"
    assert f"target={recipe['workspaceFolder']}," in recipe["workspaceMount"]


def test_it_can_begin_from_what_the_pipeline_has_built(checkout: Path, recipe: dict[str, Any]) -> None:
    assert "`--profile ci`" in PAGE
    assert "`../Dockerfile.ci.development`" in PAGE
    initialize(checkout, recipe["initializeCommand"].replace("local", "ci"))
    text = (checkout / "Dockerfile.ci.development").read_text(encoding="utf-8")
    assert "COPY --from=builder-base-image " in text
    assert "apt-get" not in text
