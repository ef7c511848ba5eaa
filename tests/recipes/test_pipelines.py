"""Pipelines: a job builds one stage, and what it takes from other stages are images that jobs before it pushed."""

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from dfrender import __version__
from dfrender.dockerfile.graph import graph
from tests.reading import shipped
from tests.shell import ROOT, environment, run

TAKES = {
    "builder-base": [],
    "development": ["builder-base"],
    "unit-tests": ["development"],
    "integration-tests": ["development"],
    "production": ["builder-base"],
}
LOGGED = 'printf "%s\\t" "$@" >> docker.log; echo >> docker.log'
COMMIT = "1f2e3d4"


class Job(NamedTuple):
    """What a job builds with which build arguments, the image that it pushes, if it does, and the jobs before it."""

    name: str
    needs: list[str]
    dockerfile: str
    stage: str
    build_args: dict[str, str]
    pushed: str


def read(recipe: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "examples" / recipe).read_text(encoding="utf-8"))
    return document


def github(_: Path) -> Iterator[Job]:
    """Give the jobs of the workflow that build, one for each entry of a matrix."""
    workflow = read("github.yml")
    for name, job in workflow["jobs"].items():
        for stage in job.get("strategy", {"matrix": {"stage": [""]}})["matrix"]["stage"] if "env" in job else ():
            known = {"github.sha": COMMIT, "matrix.stage": stage}
            environ = {f"env.{key}": value for key, value in replaced({**workflow["env"], **job["env"]}, known).items()}
            inputs = replaced(job["steps"][-1]["with"], known | environ)
            build_args = dict(line.split("=", 1) for line in inputs["build-args"].splitlines())
            needs = [job["needs"]] if isinstance(job["needs"], str) else job["needs"]
            pushed = inputs["tags"] if inputs["push"] == "true" else ""
            yield Job(name, needs, inputs["file"], inputs["target"], build_args, pushed)


def replaced(texts: Mapping[str, str | bool], known: Mapping[str, str]) -> dict[str, str]:
    """Replace the expressions of a workflow, in which a boolean is a text too."""
    expression = re.compile(r"\$\{\{ (\S+) \}\}")
    plain = {key: value if isinstance(value, str) else str(value).lower() for key, value in texts.items()}
    return {key: expression.sub(lambda match: known[match[1]], value) for key, value in plain.items()}


def gitlab(folder: Path) -> Iterator[Job]:
    """Give the jobs that build, by running what they run and looking at what Docker is called with."""
    pipeline = read("gitlab-ci.yml")
    build = pipeline[".build"]
    known = {f"CI_REGISTRY{part}": f"registry.example{part}" for part in ("", "_IMAGE", "_USER", "_PASSWORD")}
    env = environment(folder / "bin", docker=LOGGED) | known | {"CI_COMMIT_SHA": COMMIT}
    for name, job in pipeline.items():
        if job.get("extends") == ".build":
            variables = {**build["variables"], **job.get("variables", {}), "CI_JOB_NAME": name}
            done = run("\n".join(["set -e", *build["before_script"], *build["script"]]), folder, env | variables)
            assert done.returncode == 0, done.stdout
            call = (folder / "docker.log").read_text(encoding="utf-8").splitlines()[-1].split("\t")[:-1]
            options = docker_build().parse_args(call)
            build_args = dict(each.split("=", 1) for each in options.build_arg)
            yield Job(name, job["needs"], options.file, options.target, build_args, options.tag if options.push else "")


def docker_build() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument("command", choices=["build"])
    parser.add_argument("context", choices=["."])
    parser.add_argument("--build-arg", action="append")
    parser.add_argument("--push", action="store_true")
    for option in ("--file", "--target", "--tag"):
        parser.add_argument(option)
    return parser


@pytest.mark.parametrize(
    ("read_jobs", "images"),
    [
        pytest.param(github, "ghcr.io/example/api", id="GitHub Actions"),
        pytest.param(gitlab, "registry.example_IMAGE", id="GitLab CI"),
    ],
)
def test_a_job_takes_images_that_jobs_before_it_pushed(
    read_jobs: Callable[[Path], Iterator[Job]], images: str, tmp_path: Path
) -> None:
    rendered = shipped("ci")
    jobs = list(read_jobs(tmp_path))
    assert {job.stage for job in jobs} == set(TAKES)
    for job in jobs:
        output = graph(rendered.output.dockerfile, job.build_args)
        executed = output.needs(output.names[job.stage])
        taken = {edge.image for edge in output.edges if edge.reference.stage in executed and edge.image}
        expected = {f"{images}/{stage}:{COMMIT}" for stage in TAKES[job.stage]}
        assert job.dockerfile == "Dockerfile.ci"
        assert taken - {"python:3.13-slim"} == expected, job
        assert expected <= pushed_before(job, jobs), job
        assert {output.title(stage) for stage in executed} & {"builder-base", "development"} <= {job.stage}


def pushed_before(job: Job, jobs: list[Job]) -> set[str]:
    """Give the images that are pushed when a job begins."""
    before = [each for each in jobs if each.name in job.needs]
    return {each.pushed for each in before}.union(*(pushed_before(each, jobs) for each in before))


@pytest.mark.parametrize(
    ("commands", "says", "exit_code"),
    [
        pytest.param(
            [step["run"] for step in read("github.yml")["jobs"]["check"]["steps"][1:]],
            "title=missing-output::Dockerfile.ci is missing%0A",
            1,
            id="GitHub Actions checks what is committed",
        ),
        pytest.param(
            read("gitlab-ci.yml")["render"]["script"],
            "wrote Dockerfile.ci: 5 references to 2 prebuilt stages\n",
            0,
            id="GitLab CI renders",
        ),
    ],
)
def test_the_first_job_installs_this_version_and_sees_to_the_rendered_file(
    commands: list[str], says: str, exit_code: int, checkout: Path, tmp_path: Path
) -> None:
    env = environment(tmp_path / "bin", pip="echo $* > ../installed", pipx="echo $* > ../installed")
    script = "\n".join(["set -e", *commands])
    first = run(script, checkout, env)
    assert (first.returncode, says in first.stdout) == (exit_code, True), first.stdout
    assert "warning: " not in first.stdout
    assert f"dfrender=={__version__}" in (tmp_path / "installed").read_text(encoding="utf-8").split()
    assert run(f"dfrender render -p ci --quiet\n{script}", checkout, env).returncode == 0
