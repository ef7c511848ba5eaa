"""What rules find in more than the samples in their manuals can say; those are held to in ``test_manuals``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reading import linted

if TYPE_CHECKING:
    from pathlib import Path

    from dfrender.diagnostics import Diagnostic


def found(template: str, profile: str, folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "ci.yaml").write_text(profile, "utf-8")
    (folder / "Dockerfile.j2").write_text(template, "utf-8")
    return linted(folder / "Dockerfile.j2", str(folder / "ci.yaml"))


@pytest.mark.parametrize(
    ("dockerfile", "profile", "codes"),
    [
        pytest.param(
            "ARG VERSION\nARG IMAGE=alpine:${VERSION:-3}\nFROM ${IMAGE}\n",
            "",
            [],
            id="an ARG above may have no default",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base AS middle\nARG V=2\nFROM middle\nRUN echo $V\n",
            "prebuilt: [base]",
            [("warning", "arg-inheritance-lost", 6)],
            id="an ARG that a stage in between declares anew is not lost to this profile",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base AS middle\nFROM middle\nRUN echo $V\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 5)],
            id="an ARG is lost to a stage of a stage too",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base\nRUN <<E\necho $V\nE\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 4)],
            id="a heredoc reads an ARG like any command",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base\nRUN echo \\\n# $V is gone\n  a\n",
            "prebuilt: [base]",
            [],
            id="a comment in a command reads nothing",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base\nRUN V=2; echo $V\n",
            "prebuilt: [base]",
            [],
            id="a variable that the command sets itself is the command's",
        ),
        pytest.param(
            "FROM a AS base\nARG HTTP_PROXY\nFROM base\nRUN echo $HTTP_PROXY\n",
            "prebuilt: [base]",
            [],
            id="builders give the ARGs of proxies to every stage",
        ),
        pytest.param(
            "ARG A.B=a\nFROM ${A.B}\n",
            "",
            [("error", "invalid-arg-name", 1), ("error", "unsupported-expansion", 2)],
            id="a dot in a name is refused, not read as something else",
        ),
        pytest.param(
            "FROM a AS base\nFROM base AS tools\nRUN x\nFROM tools AS app\nFROM tools AS tests\n",
            "{prebuilt: [base], build: [tests]}",
            [],
            id="a stage that one job builds is not built twice",
        ),
        pytest.param(
            "ARG B=base\nFROM a AS base\nARG V=1\nFROM ${B}\nRUN echo $V\n",
            "prebuilt: [base]",
            [("warning", "reference-through-arg", 4), ("warning", "arg-inheritance-lost", 5)],
            id="a FROM that is left as it is loses nothing",
        ),
    ],
)
def test_what_a_rule_finds_in_more_than_a_sample_can_say(
    dockerfile: str, profile: str, codes: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    told = found(dockerfile, profile, tmp_path)
    assert [(each.severity.value, each.code, each.at.line) for each in told] == codes
