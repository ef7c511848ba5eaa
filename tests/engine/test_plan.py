"""Plans, carried out as they are written: every job on an engine of its own, and no step of any stage twice.

The services are small ones, `tests.plan.agents`; the engines, the registry and what they build are real.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.engine import registry
from tests.engine.engine import BASE, PREFIX, STYLES, copy_of, dfrender
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.plan.agents.machine import RENDERING, Machine, machine
from tests.plan.agents.repository import Repository
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.engine.engine import Engine, FreshEngine

STEPS = {"builder-base": 2, "development": 1, "unit-tests": 1, "integration-tests": 1, "production": 1}
PROFILES = {
    "arg": ("-p ci", STYLES["ci"]),
    "image": ("-p image", STYLES["image"]),
    "either": ("-p either", STYLES["either"]),
    "context": ("-p image --set style=context", "style context"),
    "stage": ("-p ci --set style=stage", STYLES["local"]),
}
ON_ONE = (pytest.mark.since(28), pytest.mark.containerd)  # for what came with 23, and one newer engine shows
OFFERED = {
    "sh": ("artifact", "registry"),
    "azure": ("artifact", "registry", "cache"),
    "github": ("artifact", "registry"),
    "gitlab": ("registry",),
}


class Case(NamedTuple):
    """A plan that is carried out."""

    form: str
    handover: str
    style: str
    builder: str = "buildkit"
    connection: str = "example"
    elsewhere: bool = False

    @property
    def sentence(self) -> str:
        """Say what is tried, as the name of a test."""
        login = ", no login" if self.connection == "none" else ""
        elsewhere = ", a builder elsewhere" if self.elsewhere else ""
        return f"{self.form} by {self.handover}, style {self.style}, {self.builder}{login}{elsewhere}"


def cases() -> Iterator[Case]:
    """Yield all that formats offer."""
    for form, handovers in OFFERED.items():
        for handover in handovers:
            for style in PROFILES:
                if (style == "stage") == (handover == "cache"):
                    yield Case(form, handover, style)
    yield Case("azure", "artifact", "arg", connection="none")


class Project:
    """A repository with a small template, whose plans run on fresh engines."""

    template = "project"
    published = "production"

    def __init__(self, case: Case, folder: Path, fresh: FreshEngine, host: str) -> None:
        """Copy the template; ``host`` is that of a registry."""
        self.case = case
        self.folder = folder
        self.fresh = fresh
        self.host = host
        self.engines: list[Engine] = []
        sources = copy_of(self.template, folder)
        (sources / ".git").mkdir()
        self.service = Repository(sources, folder / "service")

    def run(self) -> dict[str, Counter[str]]:
        """Carry out the plan, each job of it on a fresh engine; return the steps that each executed.

        A script runs on one engine.
        """
        steps: dict[str, Counter[str]] = {}

        @contextmanager
        def machines(job: str) -> Iterator[Machine]:
            with ExitStack() as opened:
                engine = opened.enter_context(self.fresh(self.case.builder))
                self.engines.append(engine)
                builder = opened.enter_context(self.fresh()) if self.case.elsewhere else engine
                own = self.folder / f"machines-{self.service.runs}" / job.replace(" ", "-")
                found = machine(own, docker(engine, builder), RENDERING, environment(engine))
                yield found
                steps[job.removeprefix("build ").replace("_", "-")] = executed("".join(found.said))

        options = f"--handover {self.case.handover} --set builder={self.case.builder} --set registry={self.host}"
        options += f" --set publish=[{self.published}] --set repository={self.repository}/{{stage}}"
        chosen = {"connection": self.case.connection} if self.case.form == "azure" else {}
        self.service.run(self.case.form, f"{self.profile} {options} Dockerfile.j2", machines, **chosen)
        return {job: found for job, found in steps.items() if found}

    @property
    def profile(self) -> str:
        """Return the options that choose and change the profile."""
        options, _ = PROFILES[self.case.style]
        return options

    @property
    def repository(self) -> str:
        """Return what the names of this project's images begin with."""
        return self.folder.name.lower()

    def tags(self, stage: str) -> set[str]:
        """Return the tags of a stage's image in the registry."""
        return registry.tags(self.host, f"{self.repository}/{stage}")


def marks(case: Case) -> list[pytest.MarkDecorator]:
    """Return which engines can do it, and whether another style shows the same."""
    if case.style == "context":
        # --build-context came with 23; one way to hand over what it is given shows what the others do
        is_first = case.form == "github" and case.handover == "artifact"
        return [pytest.mark.since(23)] if is_first else list(ON_ONE)
    if case.handover == "cache":
        return [pytest.mark.since(23), pytest.mark.containerd]
    return [] if case.style == "arg" and case.connection != "none" else [pytest.mark.slow]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.sentence, marks=marks(case)) for case in cases()])
def test_every_job_executes_the_steps_of_its_stage_and_no_step_runs_twice(
    case: Case, fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    project = Project(case, tmp_path, fresh, host)
    steps = project.run()
    ran = sum(steps.values(), Counter())
    assert ran == STEPS
    twice = (ran - Counter(STEPS)).total()
    if case.form != "sh":
        assert steps == {stage: {stage: count} for stage, count in STEPS.items()}
    assert "latest" in project.tags("production")
    assert not project.tags("unit-tests") | project.tags("integration-tests")
    assert bool(project.tags("development")) == (case.handover == "registry")
    _, style = PROFILES[case.style]
    project.engines[0].record(f"{style}: the plan for {case.form}, by {case.handover}", "no step twice")
    project.engines[0].record("every plan: steps of a prebuilt stage that ran twice", f"{twice}")


@pytest.mark.since(23)
@pytest.mark.containerd
@pytest.mark.parametrize(
    ("case", "again"),
    [
        pytest.param(Case("azure", "cache", "stage"), {}, id="by caches, nothing"),
        pytest.param(
            Case("github", "registry", "arg"),
            {"unit-tests": {"unit-tests": 1}, "integration-tests": {"integration-tests": 1}},
            id="by a registry, the tests",
        ),
    ],
)
def test_the_next_run_executes(
    case: Case, again: Mapping[str, Mapping[str, int]], fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    project = Project(case, tmp_path, fresh, host)
    project.run()
    assert project.run() == again


@pytest.mark.parametrize("form", slow_but(["azure"], ["azure", "github"]))
def test_the_classic_builder_repeats_the_stages_above_its_target(
    form: str, fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    """As its note says; what is handed over is used all the same, and what is published is there."""
    project = Project(Case(form, "registry", "arg", "classic"), tmp_path, fresh, host)
    assert project.run()["production"]["builder-base"] == STEPS["builder-base"]
    assert "latest" in project.tags("production")


def plan(folder: Path, options: str, form: str) -> str:
    done = dfrender(folder, "plan", *options.split(), "--format", form, "Dockerfile.j2")
    assert done.returncode == 0, done.stderr
    return done.stdout


def job_alone(script: str, job: str) -> str:
    """Return the script with the builds of one job only; a blank line stands between them."""
    start, render, *builds = script.split("\n\n")
    (own,) = [build for build in builds if build.startswith(f"# {job}\n")]
    return f"{start}\n\n{render}\n\n{own}"


@pytest.mark.parametrize("style", slow_but(["arg"], ["arg", "image", "either"]))
def test_a_job_of_a_script_runs_alone_with_what_the_plan_loads(style: str, fresh: FreshEngine, tmp_path: Path) -> None:
    options, sentence = PROFILES[style]
    folder = copy_of("project", tmp_path)
    script = plan(folder, options, "sh")
    found = {}
    for job in json.loads(plan(folder, options, "json"))["jobs"]:
        with fresh() as engine:
            for image in job["images"].values():
                engine.run("load", f"--input={folder / image.replace('/', '-')}.tar")
            ran = scripted(engine, folder, tmp_path / "machines" / job["id"], job_alone(script, job["stage"]))
            found[job["stage"]] = executed(ran)
            (made,) = job["tags"]
            assert engine.images() == {BASE, made, *job["images"].values()}
            engine.run("save", f"--output={folder / made.replace('/', '-')}.tar", made)
    assert found == {stage: {stage: count} for stage, count in STEPS.items()}
    engine.record(f"the plan of {sentence}: every job, with what the plan loads", "no step twice")


def scripted(engine: Engine, folder: Path, own: Path, script: str) -> str:
    """Run a script on an engine; return what it said."""
    found = machine(own, docker(engine), RENDERING, environment(engine))
    found.run(["sh"], script, folder, {})
    return "".join(found.said)


def test_a_job_stops_before_it_builds_where_an_image_was_not_loaded(fresh: FreshEngine, tmp_path: Path) -> None:
    folder = copy_of("project", tmp_path)
    script = job_alone(plan(folder, "-p ci", "sh"), "development")
    with fresh() as engine, pytest.raises(AssertionError, match=f"No such image: {PREFIX}builder-base:latest"):
        scripted(engine, folder, tmp_path / "machine", script)
