"""The fault that dfrender exists for, with the two Dockerfiles that a person would write."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, Engine, FreshEngine, copy_of, steps
from tests.engine.progress import executed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def machine(fresh: FreshEngine, *tars: Path, builder: str = "buildkit") -> Iterator[Engine]:
    """Give a fresh engine with the base image under the name in those files, and with the images of the tars."""
    with fresh(builder) as engine:
        engine.run("tag", BASE, "python:3.13-slim")
        for tar in tars:
            engine.run("load", f"--input={tar}")
        yield engine


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the two files."""
    return copy_of("original", tmp_path_factory.mktemp("fault"))


@pytest.fixture(scope="module", params=[False, True], ids=["as it was", "with inline cache"])
def job_1(request: pytest.FixtureRequest, fresh: FreshEngine, original: Path) -> tuple[Path, bool]:
    """Build builder-base, save it, and give the tar."""
    inline = ["--build-arg=BUILDKIT_INLINE_CACHE=1"] if request.param else []
    with machine(fresh) as engine:
        engine.build(original, "Dockerfile.bare", "--target=builder-base", "--tag=builder-base", *inline)
        tar = original / f"builder-base-{len(inline)}.tar"
        engine.run("save", f"--output={tar}", "builder-base:latest")
    return tar, request.param


@pytest.mark.parametrize(
    ("target", "pulled"),
    [
        pytest.param("development", "builder-base:latest", id="a tag in COPY"),
        pytest.param("unit-tests", "development:latest", id="a tag in FROM"),
    ],
)
def test_tagged_references_make_a_local_build_pull_an_image(
    fresh: FreshEngine, original: Path, target: str, pulled: str
) -> None:
    with machine(fresh) as engine:
        output = engine.refuse(original, "Dockerfile.tagged", f"--target={target}")
        assert "ERROR" in output
        assert pulled in output
        engine.record(f"tags written by hand: {target}, nothing loaded", "pull fails")


def test_the_legacy_builder_pulls_the_image_too(fresh: FreshEngine, original: Path) -> None:
    with machine(fresh, builder="classic") as engine:
        output = engine.refuse(original, "Dockerfile.tagged", "--target=development")
        assert "builder-base:latest" in output.splitlines()[-1]
        engine.record("tags written by hand: development, nothing loaded", "pull fails")


def test_bare_names_build_builder_base_again_although_it_was_loaded(
    fresh: FreshEngine, original: Path, job_1: tuple[Path, bool]
) -> None:
    """Inline cache metadata helps, but not on engines that keep images in containerd's store."""
    tar, inline = job_1
    with machine(fresh, tar) as engine:
        flags = ["--target=development", "--cache-from=builder-base:latest"]
        output = engine.build(original, "Dockerfile.bare", *flags)
        helps = inline and b"containerd" not in engine.run("info", "--format", "{{.DriverStatus}}")
        assert executed(output)["builder-base"] == (0 if helps else 2)
        built = "builder-base loaded" + (", built with inline cache" if inline else "")
        engine.record(f"bare names, --cache-from: development, {built}", steps(output))


def test_tagged_references_use_the_loaded_image(fresh: FreshEngine, original: Path, job_1: tuple[Path, bool]) -> None:
    with machine(fresh, job_1[0]) as engine:
        output = engine.build(original, "Dockerfile.tagged", "--target=development")
        assert executed(output) == {"development": 1}
        engine.record("tags written by hand: development, builder-base loaded", steps(output))
