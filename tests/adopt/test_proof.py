"""Nothing is written that is not proven: a template that renders to something else is a bug, and is told as one."""

from __future__ import annotations

import pytest

from dfrender.adopt.original import read_original
from dfrender.adopt.proof import prove
from dfrender.diagnostics import BugError
from dfrender.template.template import Template
from tests.reading import profile_of, template_of

DOCKERFILE = "FROM a AS base\nFROM a AS app\nCOPY --from=base:1 / /\n"
GOOD = 'FROM a AS base\nFROM a AS app\nCOPY --from={{ stage("base") }} / /\n'
IMAGES = "{prebuilt: [base], style: image, tag: 1}"


def proven(template: str, profile: str) -> str:
    """Prove what would be written for a Dockerfile; give what it renders to."""
    original = read_original(template_of(DOCKERFILE, "Dockerfile"))
    made = Template("Dockerfile", template, original.template.folder, jinja=True)
    return prove(original, made, profile_of(profile)).text


def test_what_is_right_is_rendered() -> None:
    assert proven(GOOD, "") == DOCKERFILE.replace(":1", "")
    assert proven(GOOD, IMAGES) == DOCKERFILE


@pytest.mark.parametrize(
    ("template", "profile", "message"),
    [
        pytest.param(
            f"{GOOD}USER b\n", "", "Dockerfile: the template would render to something else for ci", id="text"
        ),
        pytest.param(DOCKERFILE, "", "Dockerfile: the template would render to something else for ci", id="no call"),
        pytest.param(
            GOOD, IMAGES.replace("1", "2"), "Dockerfile:3:13: 'base:1' would mean something else for ci", id="image"
        ),
        pytest.param(
            GOOD.replace("FROM a AS app", "FROM b AS app"),
            IMAGES,
            "Dockerfile:2:6: 'a' would mean something else for ci",
            id="what a stage begins from",
        ),
    ],
)
def test_what_is_wrong_is_a_bug(template: str, profile: str, message: str) -> None:
    with pytest.raises(BugError) as raised:
        proven(template, profile)
    assert str(raised.value) == f"{message} [not-verified]"
    assert raised.value.exit_code == 3
    assert "please report it" in raised.value.diagnostics[0].hint
