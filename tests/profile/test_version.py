"""Which versions of dfrender a profile's ``required_version`` means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender import __version__
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems
from dfrender.profile.nodes import ScalarNode
from dfrender.profile.version import refuse_other_version
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Profile

AT = At("ci.yaml", 1, 19)


@pytest.mark.parametrize(
    ("required", "version"),
    [
        pytest.param(">=0.3,<0.4", "0.3.2", id="in a range"),
        pytest.param(">= 0.3 , < 0.4", "0.3", id="with blanks"),
        pytest.param("==0.3", "0.3.0", id="zeros at the end do not count"),
        pytest.param("==0.3.0.0", "0.3", id="on either side"),
        pytest.param(">=0.10", "0.11.0", id="numbers are no decimals"),
        pytest.param(">0.9", "0.10", id="ten is more than nine"),
        pytest.param("<1", "0.99.1", id="the first number counts most"),
        pytest.param("!=0.3.1", "0.3.2", id="all but one"),
        pytest.param("<=0.3", "0.3.0", id="at most"),
        pytest.param(">0.3", "0.3.1", id="a longer number is more"),
        pytest.param(">=0.3", "0.3.0rc1", id="a candidate counts as the release"),
        pytest.param(">=0", "0.0.1.dev4+g1234", id="a build in between too"),
    ],
)
def test_a_version_that_is_required_is_taken(required: str, version: str) -> None:
    problems = Problems()
    refuse_other_version(ScalarNode(AT, required), version, problems)
    assert problems == []


@pytest.mark.parametrize(
    ("required", "version", "wanted"),
    [
        pytest.param(">=0.3,<0.4", "0.4.0", "'dfrender>=0.3,<0.4'", id="a newer one"),
        pytest.param(">= 0.3, <0.4", "0.2.9", "'dfrender>=0.3,<0.4'", id="an older one"),
        pytest.param("==0.3", "0.3.1", "dfrender==0.3", id="not the very one"),
        pytest.param("!=0.3", "0.3.0", "'dfrender!=0.3'", id="the one that is not wanted"),
        pytest.param(">0.3", "0.3.0", "'dfrender>0.3'", id="not more"),
        pytest.param("<0.10", "0.10.1", "'dfrender<0.10'", id="not less"),
        pytest.param(">=2,<1", "1.5", "'dfrender>=2,<1'", id="what no version can be"),
    ],
)
def test_another_version_is_refused_with_the_command_that_installs_the_right_one(
    required: str, version: str, wanted: str
) -> None:
    with pytest.raises(DfrenderError) as raised:
        refuse_other_version(ScalarNode(AT, required), version, Problems())
    text = required.replace(" ", "")
    assert raised.value.diagnostics == (
        Diagnostic(
            AT,
            "required-version",
            f"this profile needs dfrender {text}, and this is {version}",
            hint=f"install it: pipx install --force {wanted}",
        ),
    )


@pytest.mark.parametrize(
    ("files", "at"),
    [
        pytest.param({"ci.yaml": "new_key: 1\nrequired_version: '>=999'\ntag: [x]\n"}, "ci.yaml:2:19", id="its own"),
        pytest.param(
            {"ci.yaml": "extends: _base\nnew_key: 1\n", "_base.yaml": "other_key: 1\nrequired_version: '>=999'\n"},
            "_base.yaml:2:19",
            id="a parent's",
        ),
        pytest.param(
            {"ci.yaml": f"extends: _base\nrequired_version: '=={__version__}'\n", "_base.yaml": "required_version: <0"},
            "_base.yaml:1:19",
            id="a parent's, whatever it is laid below",
        ),
        pytest.param(
            {"ci.yaml": "extends: _base\nrequired_version: <0\n", "_base.yaml": "required_version: <0\n"},
            "ci.yaml:2:19",
            id="its own goes before that of a parent",
        ),
    ],
)
def test_nothing_else_is_said_about_a_profile_for_another_version(
    files: dict[str, str], at: str, load_text: Callable[..., Profile]
) -> None:
    with pytest.raises(DfrenderError) as raised:
        load_text(files["ci.yaml"], ["nothing"], files=files)
    assert [(str(each.at), each.code) for each in raised.value.diagnostics] == [(at, "required-version")]
