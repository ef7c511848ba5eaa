"""Gives tests an engine, copies of the small templates, and a place to record what engines did."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.engine import daemon, registry
from tests.engine.engine import BASE, BUILDERS, BUSYBOX, HERE, Engine, FreshEngine, base_image, copy_of, fresh_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.results import Measured


def unavailable(reason: str) -> NoReturn:
    """Skip for want of an engine; where one was promised, that is a failure."""
    if os.environ.get("DFRENDER_ENGINE_REQUIRED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that none can be forgotten, and look at the results last.

    What the engine that answers came too early for is no test of it.
    """
    own = [item for item in items if item.path.is_relative_to(HERE)]
    for item in own:
        item.add_marker("engine")
    items.sort(key=lambda item: item.path == HERE / "test_results.py")
    if own and (version := daemon.version()):
        major, containerd = int(version.partition(".")[0]), daemon.has_containerd_store()
        foreign = [item for item in own if not _is_for(item, major, containerd=containerd)]
        for item in foreign:
            items.remove(item)


def _is_for(item: pytest.Item, major: int, *, containerd: bool) -> bool:
    """Say whether an engine of this version, and with this store of images, has what a test is about."""
    if not containerd and item.get_closest_marker("containerd"):
        return False
    return all(major >= mark.args[0] for mark in item.iter_markers("since"))


@pytest.fixture(scope="session")
def base() -> bytes:
    """Give the file system of the base image, which differs from that of every other run."""
    if not BUSYBOX.exists():
        unavailable(f"the base image is made of {BUSYBOX} (on Debian: apt-get install busybox-static)")
    return base_image(uuid.uuid4().hex)


@pytest.fixture(scope="session")
def measured() -> Measured:
    """Collect what engines do, for the last test to look at."""
    return {}


@pytest.fixture(scope="session")
def engine(base: bytes, measured: Measured) -> Iterator[Engine]:
    """Give the engine that answers; others may use it too, so the suite's own images are all it touches."""
    if not (version := daemon.version()):
        unavailable("no Docker engine answers (make test-engine starts one)")
    answering = Engine("", version, measured.setdefault(daemon.label(), {}))
    answering.import_base(base)
    yield answering
    answering.remove_images()


@pytest.fixture(scope="session")
def fresh(engine: Engine, measured: Measured) -> FreshEngine:
    """Start further engines, which hold the base image only and no build cache: other machines, to the test."""
    if reason := daemon.why_not():
        unavailable(f"engine {engine.version} answers, but a fresh one is needed, and {reason}")
    return partial(fresh_engine, engine.run("save", BASE), measured)


@pytest.fixture(scope="module", params=BUILDERS)
def builder(request: pytest.FixtureRequest) -> str:
    """Give the name of each builder in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def each_builder(engine: Engine, builder: str) -> Engine:
    """Give the engine that answers with each builder in turn."""
    return replace(engine, builder=builder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a copy of the template with six stages."""
    return copy_of("project", tmp_path)


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the host of a registry that is empty."""
    if reason := registry.why_not():
        unavailable(reason)
    with registry.registry(tmp_path_factory.mktemp("registry")) as found:
        yield found
