"""Names with all that Docker allows go through every format unharmed; those that it does not allow never get there."""

from __future__ import annotations

import json
import re
from functools import cache, partial
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from dfrender import planning
from dfrender.diagnostics import DfrenderError
from dfrender.dockerfile import names
from dfrender.plan import NAMES
from dfrender.plan.formats import format_of
from dfrender.plan.plan import Location, Plans
from tests.plan import builds
from tests.reading import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.plan.builds import Build
    from tests.project import Project

_WORD = st.text("abz019", min_size=1, max_size=3)
_SEPARATOR = st.sampled_from([".", "_", "__", "-", "--", "---"])


def _joined(first: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Give a component of a repository: words, and between them what Docker allows there."""
    rest = st.lists(st.tuples(_SEPARATOR, _WORD).map("".join), max_size=3).map("".join)
    return st.tuples(first, rest).map("".join)


STAGES = _joined(st.sampled_from(["a", "on", "yes", "null", "default", "z9"]))
REGISTRIES = st.sampled_from(["localhost", "r.io", "R-1.example.com:5000", "[::1]:5000", "127.0.0.1:80"])
PATHS = st.lists(_joined(_WORD), min_size=1, max_size=3).map("/".join)
TAGS = st.sampled_from(["", ":1", ":v1.0-rc.1", ":_", ":A__b", f":{'x' * 128}", f"@sha256:{'0a' * 32}"])
IMAGES = st.tuples(REGISTRIES, st.just("/"), PATHS, TAGS).map("".join)
HANDOVERS = st.sampled_from(["artifact", "registry"])
STYLES = st.sampled_from(["arg", "image", "context"])


def plan_of(base: str, image: str, last: str, style: str, handover: str) -> Plans:
    """Plan a Dockerfile with a prebuilt stage, and one that begins from it."""
    template = f"FROM a:1 AS {base}\nFROM {base} AS {last}\n"
    profile = {"prebuilt": {base: {"image": image}}, "style": style, "handover": handover, "registry": "r.io"}
    location = Location("Dockerfile.ci", ".", "", "dfrender render -p ci Dockerfile", "dfrender plan -p ci Dockerfile")
    return planning.plans_of([result_of(template, json.dumps(profile), "Dockerfile")], [location])


def from_json(text: str) -> list[tuple[str, ...]]:
    return [(job["stage"], *job["tags"]) for job in json.loads(text)["jobs"]]


def from_text(text: str) -> list[tuple[str, ...]]:
    rows = [line.split() for line in text.splitlines()[1:] if not line.startswith("note: ")]
    return [(row[1], row[-1]) for row in rows]


def from_bake(text: str) -> list[tuple[str, ...]]:
    return [(each["target"], *each["tags"]) for each in json.loads(text)["target"].values()]


def from_builds(read: Callable[[str], list[Build]], text: str) -> list[tuple[str, ...]]:
    return [(build.target, *build.tags) for build in read(text)]


READERS: dict[str, Callable[[str], list[tuple[str, ...]]]] = {
    "json": from_json,
    "text": from_text,
    "bake": from_bake,
    **{form: partial(from_builds, read) for form, read in builds.READERS.items()},
}
written = cache(format_of)


def complete(made: Sequence[tuple[str, ...]]) -> set[tuple[str, str]]:
    """Give stages and images, with the tag that Docker means where there is none."""
    return {(stage, image if ":" in image.rpartition("/")[2] else f"{image}:latest") for stage, image in made}


@given(stages=st.lists(STAGES, min_size=2, max_size=2, unique=True), image=IMAGES, style=STYLES, handover=HANDOVERS)
def test_names_go_through_every_format_unharmed(stages: list[str], image: str, style: str, handover: str) -> None:
    base, last = stages
    plan = plan_of(base, image, last, style, handover)
    made = [(last, f"r.io/{last}:latest"), *([] if "@" in image else [(base, image)])]
    for form, reader in READERS.items():
        if form != "gitlab" or handover == "registry":
            assert complete(reader(written(form).write(plan))) == complete(made)
    job = plan.jobs[-1]
    assert [*job.images] == [(base, image)]
    assert dict(job.args) == ({f"{re.sub('[.-]', '_', base).upper()}_IMAGE": image} if style == "arg" else {})
    assert [*job.contexts] == ([(base, image)] if style == "context" else [])
    chart = written("mermaid").write(plan).splitlines()
    assert chart[1:3] == [f'  s0[["{base}"]]', f'  s1["{last}"]']


@pytest.mark.parametrize("handover", ["artifact", "registry", "cache"])
def test_a_last_stage_without_name_has_no_target_and_no_tag(handover: str, project: Project) -> None:
    profile = f"{{registry: r.io, handover: {handover}}}"
    project.write({"Dockerfile": "FROM a AS base\nFROM base\n", "profiles/ci.yaml": profile})
    written = {form: project.dfrender("plan", "--format", form).stdout for form in NAMES}
    for form in builds.READERS:
        assert not {"--target", "--tag", "--push"} & set(re.findall(r"--\w+", written[form]))
    assert json.loads(written["bake"])["target"]["_1"].keys() == {"context", "dockerfile", "output"}
    assert '["#35;1"]' in written["mermaid"]
    assert written["text"].splitlines()[1].split() == ["1", "#1", "-", "base,", "#1", "-"]


def test_stages_that_differ_in_signs_alone_have_ids_of_their_own() -> None:
    plan = plan_of("a.b", "r.io/x:1", "a-b", "arg", "artifact")
    first = plan.jobs[0]
    others = [first._replace(name=name, stage=name) for name in ("default", "#3", "7")]
    jobs = (*plan.jobs, *others)
    more = plan._replace(plans=(plan.first._replace(jobs=jobs),), jobs=jobs)
    assert [*json.loads(written("bake").write(more))["target"]] == ["a_b", "a-b", "default_", "_3", "_7"]
    piped = yaml.safe_load(written("azure").write(more))["jobs"]
    assert [each["job"] for each in piped] == ["a_b", "a_b_", "default", "_3", "_7"]
    assert [each.get("dependsOn") for each in piped] == [None, ["a_b"], None, None, None]


@pytest.mark.parametrize("stage", ["on", "no", "y", "null", "true", "publish"])
def test_a_job_is_called_nothing_that_yaml_or_the_pipeline_has_for_itself(stage: str) -> None:
    plan = plan_of(stage, "r.io/x:1", "app", "arg", "artifact")
    assert [*yaml.safe_load(written("github").write(plan))["jobs"]] == [f"{stage}_", "app"]
    assert [each["job"] for each in yaml.safe_load(written("azure").write(plan))["jobs"]] == [f"{stage}_", "app"]


@given(text=st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=8))
def test_an_image_that_docker_does_not_allow_is_refused(text: str) -> None:
    assume(names.image_problem(text))
    with pytest.raises(DfrenderError):
        plan_of("base", text, "app", "image", "artifact")


@pytest.mark.parametrize(
    ("image", "style", "contexts"),
    [
        pytest.param("docker.io/x:latest", "arg", {"x": "target:a"}, id="the image's shortest name"),
        pytest.param("r.io/x:1", "image", {"r.io/x:1": "target:a"}, id="the image's name"),
        pytest.param("r.io/x:1", "context", {"a": "target:a"}, id="the stage's name"),
        pytest.param(
            f"r.io/x@sha256:{'0a' * 32}",
            "context",
            {"a": f"docker-image://r.io/x@sha256:{'0a' * 32}"},
            id="an image that is there already",
        ),
        pytest.param(f"r.io/x@sha256:{'0a' * 32}", "arg", None, id="nothing, where the file names what is there"),
    ],
)
def test_a_target_of_bake_is_handed_what_other_targets_make(
    image: str, style: str, contexts: dict[str, str] | None
) -> None:
    plan = plan_of("a", image, "b", style, "artifact")
    assert json.loads(written("bake").write(plan))["target"]["b"].get("contexts") == contexts


def test_bake_reads_no_variables_and_no_directives_in_paths() -> None:
    plan = plan_of("a", "r.io/x:1", "b", "arg", "artifact")
    location = Location(dockerfile="${x}/%{if}/$x", context=".")
    odd = plan._replace(jobs=tuple(job._replace(location=location) for job in plan.jobs))
    assert json.loads(written("bake").write(odd))["target"]["a"]["dockerfile"] == "$${x}/%%{if}/$x"
