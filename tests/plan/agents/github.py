"""GitHub Actions in small: expressions, permissions, artifacts, and the actions that a plan uses."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.plan.agents.machine import in_order, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.plan.agents.machine import Machine, Machines

_EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")


@dataclass
class GitHub:
    """A repository: ``sources`` are what is committed."""

    sources: Path
    folder: Path
    machines: Machines
    run_id: int = 101
    permissions: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def run(self, workflow: str) -> dict[str, Machine]:
        """Run the jobs of a workflow in their order; return what each did."""
        document = yaml.safe_load(workflow)
        assert document["permissions"] == {}, "a job is allowed what it says, and no more"
        assert document["defaults"] == {"run": {"shell": "bash"}}
        jobs = document["jobs"]
        done: dict[str, Machine] = {}
        for name in in_order({name: job.get("needs", []) for name, job in jobs.items()}):
            self.permissions[name] = jobs[name]["permissions"]
            with self.machines(name) as machine:
                _Job(self, name, machine).run(jobs[name])
                done[name] = machine
        return done


class _Job:
    """One job at work."""

    def __init__(self, github: GitHub, name: str, machine: Machine) -> None:
        self.github = github
        self.machine = machine
        self.temporary = machine.folder / "temp"
        self.workspace = machine.folder / "workspace"
        self.temporary.mkdir()
        self.workspace.mkdir()
        self.known = {
            "github.actor": "octocat",
            "github.job": name,
            "github.run_id": str(github.run_id),
            "github.token": "token",
            "runner.temp": str(self.temporary),
            "secrets.REGISTRY_LOGIN": "login",
            "secrets.REGISTRY_PASSWORD": "password",
        }

    def run(self, job: Mapping[str, Any]) -> None:
        for step in job["steps"]:
            if "run" in step:
                self.script(step)
            else:
                inputs = {name: self.replaced(text) for name, text in texts(step.get("with")).items()}
                self.action(step["uses"], inputs)

    def replaced(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self.known[match[1]], text)

    def script(self, step: Mapping[str, Any]) -> None:
        assert "${{" not in step["run"], "a value enters a script by its environment"
        own = {name: self.replaced(text) for name, text in texts(step.get("env")).items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
        self.machine.run(shell, step["run"], self.workspace, {"RUNNER_TEMP": str(self.temporary), **own})

    def action(self, action: str, inputs: Mapping[str, str]) -> None:
        name, _, version = action.partition("@")
        assert version
        artifacts = self.github.folder / "artifacts"
        match name:
            case "actions/checkout":
                assert inputs == {"persist-credentials": "false"}
                shutil.copytree(self.github.sources, self.workspace, dirs_exist_ok=True, symlinks=True)
            case "actions/upload-artifact":
                target = artifacts / inputs["name"]
                target.mkdir(parents=True, exist_ok=inputs["overwrite"] == "true")
                shutil.copy(inputs["path"], target)
            case "actions/download-artifact":
                for each in (artifacts / inputs["name"]).iterdir():
                    shutil.copy(each, Path(inputs["path"]))
            case other:
                raise AssertionError(f"there is no action {other}")
