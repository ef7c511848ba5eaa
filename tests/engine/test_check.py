"""BuildKit's checks, ``docker build --check``: what they say of outputs, and what dfrender leaves to them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.own import OTHERS
from tests.engine import daemon
from tests.engine.engine import copy_of, image, render
from tests.engine.machines import environment
from tests.lsp.known import plain_samples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.engine import Engine
    from tests.test_manuals import Sample

WARNING = re.compile(r"^WARNING: (\w+)", re.MULTILINE)
KEYWORD = re.compile(r"^(?:FROM|RUN|ENV|COPY|EXPOSE|CMD)\b|\bAS(?= )|\bAS$", re.MULTILINE)
IMAGE = re.compile(r"(?:alpine|debian|node):[\w.]+|(?<=FROM )alpine$", re.MULTILINE)
SYNTAX = re.compile(r"# syntax=.*")  # whose image the engine would have to fetch
UNREACHABLE = "failed to resolve source metadata"  # of an image that is not there; the engine has no network
HADOLINTS = {"root-over-root"}
STYLES = {
    "arg, with a tag of all images": ("ci", []),
    "arg, with a default that is the stage": ("either", []),
    "arg": ("image", ["--set", "style=arg"]),
    "image": ("image", []),
    "context": ("image", ["--set", "style=context"]),
    "arg, pruned to a target": ("ci", ["--target", "production"]),
}


@pytest.fixture(params=["upper", "lower"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the small template, with its keywords in one case."""
    folder = copy_of("project", tmp_path)
    template = folder / "Dockerfile.j2"
    if request.param == "lower":
        text = template.read_text("utf-8")
        template.write_text(KEYWORD.sub(lambda match: match[0].lower(), text), "utf-8")
    return folder


@pytest.mark.since(27)  # docker build --check
@pytest.mark.parametrize(("profile", "flags"), STYLES.values(), ids=STYLES)
def test_nothing_is_said_of_what_was_generated(profile: str, flags: list[str], engine: Engine, project: Path) -> None:
    for stage in ("builder-base", "development"):
        for tag in ("latest", "101"):
            engine.run("image", "tag", image("python", "3.13-slim"), image(stage, tag))
    before = checked(engine, project, render(project, "local"))
    name = render(project, profile, *flags)
    if "--target" in flags:
        name += ".production"
    assert checked(engine, project, name) - before == set()


def checked(engine: Engine, folder: Path, dockerfile: str) -> set[str]:
    """Return the names of the checks that a Dockerfile does not pass."""
    said = said_of(engine, folder, dockerfile)
    assert "Check complete" in said or WARNING.search(said), said
    return set(WARNING.findall(said))


def said_of(engine: Engine, folder: Path, dockerfile: str) -> str:
    """Return all that the checks say of a Dockerfile."""
    done = subprocess.run(
        [daemon.CLIENT, "build", "--check", f"--file={dockerfile}", "."],
        cwd=folder,
        env={**daemon.environment(engine.host), **environment(engine)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.since(27)
@pytest.mark.parametrize("sample", [pytest.param(each, id=each.manual.code) for each in plain_samples()])
def test_what_is_left_to_other_servers_is_what_they_say(sample: Sample, engine: Engine, tmp_path: Path) -> None:
    text = SYNTAX.sub("# escape=`", IMAGE.sub("scratch", sample.text))
    (tmp_path / "Dockerfile").write_text(text, "utf-8")
    said = said_of(engine, tmp_path, "Dockerfile")
    says_something = "Check complete, no warnings found" not in said and UNREACHABLE not in said
    assert says_something == (sample.manual.code in OTHERS - HADOLINTS), said
