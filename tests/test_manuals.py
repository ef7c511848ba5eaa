"""Every code has a manual, and every manual is true: its bad samples are reported under its code, its good ones not."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

import pytest

import dfrender
from dfrender.rules.check import all_rules
from dfrender.rules.manual import Manual, explanation, manuals, rules
from tests.codes import IN_BRACKETS, codes_of, expected_codes
from tests.shell import environment, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.project import Project

PACKAGE = Path(dfrender.__file__).parent
_SAMPLE = re.compile(r"^(?P<kind>Bad|Good)(?: \((?P<profile>.+)\))?:\n\n(?P<text>(?: {4}.+\n)+)\n?", re.MULTILINE)

# what every command of a sample finds
PROJECT = {
    ".git/HEAD": "",
    "Dockerfile.j2": 'FROM alpine:3.22 AS base\nFROM {{ stage("base") }} AS app\n',
    "profiles/ci.yaml": "prebuilt: [base]\n",
    "profiles/local.yaml": "",
}


class Sample(NamedTuple):
    """What a manual shows: a template and its profile, or what is typed in a shell, each line behind a dollar sign."""

    manual: Manual
    is_bad: bool
    profile: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Return what is typed; nothing for a template."""
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def samples(manual: Manual) -> Iterator[Sample]:
    for match in _SAMPLE.finditer(f"{manual.markdown}\n"):
        yield Sample(manual, match["kind"] == "Bad", match["profile"] or "", dedent(match["text"]))


EVERY_MANUAL = pytest.mark.parametrize("manual", [pytest.param(each, id=each.code) for each in manuals().values()])
EVERY_SAMPLE = pytest.mark.parametrize(
    "sample",
    [
        pytest.param(each, id=f"{each.manual.code}: {'bad' if each.is_bad else 'good'}")
        for manual in manuals().values()
        for each in samples(manual)
    ],
)


@EVERY_SAMPLE
def test_a_sample_is_what_its_manual_says(sample: Sample, project: Project, tmp_path: Path) -> None:
    found = typed(sample.commands, project, tmp_path / "bin") if sample.commands else reported(sample, project)
    if not sample.is_bad:
        assert found == set()
    elif sample.manual.is_rule:
        assert found == {sample.manual.code}
    else:
        assert sample.manual.code in found


def typed(commands: list[str], project: Project, folder: Path) -> set[str]:
    """Type the lines in a shell; give the codes in brackets that the last of them prints."""
    project.write(PROJECT)
    env = environment(folder)
    for command in commands:
        program, *arguments = shlex.split(command)
        if program == "dfrender":
            result = project.dfrender(*arguments)
            seen = result.stdout + result.stderr
        else:
            seen = run(command, Path(), env).stdout
    return set(IN_BRACKETS.findall(seen))


def reported(sample: Sample, project: Project) -> set[str]:
    """Check a template for its profile; give the codes of what is found, also of its plan if that is the subject."""
    project.write({"Dockerfile.j2": sample.text, "ci.yaml": sample.profile})
    calls = [["lint"], ["plan"]] if sample.manual.group == "Plans" else [["lint"]]
    seen = ""
    for call in calls:
        result = project.dfrender(*call, "-p", "./ci.yaml", "Dockerfile.j2")
        seen += result.stdout + result.stderr
    return set(IN_BRACKETS.findall(seen))


@EVERY_MANUAL
def test_a_manual_is_a_sentence_a_text_and_samples(manual: Manual) -> None:
    sentence, *rest = _SAMPLE.sub("", f"{manual.markdown}\n").strip().split("\n\n")
    assert re.fullmatch(r"[`A-Zd].+[.)]", sentence, re.DOTALL)
    assert all(re.fullmatch(r"\S.+[.)]", each, re.DOTALL) for each in rest)
    assert rest or not manual.is_rule
    shown = [each.is_bad for each in samples(manual)]
    assert shown == [True, False] or (manual.code in {"not-verified", "rendering-too-slow"} and shown == [])


def test_every_code_of_the_source_has_a_manual_and_every_manual_a_code() -> None:
    found = {code for path in PACKAGE.rglob("*.py") for code in codes_of(path)}
    assert found | {each.code for each in all_rules()} == set(manuals())


def test_every_code_that_a_test_expects_has_a_manual() -> None:
    assert expected_codes() - set(manuals()) == set()


def test_a_rule_with_a_function_states_its_severity_there_alone() -> None:
    document = PACKAGE.joinpath("rules", "manuals.md").read_text("utf-8")
    with_severity = set(re.findall(r"(?m)^## (\S+) \(", document))
    assert {each.code for each in all_rules()} == set(manuals()) - with_severity


def test_every_rule_is_in_the_part_of_the_rules() -> None:
    assert {each.code for each in all_rules()} <= set(rules())


def test_a_manual_is_printed_as_a_person_reads_it() -> None:
    text = explanation(manuals()["empty-from"])
    assert text.startswith("empty-from (warning)\n\nCOPY --from= without a value copies")
    assert "\nBad:\n\n    FROM alpine:3.22\n    COPY --from= a.txt /\n\nGood:\n" in text
    assert "\nTo ignore it, write # dfrender: ignore=empty-from above the instruction, or " in text


def test_backticks_stay_in_samples_only() -> None:
    text = explanation(manuals()["invalid-escape-directive"])
    assert "(parser/parser.go)" in text
    assert "    # escape=`\n" in text


def test_what_cannot_be_ignored_says_nothing_of_it() -> None:
    assert "ignore" not in explanation(manuals()["file-not-found"])


@pytest.mark.parametrize(
    ("code", "linter", "page"),
    [
        pytest.param(
            "DL3006", "hadolint", "https://github.com/hadolint/hadolint/wiki/DL3006", id="a rule of hadolint's own"
        ),
        pytest.param(
            "SC2086",
            "ShellCheck",
            "https://github.com/koalaman/shellcheck/wiki/SC2086",
            id="a rule of ShellCheck, which hadolint runs",
        ),
        pytest.param(
            "StageNameCasing",
            "BuildKit",
            "https://docs.docker.com/reference/build-checks/stage-name-casing/",
            id="a check of BuildKit",
        ),
        pytest.param(
            "JSONArgsRecommended",
            "BuildKit",
            "https://docs.docker.com/reference/build-checks/json-args-recommended/",
            id="a check of BuildKit whose name holds an abbreviation",
        ),
        pytest.param(
            "SecretsUsedInArgOrEnv",
            "BuildKit",
            "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
            id="a check of BuildKit of many words",
        ),
    ],
)
def test_the_code_of_another_linter_is_explained_by_naming_it(
    project: Project, code: str, linter: str, page: str
) -> None:
    result = project.dfrender("explain", code)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{code} ({linter})\n\n")
    assert page in result.stdout.split()
    assert f"={code} " in result.stdout


def test_a_word_that_is_also_a_file_is_not_the_code_of_another_linter(project: Project) -> None:
    project.write({"DockerFile": "FROM a\n"})
    result = project.dfrender("explain", "DockerFile")
    assert result.stderr.endswith(
        "no rule is named 'DockerFile'; list them: dfrender explain; of a line, write FILE:LINE\n"
    )


def test_without_a_code_all_rules_are_listed_a_line_each(project: Project) -> None:
    lines = project.dfrender("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(rules())
    assert {line.split()[1] for line in lines} == {"error", "warning"}


def test_manuals_are_read_wherever_the_package_is_loaded_from(tmp_path: Path) -> None:
    """A zip file has no files that could be opened by their paths."""
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(PACKAGE.rglob("*")):
            if path.suffix in {".py", ".md", ".txt"}:
                file.write(path, path.relative_to(PACKAGE.parent))
    command = [sys.executable, "-m", "dfrender", "explain", "empty-from"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(archive)}, capture_output=True, check=True)
    assert done.stdout.decode() == explanation(manuals()["empty-from"])
    code = "from dfrender.rules.official import official_images; print('alpine' in official_images())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(archive)}, capture_output=True, check=True
    )
    assert done.stdout == b"True\n"


def test_no_code_has_two_manuals() -> None:
    headings = re.findall(r"(?m)^## ([a-z-]+)", (PACKAGE / "rules/manuals.md").read_text("utf-8"))
    assert sorted(headings) == sorted(set(headings))
