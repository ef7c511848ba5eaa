"""The steps of ``action.yml``, run by a shell as a runner runs them."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.shell import ROOT, environment, git

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, RUN = ACTION["runs"]["steps"]
TEMPLATE = 'FROM alpine:3.22 AS base\nFROM {{ stage("base") }} AS app\n'
PROFILE = "prebuilt: [base]\nrepository: '{folder}/{stage}'\n"


class Runner(NamedTuple):
    """A machine with a repository, on which dfrender is installed already."""

    folder: Path
    environ: dict[str, str]

    def run(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the action's second step with the inputs, and for the others their defaults."""
        variables = {}
        for name, expression in RUN["env"].items():
            wanted = expression.removeprefix("${{ inputs.").removesuffix(" }}")
            variables[name] = inputs.get(wanted, ACTION["inputs"][wanted]["default"])
        return shell(RUN["run"], self.folder, {**self.environ, **variables})


def shell(script: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner runs what says ``shell: bash``."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    folder = tmp_path / "repository"
    for service in ("api", "my-web"):
        (folder / service / "profiles").mkdir(parents=True)
        (folder / service / "profiles" / "ci.yaml").write_text(PROFILE, encoding="utf-8")
        (folder / service / "Dockerfile.j2").write_text(TEMPLATE, encoding="utf-8")
    git("init", "--quiet", folder=folder)
    git("add", "--all", folder=folder)
    environ = environment(tmp_path / "bin", python3=f'exec "{sys.executable}" "$@"')
    (tmp_path / "dfrender").symlink_to(ROOT)
    return Runner(folder, {**environ, "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTIONS": "true"})


def outputs(runner: Runner) -> list[str]:
    return sorted(str(each.relative_to(runner.folder)) for each in runner.folder.rglob("Dockerfile.ci"))


def test_it_checks_what_is_committed_unless_told_otherwise(runner: Runner) -> None:
    missing = runner.run()
    assert (missing.returncode, outputs(runner)) == (1, [])
    assert "::error file=api/Dockerfile.j2" in missing.stderr
    assert runner.run(command="render").returncode == 0
    assert outputs(runner) == ["api/Dockerfile.ci", "my-web/Dockerfile.ci"]
    assert runner.run().returncode == 1, "the commit would go without them"
    git("add", "--all", folder=runner.folder)
    assert runner.run().returncode == 0


def test_it_takes_paths_and_options_one_a_line(runner: Runner) -> None:
    found = runner.run(command="render", paths="my-web/Dockerfile.j2\n", options="--quiet\n--profile\nci\n")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert outputs(runner) == ["my-web/Dockerfile.ci"]


def test_a_path_is_no_option(runner: Runner) -> None:
    assert "--force: no such file" in runner.run(paths="--force").stderr


def test_a_warning_of_lint_fails(runner: Runner) -> None:
    assert runner.run(command="lint").returncode == 0
    (runner.folder / "api" / "Dockerfile.j2").write_text(f"{TEMPLATE}COPY --from=base:1 /a /b\n", encoding="utf-8")
    found = runner.run(command="lint", paths="api")
    assert found.returncode == 1
    assert "::warning file=api/Dockerfile.j2,line=3" in found.stdout


def test_another_command_is_refused(runner: Runner) -> None:
    found = runner.run(command="plan; touch hacked")
    assert (found.returncode, found.stderr) == (2, "command: 'plan; touch hacked' is none of check, render, lint\n")
    assert not (runner.folder / "hacked").exists()


@pytest.mark.slow
def test_it_installs_itself(runner: Runner, tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed", "click"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no package index answers")
    source = tmp_path / "action"
    shutil.copytree(ROOT / "dfrender", source / "dfrender", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    (tmp_path / "dfrender").unlink()
    environ = {key: value for key, value in runner.environ.items() if key != "PYTHONPATH"}
    done = shell(INSTALL["run"], runner.folder, {**environ, "GITHUB_ACTION_PATH": str(source)})
    assert done.returncode == 0, done.stderr
    assert runner._replace(environ=environ).run(command="render").returncode == 0
    assert outputs(runner) == ["api/Dockerfile.ci", "my-web/Dockerfile.ci"]
