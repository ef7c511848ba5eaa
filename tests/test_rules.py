"""Every rule is held to the samples in its manual: a bad one breaks this rule and no other, a good one breaks none."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile.graph import graph
from dfrender.dockerfile.parse import parse
from dfrender.profile.profile import load
from dfrender.references.prebuilt import decide
from dfrender.rules.check import RULES, check
from dfrender.rules.rule import Subject
from dfrender.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dfrender.rules.rule import Rule

_SAMPLE = re.compile(r"^ {4}(Bad|Good)(?: \((.+)\))?:\n((?: {8}.+\n)+)", re.MULTILINE)

_ALSO_BROKEN = {"suspicious-expansion": "invalid-arg-name"}  # one is at the FROM, the other at the ARG that it means


class Sample(NamedTuple):
    """A Dockerfile from a manual, and the profile that it is rendered for."""

    rule: Rule
    is_bad: bool
    profile: str
    dockerfile: str


def samples(each: Rule) -> Iterator[Sample]:
    for kind, profile, dockerfile in _SAMPLE.findall(each.manual):
        yield Sample(each, kind == "Bad", profile, dedent(dockerfile))


SAMPLES = [sample for each in RULES for sample in samples(each)]


def found(sample: Sample, folder: Path) -> list[Diagnostic]:
    path = folder / "ci.yaml"
    path.write_text(sample.profile, "utf-8")
    source = graph(parse(lines_of(sample.dockerfile, "Dockerfile"), "Dockerfile"))
    prebuilt, problems = decide(source, load(path, "ci.yaml", "ci", (), {}))
    return [*source.dockerfile.problems, *problems, *check(Subject(source, prebuilt))]


@pytest.mark.parametrize(
    "sample",
    [pytest.param(each, id=f"{each.rule.name}: {'bad' if each.is_bad else 'good'}") for each in SAMPLES],
)
def test_a_sample_is_what_its_manual_says(sample: Sample, tmp_path: Path) -> None:
    told = found(sample, tmp_path)
    own = [each for each in told if each.code == sample.rule.name]
    assert bool(own) is sample.is_bad
    assert all(each.at.line and each.at.column and each.message and each.hint for each in own)
    if sample.is_bad:
        others = {each.code for each in told if each.severity is Severity.ERROR and each not in own}
        assert others <= {_ALSO_BROKEN.get(sample.rule.name)}
    else:
        assert told == []


@pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in RULES])
def test_a_manual_is_a_sentence_and_a_bad_and_a_good_sample(each: Rule) -> None:
    sentence, _, rest = each.manual.partition("\n\n")
    assert re.fullmatch(r"[A-Z].+[.)]\.?", sentence)
    assert [sample.is_bad for sample in samples(each)] == [True, False]
    assert _SAMPLE.sub("", rest).strip() == ""


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
            [],
            id="an ARG that a stage in between declares anew is not lost",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base AS middle\nFROM middle\nRUN echo $V\n",
            "prebuilt: [base]",
            [("arg-inheritance-lost", 5)],
            id="an ARG is lost to a stage of a stage too",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base\nRUN <<E\necho $V\nE\n",
            "prebuilt: [base]",
            [("arg-inheritance-lost", 4)],
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
            "ARG B=base\nFROM a AS base\nARG V=1\nFROM ${B}\nRUN echo $V\n",
            "prebuilt: [base]",
            [("reference-through-arg", 4)],
            id="a FROM that is left as it is loses nothing",
        ),
    ],
)
def test_what_a_rule_finds_in_more_than_a_sample_can_say(
    dockerfile: str, profile: str, codes: list[tuple[str, int]], tmp_path: Path
) -> None:
    told = found(Sample(RULES[0], False, profile, dockerfile), tmp_path)  # noqa: FBT003
    assert [(each.code, each.at.line) for each in told] == codes
