"""Decisions about prebuilt stages, their rewriting, and the nets below both, where the acceptance cases say nothing."""

from __future__ import annotations

import pytest

from dfrender.diagnostics import BugError
from dfrender.references.decisions import decide
from dfrender.references.verify import verify
from tests.reading import dockerfile_of, graph_of, profile_of, result_of

TWO = "FROM a AS base\nFROM a AS app\nCOPY --from=base / /\n"


@pytest.mark.parametrize(
    ("template", "profile", "output"),
    [
        pytest.param(
            "FROM a AS tools\nFROM a AS base\nFROM a\nCOPY --from=base / /\nCOPY --from=0 / /\nCOPY --from=1 /b /b\n",
            "prebuilt: [base]",
            "ARG BASE_IMAGE=base:latest\nFROM a AS tools\nFROM a AS base\nFROM ${BASE_IMAGE} AS base-image\nFROM a\n"
            "COPY --from=base-image / /\nCOPY --from=0 / /\nCOPY --from=base-image /b /b\n",
            id="an index above an alias stage stays, and one of a prebuilt stage is a reference to it",
        ),
        pytest.param(
            "FROM a AS x\nFROM a AS y\nFROM a\n"
            'RUN --mount=from={{ stage("x") }},target=/x --mount=from={{ stage("y") }},target=/y true\n',
            "{prebuilt: [y], style: image}",
            "FROM a AS x\nFROM a AS y\nFROM a\nRUN --mount=from=x,target=/x --mount=from=y:latest,target=/y true\n",
            id="two calls on one line are two references",
        ),
        pytest.param(
            TWO,
            "prebuilt: {gone: {optional: true}}",
            TWO,
            id="a stage that is optional may be missing",
        ),
        pytest.param(
            'FROM a AS tools\nFROM a AS base\nFROM base\nCOPY --from="tools" / /\nCOPY --from=0 / /\n',
            "{prebuilt: [tools, base], style: context}",
            'FROM a AS tools\nFROM a AS base\nFROM base\nCOPY --from="tools" / /\nCOPY --from=0 / /\n',
            id="in style context nothing is rewritten",
        ),
        pytest.param(
            "FROM a AS base\nFROM base AS mid\nCOPY --from=base / /\nFROM a AS tools\nFROM a\nCOPY --from=2 / /\n",
            "prebuilt: {base: arg, tools: context}",
            "ARG BASE_IMAGE=base:latest\nFROM a AS base\nFROM ${BASE_IMAGE} AS base-image\nFROM ${BASE_IMAGE} AS mid\n"
            "COPY --from=base-image / /\nFROM a AS tools\nFROM a\nCOPY --from=tools / /\n",
            id="an index of a stage in style context is shifted by an alias stage too",
        ),
        pytest.param(
            "ARG BASE=base\nFROM --platform=$BUILDPLATFORM a AS base\nFROM --platform=linux/arm64 ${BASE}\n"
            "ONBUILD COPY --from=base / /\n",
            "prebuilt: {base: context}",
            "ARG BASE=base\nFROM --platform=$BUILDPLATFORM a AS base\nFROM --platform=linux/arm64 ${BASE}\n"
            "ONBUILD COPY --from=base / /\n",
            id="style context also holds for triggers, arguments and platforms, since the stage itself is replaced",
        ),
        pytest.param(
            "FROM a AS scratch-tools\nFROM scratch-tools\n",
            "prebuilt: {scratch-tools: {style: context, image: scratch-tools}}",
            "FROM a AS scratch-tools\nFROM scratch-tools\n",
            id="the image of a context may be named like the stage, since no reference holds it",
        ),
        pytest.param(
            "FROM a\nONBUILD COPY --from=0 / /\nFROM a AS base\nFROM base\nCOPY --from=base / /\n",
            "prebuilt: [base]",
            "ARG BASE_IMAGE=base:latest\nFROM a\nONBUILD COPY --from=0 / /\nFROM a AS base\n"
            "FROM ${BASE_IMAGE} AS base-image\nFROM ${BASE_IMAGE}\nCOPY --from=base-image / /\n",
            id="the index of a trigger stays where no alias stage is above what it means",
        ),
    ],
)
def test_references_are_written_as_decided(template: str, profile: str, output: str) -> None:
    assert result_of(template, profile).text == output


@pytest.mark.parametrize(
    ("output", "profile", "reason"),
    [
        pytest.param(
            TWO,
            "{prebuilt: [base], style: image}",
            "ci.yaml: rewriting the output once more changes it",
            id="a reference was forgotten",
        ),
        pytest.param(
            TWO + "USER b\n",
            "",
            "Dockerfile:3: a line changed outside its references: '' became 'USER b\\n'",
            id="a line came in",
        ),
        pytest.param(
            TWO.replace("/ /", "/ /x"),
            "",
            "Dockerfile:3: a line changed outside its references: 'COPY --from= / /\\n' became 'COPY --from= / /x\\n'",
            id="a line changed",
        ),
        pytest.param(
            TWO.replace("--from=base", "--from=b"),
            "",
            "Dockerfile:3:13: 'base' should mean stage 0 and means image b",
            id="a reference means something else",
        ),
    ],
)
def test_a_wrong_output_is_held_back(output: str, profile: str, reason: str) -> None:
    loaded = profile_of(profile)
    source = graph_of(TWO)
    with pytest.raises(BugError) as raised:
        verify(decide(source, loaded), dockerfile_of(output))
    assert str(raised.value) == f"{reason} [not-verified]"
    assert raised.value.exit_code == 3
    assert "please report it" in raised.value.diagnostics[0].hint


def test_an_output_whose_default_selects_another_stage_is_held_back() -> None:
    """What an argument of the profile selected stays, so a build without that argument has to find it too."""
    source = graph_of("ARG E=dev\nFROM a AS dev\nFROM a AS prod\nFROM ${E} AS app\n", {"E": "prod"})
    decisions = decide(source, profile_of("{build_args: {E: prod}, target: app}"))
    with pytest.raises(BugError, match="the default of E should be 'prod' and is 'dev'"):
        verify(decisions, dockerfile_of("ARG E=dev\nFROM a AS prod\nFROM ${E} AS app\n"))
