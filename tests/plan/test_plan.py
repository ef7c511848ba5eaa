"""What a plan holds: its jobs, their order, what each runs and takes, under which names and with which flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dfrender import planning
from dfrender.plan.plan import Location
from dfrender.profile.profile import Handover
from dfrender.references.jobs import Work, jobs_of
from tests.reading import result_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.project import Project

API = """\
FROM python:3.13 AS base
FROM base AS tools
FROM base AS dev
COPY --from=tools /a /a
FROM dev AS tests
FROM base AS app
RUN --mount=from=tools,target=/t true
"""
DIGEST = f"sha256:{'0' * 64}"


def planned(project: Project, dockerfile: str, profile: str, *options: str) -> dict[str, Any]:
    """Ask for a plan as JSON; nothing else may be said."""
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": profile})
    result = project.dfrender("plan", "--format", "json", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    plan: dict[str, Any] = json.loads(result.stdout)
    return plan


def column(plan: dict[str, Any], name: str) -> dict[str, Any]:
    """Give one value of each job that has it."""
    return {job["stage"]: job[name] for job in plan["jobs"] if job[name]}


@pytest.mark.parametrize(
    ("profile", "options", "after"),
    [
        pytest.param(
            "prebuilt: [tools, dev]",
            [],
            {"tools": [], "dev": ["tools"], "tests": ["dev"], "app": ["tools"]},
            id="the prebuilt stages, and those that nothing refers to",
        ),
        pytest.param(
            "{prebuilt: [tools, dev], build: [App]}",
            [],
            {"tools": [], "dev": ["tools"], "app": ["tools"]},
            id="the prebuilt stages, and those of build",
        ),
        pytest.param("", [], {"tests": [], "app": []}, id="without prebuilt stages each job stands alone"),
        pytest.param(
            "prebuilt: {tools: arg, dev: stage}",
            [],
            {"tools": [], "tests": ["tools"], "app": ["tools"]},
            id="a stage in style stage is taken out of the list",
        ),
        pytest.param(
            "prebuilt: [tools, dev]",
            ["--target", "App"],
            {"tools": [], "app": ["tools"]},
            id="what a target needs, and no more",
        ),
        pytest.param("prebuilt: [tools]", ["--target", "base"], {"base": []}, id="a target that is no job by itself"),
        pytest.param(
            "target: tests",
            ["--target", "dev"],
            {"dev": []},
            id="a target on the command line goes before that of the profile",
        ),
        pytest.param(
            "{prebuilt: [tools, dev], style: stage}",
            ["--handover", "cache"],
            {"tools": [], "dev": ["tools"], "tests": ["dev"], "app": ["tools"]},
            id="by the cache all listed stages are handed over, under their bare names",
        ),
        pytest.param(
            f"prebuilt: {{tools: {{image: 'r.io/tools@{DIGEST}'}}}}",
            [],
            {"tests": [], "app": []},
            id="an image with a digest is there already",
        ),
    ],
)
def test_jobs_come_after_those_whose_stages_they_take(
    project: Project, profile: str, options: Sequence[str], after: dict[str, list[str]]
) -> None:
    plan = planned(project, API, profile, *options)
    assert {job["stage"]: job["after"] for job in plan["jobs"]} == after


@pytest.mark.parametrize(
    ("dockerfile", "profile", "target", "works"),
    [
        pytest.param(API, "prebuilt: [tools, dev]", "app", ["base", "app"], id="what is copied is handed over"),
        pytest.param(API, "prebuilt: [tools, dev]", "tests", ["tests"], id="what is begun from is handed over"),
        pytest.param(API, "prebuilt: [tools, dev]", "dev", ["base", "dev"], id="a prebuilt stage itself is built"),
        pytest.param(API, "", "", ["base", "tools", "app"], id="without a target it is the last stage"),
        pytest.param(
            API,
            "{prebuilt: [tools, dev], arg_default: stage}",
            "app",
            ["base", "app"],
            id="an argument that defaults to the stage is given the image",
        ),
        pytest.param(
            API,
            "{prebuilt: [tools, dev], style: context}",
            "app",
            ["base", "app"],
            id="a context replaces the stage",
        ),
        pytest.param(
            "ARG BASE=tools\nFROM a AS tools\nFROM ${BASE} AS app\n",
            "prebuilt: {tools: context}",
            "app",
            ["app"],
            id="a context also replaces a stage that is reached by an argument",
        ),
        pytest.param(
            "FROM a AS tools\nFROM a AS parent\nONBUILD COPY --from=tools / /\nFROM parent AS app\n",
            "prebuilt: {tools: context}",
            "app",
            ["parent", "app"],
            id="a context also replaces a stage that a trigger names",
        ),
        pytest.param(
            "FROM a AS tools\nFROM a AS parent\nONBUILD COPY --from=tools / /\nFROM parent AS app\n",
            "prebuilt: {parent: image}",
            "app",
            ["tools", "app"],
            id="the triggers of an image run as those of its stage do",
        ),
        pytest.param(
            "FROM a AS x-amd64\nFROM a AS x-arm64\nFROM x-$TARGETARCH AS app\n",
            "",
            "app",
            ["x-amd64", "x-arm64", "app"],
            id="every stage that a platform may choose",
        ),
        pytest.param(
            "FROM a AS base\nFROM base\n", "prebuilt: [base]", "", ["#1"], id="a stage without name is its index"
        ),
        pytest.param(
            API,
            "{prebuilt: [tools, dev], builder: classic}",
            "tests",
            ["base", "tools", "dev", "tests"],
            id="the classic builder builds all that is above",
        ),
    ],
)
def test_a_target_needs_what_is_no_image(
    project: Project, dockerfile: str, profile: str, target: str, works: list[str]
) -> None:
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": profile})
    result = project.dfrender("plan", "--format", "json", *(["--target", target] if target else []))
    plan = json.loads(result.stdout)
    assert plan["needed"] == works
    assert column(plan, "runs").get(plan["target"]) == works


@pytest.mark.parametrize(
    ("profile", "options", "tags"),
    [
        pytest.param("", [], {"tests": ["tests:latest"], "app": ["app:latest"]}, id="the stage and the tag"),
        pytest.param(
            "{registry: 'r.io:5000', repository: '{team}/{stage}', tag: 7, values: {team: a}, prebuilt: [dev]}",
            [],
            {"dev": ["r.io:5000/a/dev:7"], "tests": ["r.io:5000/a/tests:7"], "app": ["r.io:5000/a/app:7"]},
            id="the profile's registry, repository and tag, for every job",
        ),
        pytest.param(
            "{prebuilt: {dev: {tag: old}, tools: {image: r.io/t}}, tag_arg: TAG, build: [app]}",
            ["--set", "tag=9"],
            {"tools": ["r.io/t"], "dev": ["dev:old"], "app": ["app:9"]},
            id="a stage's own tag or image",
        ),
        pytest.param(
            "{prebuilt: {dev: {image: 'r.io/d:1', style: stage}}, build: [dev]}",
            [],
            {"dev": ["r.io/d:1"]},
            id="the image of a stage that is none here",
        ),
        pytest.param(
            f"prebuilt: {{tools: {{image: 'r.io/tools@{DIGEST}'}}}}",
            ["--target", "tools"],
            {},
            id="nothing can be built under a digest",
        ),
    ],
)
def test_jobs_make_images(project: Project, profile: str, options: Sequence[str], tags: dict[str, list[str]]) -> None:
    assert column(planned(project, API, profile, *options), "tags") == tags


def test_a_last_stage_without_name_is_built_without_target_and_tag(project: Project) -> None:
    plan = planned(project, "FROM a\nFROM a AS x\nFROM x\n", "")
    assert [(job["stage"], job["target"], job["tags"]) for job in plan["jobs"]] == [("#2", "", [])]
    assert plan["notes"] == ["the image of #2 has no tag, since the last stage has no name: write FROM … AS NAME"]


@pytest.mark.parametrize(
    ("dockerfile", "profile", "args"),
    [
        pytest.param(
            API,
            "prebuilt: [tools, dev]",
            {
                "dev": {"TOOLS_IMAGE": "tools:latest"},
                "tests": {"DEV_IMAGE": "dev:latest"},
                "app": {"TOOLS_IMAGE": "tools:latest"},
            },
            id="the image of each stage that is taken",
        ),
        pytest.param(
            API,
            "{prebuilt: [tools, dev], tag_arg: TAG, tag: 7}",
            {"dev": {"TAG": "7"}, "tests": {"TAG": "7"}, "app": {"TAG": "7"}},
            id="the tag, where it is one argument",
        ),
        pytest.param(
            API,
            "{prebuilt: {tools: {tag: old}, dev: {arg_name: DEV}}, tag_arg: TAG}",
            {
                "dev": {"TOOLS_IMAGE": "tools:old"},
                "tests": {"TAG": "latest"},
                "app": {"TOOLS_IMAGE": "tools:old"},
            },
            id="the image, where its tag is its own",
        ),
        pytest.param(
            "ARG REGISTRY=r.io\n" + API,
            "prebuilt: {tools: {image: '$${REGISTRY}/tools:1'}}",
            {
                "tests": {"TOOLS_IMAGE": "r.io/tools:1"},
                "app": {"TOOLS_IMAGE": "r.io/tools:1"},
            },
            id="with the file's own arguments replaced, which a builder does not do in a given one",
        ),
        pytest.param(API, "{prebuilt: [tools, dev], style: image}", {}, id="none where the image stands in the file"),
    ],
)
def test_jobs_are_given_the_arguments_that_the_output_declares(
    project: Project, dockerfile: str, profile: str, args: dict[str, dict[str, str]]
) -> None:
    plan = planned(project, dockerfile, profile)
    assert column(plan, "args") == args
    declared = project.render("-o", "-")
    for given in args.values():
        assert all(f"ARG {name}=" in declared for name in given)


def test_every_build_is_given_the_arguments_and_the_platform_of_the_profile(project: Project) -> None:
    profile = "{build_args: {A: 1, B: {value: x, optional: true}}, platform: linux/arm64, prebuilt: [tools, dev]}"
    plan = planned(project, f"ARG A\n{API}", profile)
    assert column(plan, "args") == {
        "tools": {"A": "1"},
        "dev": {"A": "1", "TOOLS_IMAGE": "tools:latest"},
        "tests": {"A": "1", "DEV_IMAGE": "dev:latest"},
        "app": {"A": "1", "TOOLS_IMAGE": "tools:latest"},
    }
    assert set(column(plan, "target_platform").values()) == {"linux/arm64"}
    first, *_ = plan["jobs"]
    assert first["options"] == ["--target=tools", "--platform=linux/arm64", "--build-arg=A=1"]
    file = json.loads(project.dfrender("plan", "--format", "bake").stdout)
    assert file["target"]["app"]["platforms"] == ["linux/arm64"]


def test_jobs_are_given_contexts_for_the_stages_that_they_take(project: Project) -> None:
    plan = planned(project, API, "{prebuilt: {tools: context, dev: arg}, registry: r.io}")
    assert column(plan, "contexts") == {
        "dev": {"tools": "r.io/tools:latest"},
        "app": {"tools": "r.io/tools:latest"},
    }
    assert column(plan, "images") == {**column(plan, "contexts"), "tests": {"dev": "r.io/dev:latest"}}


@pytest.mark.parametrize("form", ["sh", "azure", "github"])
def test_a_stage_whose_image_has_a_digest_can_be_built_and_hands_on_nothing(project: Project, form: str) -> None:
    prebuilt = f"prebuilt: {{tools: {{image: 'r.io/tools@{DIGEST}'}}}}"
    profile = f"{{{prebuilt}, build: [tools, app], ignore: [shared-stage-rebuilt]}}"
    plan = planned(project, API, profile)
    assert (column(plan, "tags"), column(plan, "hands_on"), column(plan, "loads")) == ({"app": ["app:latest"]}, {}, {})
    written = project.dfrender("plan", "--format", form)
    assert (written.exit_code, written.stderr) == (0, "")
    assert " save " not in written.stdout


def test_the_platform_of_a_job_is_what_its_stage_asks_for(project: Project) -> None:
    dockerfile = (
        "FROM --platform=$BUILDPLATFORM a AS tools\nFROM tools AS app\n"
        "FROM --platform=$TARGETPLATFORM a AS target\nFROM a AS last\n"
    )
    assert column(planned(project, dockerfile, ""), "platform") == {"app": "$BUILDPLATFORM"}
    assert "  app:latest for $BUILDPLATFORM\n" in project.dfrender("plan").stdout


@pytest.mark.parametrize(
    ("profile", "notes"),
    [
        pytest.param("", [], id="nothing where nothing is handed over"),
        pytest.param("prebuilt: [tools, dev]", ["a loaded image"], id="of loaded images"),
        pytest.param(
            "{prebuilt: [tools], build: [dev, tests], ignore: [shared-stage-rebuilt]}",
            ["a loaded image", "the jobs dev and tests each build the stage dev; under prebuilt it is built once"],
            id="of a stage that jobs repeat",
        ),
        pytest.param(
            "{prebuilt: [tools, dev], target: tests}",
            ["no job of this plan makes dev:latest: it has to be there"],
            id="of images that are taken for granted",
        ),
        pytest.param("{prebuilt: [tools], style: stage, handover: cache}", ["on one machine"], id="of caches"),
        pytest.param(
            "{prebuilt: [tools], registry: r.io, handover: registry}", ["a cache in a registry"], id="of registries"
        ),
        pytest.param("{prebuilt: [tools], builder: classic}", ["the classic builder"], id="of the classic builder"),
        pytest.param(
            "{prebuilt: [dev], style: context, builder: buildah}",
            ["buildah keeps its images apart from Docker's"],
            id="of buildah, which takes images for stages in every version that was tried",
        ),
        pytest.param(
            "{prebuilt: [dev], style: context}",
            ["a loaded image", "--build-context needs buildx 0.8", "the builder looks up b:1"],
            id="of contexts, and what a builder looks up for a stage that it does not build",
        ),
    ],
)
def test_what_is_known_of_engines_is_said(project: Project, profile: str, notes: list[str]) -> None:
    plan = planned(project, API.replace("/a\n", "/a\nCOPY --from=b:1 /b /b\n", 1), profile)
    assert [note[: len(start)] for note, start in zip(plan["notes"], notes, strict=True)] == notes


@pytest.mark.parametrize(
    ("profile", "published", "handed_on"),
    [
        pytest.param(
            "{prebuilt: [tools], publish: [App], registry: r.io, tag: 7}",
            {"app": ("r.io/app:7", ["r.io/app:7"])},
            ["tools", "app"],
            id="with artifacts it is handed on, and pushed under its own name",
        ),
        pytest.param(
            "{prebuilt: [tools], publish: [app], registry: r.io, tag: 7, handover: registry}",
            {"app": ("r.io/app:7", ["r.io/app:7"])},
            ["tools"],
            id="by a registry it is not pushed before, where it has no other name",
        ),
        pytest.param(
            "{prebuilt: [tools], publish: [tools], registry: r.io, handover: registry}",
            {},
            ["tools"],
            id="by a registry it is there already, where jobs take it by the name it is published under",
        ),
        pytest.param(
            "{prebuilt: [tools], build: [tests], publish: [app], registry: r.io}",
            {"app": ("r.io/app:latest", ["r.io/app:latest"])},
            ["tools", "app"],
            id="what is published is built, whatever build lists",
        ),
        pytest.param(
            "{publish: [app, tests], registry: r.io, target: app}",
            {"app": ("r.io/app:latest", ["r.io/app:latest"])},
            ["app"],
            id="of what the target needs",
        ),
    ],
)
def test_what_is_published(
    project: Project, profile: str, published: dict[str, tuple[str, list[str]]], handed_on: list[str]
) -> None:
    plan = planned(project, API, profile)
    assert {each["stage"]: (each["image"], each["tags"]) for each in plan["publish"]} == published
    assert [*column(plan, "hands_on")] == handed_on
    lines = project.dfrender("plan").stdout.splitlines()
    assert [line for line in lines if line.startswith("publish: ")] == [
        f"publish: {', '.join(tags)}" for _, tags in published.values()
    ]


@pytest.mark.parametrize(
    ("profile", "tag", "published"),
    [
        pytest.param(
            "{publish: [app], registry: r.io}",
            ["r.io/app:RUN"],
            ("r.io/app:RUN", ["r.io/app:latest", "r.io/app:RUN"]),
            id="with artifacts under both tags, for neither was pushed",
        ),
        pytest.param(
            "{publish: [app], registry: r.io, handover: registry}",
            ["r.io/app:RUN"],
            ("r.io/app:RUN", ["r.io/app:latest"]),
            id="by a registry under its own, for that of the run was pushed",
        ),
        pytest.param(
            "{publish: [app], handover: registry, registry: r.io, prebuilt: {app: {image: 'r.io/x:1', style: stage}}}",
            ["r.io/x:RUN"],
            ("r.io/x:RUN", ["r.io/x:1"]),
            id="one with a tag of its own has another one in the run",
        ),
    ],
)
def test_what_is_published_has_two_names_where_a_run_has_a_tag(
    project: Project, profile: str, tag: list[str], published: tuple[str, list[str]]
) -> None:
    project.write({"Dockerfile": API, "profiles/ci.yaml": profile, "own.j2": OWN})
    plan = json.loads(project.dfrender("plan", "--format", "own.j2").stdout)
    assert plan["jobs"] == tag
    assert [(each["image"], each["tags"]) for each in plan["publish"]] == [published]


OWN = """\
<% set tag = "RUN" %>
<{ {"jobs": jobs | selectattr("stage", "eq", "app") | map(attribute="tags") | first, "publish": publish} | json }>
"""


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param(
            "{publish: [ap], registry: r.io}",
            "profiles/ci.yaml:1:12: error: no stage is named 'ap' [unknown-publish-stage]\n   did you mean 'app'?\n",
            id="a stage that is not there",
        ),
        pytest.param(
            f"{{publish: [tools], prebuilt: {{tools: {{image: 'r.io/tools@{DIGEST}'}}}}}}",
            f"profiles/ci.yaml:1:12: error: the image 'r.io/tools@{DIGEST}' of 'tools' has a digest: it is in its"
            " registry already [cannot-publish]\n   remove it from publish\n",
            id="an image with a digest",
        ),
    ],
)
def test_what_cannot_be_published_is_refused(project: Project, profile: str, said: str) -> None:
    project.write({"Dockerfile": API, "profiles/ci.yaml": profile})
    result = project.dfrender("plan")
    assert (result.exit_code, result.stdout) == (1, "")
    shown = [line for line in result.stderr.splitlines(keepends=True) if " | " not in line]
    assert "".join(shown) == said


@pytest.mark.parametrize("frontend", ["docker/dockerfile:1.3", "docker.io/docker/dockerfile:1.2-labs"])
def test_a_frontend_that_knows_no_contexts_is_refused_where_they_are_needed(project: Project, frontend: str) -> None:
    project.write({"Dockerfile": f"# syntax={frontend}\n{API}", "profiles/ci.yaml": "prebuilt: [tools]"})
    said = f"error: # syntax={frontend} knows no contexts"
    assert project.dfrender("plan", "--format", "sh").exit_code == 0
    assert said in project.dfrender("plan", "--set", "style=context").stderr
    assert said in project.dfrender("plan", "--format", "bake").stderr
    project.write({"profiles/ci.yaml": ""})
    assert project.dfrender("plan", "--format", "bake").exit_code == 0


@pytest.mark.parametrize(
    "frontend", ["docker/dockerfile:1", "docker/dockerfile:1.4", "docker/dockerfile:1.10", "a/b:1.3"]
)
def test_other_frontends_are_left_alone(project: Project, frontend: str) -> None:
    start = f"# escape=\\\n# syntax={frontend}\n"
    project.write({"Dockerfile": start + API, "profiles/ci.yaml": "prebuilt: {tools: context}"})
    assert project.dfrender("plan", "--format", "bake").exit_code == 0


def test_bake_calls_no_two_targets_alike(project: Project) -> None:
    dockerfile = "FROM a AS app\nFROM a AS app_publish\n"
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": "{registry: r.io, publish: [app]}"})
    file = json.loads(project.dfrender("plan", "--format", "bake").stdout)
    assert [*file["target"]] == ["app", "app_publish", "app_publish_"]


def test_bake_says_what_its_builder_has_to_know(project: Project) -> None:
    profile = "{prebuilt: [tools], registry: r.io, handover: registry, publish: [app]}"
    project.write({"Dockerfile": API, "profiles/ci.yaml": profile})
    result = project.dfrender("plan", "--format", "bake")
    starts = ["note: a cache in a registry", "note: contexts of bake", "note: what is published"]
    said = result.stderr.splitlines()
    assert [line[: len(start)] for line, start in zip(said, starts, strict=True)] == starts
    file = json.loads(result.stdout)
    assert file["group"]["publish"] == {"targets": ["app_publish"]}
    assert file["target"]["app_publish"] == {
        "inherits": ["app"],
        "tags": ["r.io/app:latest"],
        "output": ["type=registry"],
    }
    assert file["target"]["tests"]["output"] == ["type=cacheonly"]


def test_an_output_that_is_pruned_to_a_target_is_for_its_job_alone(project: Project) -> None:
    plan = planned(project, API, "{prebuilt: [tools, dev], target: tests}")
    found = [(job["stage"], job["after"], job["images"]) for job in plan["jobs"]]
    assert found == [("tests", [], {"dev": "dev:latest"})]


def test_a_rule_can_ask_what_jobs_come_to() -> None:
    """A stage in two jobs is built twice; one that a job runs and takes is built although there is an image of it."""
    dockerfile = API + "ONBUILD COPY --from=tools /o /o\nFROM app AS child\nCOPY --from=tools /a /a\n"
    result = result_of(dockerfile, "{prebuilt: [tools], build: [child, dev]}", "Dockerfile")
    assert jobs_of(result.decisions) == (
        Work(stage=1, runs=(0, 1), takes=()),
        Work(stage=2, runs=(0, 2), takes=(1,)),
        Work(stage=5, runs=(0, 1, 4, 5), takes=(1,)),
    )


def test_a_stage_that_a_template_lacks_is_handed_over_by_no_cache() -> None:
    profile = "{handover: cache, prebuilt: {tools: stage, other: {style: stage, optional: true}}, build: [dev]}"
    result = result_of(API, profile, "Dockerfile")
    assert jobs_of(result.decisions) == (
        Work(stage=1, runs=(0, 1), takes=()),
        Work(stage=2, runs=(0, 2), takes=(1,)),
    )


def test_the_public_function_gives_jobs_that_can_be_asked() -> None:
    result = result_of(API, "prebuilt: {tools: stage, dev: stage}", "Dockerfile")
    plan = planning.plan_of(result, "dev", Handover.CACHE)
    assert [(job.name, job.after) for job in plan.jobs] == [("tools", ()), ("dev", ("tools",))]
    assert plan.location == Location()


@pytest.mark.parametrize(
    ("form", "options", "lines"),
    [
        pytest.param(
            "sh",
            ["--target", "dev"],
            [
                "# Update: dfrender plan -p ci --set tag=7 ../api/Dockerfile --target dev --format sh",
                "dfrender render -p ci --set tag=7 ../api/Dockerfile",
                "  --file=../api/out/Dockerfile.ci \\",
                "  ../api",
            ],
            id="in the working directory, for a script",
        ),
        pytest.param(
            "bake",
            [],
            ['      "context": "../api",', '      "dockerfile": "out/Dockerfile.ci",'],
            id="in the working directory and the context, for bake",
        ),
        pytest.param(
            "azure-template",
            [],
            [
                "# Update: dfrender plan -p ci --set tag=7 sub/api/Dockerfile --format azure-template",
                '          "$FOLDER/bin/"dfrender render -p ci --set tag=7 sub/api/Dockerfile',
                '      Dockerfile: "$(Build.SourcesDirectory)/sub/api/out/Dockerfile.ci"',
                '      buildContext: "$(Build.SourcesDirectory)/sub/api"',
            ],
            id="in the root of the repository, for a pipeline",
        ),
    ],
)
def test_paths_begin_where_the_plan_is_carried_out(
    project: Project, form: str, options: Sequence[str], lines: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        {
            ".git/config": "",
            "sub/api/Dockerfile": API,
            "sub/api/profiles/ci.yaml": "output: out/Dockerfile.ci\nprebuilt: [tools]\n",
            "sub/web/index.html": "",
        }
    )
    monkeypatch.chdir("sub/web")
    call = ["plan", "-p", "ci", "--set", "tag=7", *options, "--format", form, "../api/Dockerfile"]
    seen = project.dfrender(*call).stdout.splitlines()
    assert [line for line in lines if line not in seen] == []


@pytest.mark.slow
def test_thousands_of_stages_are_planned() -> None:
    stages = 2_000
    lines = [
        "FROM a AS s0",
        *(f"FROM s{each - 1} AS s{each}\nCOPY --from=s{each // 2} / /" for each in range(1, stages)),
    ]
    result = result_of("\n".join(lines), "prebuilt: [s1000]", "Dockerfile")
    plan = planning.plan_of(result)
    # the copies reach all stages but the one that is an image
    assert [len(job.runs) for job in plan.jobs] == [1_001, 1_999]


def test_bake_publishes_beside_a_stage_of_that_name(project: Project) -> None:
    dockerfile = "FROM alpine:3.22 AS app\nFROM alpine:3.22 AS app_publish\n"
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": "{publish: [app], registry: r.io}"})
    targets = json.loads(project.dfrender("plan", "--format", "bake").stdout)["target"]
    assert set(targets) == {"app", "app_publish", "app_publish_"}


def test_the_picture_leaves_out_what_only_a_trigger_names(project: Project) -> None:
    dockerfile = (
        "FROM alpine:3.22 AS tools\nFROM alpine:3.22 AS base\nONBUILD COPY --from=tools /a /a\n"
        "FROM alpine:3.22 AS child\nCOPY --from=base /b /b\n"
    )
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": ""})
    whole = project.dfrender("plan", "--format", "mermaid").stdout
    of_child = project.dfrender("plan", "--format", "mermaid", "--target", "child").stdout
    assert "ONBUILD" in whole
    assert "tools" not in of_child


def test_another_directive_says_nothing_of_the_syntax(project: Project) -> None:
    dockerfile = "# check=skip=all\n# syntax=docker/dockerfile:1\nFROM alpine:3.22 AS base\nFROM base AS app\n"
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": "{prebuilt: [base], style: context}"})
    assert project.dfrender("plan").exit_code == 0


def test_a_plan_that_is_written_again_keeps_the_build_context_of_the_call(project: Project) -> None:
    project.write({"api/docker/Dockerfile": API, "api/docker/profiles/ci.yaml": "", ".git/HEAD": ""})
    plan = json.loads(project.dfrender("plan", "--context", "api", "--format", "json", "api/docker").stdout)
    assert plan["context"] == "api"
    assert plan["update"].endswith("api/docker/Dockerfile --context api --format json")


def test_a_reference_by_the_very_image_of_a_job_waits_for_it(project: Project) -> None:
    dockerfile = "FROM alpine:3.22 AS b\nRUN make\nFROM alpine:3.22 AS app\nCOPY --from=b:latest /b /b\n"
    project.write({"Dockerfile": dockerfile, "profiles/ci.yaml": "prebuilt: [b]"})
    jobs = json.loads(project.dfrender("plan", "--format", "json").stdout)["jobs"]
    assert [(job["stage"], job["after"], job["runs"]) for job in jobs] == [("b", [], ["b"]), ("app", ["b"], ["app"])]
    assert "prebuilt-not-used" not in project.dfrender("lint").stdout
    by_cache = project.dfrender("plan", "--handover", "cache", "--set", "prebuilt.b=stage", "--format", "json")
    assert [job["after"] for job in json.loads(by_cache.stdout)["jobs"]] == [[], []]


def test_the_classic_builder_runs_the_stages_of_a_pruned_output_and_no_others(project: Project) -> None:
    dockerfile = (
        "FROM alpine:3.22 AS compile\nRUN make all\nFROM compile AS lint\nRUN make lint\n"
        "FROM alpine:3.22 AS runtime\nCOPY --from=compile /app /app\n"
    )
    project.write({"Dockerfile": dockerfile, "profiles/dev.yaml": "{builder: classic, target: runtime}"})
    plan = json.loads(project.dfrender("plan", "--format", "json").stdout)
    assert plan["needed"] == ["compile", "runtime"]
