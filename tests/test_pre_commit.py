"""The hooks do in a repository what they say, run by pre-commit itself, which installs dfrender from this one."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import ROOT, git

CONFIG = """\
repos:
  - repo: {hooks}
    rev: v1
    hooks: [{{id: dfrender-lint}}, {{id: dfrender-render}}, {{id: dfrender-render-check}}]
"""
TEMPLATE = 'FROM alpine:3.22 AS base\n{% include "/parts/tools.txt" %}\nFROM {{ stage("base") }} AS app\n'


def repository(folder: Path) -> Path:
    """Commit all that is in a folder."""
    git("init", "--quiet", folder=folder)
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message=all", folder=folder)
    git("tag", "v1", folder=folder)
    return folder


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with what pre-commit needs of this one."""
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed", "click"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no package index answers, from which pre-commit could install what dfrender needs")
    folder = tmp_path_factory.mktemp("hooks")
    shutil.copytree(ROOT / "dfrender", folder / "dfrender", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    return repository(folder)


def test_the_hooks_are_what_pre_commit_takes_for_hooks() -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=True
    )


@pytest.fixture
def project(hooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository of a template and its include, nothing committed yet, in which the hooks are installed."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(hooks / ".cache"))
    files = {
        "api/profiles/ci.yaml": "prebuilt: [base]\n",
        "api/Dockerfile.j2": TEMPLATE,
        "parts/tools.txt": "RUN true\n",
        ".pre-commit-config.yaml": CONFIG.format(hooks=hooks),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git("init", "--quiet", folder=tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_first_commit_does_not_pass_without_what_it_renders(project: Path) -> None:
    git("add", "--all", folder=project)
    assert run(project) == ["lint Passed", "render Failed", "render-check Failed"]
    output = project / "api" / "Dockerfile.ci"
    assert "FROM ${BASE_IMAGE} AS app" in output.read_text(encoding="utf-8")
    git("add", "--all", folder=project)
    assert run(project) == ["lint Passed", "render Passed", "render-check Passed"]


@pytest.mark.slow
def test_a_commit_of_an_include_alone_is_seen(project: Path) -> None:
    git("add", "--all", folder=project)
    run(project)
    git("add", "--all", folder=project)
    git("commit", "--quiet", "--message=all", folder=project)

    (project / "parts" / "tools.txt").write_text("RUN false\n", encoding="utf-8")
    git("add", "parts", folder=project)
    assert run(project) == ["lint Passed", "render Failed", "render-check Passed"]  # a hook that changes a file fails
    assert "RUN false\n" in (project / "api" / "Dockerfile.ci").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_mistake_stops_every_hook(project: Path) -> None:
    template = project / "api" / "Dockerfile.j2"
    template.write_text(TEMPLATE.replace('"base"', '"bsae"'), encoding="utf-8")
    git("add", "--all", folder=project)
    assert run(project) == ["lint Failed", "render Failed", "render-check Failed"]


def run(folder: Path) -> list[str]:
    """Run all hooks on what is staged, as a commit does; return the outcome of each."""
    command = [sys.executable, "-m", "pre_commit", "run", "--color=never", "--verbose"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    outcomes = [line.rpartition(".")[2] for line in lines if line.endswith(("Passed", "Failed"))]
    identities = [line.rpartition("dfrender-")[2] for line in lines if line.startswith("- hook id: ")]
    assert len(outcomes) == len(identities), done.stdout + done.stderr
    return [f"{name} {outcome}" for name, outcome in zip(identities, outcomes, strict=True)]


def test_the_own_configuration_is_one_of_pre_commit() -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml"], check=True
    )


def checked(folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Run all hooks of a folder; return the outcome of each."""
    command = [sys.executable, "-m", "pre_commit", "run", "--color=never", "--verbose", "--all-files"]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    outcomes = re.findall(r"\.(Passed|Failed|Skipped)\n- hook id: (.*)", done.stdout)
    return {name: outcome for outcome, name in outcomes}


@pytest.mark.slow
def test_the_own_hooks_pass_here_and_find_mistakes(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    left_out = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, checkout, ignore=left_out)
    (checkout / ".venv").symlink_to(sys.prefix)
    repository(checkout)
    environ = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "SKIP": "mypy"}
    hooks = ["ruff-check", "ruff-format", "shellcheck", "dfrender-lint"]
    skipped = {"mypy": "Skipped"}  # it takes a minute, and make lint runs it
    assert checked(checkout, environ) == {**dict.fromkeys(hooks, "Passed"), **skipped}

    (checkout / "dfrender" / "bad.py").write_text("import  os\n", encoding="utf-8")
    (checkout / ".ci" / "release").write_text("#!/bin/sh\necho $1\n", encoding="utf-8")
    template = checkout / "Dockerfile.j2"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace('"builder-base"', '"bilder-base"'), encoding="utf-8")
    git("add", "--all", folder=checkout)
    assert checked(checkout, environ) == {**dict.fromkeys(hooks, "Failed"), **skipped}
