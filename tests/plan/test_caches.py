"""The caches that builds are given, those that are taken over by builds before them, and those that are left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.plan.test_plan import API, DIGEST, column, planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.project import Project

COPYING = API.replace("AS base\n", "AS base\nCOPY versions /\n")
BY_REGISTRY = "registry: r.io, handover: registry"
IGNORE = "ignore: [shared-stage-rebuilt]"


def cache(stage: str, *, left: bool = False) -> list[str]:
    return [f"type=registry,ref=r.io/{stage}:buildcache{',mode=max' if left else ''}"]


@pytest.mark.parametrize(
    ("profile", "given", "left"),
    [
        pytest.param(
            f"{{prebuilt: [tools], {BY_REGISTRY}, build: [app], {IGNORE}}}",
            {"tools": cache("tools"), "app": cache("tools")},
            {"tools": cache("tools", left=True)},
            id="beside the images in the registry, for the stages that both jobs run",
        ),
        pytest.param(
            f"{{prebuilt: [tools], {BY_REGISTRY}, build: [app], publish: [app], {IGNORE}}}",
            {"tools": cache("tools"), "app": cache("app")},
            {"tools": cache("tools", left=True), "app": cache("app", left=True)},
            id="also beside images that are published: these builds are given their own",
        ),
        pytest.param(
            "prebuilt: [base, tools, dev]",
            {},
            {},
            id="none of loaded images, which an engine with containerd does not find",
        ),
        pytest.param(
            "{prebuilt: [base, tools], style: stage, handover: cache}",
            {},
            {},
            id="the builder's own, which needs no name",
        ),
        pytest.param("{prebuilt: [base, tools], builder: classic}", {}, {}, id="none of the classic builder"),
        pytest.param(f"{{prebuilt: [base, tools], {BY_REGISTRY}, builder: buildah}}", {}, {}, id="none of buildah"),
    ],
)
def test_jobs_take_from_caches_and_leave_to_caches(
    project: Project, profile: str, given: Mapping[str, Sequence[str]], left: Mapping[str, Sequence[str]]
) -> None:
    plan = planned(project, COPYING, profile)
    assert (column(plan, "cache_from"), column(plan, "cache_to")) == (given, left)


DIAMOND = """\
FROM python:3.13 AS base
COPY versions /
FROM base AS left
RUN make left
FROM base AS right
RUN make right
FROM left AS both
COPY --from=right / /right
COPY --from=base / /base
"""

TWO_PARTS = (
    "FROM a AS a\nRUN a\nFROM b AS b\nRUN b\nFROM a AS x\nRUN x\nFROM b AS y\nRUN y\n"
    "FROM a AS last\nCOPY --from=b / /b\nCOPY --from=x / /x\nCOPY --from=y / /y\n"
)


@pytest.mark.parametrize(
    ("dockerfile", "profile", "given", "warmed"),
    [
        pytest.param(
            DIAMOND,
            "{handover: cache, style: stage, prebuilt: [base, left, right]}",
            {},
            {
                "left": ["base up to base"],
                "right": ["base up to base"],
                "both": ["left up to left", "right up to right"],
            },
            id="a cache that hands over a stage has those that its job took, so these are not taken over again",
        ),
        pytest.param(
            f"{DIAMOND}FROM both AS last\nCOPY --from=left / /left\nCOPY --from=base / /base\n",
            "{handover: cache, style: stage, prebuilt: [base, left, right, both]}",
            {},
            {
                "left": ["base up to base"],
                "right": ["base up to base"],
                "both": ["left up to left", "right up to right"],
                "last": ["both up to both"],
            },
            id="nor what these took in turn",
        ),
        pytest.param(
            DIAMOND,
            f"{{{BY_REGISTRY}, prebuilt: [left], publish: [both], {IGNORE}}}",
            {"left": cache("left"), "both": cache("both")},
            {"both": ["left up to base: r.io/left"]},
            id="a build is given its own cache, and what another job did of its stages is taken over before",
        ),
        pytest.param(
            DIAMOND,
            f"{{{BY_REGISTRY}, prebuilt: [left], {IGNORE}}}",
            {"left": cache("left"), "both": cache("left")},
            {},
            id="one that has none of its own is given the only other one",
        ),
        pytest.param(
            DIAMOND.replace("/base\n", "/base\nFROM base AS last\nCOPY --from=left / /l\nCOPY --from=both / /b\n"),
            f"{{{BY_REGISTRY}, prebuilt: [left, both], build: [last], {IGNORE}}}",
            {"left": cache("left"), "both": cache("both"), "last": cache("left")},
            {"both": ["left up to base: r.io/left"]},
            id="of two jobs that did the same part it is taken from one",
        ),
        pytest.param(
            "FROM a AS a\nRUN a\nFROM a AS b\nRUN b\nFROM a AS x\nRUN x\nFROM b AS y\nRUN y\n"
            "FROM b AS last\nCOPY --from=x / /x\nCOPY --from=y / /y\n",
            f"{{{BY_REGISTRY}, prebuilt: [x, y], build: [last], {IGNORE}}}",
            {"x": cache("x"), "y": cache("y"), "last": cache("y")},
            {},
            id="of two jobs it is the one that did more, if that is all",
        ),
        pytest.param(
            TWO_PARTS,
            f"{{{BY_REGISTRY}, prebuilt: [x, y], build: [last], {IGNORE}}}",
            {"x": cache("x"), "y": cache("y")},
            {"last": ["x up to a: r.io/x", "y up to b: r.io/y"]},
            id="where each of two did another part, both are taken over",
        ),
        pytest.param(
            "FROM a AS a\nRUN a\nFROM b AS b\nRUN b\nFROM a AS x\nCOPY --from=b / /b\n"
            "FROM a AS last\nCOPY --from=b / /b\nCOPY --from=x / /x\n",
            f"{{{BY_REGISTRY}, prebuilt: [x], publish: [last], {IGNORE}}}",
            {"x": cache("x"), "last": cache("last")},
            {"last": ["x up to a: r.io/x", "x up to b: r.io/x"]},
            id="of one cache all stages are taken over that no other one of them is built of",
        ),
        pytest.param(
            "FROM a\nRUN a\nFROM a AS x\nCOPY --from=0 / /a\nFROM a AS last\nCOPY --from=0 / /a\nCOPY --from=x / /x\n",
            f"{{{BY_REGISTRY}, prebuilt: [x], publish: [last], ignore: [shared-stage-rebuilt, numeric-reference]}}",
            {"x": cache("x"), "last": cache("last")},
            {},
            id="nothing is taken over of a stage without name, for which BuildKit cannot be asked",
        ),
        pytest.param(
            DIAMOND.replace("COPY versions /", "ARG TARGETSTAGE\nRUN make $TARGETSTAGE"),
            f"{{{BY_REGISTRY}, prebuilt: [left], publish: [both], {IGNORE}}}",
            {"left": cache("left"), "both": cache("both")},
            {},
            id="nothing is taken over where a step is another one for each target",
        ),
        pytest.param(
            DIAMOND,
            f"{{{BY_REGISTRY}, prebuilt: {{left: {{image: 'r.io/left@{DIGEST}'}}}}, build: [left, both], {IGNORE}}}",
            {},
            {},
            id="nothing is taken over of a job that leaves no cache",
        ),
        pytest.param(
            DIAMOND.replace("COPY versions /", "ONBUILD RUN make").replace("AS left", "AS shared\nFROM shared AS left")
            + "COPY --from=shared / /shared\n",
            f"{{{BY_REGISTRY}, prebuilt: [left], publish: [both], {IGNORE}}}",
            {"left": cache("left"), "both": cache("both")},
            {"both": ["left up to shared: r.io/left"]},
            id="a stage that runs the triggers of another one is worth taking over",
        ),
        pytest.param(
            DIAMOND.replace("COPY versions /", "ENV A=b"),
            f"{{{BY_REGISTRY}, prebuilt: [left], publish: [both], {IGNORE}}}",
            {"left": cache("left"), "both": cache("both")},
            {},
            id="nothing is taken over of stages that execute and copy nothing",
        ),
    ],
)
def test_a_build_is_given_one_cache_and_others_are_taken_over_before_it(
    project: Project,
    dockerfile: str,
    profile: str,
    given: Mapping[str, Sequence[str]],
    warmed: Mapping[str, Sequence[str]],
) -> None:
    plan = planned(project, dockerfile, profile)
    found = {}
    for stage, others in column(plan, "warm_from").items():
        found[stage] = [
            f"{each['name']} up to {each['target']}"
            + each["cache"].replace("type=registry,ref=", ": ").removesuffix(":buildcache")
            for each in others
        ]
    assert (column(plan, "cache_from"), found) == (given, warmed)


@pytest.mark.parametrize(
    ("published", "given"),
    [
        pytest.param("", cache("x"), id="the first one, where it has none of its own"),
        pytest.param("publish: [last], ", cache("last"), id="its own, where it has one"),
    ],
)
def test_bake_builds_nothing_before_so_it_gives_a_build(project: Project, published: str, given: Sequence[str]) -> None:
    profile = f"{{{BY_REGISTRY}, prebuilt: [x, y], build: [last], {published}{IGNORE}}}"
    project.write({"Dockerfile": TWO_PARTS, "profiles/ci.yaml": profile})
    result = project.dfrender("plan", "--format", "bake")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["target"]["last"]["cache-from"] == given


def test_a_last_stage_without_name_leaves_no_cache_in_the_registry(project: Project) -> None:
    plan = planned(project, "FROM a AS x\nFROM x\n", "{handover: registry, registry: r.io}")
    assert (column(plan, "cache_from"), column(plan, "cache_to")) == ({}, {})


def test_a_stage_whose_image_has_a_digest_leaves_no_cache_beside_it(project: Project) -> None:
    profile = f"{{handover: registry, registry: r.io, prebuilt: {{tools: {{image: 'r.io/tools@{DIGEST}'}}}}}}"
    plan = planned(project, "FROM a AS tools\nFROM tools\n", profile, "--target", "tools")
    assert (column(plan, "cache_from"), column(plan, "cache_to")) == ({}, {})
