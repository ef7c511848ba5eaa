"""The hooks do in a repository what they say, run by pre-commit itself, which installs dfrender from this one."""

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
TEMPLATE = 'FROM alpine:3.22 AS base\nFROM {{ stage("base") }} AS app\n'


def repository(folder: Path) -> Path:
    """Commit all that is in a folder."""
    git("init", "--quiet", folder=folder)
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message=all", folder=folder)
    git("tag", "v1", folder=folder)
    return folder


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository with what pre-commit needs of this one."""
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


@pytest.mark.slow
def test_the_hooks_lint_render_and_check(hooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(hooks / ".cache"))
    (tmp_path / "api" / "profiles").mkdir(parents=True)
    (tmp_path / "api" / "profiles" / "ci.yaml").write_text("prebuilt: [base]\n", encoding="utf-8")
    (tmp_path / "api" / "Dockerfile.j2").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks), encoding="utf-8")
    repository(tmp_path)

    assert run(tmp_path) == ["lint Passed", "render Passed", "render-check Passed"]
    output = tmp_path / "api" / "Dockerfile.ci"
    assert "FROM ${BASE_IMAGE} AS app" in output.read_text(encoding="utf-8")

    (tmp_path / "api" / "Dockerfile.j2").write_text(f"{TEMPLATE}RUN true\n", encoding="utf-8")
    git("add", "--all", folder=tmp_path)
    assert run(tmp_path) == ["lint Passed", "render Failed", "render-check Passed"]  # a hook that changes a file fails
    assert output.read_text(encoding="utf-8").endswith("RUN true\n")

    (tmp_path / "api" / "Dockerfile.j2").write_text(TEMPLATE.replace('"base"', '"bsae"'), encoding="utf-8")
    git("add", "--all", folder=tmp_path)
    assert run(tmp_path) == ["lint Failed", "render Failed", "render-check Failed"]


def run(folder: Path) -> list[str]:
    """Run all hooks on all files; give the outcome of each."""
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never", "--verbose"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    outcomes = [line.rpartition(".")[2] for line in lines if line.endswith(("Passed", "Failed"))]
    identities = [line.rpartition("dfrender-")[2] for line in lines if line.startswith("- hook id: ")]
    assert len(outcomes) == len(identities), done.stdout + done.stderr
    return [f"{name} {outcome}" for name, outcome in zip(identities, outcomes, strict=True)]
