"""Plans of several templates: what jobs take from each other, their names, and the order in which they are done."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.shell import SCHEMAS, schema_faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.project import Project

CI = "registry: r.io\nrepository: '{folder}/{stage}'\n"
BASE = "FROM alpine:3.22 AS base\nRUN make\n"
SERVICE = "FROM r.io/base/base:latest AS app\nRUN make\n"
REPOSITORY = {
    ".git/HEAD": "",
    "profiles/ci.yaml": CI,
    "base/Dockerfile.j2": BASE,
    "api/docker/Dockerfile.j2": SERVICE,
    "web/Dockerfile.j2": SERVICE,
}
TAGGED = '<% set tag = "RUN" %>\n<{ jobs | json }>\n'


def planned(project: Project, files: Mapping[str, str], *options: str) -> dict[str, Any]:
    """Ask for the plans of a repository as JSON; nothing else may be said."""
    project.write({".git/HEAD": "", "profiles/ci.yaml": CI, **files})
    result = project.dfrender("plan", "-p", "ci", *(options or ["."]), "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def jobs_of(plans: Mapping[str, Any]) -> dict[str, Any]:
    return {job["name"]: job for plan in plans["plans"] for job in plan["jobs"]}


def jobs_in_a_run(project: Project, files: Mapping[str, str], *options: str) -> dict[str, Any]:
    """Return the jobs of a pipeline whose runs have a tag, in its order."""
    project.write({".git/HEAD": "", "profiles/ci.yaml": CI, "own.j2": TAGGED, **files})
    result = project.dfrender("plan", "-p", "ci", *(options or ["."]), "--format", "./own.j2")
    assert (result.exit_code, result.stderr) == (0, "")
    return {job["name"]: job for job in json.loads(result.stdout)}


def test_each_template_has_a_plan_as_if_it_were_alone(project: Project) -> None:
    whole = planned(project, REPOSITORY)
    assert [*whole] == ["version", "plans"]
    assert whole["version"] == 2
    (alone,) = [plan for plan in whole["plans"] if plan["dockerfile"] == "web/Dockerfile.ci"]
    single = json.loads(project.dfrender("plan", "-p", "ci", "web", "--format", "json").stdout)
    assert alone.keys() == single.keys()
    for name in ("profile", "context", "target", "needed", "builder", "handover", "registry", "render", "update"):
        assert alone[name] == single[name]
    (job,), (same,) = alone["jobs"], single["jobs"]
    for name in ("stage", "target", "tags", "runs", "args", "options"):
        assert job[name] == same[name]


def test_a_job_waits_for_the_one_that_makes_the_image_it_names(project: Project) -> None:
    jobs = jobs_of(planned(project, REPOSITORY))
    assert {name: job["needs"] for name, job in jobs.items()} == {
        "api/docker/app": ["base_base"],
        "base/base": [],
        "web/app": ["base_base"],
    }
    assert {name: job["step"] for name, job in jobs.items()} == {"api/docker/app": 2, "base/base": 1, "web/app": 2}
    app = jobs["web/app"]
    assert (app["id"], app["after"]) == ("web_app", ["base/base"])
    assert app["loads"] == app["images"] == {"base/base": "r.io/base/base:latest"}
    assert [jobs["base/base"][name] for name in ("is_taken", "hands_on")] == [True, True]
    assert [app[name] for name in ("dockerfile", "context", "render", "tag_in_file")] == [
        "web/Dockerfile.ci",
        "web",
        "dfrender render -p ci web/Dockerfile.j2",
        False,
    ]


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("FROM r.io/base/base AS app\n", id="latest is implied"),
        pytest.param("ARG BASE=r.io/base/base:latest\nFROM ${BASE} AS app\n", id="by an argument's default"),
        pytest.param("FROM alpine:3.22 AS app\nCOPY --from=r.io/base/base:latest /a /a\n", id="by COPY"),
        pytest.param(
            "FROM alpine:3.22 AS app\nRUN --mount=from=r.io/base/base:latest,target=/b make\n", id="by a mount"
        ),
        pytest.param(
            "FROM r.io/base/base:latest AS app\nCOPY --from=r.io/base/base:latest /a /a\n", id="twice, and waits once"
        ),
        pytest.param("FROM r.io/base/base:latest AS build\nFROM build AS app\n", id="by a stage that the job runs"),
    ],
)
def test_an_image_is_named_in_every_way(project: Project, reference: str) -> None:
    files = {"base/Dockerfile.j2": BASE, "web/Dockerfile.j2": reference}
    assert jobs_of(planned(project, files))["web/app"]["after"] == ["base/base"]


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("FROM r.io/base/base:1 AS app\n", id="another tag"),
        pytest.param("FROM r.io/base/base:latest AS other\nFROM alpine:3.22 AS app\n", id="a stage of no job"),
        pytest.param("FROM r.io/web/app:latest AS app\n", id="the image that it makes itself, from an earlier run"),
    ],
)
def test_other_images_are_waited_for_by_no_job(project: Project, reference: str) -> None:
    profile = f"{CI}build: [base, app]\n"
    files = {"base/Dockerfile.j2": f"{BASE}FROM base AS app\n", "web/Dockerfile.j2": f"{reference}FROM app AS base\n"}
    jobs = jobs_of(planned(project, {**files, "profiles/ci.yaml": profile}))
    assert jobs["web/app"]["after"] == []


def test_an_image_of_a_prebuilt_stage_is_made_by_a_job_of_another_template(project: Project) -> None:
    shared = "registry: r.io\nprebuilt: [tools]\n"
    files = {
        "tools/profiles/ci.yaml": f"{shared}build: []\n",
        "tools/Dockerfile.j2": "FROM alpine:3.22 AS tools\nRUN make\nFROM tools\n",
        "web/profiles/ci.yaml": f"{shared}target: app\n",
        "web/Dockerfile.j2": 'FROM alpine:3.22 AS tools\nRUN make\nFROM {{ stage("tools") }} AS app\nRUN make\n',
    }
    jobs = jobs_in_a_run(project, files)
    assert jobs["web/app"]["after"] == ["tools/tools"]
    assert jobs["web/app"]["loads"] == {"tools/tools": "r.io/tools:RUN"}
    assert jobs["web/app"]["args"] == {"TOOLS_IMAGE": "r.io/tools:RUN"}
    assert "it has to be there" not in project.dfrender("plan", "-p", "ci", ".").stdout
    project.write({"other/profiles/ci.yaml": "repository: other/{stage}\n", "other/Dockerfile.j2": BASE})
    for paths in (["web"], ["web", "other"]):
        seen = project.dfrender("plan", "-p", "ci", *paths).stdout
        assert "note: no job of this plan makes r.io/tools:latest: it has to be there\n" in seen


def test_what_a_file_names_keeps_its_name_in_a_run(project: Project) -> None:
    jobs = jobs_in_a_run(project, REPOSITORY)
    assert [*jobs] == ["base/base", "api/docker/app", "web/app"]
    assert {name: job["tags"] for name, job in jobs.items()} == {
        "base/base": ["r.io/base/base:latest"],
        "api/docker/app": ["r.io/api/app:RUN"],
        "web/app": ["r.io/web/app:RUN"],
    }


def test_what_the_same_file_names_keeps_its_name_in_a_run(project: Project) -> None:
    dockerfile = "FROM alpine:3.22 AS b\nFROM alpine:3.22 AS c\nFROM c AS app\nCOPY --from=r.io/b:latest /b /b\n"
    unbuilt = "FROM r.io/c:latest AS unbuilt\n"
    profile = "{registry: r.io, prebuilt: [b, c], build: [app]}"
    files = {"profiles/ci.yaml": profile, "Dockerfile.j2": dockerfile + unbuilt}
    jobs = jobs_in_a_run(project, files, "Dockerfile.j2")
    assert [job["tags"] for job in jobs.values()] == [["r.io/b:latest"], ["r.io/c:RUN"], ["r.io/app:RUN"]]
    by_cache = jobs_in_a_run(project, files, "Dockerfile.j2", "--handover", "cache", "--set", "style=stage")
    assert by_cache["b"]["tags"] == ["r.io/b:RUN"]


@pytest.mark.parametrize(
    ("handover", "published"),
    [
        pytest.param(
            "artifact", [["r.io/base/base:latest"], ["r.io/web/app:latest", "r.io/web/app:RUN"]], id="artifact"
        ),
        pytest.param("registry", [["r.io/web/app:latest"]], id="registry, where others took it from"),
    ],
)
def test_what_is_published_and_taken_is_pushed_once(project: Project, handover: str, published: list[str]) -> None:
    own = '<% set tag = "RUN" %>\n<{ [publish, jobs] | json }>\n'
    files = {
        ".git/HEAD": "",
        "own.j2": own,
        "base/profiles/ci.yaml": f"{CI}publish: [base]\n",
        "base/Dockerfile.j2": BASE,
        "web/profiles/ci.yaml": f"{CI}publish: [app]\n",
        "web/Dockerfile.j2": SERVICE,
    }
    project.write(files)
    result = project.dfrender("plan", "-p", "ci", "--handover", handover, ".", "--format", "./own.j2")
    pushed, jobs = json.loads(result.stdout)
    assert [each["tags"] for each in pushed] == published
    assert [each["name"] for each in pushed][-1] == "web/app"
    assert [job["hands_on"] for job in jobs] == [True, True]


def test_jobs_are_called_by_the_folders_of_their_templates(project: Project) -> None:
    files = {
        "Dockerfile.j2": "FROM alpine:3.22 AS root\n",
        "7 seas/a#b/Dockerfile.j2": "FROM alpine:3.22 AS app\n",
        "x/Dockerfile.j2": "FROM alpine:3.22 AS app\n",
        "x/profiles/ci.yaml": "repository: one/{stage}\n",
        "x/worker.Dockerfile.j2": "FROM alpine:3.22 AS app\nFROM app\n",
    }
    profile = "repository: '{app}/{stage}'\nvalues: {app: seas}\n"
    found = planned(project, {**files, "profiles/ci.yaml": profile, "x/worker.Dockerfile.j2": "FROM alpine:3.22\n"})
    assert {name: job["id"] for name, job in jobs_of(found).items()} == {
        "root": "root",
        "7_seas/a_b/app": "_7_seas_a_b_app",
        "x/app": "x_app",
        "x/#0": "x__0",
    }


def test_templates_of_one_folder_have_jobs_of_their_own(project: Project) -> None:
    files = {
        "x/Dockerfile.j2": "FROM alpine:3.22 AS app\nFROM one/app:1 AS other\n",
        "x/worker.Dockerfile.j2": "FROM alpine:3.22 AS app\n",
    }
    project.write(files | {".git/HEAD": "", "profiles/ci.yaml": "build: [app]\n"})
    result = project.dfrender("plan", "-p", "ci", ".")
    assert "'app:latest' would be the image of 'x/app' and of 'x/app_' [shared-image]" in result.stderr


def test_jobs_stand_in_an_order_in_which_they_can_be_done(project: Project) -> None:
    files = {
        "a/Dockerfile.j2": "FROM alpine:3.22 AS one\nFROM r.io/b/two:latest AS three\n",
        "b/Dockerfile.j2": "FROM r.io/c/four:latest AS two\n",
        "c/Dockerfile.j2": "FROM alpine:3.22 AS four\nFROM r.io/a/three:latest AS five\n",
    }
    jobs = jobs_in_a_run(project, files)
    assert [*jobs] == ["a/one", "c/four", "b/two", "a/three", "c/five"]
    assert [job["step"] for job in jobs.values()] == [1, 1, 2, 3, 4]
    rows = project.dfrender("plan", "-p", "ci", ".").stdout.splitlines()
    assert [row.split()[1] for row in rows if not row.startswith("note")] == ["job", *jobs]


def test_what_differs_is_reported_where_it_is_written(project: Project) -> None:
    files = {f"{name}/Dockerfile.j2": "FROM alpine:3.22 AS app\n" for name in ("api", "web")}
    profiles = {"api/profiles/ci.yaml": f"{CI}builder: classic\n", "web/profiles/ci.yaml": CI}
    project.write({".git/HEAD": "", **files, **profiles})
    seen = project.dfrender("plan", "-p", "ci", ".")
    assert (seen.exit_code, seen.stdout) == (1, "")
    assert seen.stderr.startswith(
        "api/profiles/ci.yaml:3:10: error: builder is 'classic' here and 'buildkit' for another"
    )


def test_a_digest_names_what_jobs_make_in_each_template(project: Project) -> None:
    profile = f"{CI}tag: '{{input_digest}}'\nplatform: linux/amd64\nprebuilt: [tools]\nignore: [unpinned-base]\n"
    text = 'FROM alpine:3.22 AS tools\nFROM {{ stage("tools") }} AS app\n'
    files = {f"{name}/Dockerfile.j2": text for name in ("api", "web")}
    jobs = jobs_of(planned(project, {"profiles/ci.yaml": profile, **files}))
    assert [re.sub("[0-9a-f]{20}$", "DIGEST", job["tags"][0]) for job in jobs.values()] == [
        f"r.io/{name}/{stage}:DIGEST" for name in ("api", "web") for stage in ("tools", "app")
    ]


def test_every_cycle_is_reported(project: Project) -> None:
    files = {
        "a/Dockerfile.j2": "FROM r.io/b/app:latest AS app\n",
        "b/Dockerfile.j2": "FROM r.io/a/app:latest AS app\n",
        "c/Dockerfile.j2": "FROM r.io/d/app:latest AS app\n",
        "d/Dockerfile.j2": "FROM r.io/c/app:latest AS app\n",
        "e/Dockerfile.j2": "FROM r.io/d/app:latest AS app\n",
    }
    project.write({".git/HEAD": "", "profiles/ci.yaml": CI, **files})
    seen = project.dfrender("plan", "-p", "ci", ".")
    assert re.findall(r"^(\S+): error: .*: (.+) \[job-cycle\]", seen.stderr, re.MULTILINE) == [
        ("a/Dockerfile.j2:1:6", "a/app → b/app → a/app"),
        ("c/Dockerfile.j2:1:6", "c/app → d/app → c/app"),
    ]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        pytest.param(
            "sh", "# Update: dfrender plan -p ci --set tag=7 --exclude old base ../web --format sh", id="here"
        ),
        pytest.param(
            "azure",
            "# Update: dfrender plan -p ci --set tag=7 --exclude old api/base web --format azure",
            id="in the root of the repository",
        ),
    ],
)
def test_a_plan_says_how_to_write_it_again(
    project: Project, form: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = SERVICE.replace("base/base:latest", "api-base/base:7")
    project.write(
        {".git/HEAD": "", "profiles/ci.yaml": CI, "api/base/Dockerfile.j2": BASE, "web/Dockerfile.j2": service}
    )
    project.write({"web/old/Dockerfile.j2": "FROM a AS b\nFROM c AS b\n"})
    monkeypatch.chdir("api")
    call = ["plan", "-p", "ci", "--set", "tag=7", "--exclude", "old", "base", "../web", "--format", form]
    result = project.dfrender(*call)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[1 if form == "sh" else 0] != ""
    assert line in result.stdout.splitlines()


def test_a_plan_is_written_again_for_a_profile_by_its_path(project: Project) -> None:
    project.write({"api/Dockerfile.j2": BASE, "web/Dockerfile.j2": BASE, "own/ci.yaml": CI, ".git/HEAD": ""})
    result = project.dfrender("plan", "-p", "own/ci.yaml", "--handover", "registry", "api", "web", "--format", "gitlab")
    update = "# Update: dfrender plan -p own/ci.yaml api web --handover registry --format gitlab"
    assert update in result.stdout.splitlines()


def test_mermaid_draws_a_box_for_each_template_and_arrows_between_them(project: Project) -> None:
    project.write(REPOSITORY)
    lines = project.dfrender("plan", "-p", "ci", ".", "--format", "mermaid").stdout.splitlines()
    assert lines == [
        "flowchart LR",
        '  subgraph p0["api/docker/Dockerfile.ci"]',
        '    s0["app"]',
        "  end",
        '  subgraph p1["base/Dockerfile.ci"]',
        '    s1["base"]',
        "  end",
        '  subgraph p2["web/Dockerfile.ci"]',
        '    s2["app"]',
        "  end",
        '  i0(["alpine:3.22"])',
        "  s1 --> s0",
        "  i0 --> s1",
        "  s1 --> s2",
    ]


def test_bake_hands_the_image_of_one_template_to_another(project: Project, tmp_path: Path) -> None:
    project.write(REPOSITORY)
    text = project.dfrender("plan", "-p", "ci", ".", "--format", "bake").stdout
    targets = json.loads(text)["target"]
    assert targets["web_app"]["contexts"] == {"r.io/base/base": "target:base_base"}
    assert [(each["context"], each["dockerfile"]) for each in targets.values()] == [
        ("base", "Dockerfile.ci"),
        ("api/docker", "Dockerfile.ci"),
        ("web", "Dockerfile.ci"),
    ]
    (tmp_path / "checked").mkdir()
    (tmp_path / "checked" / "bake.json").write_text(text, "utf-8")
    assert schema_faults(tmp_path / "checked", "--schemafile", str(SCHEMAS / "docker-bake.schema.json")) == ""


@pytest.mark.parametrize(
    ("profiles", "registry"),
    [
        pytest.param(("", "registry: r.io\n"), "r.io", id="that of the first plan that has one"),
        pytest.param(("", ""), "", id="none where no plan has one"),
    ],
)
def test_the_registry_of_several_templates_is(project: Project, profiles: tuple[str, str], registry: str) -> None:
    files = {f"{name}/profiles/ci.yaml": text for name, text in zip("ab", profiles, strict=True)}
    project.write({**files, "a/Dockerfile": "FROM alpine AS a\n", "b/Dockerfile": "FROM alpine AS b\n"})
    project.write({".git/HEAD": "", "own.j2": "<{ registry | raw }>\n"})
    assert project.dfrender("plan", "-p", "ci", ".", "--format", "./own.j2").stdout == f"{registry}\n"
