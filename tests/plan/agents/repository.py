"""A repository with a template, and the service that runs its pipelines: whichever a plan is written for."""

from __future__ import annotations

import shlex
from contextlib import chdir
from typing import TYPE_CHECKING

from click.testing import CliRunner

from dfrender.cli.main import main
from tests.plan.agents.azure import Azure
from tests.plan.agents.github import GitHub
from tests.plan.agents.gitlab import GitLab

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plan.agents.machine import Machine, Machines


class Repository:
    """The ``sources`` of a project, and what its service keeps from run to run."""

    def __init__(self, sources: Path, folder: Path) -> None:
        """Begin with a service that has run nothing."""
        self.sources = sources
        self.folder = folder
        self.runs = 100
        self.caches: dict[str, Path] = {}

    def plan(self, form: str, options: str) -> str:
        """Return a plan that is asked for in the repository; nothing else may be said."""
        with chdir(self.sources):
            seen = CliRunner().invoke(main, ["plan", *shlex.split(options), "--format", form], prog_name="dfrender")
        assert (seen.exit_code, seen.stderr) == (0, "")
        return seen.stdout

    def run(self, form: str, options: str, machines: Machines, **chosen: str) -> dict[str, Machine]:
        """Write a pipeline into the repository and run it; return what the job of each stage did."""
        steps = self.plan("azure-template", options) if form == "azure" else ""
        return self.carry_out(form, self.plan(form, options), steps, machines, **chosen)

    def carry_out(self, form: str, text: str, steps: str, machines: Machines, **chosen: str) -> dict[str, Machine]:
        """Run a pipeline that is written; ``steps`` is the template of Azure's."""
        self.runs += 1
        service = self.folder / f"run-{self.runs}"
        service.mkdir(parents=True)
        if form == "sh":
            return self._script(text, machines)
        if form == "azure":
            (self.sources / "azure-build-stage.yml").write_text(steps, "utf-8")
        agents: dict[str, Azure | GitHub | GitLab] = {
            "azure": Azure(self.sources, self.folder, machines, chosen, self.runs, caches=self.caches),
            "github": GitHub(self.sources, service, machines, self.runs, caches=self.caches),
            "gitlab": GitLab(self.sources, service, machines, self.runs),
        }
        found = agents[form].run(text)
        return {name.removeprefix("build ").replace("_", "-"): each for name, each in found.items()}

    def _script(self, text: str, machines: Machines) -> dict[str, Machine]:
        with machines("script") as machine:
            machine.run(["sh"], text, self.sources, {})
        return {"script": machine}
