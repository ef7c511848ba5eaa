"""In a pipeline: every job runs on another machine, is handed images of earlier jobs, and builds one stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE, STYLES, Engine, FreshEngine, asked_for, copy_of, image, render, steps
from tests.engine.progress import executed

if TYPE_CHECKING:
    from pathlib import Path

TAG = "101"
# the stage that a job builds: the stages whose images it is handed
JOBS = {
    "builder-base": (),
    "development": ("builder-base",),
    "unit-tests": ("development",),
    "integration-tests": ("development",),
    "production": ("builder-base",),
}
NEEDED = {
    "builder-base": {BASE},
    "development": {BASE, image("builder-base", TAG)},
    "unit-tests": {image("development", TAG)},
    "integration-tests": {image("development", TAG)},
    "production": {BASE, image("builder-base", TAG)},
}
BUILD_ARGS = {
    "ci": [f"--build-arg=IMAGE_TAG={TAG}"],
    "image": [],
    "either": [
        f"--build-arg=BUILDER_BASE_IMAGE={image('builder-base', TAG)}",
        f"--build-arg=DEVELOPMENT_IMAGE={image('development', TAG)}",
    ],
}
RENDER_FLAGS = {"ci": [], "image": [f"--set=tag={TAG}"], "either": []}


@dataclass(frozen=True)
class Pipeline:
    """What a run of the pipeline left: by job, the tar of its image and what the builder said."""

    profile: str
    folder: Path
    outputs: dict[str, str]

    def load(self, engine: Engine, stages: tuple[str, ...]) -> None:
        """Hand images over to the engine of a job."""
        for stage in stages:
            engine.run("load", f"--input={self.folder / stage}.tar")


@pytest.fixture(scope="module", params=["ci", "image", "either"])
def pipeline(request: pytest.FixtureRequest, fresh: FreshEngine, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Run every job on an engine which holds no more than the base and the images that it is handed."""
    folder = copy_of("project", tmp_path_factory.mktemp("pipeline"))
    run = Pipeline(request.param, folder, {})
    dockerfile = render(folder, run.profile, *RENDER_FLAGS[run.profile])
    for job, handed in JOBS.items():
        with fresh() as engine:
            run.load(engine, handed)
            flags = [f"--target={job}", f"--tag={image(job, TAG)}", *BUILD_ARGS[run.profile]]
            run.outputs[job] = engine.build(folder, dockerfile, *flags)
            engine.run("save", f"--output={folder / job}.tar", image(job, TAG))
            what = f"{STYLES[run.profile]}: {job}, {' and '.join(handed) or 'nothing'} loaded"
            engine.record(what, steps(run.outputs[job]))
    return run


@pytest.mark.parametrize("job", JOBS)
def test_a_job_executes_the_steps_of_its_own_stage_only(pipeline: Pipeline, job: str) -> None:
    assert executed(pipeline.outputs[job]) == {job: 2 if job == "builder-base" else 1}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_asks_for_the_images_of_this_run_that_it_needs_and_no_others(pipeline: Pipeline, job: str) -> None:
    assert asked_for(pipeline.outputs[job]) == NEEDED[job]


@pytest.mark.parametrize(
    ("job", "missing"),
    [
        pytest.param("development", "builder-base", id="an image that is copied from"),
        pytest.param("unit-tests", "development", id="an image that is started from"),
    ],
)
def test_a_wrong_tag_is_refused_with_the_name_of_the_image(
    engine: Engine, project: Path, job: str, missing: str
) -> None:
    flags = [f"--target={job}", "--build-arg=IMAGE_TAG=wrong"]
    output = engine.refuse(project, render(project, "ci"), *flags)
    assert image(missing, "wrong") in output
    assert not executed(output)
    engine.record(f"style arg: {job}, a wrong IMAGE_TAG", "refused, names the image")


@pytest.mark.parametrize("pipeline", ["ci"], indirect=True)
def test_the_legacy_builder_builds_a_stage_although_its_image_was_loaded(
    pipeline: Pipeline, fresh: FreshEngine, project: Path
) -> None:
    """It builds every stage above the target, whether anything needs it or not."""
    dockerfile = render(project, "ci")
    with fresh("classic") as engine:
        pipeline.load(engine, ("builder-base",))
        output = engine.build(project, dockerfile, "--target=development", *BUILD_ARGS["ci"])
        assert executed(output) == {"builder-base": 2, "development": 1}
        engine.record("style arg: development, builder-base loaded", steps(output))


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("pipeline", ["ci"], indirect=True)
def test_an_output_that_is_pruned_to_the_job_is_built_by_either_builder_in_the_steps_of_the_job(
    pipeline: Pipeline, fresh: FreshEngine, project: Path, builder: str, job: str
) -> None:
    """The job's stage is the last one then, and for the legacy builder nothing else is above it."""
    dockerfile = f"{render(project, 'ci', f'--target={job}')}.{job}"
    with fresh(builder) as engine:
        pipeline.load(engine, JOBS[job])
        output = engine.build(project, dockerfile, *BUILD_ARGS["ci"])
        assert executed(output) == {job: 2 if job == "builder-base" else 1}
        what = f"style arg, pruned: {job}, {' and '.join(JOBS[job]) or 'nothing'} loaded"
        engine.record(what, steps(output))
