"""GitHub Actions in small: expressions, permissions, artifacts, and the actions that a plan uses."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.plan.agents.machine import in_order, new_entry, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.plan.agents.machine import Machine, Machines

_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
_UNLESS = re.compile(r"\$\{\{ ([\w.-]+) != 'true' \}\}")


@dataclass
class GitHub:
    """A repository: ``sources`` are what is committed."""

    sources: Path
    folder: Path
    machines: Machines
    run_id: int = 101
    caches: dict[str, Path] = field(default_factory=dict)
    permissions: dict[str, Mapping[str, str]] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, str]] = field(default_factory=dict)

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
                job = _Job(self, name, machine, jobs[name].get("needs", []))
                job.run(jobs[name])
                self.outputs[name] = {each: job.replaced(text) for each, text in jobs[name].get("outputs", {}).items()}
                done[name] = machine
        return done


class _Job:
    """One job at work."""

    def __init__(self, github: GitHub, name: str, machine: Machine, needs: Sequence[str]) -> None:
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
        for job in needs:
            for each, value in github.outputs[job].items():
                self.known[f"needs.{job}.outputs.{each}"] = value
        self.after: list[tuple[str, Path]] = []

    def run(self, job: Mapping[str, Any]) -> None:
        for step in job["steps"]:
            if "if" in step:
                unless = _UNLESS.fullmatch(step["if"])
                assert unless, f"the condition {step['if']} is not understood"
                if self.known[unless[1]] == "true":
                    continue
            if "run" in step:
                self.script(step)
            else:
                inputs = {name: self.replaced(text) for name, text in texts(step.get("with")).items()}
                self.action(step["uses"], inputs, step.get("id", ""))
        for key, path in self.after:
            kept = new_entry(self.github.folder.parent / "caches")
            shutil.copy(path, kept)
            self.github.caches[key] = kept

    def replaced(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self.known[match[1]], text)

    def script(self, step: Mapping[str, Any]) -> None:
        assert "${{" not in step["run"], "a value enters a script by its environment"
        own = {name: self.replaced(text) for name, text in texts(step.get("env")).items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
        outputs = self.temporary / "outputs"
        outputs.write_text("", "utf-8")
        given = {"RUNNER_TEMP": str(self.temporary), "GITHUB_OUTPUT": str(outputs)}
        self.machine.run(shell, step["run"], self.workspace, {**given, **own})
        for line in outputs.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            self.known[f"steps.{step['id']}.outputs.{name}"] = value

    def cache(self, inputs: Mapping[str, str], step: str) -> None:
        """Restore an entry under its key, or note that there is to be one; a key is a text of one line, no list."""
        key, path = inputs["key"], Path(inputs["path"])
        assert "," not in key
        hit = key in self.github.caches
        if hit:
            shutil.copy(self.github.caches[key], path)
        else:
            self.after.append((key, path))
        self.known[f"steps.{step}.outputs.cache-hit"] = "true" if hit else ""

    def action(self, action: str, inputs: Mapping[str, str], step: str) -> None:
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
                path = Path(inputs["path"])
                if path.is_dir():
                    shutil.copytree(path, target, dirs_exist_ok=True)
                else:
                    shutil.copy(path, target)
            case "actions/download-artifact":
                shutil.copytree(artifacts / inputs["name"], Path(inputs["path"]), dirs_exist_ok=True)
            case "actions/cache":
                self.cache(inputs, step)
            case other:
                raise AssertionError(f"there is no action {other}")
