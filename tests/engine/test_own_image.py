"""The image of dfrender itself: built from a checkout, and run as its first lines say."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from dfrender import __version__
from tests.engine.engine import LABEL, PREFIX, copy_of, render
from tests.engine.machine_python import file_system
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.engine import Engine

PYTHON = f"{PREFIX}machine-python"
IMAGE = f"{PREFIX}dfrender"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of what builds dfrender and of what it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder), *wanted]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no package index answers, of which the image would be made")
    return folder


@pytest.fixture(scope="module")
def built(engine: Engine, wheels: Path) -> Iterator[Engine]:
    """Build the image on the Python of this machine."""
    engine.run("import", f"--change=LABEL {LABEL}", "-", PYTHON, stdin=file_system(wheels))
    engine.build(ROOT, "docker/Dockerfile", f"--build-arg=PYTHON={PYTHON}", f"--tag={IMAGE}")
    yield engine
    engine.run("image", "rm", "--force", IMAGE, PYTHON)


def test_it_is_not_root(built: Engine) -> None:
    (found,) = json.loads(built.run("image", "inspect", IMAGE))
    assert found["Config"]["User"] == "10001:10001"
    assert built.run("run", "--rm", "--network=none", "--entrypoint=id", IMAGE, "-u") == b"10001\n"


def test_it_holds_dfrender_and_nothing_to_build_with(built: Engine) -> None:
    assert (
        built.run("run", "--rm", "--network=none", IMAGE, "--version").decode() == f"dfrender, version {__version__}\n"
    )
    assert built.run("run", "--rm", "--network=none", "--entrypoint=ls", IMAGE, "/work") == b""
    packages = f"/opt/dfrender/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    listed = built.run("run", "--rm", "--network=none", "--entrypoint=ls", IMAGE, packages).decode().split()
    assert "dfrender" in listed
    assert "hatchling" not in listed


def test_it_renders_a_folder_for_whoever_calls_it(built: Engine, tmp_path: Path) -> None:
    project = copy_of("project", tmp_path)
    expected = (project / render(project, "ci")).read_bytes()
    (project / "Dockerfile.ci").unlink()
    project.chmod(0o755)
    user = 12345
    for each in (project, *project.rglob("*")):
        each.chmod(0o777 if each.is_dir() else 0o644)
    call = ["run", "--rm", "--network=none", f"--user={user}:{user}", f"--volume={project}:/work", IMAGE, "render"]
    built.run(*call, "-p", "ci", "Dockerfile.j2")
    output = project / "Dockerfile.ci"
    assert output.read_bytes() == expected
    assert output.stat().st_uid == user
    built.run(*call, "--check", "-p", "ci", "Dockerfile.j2")
