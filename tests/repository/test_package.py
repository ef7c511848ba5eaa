"""The package as it is published: it is found in, made of and tested by what is in its source distribution."""

import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.pins import PINS, name_of, tools
from tests.shell import ROOT


def test_each_tool_is_pinned_to_a_version_that_the_project_allows() -> None:
    lines = PINS.read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert list(pins) == [name_of(each) for each in tools()]
    assert [each for each in tools() if not Requirement(each).specifier.contains(pins[name_of(each)])] == []


def test_the_index_shows_where_to_go() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(project["urls"]) == ["Changelog", "Documentation", "Issues", "Source"]
    for name in ("CHANGELOG.md", "docs"):
        assert (ROOT / name).exists()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the source distribution unpacks to."""
    folder = tmp_path_factory.mktemp("sdist")
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)]
    subprocess.run(hatchling, cwd=ROOT, capture_output=True, check=True)
    archive = next(folder.glob("*.tar.gz"))
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.mark.slow
def test_the_source_distribution_holds_what_is_tracked(unpacked: Path) -> None:
    # a checkout of another user's is not known to git
    asked = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no checkout")
    tracked = {each for each in done.stdout.split("\0") if each and (ROOT / each).exists()}
    held = {str(each.relative_to(unpacked)) for each in unpacked.rglob("*") if not each.is_dir()}
    assert tracked - held == set()


@pytest.mark.slow
def test_the_source_distribution_passes_tests_of_its_own(unpacked: Path) -> None:
    some = ["tests/test_example.py", "tests/test_readme.py", "tests/recipes/test_schemas.py"]
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-m", "not slow", *some]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
