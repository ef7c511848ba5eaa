"""The shipped template and its profiles keep what the README promises of them; hadolint finds no error in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dfrender.dockerfile.graph import NO_STAGE, Graph, graph
from dfrender.dockerfile.model import ReferenceKind
from tests.reading import shipped
from tests.shell import tool

if TYPE_CHECKING:
    from dfrender.api import Result

STAGES = ["python-base", "builder-base", "development", "unit-tests", "integration-tests", "production"]


def rendering(profile: str) -> Result:
    result = shipped(profile)
    assert result.warnings == ()
    return result


def images(found: Graph) -> set[str]:
    """Give all images that the stages need, but those that they begin the file with."""
    return {edge.image for edge in found.edges if edge.stage == NO_STAGE} - {"python:3.13-slim"}


def test_locally_every_reference_is_the_bare_name_of_a_stage() -> None:
    output = rendering("local").output
    assert [stage.name for stage in output.stages] == STAGES
    assert images(output) == set()
    assert all(edge.word.text == edge.reference.text for edge in output.edges)


def test_in_the_pipeline_two_stages_are_images_and_are_still_there_to_be_built() -> None:
    output = rendering("ci").output
    assert [stage.name for stage in output.stages if stage.name in STAGES] == STAGES
    assert images(output) == {"builder-base:latest", "development:latest"}
    rewritten = [edge for edge in output.edges if "IMAGE" in edge.reference.text or "-image" in edge.reference.text]
    assert [edge.reference.text for edge in rewritten] == [
        "${BUILDER_BASE_IMAGE}",
        "builder-base-image",
        "builder-base-image",
        "${DEVELOPMENT_IMAGE}",
        "${DEVELOPMENT_IMAGE}",
        "builder-base-image",
    ]


def test_one_build_argument_sets_all_tags() -> None:
    output = graph(rendering("ci").output.dockerfile, {"IMAGE_TAG": "101"})
    assert images(output) == {"builder-base:101", "development:101"}


@pytest.mark.parametrize("profile", ["local", "ci"])
def test_no_flag_holds_a_variable(profile: str) -> None:
    flags = [edge for edge in rendering(profile).output.edges if edge.reference.kind is not ReferenceKind.FROM]
    assert flags
    assert not any("$" in edge.reference.text for edge in flags)


@pytest.mark.parametrize("profile", ["local", "ci"])
def test_hadolint_finds_no_error(profile: str) -> None:
    text = rendering(profile).text
    done = tool("hadolint", "--no-color", "--failure-threshold", "error", "-", text=text)
    assert done.returncode == 0, done.stdout
    assert not re.search(r"\berror\b", done.stdout)
