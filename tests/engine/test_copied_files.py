"""What is in the images, whichever way a profile writes its references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import STYLES, Engine, copy_of, dfrender, image, render

if TYPE_CHECKING:
    from pathlib import Path

# what the stage builder-base makes: kind, mode, content or where a link leads
VENV = {
    "venv": ("folder", 0o755, b""),
    "venv/bin": ("folder", 0o755, b""),
    "venv/bin/serve": ("file", 0o750, b"#!/bin/sh\necho served\n"),
    "venv/bin/gunicorn": ("link", 0o777, b"serve"),
    "venv/empty": ("folder", 0o1777, b""),
    "venv/not text": ("file", 0o4600, b"\xff\x00\r\n"),
}
WAYS = {"local": "the bare stage", "ci": "the alias stage", "image": "the literal image"}


@pytest.fixture(scope="module")
def developments(each_builder: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build development with each profile, and name its images."""
    folder = copy_of("project", tmp_path_factory.mktemp("copied"))
    each_builder.build(folder, render(folder, "local"), "--target=builder-base", f"--tag={image('builder-base')}")
    made = {}
    for profile in WAYS:
        made[profile] = image("development", f"{each_builder.builder}-{profile}")
        flags = ["--no-cache", "--target=development", f"--tag={made[profile]}"]
        each_builder.build(folder, render(folder, profile), *flags)
    return made


@pytest.mark.parametrize("profile", [pytest.param(profile, id=way) for profile, way in WAYS.items()])
def test_files_are_copied_with_their_names_modes_and_bytes(
    each_builder: Engine, developments: dict[str, str], profile: str
) -> None:
    assert each_builder.tree(developments[profile], "/opt/venv") == VENV
    each_builder.record(f"{STYLES[profile]}: files copied from {WAYS[profile]}", "identical")


def test_buildkit_leaves_out_what_the_template_ignores(each_builder: Engine, developments: dict[str, str]) -> None:
    """The legacy builder reads .dockerignore only, whatever the Dockerfile's name."""
    found = each_builder.tree(developments["ci"], "/app")
    assert "app/main.txt" in found
    assert ("app/excluded.txt" in found) == (each_builder.builder == "classic")
    what = "style arg: a file that Dockerfile.j2.dockerignore names"
    each_builder.record(what, "copied" if "app/excluded.txt" in found else "left out")


def test_an_argument_that_an_image_would_lose_is_refused(tmp_path: Path) -> None:
    folder = copy_of("inherited-arg", tmp_path)
    refused = dfrender(folder, "render", "-p", "ci", "Dockerfile.j2")
    assert refused.returncode == 1
    assert "Dockerfile.j2:" in refused.stderr
    assert "LEVEL" in refused.stderr
    assert not (folder / "Dockerfile.ci").exists()


@pytest.mark.parametrize(
    ("dockerfile", "what", "value"),
    [
        pytest.param("Dockerfile.local", "bare names: an ARG of the stage below", "strict", id="kept from a stage"),
        pytest.param(
            "Dockerfile.refused",
            "refused by render, written by hand: an ARG of the image below",
            "",
            id="lost from an image without a word",
        ),
    ],
)
def test_an_inherited_argument_is(each_builder: Engine, tmp_path: Path, dockerfile: str, what: str, value: str) -> None:
    """The legacy builder loses it from a stage too."""
    folder = copy_of("inherited-arg", tmp_path)
    render(folder, "local")
    flags = ["--target=development", f"--tag={image('development')}"]
    each_builder.build(folder, "Dockerfile.local", *flags)
    output = each_builder.build(folder, dockerfile, "--no-cache", "--target=unit-tests")
    seen = re.findall(r"level \[(\w*)\]$", output, re.MULTILINE)
    assert seen == [value if each_builder.builder == "buildkit" else ""]
    each_builder.record(what, "kept" if seen[0] else "empty")
