"""What all tests share: a project to work in, and an option that writes down what is seen as what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.project import Project

if TYPE_CHECKING:
    from pathlib import Path

# How many examples each property test tries; the same ones in every run, however busy the machine is.
# `pytest --hypothesis-profile=new` looks for others.
quick = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.register_profile("quick", quick)
settings.register_profile("thorough", quick, max_examples=300)
settings.register_profile("new", quick, max_examples=10_000, derandomize=False)
settings.load_profile("quick")


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
def not_inside_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see the pipeline, or the make, that it may run in."""
    for name in ("TF_BUILD", "GITHUB_ACTIONS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        monkeypatch.delenv(name, raising=False)
