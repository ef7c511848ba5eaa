"""Many templates in one run: what they share, what one of them does to the others, and which are left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICES = [f"services/s{number:02}" for number in range(40)]
TEMPLATE = """\
FROM python:{{ python }}-slim AS builder
FROM {{ stage("builder") }} AS app
COPY --from={{ stage("builder") }} /venv /venv
"""
OUTER = {
    ".git/HEAD": "",
    "profiles/_base.yaml": "values: {python: 3.13}\nregistry: r.example\nrepository: '{service}/{stage}'\n",
    "profiles/local.yaml": "extends: _base\n",
    "profiles/ci.yaml": "extends: _base\nprebuilt: [builder]\ntag_arg: IMAGE_TAG\n",
}
SMALL = {f"{name}/Dockerfile.j2": "FROM a AS b\nFROM {{ stage('b') }}\n" for name in ("api", "jobs", "web")}


def monorepo() -> dict[str, str]:
    """Give 40 services with an outer and a base profile; each has a ``ci`` of its own over the outer one."""
    templates = {f"{each}/Dockerfile.j2": TEMPLATE for each in SERVICES}
    own = {f"{each}/profiles/ci.yaml": f"extends: ci\nvalues: {{service: {each[-3:]}}}\n" for each in SERVICES}
    return {**OUTER, **templates, **own}


def test_twelve_services_need_three_profiles_for_three_environments(project: Project) -> None:
    services = [f"services/s{number:02}" for number in range(12)]
    templates = {f"{each}/docker/Dockerfile.j2": TEMPLATE for each in services}
    shared = "values: {python: 3.13}\nregistry: r.example\nrepository: '{folder}/{stage}'\nprebuilt: [builder]\n"
    profiles = {f"profiles/{name}.yaml": f"{shared}tag: {name}\nstyle: image\n" for name in ("ci", "local", "prod")}
    project.write({".git/HEAD": ""} | templates | profiles)
    project.render(".", "-q")
    for each in services:
        name = each.replace("/", "-")
        for profile in ("ci", "local", "prod"):
            text = Path(f"{each}/docker/Dockerfile.{profile}").read_text("utf-8")
            assert f"COPY --from=r.example/{name}/builder:{profile} /venv /venv\n" in text


def test_a_broken_service_does_not_stop_the_others(project: Project) -> None:
    project.write(monorepo() | {"services/s17/Dockerfile.j2": TEMPLATE.replace('"builder") }} AS', '"bilder") }} AS')})
    result = project.dfrender("render", ".")
    assert result.exit_code == 1
    assert result.stderr == (
        "services/s17/Dockerfile.j2:2:9: error: no stage is named 'bilder' [unknown-stage]\n"
        '    2 | FROM {{ stage("bilder") }} AS app\n'
        "      |         ^\n"
        "   did you mean 'builder'?\n"
    )
    written = [each for each in project.files() if each.endswith((".ci", ".local"))]
    assert written == [
        f"{each}/Dockerfile.{name}" for each in SERVICES if each[-2:] != "17" for name in ("ci", "local")
    ]
    assert result.stdout.splitlines() == [
        *(f"wrote {each}" + ": 2 references to 1 prebuilt stage" * each.endswith("ci") for each in written),
        "39 of 40 templates: 78 files written",
    ]


def test_a_services_profile_is_laid_over_the_outer_one_of_its_name(project: Project) -> None:
    project.write(monorepo())
    project.render("services/s03", "services/s04", "-q")
    assert b"ARG BUILDER_IMAGE=r.example/s03/builder:${IMAGE_TAG}\n" in project.read("services/s03/Dockerfile.ci")
    assert b"ARG BUILDER_IMAGE=r.example/s04/builder:${IMAGE_TAG}\n" in project.read("services/s04/Dockerfile.ci")
    assert b"profile ci. DO NOT EDIT.\n# Update: dfrender render -p ci Dockerfile.j2 " in project.read(
        "services/s03/Dockerfile.ci"
    )


@pytest.mark.slow
def test_a_second_run_writes_nothing(project: Project) -> None:
    project.write(monorepo())
    assert project.render(".").splitlines()[-1] == "40 templates: 80 files written"
    Path("services/s05/Dockerfile.ci").unlink()
    assert project.render(".").splitlines()[-1] == "40 templates: 1 file written, 79 up to date"
    assert project.render(".").splitlines()[-1] == "40 templates: 0 files written, 80 up to date"
    assert project.render("-q", ".") == ""


def test_a_mistake_in_a_profile_that_all_extend_is_told_once(project: Project) -> None:
    project.write(monorepo() | {"profiles/_base.yaml": "values: {python: 3.13}\nregistri: r.example\n"})
    result = project.dfrender("render", ".")
    assert (result.exit_code, result.stdout) == (1, "0 of 40 templates: 0 files written\n")
    assert result.stderr == (
        "profiles/_base.yaml:2:1: error: unknown key 'registri' [unknown-key]\n"
        "    2 | registri: r.example\n"
        "      | ^\n"
        "   did you mean 'registry'?\n"
    )


@pytest.mark.parametrize(
    ("files", "exit_code", "told", "total"),
    [
        pytest.param(
            {"jobs/Dockerfile.ci": "FROM mine\n"},
            1,
            "jobs/Dockerfile.ci: error: not written by dfrender",
            "2 of 3 templates: 2 files written",
            id="a file that a person wrote",
        ),
        pytest.param(
            {"jobs/profiles/local.yaml": "output: none/D\n"},
            2,
            "jobs/profiles/local.yaml:1:9: error: the folder jobs/none does not exist",
            "2 of 3 templates: 2 files written",
            id="a file that cannot be written, and the other profile's with it",
        ),
        pytest.param(
            {"jobs/profiles/ci.yaml": "output: ../api/Dockerfile.ci\n"},
            1,
            "jobs/profiles/ci.yaml:1:9: error: api/Dockerfile.ci would be written twice: for profile ci of"
            " api/Dockerfile.j2 and profile ci of jobs/Dockerfile.j2",
            "1 of 3 templates: 1 file written",
            id="a file of two templates, which is neither's",
        ),
        pytest.param(
            {"profiles/ci.yaml": "output: ../Dockerfile.ci\n"},
            1,
            "profiles/ci.yaml:1:9: error: Dockerfile.ci would be written twice: for profile ci of api/Dockerfile.j2"
            " and profile ci of jobs/Dockerfile.j2",
            "0 of 3 templates: 0 files written",
            id="a file of all templates",
        ),
        pytest.param(
            {"jobs/Dockerfile.ci/file": ""},
            2,
            "profiles/ci.yaml: error: jobs/Dockerfile.ci cannot be written: is a directory",
            "2 of 3 templates: 2 files written",
            id="a folder in the place of a file",
        ),
        pytest.param(
            {"jobs/profiles/ci.yaml": "required_version: <0.1\nnew: 1\n"},
            1,
            "jobs/profiles/ci.yaml:1:19: error: this profile needs dfrender <0.1, and this is",
            "2 of 3 templates: 2 files written",
            id="a profile for another version",
        ),
        pytest.param(
            {"jobs/profiles/ci.yaml": "extends: nothing\n"},
            1,
            "jobs/profiles/ci.yaml:1:10: error: no profile here or further out is named 'nothing'",
            "2 of 3 templates: 2 files written",
            id="a profile without its parent",
        ),
    ],
)
def test_a_template_is_written_whole_or_not_at_all(
    project: Project, files: Mapping[str, str], exit_code: int, told: str, total: str
) -> None:
    project.write({".git/HEAD": "", "profiles/ci.yaml": "", **SMALL, **files})
    before = project.files()
    result = project.dfrender("render", ".")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (exit_code, total)
    assert result.stderr.startswith(told)
    assert not [each for each in project.files() if each not in before and each.startswith("jobs")]


def test_a_comparison_looks_at_the_good_ones_and_fails_for_the_bad(project: Project) -> None:
    project.write({".git/HEAD": "", "profiles/ci.yaml": "", **SMALL})
    project.render("-q", ".")
    project.write({"jobs/Dockerfile.j2": "FROM a\nRNU b\n", "web/Dockerfile.j2": "FROM a\n"})
    result = project.dfrender("render", "--check", ".")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("jobs/Dockerfile.j2:2:1: error: ")
    assert "web/Dockerfile.j2: error: web/Dockerfile.ci is stale [stale-output]\n" in result.stderr
    project.write(SMALL | {"jobs/Dockerfile.j2": "FROM a\nRNU b\n"})
    assert project.dfrender("render", "--check", ".").exit_code == 1


@pytest.mark.parametrize(
    ("globs", "left"),
    [
        pytest.param(["jobs"], ["Dockerfile.j2", "api/Dockerfile.j2", "api/old/Dockerfile.j2"], id="a folder"),
        pytest.param(["./jobs/"], ["Dockerfile.j2", "api/Dockerfile.j2", "api/old/Dockerfile.j2"], id="as a path"),
        pytest.param(["old"], ["Dockerfile.j2", "api/Dockerfile.j2"], id="a folder of this name, wherever it is"),
        pytest.param(["api/old", "jobs"], ["Dockerfile.j2", "api/Dockerfile.j2"], id="several"),
        pytest.param(["j*", "*/old"], ["Dockerfile.j2", "api/Dockerfile.j2"], id="globs"),
        pytest.param(["api/*.j2"], ["Dockerfile.j2", "api/old/Dockerfile.j2", "jobs/old/Dockerfile.j2"], id="files"),
        pytest.param(["*/*"], ["Dockerfile.j2"], id="all that is in folders"),
        pytest.param(["none"], [], id="nothing"),
    ],
)
def test_templates_are_excluded(project: Project, globs: list[str], left: list[str]) -> None:
    names = ["Dockerfile.j2", "api/Dockerfile.j2", "api/old/Dockerfile.j2", "jobs/old/Dockerfile.j2"]
    project.write({"repo/.git/HEAD": "", "repo/profiles/ci.yaml": ""} | {f"repo/{name}": "FROM a\n" for name in names})
    options = [word for glob in globs for word in ("--exclude", glob)]
    lines = project.render(*options, "repo").splitlines()
    assert [line for line in lines if line.startswith("wrote")] == [
        f"wrote repo/{name.replace('.j2', '.ci')}" for name in left or names
    ]
    os.chdir("repo")
    assert len(project.render(*options, ".").splitlines()) == len(lines)


SAME = "would be the same image 'b:latest' [shared-image]"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(
            {"profiles/ci.yaml": "prebuilt: [b]\n"},
            f"profiles/ci.yaml:1:12: warning: stages in api/Dockerfile.j2 and in 2 other templates {SAME}",
            id="of many, at their profile",
        ),
        pytest.param(
            {
                "profiles/ci.yaml": "",
                "jobs/profiles/ci.yaml": "prebuilt: [b]\n",
                "web/profiles/ci.yaml": "prebuilt: [b]",
            },
            f"web/profiles/ci.yaml:1:12: warning: stages in jobs/Dockerfile.j2 and in web/Dockerfile.j2 {SAME}",
            id="of two, at the second's profile",
        ),
        pytest.param({"profiles/ci.yaml": "prebuilt: {b: stage}\n"}, "", id="not where it is no image"),
        pytest.param({"profiles/ci.yaml": "prebuilt: [b]\nignore: [shared-image]\n"}, "", id="not where that is meant"),
        pytest.param(
            {
                "profiles/ci.yaml": "prebuilt: [b]\nrepository: '{app}/{stage}'\n",
                **{
                    f"{name}/profiles/ci.yaml": f"extends: ci\nvalues: {{app: {name}}}"
                    for name in ("api", "jobs", "web")
                },
            },
            "",
            id="not where each has a repository of its own",
        ),
    ],
)
def test_an_image_of_two_templates_is_a_warning(project: Project, files: Mapping[str, str], told: str) -> None:
    project.write({".git/HEAD": "", **SMALL, **files})
    result = project.dfrender("render", ".")
    assert (result.exit_code, result.stderr.partition("\n")[0]) == (0, told)
    assert result.stdout.splitlines()[-1] == "3 templates: 3 files written"
