"""``--message-format``: what is reported how and where, and which commands a pipeline reads in all that is printed."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click
import pytest
from click.testing import CliRunner
from sarif_kit.validate import validation_errors

from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.printing import errors_reported
from dfrender.diagnostics import CallError, Diagnostic
from dfrender.report.formats import FORMATS
from dfrender.rules.manual import rules
from dfrender.source import At
from tests.report import agents
from tests.slow import slow_but

if TYPE_CHECKING:
    from click.testing import Result

    from tests.project import Project

WARNED = {"Dockerfile": "FROM a AS base\nFROM base:latest\n", "profiles/ci.yaml": ""}


def test_the_help_names_all_formats(project: Project) -> None:
    words = " ".join(project.dfrender("render", "--help").stdout.split())
    assert f"{', '.join([*FORMATS][:-1])}, or {[*FORMATS][-1]}" in words


def test_warnings_and_what_is_refused_are_one_document(project: Project) -> None:
    project.write({**WARNED, "Dockerfile.ci": "FROM mine\n"})
    result = project.dfrender("render", "--message-format", "json")
    found = [(each["rule"], each["severity"]) for each in json.loads(result.stderr)["diagnostics"]]
    assert (result.exit_code, result.stdout) == (1, "")
    assert found == [("tagged-reference-shadows-stage", "warning"), ("not-overwritten", "error")]


def test_sarif_lists_the_rules_of_dfrender(project: Project) -> None:
    project.write(WARNED)
    log = json.loads(project.dfrender("render", "--message-format", "sarif").stderr)
    assert validation_errors(log) == []
    assert [each["id"] for each in log["runs"][0]["tool"]["driver"]["rules"]] == [*rules()]


FOREIGN = [
    {"code": code, "file": "Dockerfile", "line": 1, "column": 1, "level": "info", "message": "m"}
    for code in ("DL3006", "SC2086", "StageNameCasing", "mine")
]


def test_a_log_of_sarif_explains_each_rule_and_says_where_more_is_to_be_read(project: Project) -> None:
    project.write({"Dockerfile": "FROM a\n", "found.json": json.dumps(FOREIGN)})
    log = json.loads(project.dfrender("lint", "--message-format", "sarif", "--from", "found.json").stdout)
    assert validation_errors(log) == []
    listed = {each["id"]: each for each in log["runs"][0]["tool"]["driver"]["rules"]}
    assert [*listed] == [*rules(), *(each["code"] for each in FOREIGN)]
    assert listed.pop("mine") == {"id": "mine"}
    assert all(each["help"]["text"] and each["help"]["markdown"] for each in listed.values())
    assert listed["DL3006"]["helpUri"] == "https://github.com/hadolint/hadolint/wiki/DL3006"
    own = urlsplit(listed["unknown-stage"]["helpUri"])
    assert (own.scheme, own.fragment) == ("file", "unknown-stage")
    assert "\n## unknown-stage\n" in Path(url2pathname(own.path)).read_text("utf-8")


def test_lint_gives_a_whole_log_of_sarif_also_where_nothing_is_wrong(project: Project) -> None:
    project.write({"Dockerfile": "FROM a\n"})
    result = project.dfrender("lint", "-q", "--message-format", "sarif")
    log = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, validation_errors(log)) == (0, "", [])
    assert log["runs"][0]["results"] == []


def test_lint_gives_one_document_for_all_that_it_finds_and_cannot_find(project: Project) -> None:
    project.write(WARNED)
    result = project.dfrender("lint", "-q", "--message-format", "json", "-p", "ic", "Dockerfile", "--strict")
    found = [each["rule"] for each in json.loads(result.stdout)["diagnostics"]]
    assert (result.exit_code, result.stderr, found) == (2, "", ["profile-not-found"])


@pytest.mark.parametrize("name", FORMATS)
def test_a_text_on_standard_output_stays_as_it_is(project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    body = b"RUN <<E\n# ##vso[a.b] \xff\n::error::\nE\n"
    project.write({**WARNED, "Dockerfile": b"FROM a AS base\nFROM base:latest\n" + body})
    expected = project.dfrender("render", "-o", "-").stdout_bytes
    assert expected.endswith(body)
    monkeypatch.setenv("TF_BUILD", "True")
    result = project.dfrender("render", "-o", "-", "--message-format", name)
    assert result.stdout_bytes == expected
    assert "tagged-reference-shadows-stage" in result.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_a_rendering_without_problems_tells_none(project: Project, name: str) -> None:
    project.write({"Dockerfile": "FROM a\n", "profiles/ci.yaml": ""})
    assert project.render("--message-format", name) == "wrote Dockerfile.ci\n"


@pytest.mark.parametrize(
    ("variable", "annotation"),
    [
        pytest.param("TF_BUILD", "##vso[task.logissue type=warning;", id="Azure Pipelines"),
        pytest.param("GITHUB_ACTIONS", "::warning file=Dockerfile,line=2,col=6,", id="GitHub Actions"),
        pytest.param("GITLAB_CI", "", id="GitLab, whose log shows text"),
        pytest.param("CI", "", id="any other"),
    ],
)
def test_a_pipeline_gets_text_and_an_annotation_besides(
    project: Project, monkeypatch: pytest.MonkeyPatch, variable: str, annotation: str
) -> None:
    project.write(WARNED)
    text = project.dfrender("render", "-q").stderr
    monkeypatch.setenv(variable, "true")
    seen = project.dfrender("render", "-q").stderr
    assert seen.startswith(text)
    more = seen.removeprefix(text).splitlines()
    assert [each.startswith(annotation) for each in more] == [True] * bool(annotation)
    assert project.dfrender("render", "-q", "--message-format", "text").stderr == text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("github", "::warning file=my api/Dockerfile,line=2,", id="GitHub: from the repository's root"),
        pytest.param("azure", ";sourcepath={here}/Dockerfile;", id="Azure: absolute"),
        pytest.param("sarif", '"uri": "my%20api/Dockerfile"', id="SARIF: from the repository's root, as a URI"),
        pytest.param("json", '"file": "Dockerfile"', id="JSON: as the user would write it"),
    ],
)
def test_a_path_is_as_its_reader_wants_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    project.write({".git/HEAD": "", **{f"my api/{each}": text for each, text in WARNED.items()}})
    monkeypatch.chdir("my api")
    reported = project.dfrender("render", "--message-format", name).stderr
    assert path.format(here=Path.cwd()) in reported


def test_a_path_that_is_no_text_is_printed_as_it_is(project: Project) -> None:
    project.write({"\udcff/Dockerfile": "FROM a\n", "\udcff/profiles/ci.yaml": ""})
    assert project.dfrender("render", ".").stdout_bytes == b"wrote \xff/Dockerfile.ci\n"


OF_PIPELINES = ("auto", "azure", "github")
EVIL = "x\n::error::y ##vso[task.complete]z ##[group]"
EVIL_FILES = {
    f"{EVIL}/Dockerfile.j2": f"FROM a AS base\nFROM base:latest\nRUN <<E\n{EVIL}\nE\n",
    f"{EVIL}/profiles/ci.yaml": "",
    f"{EVIL}/profiles/mine.yaml": "",
    f"{EVIL}/Dockerfile.mine": "FROM mine\n",
    "wrong.j2": "FROM a AS x%0A::error::y\nCOPY --from={{ stage('y') }} ##vso[task.complete] /\n",
    "other.j2": "FROM a\n",
    "profiles/ci.yaml": "",
}


EVIL_CALLS = pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["render", "-p", "ci", EVIL], id="what was written, and a warning"),
        pytest.param(["render", EVIL], id="a file that is not replaced"),
        pytest.param(["render", "--check", EVIL], id="what is not up to date"),
        pytest.param(["render", "--diff", EVIL], id="a difference"),
        pytest.param(["render", "wrong.j2"], id="a line that is shown"),
        pytest.param(["lint", "wrong.j2", EVIL], id="what lint finds"),
        pytest.param(["render", f"{EVIL}/missing.j2"], id="a template that is not there"),
        pytest.param(["render", "-p", EVIL, "wrong.j2"], id="a profile that is not there"),
        pytest.param(["render", "--set", f"{EVIL}=1", "wrong.j2"], id="a key that is not there"),
        pytest.param(["render", "-o", f"{EVIL}/a/b", "-p", "ci", f"{EVIL}/Dockerfile.j2"], id="a folder not there"),
        pytest.param(["render", "-o", "x", "-p", "ci", "other.j2", f"{EVIL}/Dockerfile.j2"], id="two for one file"),
        pytest.param(["render", f"--{EVIL}"], id="an option that is none"),
        pytest.param([EVIL], id="a command that is none"),
        pytest.param([f"--{EVIL}"], id="an option that is none, before the command"),
        pytest.param(["render", "--message-format", EVIL], id="a format that is none"),
    ],
)


@EVIL_CALLS
def test_outside_a_pipeline_all_is_printed_as_it_is(project: Project, arguments: list[str]) -> None:
    project.write(EVIL_FILES)
    assert commands(project.dfrender(*arguments))


@pytest.mark.parametrize("name", slow_but(OF_PIPELINES, [*FORMATS]))
@EVIL_CALLS
@pytest.mark.parametrize("variable", ["TF_BUILD", "GITHUB_ACTIONS"])
def test_a_pipeline_reads_no_command_that_dfrender_did_not_write(
    project: Project, monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str, variable: str
) -> None:
    project.write({**EVIL_FILES, f"{EVIL}/Dockerfile.ci": ""})
    monkeypatch.setenv(variable, "true")
    options = ["--message-format", name] if arguments[0] in ("render", "lint") else []
    own = commands(project.dfrender(*arguments[:1], *options, *arguments[1:]))
    assert {each.name for each in own} <= {"error", "warning", "task.logissue"}
    assert all({"title", "code"} & {*each.properties} for each in own)
    assert not own or name in OF_PIPELINES


@pytest.mark.parametrize("name", FORMATS)
def test_whoever_asks_for_the_commands_of_a_pipeline_has_it_read_the_rest_too(project: Project, name: str) -> None:
    project.write(EVIL_FILES)
    result = project.dfrender("render", "-p", "mine", "--diff", "--message-format", name, EVIL)
    assert bool(agents.azure(result.stdout)) == (name not in ("github", "azure"))


def commands(result: Result) -> list[agents.Command]:
    """Return all that either pipeline would do."""
    return [each for read in (agents.github, agents.azure) for each in read(result.stdout) + read(result.stderr)]


def found_by_a_command(arguments: list[str], problem: Exception | None, *diagnostics: Diagnostic) -> Result:
    """Run a command whose result is what it finds."""

    @click.command()
    @MESSAGE_FORMAT
    def command() -> None:
        with errors_reported(result=True) as found:
            found.extend(diagnostics)
            if problem:
                raise problem

    return CliRunner().invoke(command, arguments)


FOUND = Diagnostic(At("--set tag"), "rule", "wrong")


@pytest.mark.parametrize("name", FORMATS)
def test_findings_that_are_the_result_go_to_standard_output_and_are_complete(name: str) -> None:
    with_one = found_by_a_command(["--message-format", name], None, FOUND)
    without = found_by_a_command(["--message-format", name], None)
    assert (with_one.stderr, without.stderr, with_one.exit_code, without.exit_code) == ("", "", 0, 0)
    assert "wrong" in with_one.stdout
    assert bool(without.stdout) == (name in ("json", "sarif", "gitlab"))
    if without.stdout:
        document = json.loads(without.stdout)
        assert not (document if name == "gitlab" else document.get("diagnostics"))


def test_findings_and_what_could_not_be_looked_at_are_one_document() -> None:
    missing = CallError([Diagnostic(At("--set a"), "missing", "not there")])
    result = found_by_a_command(["--message-format", "json"], missing, FOUND)
    assert [each["rule"] for each in json.loads(result.stdout)["diagnostics"]] == ["missing", "rule"]
    assert (result.exit_code, result.stderr) == (2, "")


@pytest.mark.parametrize("problem", [click.UsageError("no"), OSError(28, "no space"), ValueError("a bug")])
def test_a_run_that_came_to_no_end_does_not_say_that_all_is_well(problem: Exception) -> None:
    assert found_by_a_command(["--message-format", "json"], problem).stdout == ""
    assert "wrong" in found_by_a_command([], problem, FOUND).stdout


def test_a_full_disk_behind_the_findings_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        redirect_stdout(TextIOWrapper(full, write_through=True)),
        pytest.raises(SystemExit) as raised,
        click.Context(click.Command("lint")),
        errors_reported(result=True) as found,
    ):
        found.append(FOUND)
    assert raised.value.code == 2
    assert capsys.readouterr().err == "standard output: error: no space left on device\n   nothing more was done\n"
