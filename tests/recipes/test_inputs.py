"""The recipe of ``docs/inputs.md``: a developer's machine starts from what the pipeline built of the same inputs."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from tests.plan.test_formats import NAMED
from tests.recipes.test_schemas import DEVSPACE, own_options
from tests.shell import ROOT, SCHEMAS, environment, run, schema_faults, tool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GUIDE = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE))
PINNED = f"alpine@sha256:{'0' * 64}"
LEAF = 'FROM {{ stage("development") }} AS dev\n'
# knows the images that a registry has, and pulls no other
DOCKER = """case "$1 $2" in
"image inspect") exit 1 ;;
"pull --quiet") grep -qxF "$3" registry ;;
esac
"""


def project_in(folder: Path, base: str = PINNED) -> Path:
    """Make a project of the small template and of what the guide shows."""
    project = shutil.copytree(NAMED, folder / "project")
    (project / "profiles" / "named.yaml").unlink()
    template = (project / "Dockerfile.j2").read_text("utf-8").replace("{{ base }}", base)
    (project / "Dockerfile.j2").write_text(f"{template}\n{LEAF}", "utf-8")
    for name, text in SHOWN.items():
        (project / name).write_text(text, "utf-8")
    (project / "with-images.sh").chmod(0o755)
    return project


class Developer(NamedTuple):
    """A developer in a project, with a ``docker`` that reaches a registry."""

    folder: Path
    variables: dict[str, str]

    def types(self, command: str) -> str:
        """Return what a command prints, which works; what else is said is nothing to programs."""
        done = run(f"{command} 2> errors", self.folder, self.variables)
        assert done.returncode == 0, (self.folder / "errors").read_text("utf-8")
        return done.stdout

    def images(self, profile: str) -> Mapping[str, str]:
        """Return the images of a profile by their variables."""
        lines = self.types(f"dfrender inputs -p {profile} --format env").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def developer(tmp_path: Path) -> Developer:
    """Return a developer in a project of his own."""
    return Developer(project_in(tmp_path), environment(tmp_path / "bin", docker=DOCKER))


def test_the_guide_shows_all_files() -> None:
    names = ["profiles/local.yaml", "profiles/ci.yaml", "with-images.sh", "compose.yaml", "devspace.yaml"]
    assert [*SHOWN] == names


@pytest.mark.slow
def test_the_pipeline_and_the_developer_name_the_same_images(developer: Developer) -> None:
    assert developer.images("ci") == developer.images("local")
    assert [*developer.images("ci")] == ["BUILDER_BASE_IMAGE", "DEVELOPMENT_IMAGE"]


@pytest.mark.slow
def test_a_command_has_the_images_that_are_there_in_its_environment(developer: Developer) -> None:
    base, development = developer.images("ci").values()
    (developer.folder / "registry").write_text(f"{base}\n{development}\n", "utf-8")
    command = "./with-images.sh sh -c 'echo $BUILDER_BASE_IMAGE,$DEVELOPMENT_IMAGE'"
    assert developer.types(command) == f"{base},{development}\n"
    (developer.folder / "app" / "server.txt").write_text("changed\n", "utf-8")
    assert developer.types(command) == f"{base},\n"
    (developer.folder / "poetry.lock").write_text("changed\n", "utf-8")
    assert developer.types(command) == ",\n"


def test_a_command_is_not_called_where_nothing_can_be_named(developer: Developer) -> None:
    (developer.folder / "poetry.lock").unlink()
    done = run("./with-images.sh echo called", developer.folder, developer.variables)
    assert done.returncode == 1
    assert "[missing-input]" in done.stdout
    assert "called" not in done.stdout


def test_the_script_satisfies_shellcheck() -> None:
    assert tool("shellcheck", "-", text=SHOWN["with-images.sh"]).stdout == ""


def test_compose_and_devspace_take_the_stages_where_nothing_is_set() -> None:
    by_compose = yaml.safe_load(SHOWN["compose.yaml"])["services"]["api"]["build"]["args"]
    stages = {name: re.fullmatch(rf"\$\{{{name}:-([\w-]+)\}}", text) for name, text in by_compose.items()}
    defaults = {name: found[1] for name, found in stages.items() if found}
    of_devspace = yaml.safe_load(SHOWN["devspace.yaml"])
    assert defaults == {"BUILDER_BASE_IMAGE": "builder-base", "DEVELOPMENT_IMAGE": "development"}
    assert {name: each["default"] for name, each in of_devspace["vars"].items()} == defaults
    assert of_devspace["images"]["api"]["buildArgs"] == {name: f"${{{name}}}" for name in defaults}


def test_what_is_shown_fits_the_schemas_of_its_tools(tmp_path: Path) -> None:
    for name in ("compose.yaml", "devspace.yaml"):
        (tmp_path / name).write_text(SHOWN[name], "utf-8")
    assert schema_faults(tmp_path / "compose.yaml", "--builtin-schema", "vendor.compose-spec") == ""
    assert schema_faults(tmp_path / "devspace.yaml", *own_options(SCHEMAS / DEVSPACE, tmp_path)) == ""
