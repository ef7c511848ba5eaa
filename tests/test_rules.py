"""Every rule is held to the samples in its manual: a bad one breaks this rule and no other, a good one breaks none."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dfrender.rules.manual import listing, manual
from dfrender.rules.registry import BY_NAME, EVERY_RULE
from tests.reading import linted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dfrender.diagnostics import Diagnostic
    from dfrender.rules.rule import Rule

_SAMPLE = re.compile(r"^ {4}(Bad|Good)(?: \((.+)\))?:\n((?: {8}.+\n)+)", re.MULTILINE)


class Sample(NamedTuple):
    """A template from a manual, and the profile that it is checked for."""

    rule: Rule
    is_bad: bool
    profile: str
    dockerfile: str


def samples(each: Rule) -> Iterator[Sample]:
    for kind, profile, dockerfile in _SAMPLE.findall(each.manual):
        yield Sample(each, kind == "Bad", profile, dedent(dockerfile))


SAMPLES = [sample for each in EVERY_RULE for sample in samples(each)]


def found(template: str, profile: str, folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "ci.yaml").write_text(profile, "utf-8")
    (folder / "Dockerfile.j2").write_text(template, "utf-8")
    return linted(folder / "Dockerfile.j2", str(folder / "ci.yaml"))


@pytest.mark.parametrize(
    "sample",
    [pytest.param(each, id=f"{each.rule.name}: {'bad' if each.is_bad else 'good'}") for each in SAMPLES],
)
def test_a_sample_is_what_its_manual_says(sample: Sample, tmp_path: Path) -> None:
    told = found(sample.dockerfile, sample.profile, tmp_path)
    assert {each.code for each in told} == ({sample.rule.name} if sample.is_bad else set())
    assert all(each.at.line and each.message and each.hint for each in told)


@pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in EVERY_RULE])
def test_a_manual_is_a_sentence_a_reason_and_a_bad_and_a_good_sample(each: Rule) -> None:
    sentence, reason, *rest = each.manual.split("\n\n")
    assert re.fullmatch(r"[A-Z].+\.", sentence, re.DOTALL)
    assert re.fullmatch(r" {4}\S.+[.)]", reason, re.DOTALL)
    assert [sample.is_bad for sample in samples(each)] == [True, False]
    assert _SAMPLE.sub("", "\n\n".join(rest)).strip() == ""


def test_no_two_rules_have_one_name() -> None:
    assert len(BY_NAME) == len(EVERY_RULE)


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


def test_a_manual_is_printed_as_a_person_reads_it() -> None:
    text = manual(BY_NAME["empty-from"])
    assert text.startswith("empty-from (warning)\n\nCOPY --from= without a value copies")
    assert "\nBad:\n    FROM alpine:3.22\n    COPY --from= a.txt /\nGood:\n" in text
    assert text.endswith("To ignore it, write # dfrender: ignore=empty-from in the comment above the instruction.\n")


def test_the_list_has_a_line_for_each_rule() -> None:
    lines = listing(EVERY_RULE).splitlines()
    assert [line.split()[0] for line in lines] == list(BY_NAME)
    assert {line.split()[1] for line in lines} == {"error", "warning"}
