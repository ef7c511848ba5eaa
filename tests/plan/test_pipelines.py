"""The pipelines of the shipped template, run in small: which job builds what, of what, and what is in a registry when.

Docker writes down how it is called; `tests.engine.test_plan` has an engine do it.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from contextlib import chdir, contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner

from dfrender import planning
from dfrender.cli.main import main
from dfrender.diagnostics import DfrenderError
from dfrender.plan.formats import format_of
from dfrender.plan.plan import Location, Plans
from tests.plan.agents.azure import task_words
from tests.plan.agents.machine import LOGGING_DOCKER, RENDERING, Machine, machine
from tests.plan.agents.repository import Repository
from tests.plan.builds import Build, build_of
from tests.reading import result_of
from tests.shell import ROOT
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.plan.agents.machine import Machines

AFTER = {
    "builder-base": [],
    "development": ["builder-base"],
    "unit-tests": ["development"],
    "integration-tests": ["development"],
    "production": ["builder-base"],
}
HANDED_ON = {"builder-base", "development", "production"}
REQUIREMENT = "dfrender @ git+https://example.com/x.git@v1"
PUBLISHED = f"--set 'publish=[production]' --set registry=ghcr.io/example --set 'install={REQUIREMENT}'"
REGISTRY = f"{PUBLISHED} --handover registry"
IMAGES = "-p local --set 'prebuilt={builder-base: image, development: image}'"
CASES = {
    "Azure, by artifacts": ("azure", f"-p ci {PUBLISHED}"),
    "Azure, by artifacts, with the classic builder": ("azure", f"-p ci {PUBLISHED} --set builder=classic"),
    "Azure, by artifacts, with contexts": ("azure", f"-p ci {PUBLISHED} --set style=context"),
    "Azure, by artifacts, with images in the file": ("azure", f"{IMAGES} {PUBLISHED}"),
    "Azure, by a registry": ("azure", f"-p ci {REGISTRY}"),
    "Azure, by a registry, with the classic builder": ("azure", f"-p ci {REGISTRY} --set builder=classic"),
    "Azure, by caches": ("azure", f"-p ci {PUBLISHED} --handover cache --set style=stage"),
    "GitHub, by artifacts": ("github", f"-p ci {PUBLISHED}"),
    "GitHub, by artifacts, with images in the file": ("github", f"{IMAGES} {PUBLISHED}"),
    "GitHub, by a registry": ("github", f"-p ci {REGISTRY}"),
    "GitHub, by a registry, with the classic builder": ("github", f"-p ci {REGISTRY} --set builder=classic"),
    "GitLab": ("gitlab", f"-p ci {REGISTRY}"),
    "GitLab, with the classic builder": ("gitlab", f"-p ci {REGISTRY} --set builder=classic"),
    "GitLab, with images in the file": ("gitlab", f"{IMAGES} {REGISTRY}"),
}
OFFERED = {
    "sh": ["artifact", "registry", "cache"],
    "azure": ["artifact", "registry", "cache"],
    "github": ["artifact", "registry"],
    "gitlab": ["registry"],
}
written = cache(format_of)
# writes the file that it was asked for, and how
STAND_IN = 'echo "$@" >> "$HOME/dfrender.log"; for word in "$@"; do :; done; touch "Dockerfile.$3"'


class Done(NamedTuple):
    """What the jobs of a pipeline did, by the stage that they are for, and how the pipeline was asked for."""

    machines: Mapping[str, Machine]
    options: str

    def build(self, stage: str) -> Build:
        """Return the one build of a stage's job, behind those that take over what earlier jobs did."""
        found = [build_of(call) for call in self.machines[stage].calls]
        *before, build = [each for each in found if each]
        assert [each.target for each in before] == (AFTER[stage] if "handover cache" in self.options else [])
        for each in before:
            assert each == build._replace(target=each.target, tags=())
        return build

    def pushes(self, job: str) -> set[str]:
        """Return the images that a job puts into a registry."""
        found: set[str] = set()
        for call in self.machines[job].calls:
            build = build_of(call)
            if call[0] == "push":
                found.add(call[1])
            elif call[:3] == ["buildx", "imagetools", "create"]:
                found.add(call[3].partition("=")[2] or call[4])
            elif build and build.pushes:
                found.update(build.tags)
        return found


class Service(NamedTuple):
    """A repository, and machines whose Docker writes down how it is called."""

    repository: Repository

    def run(self, form: str, options: str, dfrender: str = STAND_IN, **chosen: str) -> Done:
        """Write a pipeline into the repository, and run it with these parameters."""
        return Done(self.repository.run(form, options, self.machines(dfrender), **chosen), options)

    def builds(self, form: str, plan: Plans) -> list[Build]:
        """Run a plan; return what it builds."""
        steps = written("azure-template").write(plan) if form == "azure" else ""
        text = written(form).write(plan)
        done = self.repository.carry_out(form, text, steps, self.machines(STAND_IN), connection="none", install="none")
        found = [build_of(call) for each in done.values() for call in each.calls]
        return [build for build in found if build]

    def machines(self, dfrender: str) -> Machines:
        """Return what gives each job a machine."""

        @contextmanager
        def one(job: str) -> Iterator[Machine]:
            folder = self.repository.folder / f"machines-{self.repository.runs}" / job.replace(" ", "-")
            yield machine(folder, LOGGING_DOCKER, dfrender)

        return one


def service_in(folder: Path) -> Service:
    """Make a repository with the shipped template in an empty folder."""
    sources = folder / "sources"
    shutil.copytree(ROOT / "profiles", sources / "profiles")
    shutil.copy(ROOT / "Dockerfile.j2", sources)
    (sources / ".git").mkdir()
    return Service(Repository(sources, folder / "service"))


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Return a repository of its own."""
    return service_in(tmp_path)


# the others hand over, build and render in another way
QUICK = {"Azure, by artifacts", "GitHub, by artifacts", "GitHub, by a registry", "GitLab"}


@pytest.fixture(scope="module", params=slow_but(QUICK, {name: (case,) for name, case in CASES.items()}))
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Return what each pipeline does."""
    return service_in(tmp_path_factory.mktemp("repository")).run(*request.param)


def test_every_job_builds_its_stage_of_images_of_this_run(done: Done) -> None:
    for stage, after in AFTER.items():
        build = done.build(stage)
        assert build.target == stage
        if "handover cache" not in done.options:
            assert build.tags == (f"ghcr.io/example/{stage}:101",)
            taken = [*build.args.values(), *build.contexts.values()]
            expected = 0 if IMAGES in done.options else len(after)
            assert [each.endswith("101") for each in taken] == [True] * expected


def test_what_is_published_is_pushed_when_all_jobs_are_done(done: Done) -> None:
    *_, last = done.machines
    assert last.startswith("publish")
    assert "ghcr.io/example/production:latest" in done.pushes(last)
    for stage in AFTER:
        is_handed_on = "handover registry" in done.options and stage in HANDED_ON
        assert done.pushes(stage) == ({f"ghcr.io/example/{stage}:101"} if is_handed_on else set())


def test_it_is_rendered_by_what_the_profile_installs(done: Done) -> None:
    installed = "".join(each.log("pip") for each in done.machines.values()).splitlines()
    assert installed
    assert all(line.endswith(REQUIREMENT) for line in installed)
    rendered = "".join(each.log("dfrender") for each in done.machines.values()).splitlines()
    assert len(rendered) == len(installed)
    profile, *_ = done.options.removeprefix("-p ").split()
    assert all(line.startswith(f"render -p {profile} ") for line in rendered)
    assert all(line.endswith("--set tag=101") == (IMAGES in done.options) for line in rendered)


@pytest.mark.parametrize("form", ["azure", "github", "gitlab"])
def test_a_pipeline_builds_what_is_committed_where_nothing_is_installed(service: Service, form: str) -> None:
    done = service.run(form, f"-p ci {REGISTRY} --set install=none")
    assert [each.log("pip") + each.log("dfrender") for each in done.machines.values()] == [""] * len(done.machines)
    assert done.build("production").file.endswith("Dockerfile.ci")


def test_a_pipeline_cannot_build_what_is_committed_where_its_tag_stands_in_it(service: Service) -> None:
    with chdir(service.repository.sources):
        call = ["plan", *shlex.split(f"{IMAGES} --set install=none"), "--format", "azure"]
        seen = CliRunner().invoke(main, call, prog_name="dfrender")
    assert seen.exit_code == 1
    assert "--set install: error: the committed Dockerfile holds the images' tag" in seen.stderr
    assert "[install-needed]\n   say in install what pip installs to render it, or use style: arg\n" in seen.stderr


@pytest.mark.slow
def test_the_real_command_renders_in_a_pipeline(service: Service) -> None:
    done = service.run("github", "-p ci", RENDERING)
    assert "wrote Dockerfile.ci: 5 references to 2 prebuilt stages\n" in "".join(done.machines["production"].said)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param("", id="artifact"),
        pytest.param(REGISTRY, id="registry", marks=pytest.mark.slow),
        pytest.param("--handover cache --set style=stage", id="cache", marks=pytest.mark.slow),
    ],
)
def test_a_login_changes_no_names_on_azure(service: Service, options: str) -> None:
    made = []
    for connection in ("none", "example"):
        done = service.run("azure", f"-p ci {options} --set tag=1", connection=connection)
        made.append([tag.rpartition(":")[0] for stage in AFTER for tag in done.build(stage).tags])
    assert made[0] == made[1]
    assert len(made[0]) >= len(AFTER) - 2


def test_a_job_of_azure_takes_nothing_that_an_earlier_run_left_on_its_agent(service: Service) -> None:
    left = service.repository.folder / "agent" / "image-builder_base-101-9"
    left.mkdir(parents=True)
    (left / "builder_base.tar").write_text("older", "utf-8")
    done = service.run("azure", "-p ci")
    (load,) = [call for call in done.machines["development"].calls if call[0] == "load"]
    assert load[-1].endswith("/image-builder_base-101-1/builder_base.tar")


VALUES = {
    "a blank": "a b",
    "two blanks and one at the end": "a  b ",
    "quotes": 'it\'s "quoted"',
    "variables": "$HOME ${HOME} `x` $$",
    "signs of a shell": "&<>;|*?[]{}~!#:%=\\,()",
    "a macro of Azure": "$(x)",
    "an expression of GitHub": "${{ x }}",
    "signs of Jinja": "{{ x }} {% y %} <{ z }>",
    "letters of other languages": "naïve 日本",
    "a line break": "two\nlines",
    "a sign that no line shows": "a\x1bb",
    "what YAML takes for something else": "yes: no",
}
REFUSED = {
    ("azure", "a macro of Azure", "path"),
    ("azure", "an expression of GitHub", "path"),
    ("github", "an expression of GitHub", "path"),
    *(("gitlab", name, "path") for name in ("variables", "a macro of Azure", "an expression of GitHub")),
    *(("sh", name, "path") for name in ("a line break", "a sign that no line shows")),
}
FOR_ONE_LINE = {"a line break", "a sign that no line shows"}


def each_hand_over() -> list[ParameterSet]:
    """Return all hand-overs of all formats; the first of each will do where time is short."""
    quick: set[str] = set()
    cases: dict[str, tuple[str, str]] = {}
    for form, handovers in OFFERED.items():
        quick.add(f"{form} by {handovers[0]}")
        for handover in handovers:
            cases[f"{form} by {handover}"] = (form, handover)
    return slow_but(quick, cases)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize(("form", "handover"), each_hand_over())
def test_values_go_through_every_pipeline_unharmed_or_are_refused(
    service: Service, form: str, name: str, handover: str
) -> None:
    """An expression of the pipeline in a build argument is meant as one."""
    value = VALUES[name]
    for kind in ("path", "argument"):
        if (kind, name) == ("argument", "a line break"):
            with pytest.raises(DfrenderError, match="wrong-value"):
                odd_plan(value, kind, handover, "")
            continue
        plan = odd_plan(value, kind, handover, written(form).tag)
        if (form, name, kind) in REFUSED or (form != "sh" and name in FOR_ONE_LINE):
            with pytest.raises(DfrenderError, match="unwritable-value"):
                written(form).write(plan)
        elif (kind, name) != ("argument", "an expression of GitHub") or form in {"sh", "gitlab"}:
            (build,) = service.builds(form, plan)
            if kind == "path":
                assert build.file.endswith(value)
                assert build.context.endswith(value)
            else:
                assert build.args == {"ODD": value}


def odd_plan(value: str, kind: str, handover: str, tag: str) -> Plans:
    """Plan one job, with a value as the paths or as a build argument."""
    profile: dict[str, object] = {"registry": "r.io", "handover": handover, "install": "none"}
    location = Location("Dockerfile.ci", "app", tag, "dfrender render", "dfrender plan")
    if kind == "path":
        location = location._replace(dockerfile=value, context=value)
    if kind == "argument":
        profile["build_args"] = {"ODD": value.replace("$", "$$")}
    return planning.plans_of([result_of("ARG ODD\nFROM a:1 AS app\n", json.dumps(profile))], [location])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a  b", ["a", "b"], id="blanks"),
        pytest.param('a" "b', ["a b"], id="a blank in quotes"),
        pytest.param('a"\\""b', ['a"b'], id="a quote in quotes"),
        pytest.param("'a b'", ["'a", "b'"], id="other quotes are ordinary"),
        pytest.param("a\\b", ["a\\b"], id="a backslash"),
        pytest.param('"a\\b" c', ["a\\b", "c"], id="a backslash in quotes"),
        pytest.param('"a\\\\b"', ["a\\\\b"], id="two backslashes in quotes"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_arguments_of_a_task_are_split_as_its_library_splits_them(text: str, words: list[str]) -> None:
    assert task_words(text) == words
