"""The pipelines of several templates, run in small: each job renders and builds its own, of images of the others."""

from __future__ import annotations

import re
from contextlib import chdir, contextmanager
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.plan.agents.machine import LOGGING_DOCKER, Machine, machine
from tests.plan.agents.repository import Repository
from tests.plan.builds import Build, build_of
from tests.plan.test_formats import pipeline_faults, scripts
from tests.project import Project
from tests.shell import tool
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CI = "registry: r.io\nrepository: '{folder}/{stage}'\n"
SERVICE = "FROM r.io/base/base:latest AS app\nRUN make\n"
# one is published, one built outside of its folder, and the tag of a run stands in one Dockerfile
FILES = {
    ".git/HEAD": "",
    "base/profiles/ci.yaml": f"{CI}publish: [base]\n",
    "base/Dockerfile.j2": "FROM alpine:3.22 AS base\nRUN make\n",
    "api/docker/profiles/ci.yaml": f"{CI}context: ..\noutput: out/Dockerfile\n",
    "api/docker/Dockerfile.j2": SERVICE,
    "api/docker/out/keep": "",
    "web/profiles/ci.yaml": f"{CI}prebuilt: [tools]\nstyle: image\n",
    "web/Dockerfile.j2": f'FROM alpine:3.22 AS tools\n{SERVICE}COPY --from={{{{ stage("tools") }}}} /t /t\n',
}
BUILT = {
    "base/base:latest": ("base", "base/Dockerfile.ci", "base"),
    "api/app:TAG": ("app", "api/docker/out/Dockerfile", "api"),
    "web/tools:TAG": ("tools", "web/Dockerfile.ci", "web"),
    "web/app:TAG": ("app", "web/Dockerfile.ci", "web"),
}
RENDERS = {
    "base/base": "render -p ci base/Dockerfile.j2",
    "api/docker/app": "render -p ci api/docker/Dockerfile.j2",
    "web/tools": "render -p ci web/Dockerfile.j2 --set tag=101",
    "web/app": "render -p ci web/Dockerfile.j2 --set tag=101",
}
PLANS = {
    "sh by artifact": ("sh", "--handover artifact"),
    "sh by registry": ("sh", "--handover registry"),
    "azure by artifact": ("azure", "--handover artifact"),
    "azure by artifact, classic": ("azure", "--handover artifact --set builder=classic"),
    "azure by registry": ("azure", "--handover registry"),
    "azure by registry, classic": ("azure", "--handover registry --set builder=classic"),
    "github by artifact": ("github", "--handover artifact"),
    "github by registry": ("github", "--handover registry"),
    "gitlab by registry": ("gitlab", "--handover registry"),
    "gitlab by registry, classic": ("gitlab", "--handover registry --set builder=classic"),
}
_SOURCES = re.compile("^/.*/s(?:ources)?/")  # where a service has them
QUICK = {"sh by registry", "azure by artifact", "github by registry"}
EACH_PLAN = pytest.mark.parametrize(("form", "options"), slow_but(QUICK, PLANS))


@pytest.fixture
def service(tmp_path: Path) -> Repository:
    """Return the repository of the templates, with a service that runs its pipelines."""
    sources = tmp_path / "sources"
    sources.mkdir()
    with chdir(sources):
        Project().write(FILES)
    return Repository(sources, tmp_path / "service")


def carried_out(service: Repository, form: str, options: str) -> tuple[list[Build], list[str]]:
    """Run a plan of all templates in small; return what is built, and how it was rendered."""
    builds: list[Build] = []
    rendered: list[str] = []

    @contextmanager
    def machines(job: str) -> Iterator[Machine]:
        folder = service.folder / "machines" / job.replace(" ", "-").replace("/", "-")
        found = machine(folder, LOGGING_DOCKER, 'echo "$@" >> "$HOME/dfrender.log"')
        yield found
        builds.extend(build for build in map(build_of, found.calls) if build)
        rendered.extend(found.log("dfrender").splitlines())

    service.run(form, f"-p ci {options} .", machines)
    return builds, rendered


@EACH_PLAN
def test_every_job_builds_its_own_template(service: Repository, form: str, options: str) -> None:
    builds, _ = carried_out(service, form, options)
    seen = {}
    for build in builds:
        file, context = [_SOURCES.sub("", path) for path in (build.file, build.context)]
        seen[build.tags[0].removeprefix("r.io/")] = (build.target, file, context)
    tag = "latest" if form == "sh" else "101"
    assert seen == {image.replace("TAG", tag): found for image, found in BUILT.items()}
    assert builds[0].target in {"base", "tools"}


@EACH_PLAN
def test_every_job_renders_its_own_template(service: Repository, form: str, options: str) -> None:
    _, rendered = carried_out(service, form, options)
    expected = sorted(RENDERS.values())
    if form == "sh":
        expected = sorted({command.partition(" --set")[0] for command in expected})
    elif form == "gitlab":
        expected = sorted(set(expected))
    assert sorted(command.replace(" --set builder=classic", "") for command in rendered) == expected


def written(service: Repository, form: str, options: str) -> dict[str, str]:
    """Return what is written for a format by its name; Azure has the steps of its jobs in a file of their own."""
    found = {form: service.plan(form, f"-p ci {options} .")}
    if form == "azure":
        found["azure-template"] = service.plan("azure-template", f"-p ci {options} .")
    return found


@EACH_PLAN
def test_shellcheck_finds_nothing_in_what_is_written(service: Repository, form: str, options: str) -> None:
    for text in written(service, form, options).values():
        checked = text
        if form != "sh":
            checked = "\n".join(f"(\n{script}\n)" for script in scripts(yaml.safe_load(text)))
        shell = "bash" if form in {"azure", "github"} else "sh"
        assert tool("shellcheck", f"--shell={shell}", "-", text=checked).stdout == ""


@pytest.mark.slow
def test_every_pipeline_satisfies_the_schema(service: Repository, tmp_path: Path) -> None:
    for form in ("azure", "azure-template", "github", "gitlab"):
        folder = tmp_path / form
        folder.mkdir()
        for name, (of, options) in PLANS.items():
            if of == form.partition("-")[0]:
                (folder / f"{name}.yml").write_text(written(service, of, options)[form], "utf-8")
        assert pipeline_faults(form, folder) == ""


def test_a_template_of_azure_has_the_parameters_that_its_jobs_pass(service: Repository) -> None:
    for form, options in PLANS.values():
        if form != "azure":
            continue
        found = written(service, form, options)
        declared = {each["name"] for each in yaml.safe_load(found["azure-template"])["parameters"]}
        for job in yaml.safe_load(found["azure"])["jobs"]:
            for step in job["steps"]:
                assert set(step.get("parameters", declared)) == declared
