"""What all tests share: a project to work in, and an option that writes down what is seen as what is expected."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.daemon import in_memory
from tests.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def pytest_configure() -> None:
    """Say where tests write, and take interrupts.

    A disk takes thirty times as long as memory to remove thousands of small folders. A shell has its background jobs
    ignore interrupts, and the processes that tests start would ignore them too.
    """
    if memory := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected files anew; git diff is the review")


# The collector would go through what is kept for thousands of tests again and again, so it is to look less often. It is
# not frozen: that has no referrers for Hypothesis, which takes the generator of random numbers for forgotten.
gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def new_paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return paths at which nothing is yet."""
    folder = tmp_path_factory.mktemp("tests")
    return (folder / str(number) for number in count())


@pytest.fixture
def tmp_path(new_paths: Iterator[Path], request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return an empty folder, which goes with its test unless that fails.

    Pytest's own fixture makes a link to each folder, and keeps those of three runs: thousands of files are slow to make
    on a disk, and slower to remove from it.
    """
    folder = next(new_paths)
    folder.mkdir()
    failed_before = request.session.testsfailed
    yield folder
    if request.session.testsfailed == failed_before:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give an empty folder as working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Project()


@pytest.fixture(autouse=True)
def cache(new_paths: Iterator[Path]) -> Path:
    """Return the cache of a test, so that none is answered by the stamp of another; it is made when it is needed."""
    folder = next(new_paths)
    os.environ["XDG_CACHE_HOME"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def not_inside_anything() -> Iterator[None]:
    """Let no test see the pipeline, or the make, that it may run in."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("TF_BUILD", "GITHUB_ACTIONS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
            environment.delenv(name, raising=False)
        yield
