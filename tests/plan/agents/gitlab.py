"""GitLab CI in small: jobs that extend another one, what they need, and the files that they leave to those."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.plan.agents.machine import in_order, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.plan.agents.machine import Machine, Machines


@dataclass
class GitLab:
    """A project: ``sources`` are what is committed."""

    sources: Path
    folder: Path
    machines: Machines
    pipeline_id: int = 101
    variables: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def run(self, pipeline: str) -> dict[str, Machine]:
        """Run the jobs of a pipeline in their order; return what each did."""
        document = yaml.safe_load(pipeline)
        jobs = {name: _extended(document, job) for name, job in document.items() if not name.startswith(".")}
        done: dict[str, Machine] = {}
        for name in in_order({name: job.get("needs", []) for name, job in jobs.items()}):
            with self.machines(name) as machine:
                self._run(name, jobs[name], machine)
                done[name] = machine
        return done

    def _run(self, name: str, job: Mapping[str, Any], machine: Machine) -> None:
        workspace = machine.folder / "workspace"
        shutil.copytree(self.sources, workspace, symlinks=True)
        for each in job.get("needs", []):
            left = self.folder / "artifacts" / each
            if left.exists():
                shutil.copytree(left, workspace, dirs_exist_ok=True)
        variables: dict[str, str] = {}
        for each in job.get("needs", []):
            variables.update(self.variables.get(each, {}))
        known = {
            **variables,
            "CI_JOB_ID": str(len(list(self.folder.iterdir()))),
            "CI_PIPELINE_ID": str(self.pipeline_id),
            "CI_REGISTRY_USER": "user",
            "CI_REGISTRY_PASSWORD": "password",
            **texts(job.get("variables")),
        }
        script = [*job.get("before_script", []), *job["script"]]
        machine.run(["sh", "-e"], "\n".join(script), workspace, known)
        machine.run(["sh"], "\n".join(job.get("after_script", [])), workspace, known)
        dotenv = job.get("artifacts", {}).get("reports", {}).get("dotenv")
        if dotenv:
            lines = (workspace / dotenv).read_text("utf-8").splitlines()
            self.variables[name] = dict(line.split("=", 1) for line in lines)
        for path in job.get("artifacts", {}).get("paths", []):
            assert "$" not in path, "variables are replaced in paths"
            if (workspace / path).exists():
                target = self.folder / "artifacts" / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(workspace / path, target)


def _extended(document: Mapping[str, Any], job: Mapping[str, Any]) -> Mapping[str, Any]:
    if "extends" not in job:
        return job
    return {**document[job["extends"]], **job}
