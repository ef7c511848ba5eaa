"""What all tests share: a project to work in, and an option that writes down what is seen as what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.project import Project

if TYPE_CHECKING:
    from pathlib import Path

# the same examples in every run, however busy the machine is
settings.register_profile("dfrender", deadline=None, derandomize=True, database=None)
settings.load_profile("dfrender")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected files anew; git diff is the review")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give an empty folder as working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Project()


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see the pipeline that it may run in."""
    for name in ("TF_BUILD", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
