"""What other linters print is read as what dfrender itself would find, and what is not theirs is refused."""

import json
from pathlib import Path

import pytest

from dfrender.diagnostics import CallError, Diagnostic, Severity
from dfrender.foreign import diagnostics
from dfrender.source import At
from tests.shell import tool

BUILDKIT = {
    "sources": [{"filename": "Dockerfile.ci", "language": "Dockerfile", "data": "RlJPTSBhIGFzIGIK"}],
    "warnings": [
        {
            "ruleName": "FromAsCasing",
            "description": "The 'as' keyword should match the case of the 'from' keyword",
            "url": "https://docs.docker.com/go/dockerfile/rule/from-as-casing/",
            "detail": "'as' and 'FROM' keywords' casing do not match",
            "location": {"ranges": [{"start": {"line": 5}, "end": {"line": 5}}]},
        },
        {"ruleName": "InvalidDefinitionDescription", "description": "Comment", "location": {"ranges": []}},
    ],
    "buildError": {
        "message": "unknown instruction: RUNN",
        "location": {"ranges": [{"start": {"line": 7, "character": 3}, "end": {"line": 7}}]},
    },
}


def test_buildkit_is_read() -> None:
    url = "see https://docs.docker.com/go/dockerfile/rule/from-as-casing/"
    warning = Severity.WARNING
    assert diagnostics(json.dumps(BUILDKIT), "found.json") == [
        Diagnostic(
            At("Dockerfile.ci", 5, 1), "FromAsCasing", "'as' and 'FROM' keywords' casing do not match", warning, url
        ),
        Diagnostic(At("Dockerfile.ci"), "InvalidDefinitionDescription", "Comment", warning, "Comment"),
        Diagnostic(At("Dockerfile.ci", 7, 4), "build-error", "unknown instruction: RUNN", hint="fix this first"),
    ]


def test_an_image_that_is_not_built_yet_can_be_left_out() -> None:
    message = "base:latest: failed to resolve source metadata for docker.io/library/base:latest: not found"
    (found,) = diagnostics(json.dumps({**BUILDKIT, "warnings": [], "buildError": {"message": message}}), "found.json")
    assert found.code == "build-error"
    assert found.hint == (
        "if the image is not built yet, check without it: --build-arg STAGE_IMAGE=scratch, as the ARG of the rendered "
        "file is called"
    )


def test_buildkit_without_findings_is_read() -> None:
    assert diagnostics('{"warnings": null, "sources": null}', "found.json") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Check complete, 2 warnings have been found!\n{}\n", id="a line before it"),
        pytest.param("{}\nCheck complete, 2 warnings have been found!\n", id="a line behind it"),
        pytest.param("[+] Building 0.1s (4/4) FINISHED\n{}", id="a line that begins as JSON may"),
        pytest.param("\ufeff  {}\r\n", id="a byte order mark and blanks"),
    ],
)
def test_what_docker_says_around_the_json_is_passed_over(text: str) -> None:
    findings = json.dumps(BUILDKIT, indent=2)
    assert diagnostics(text.replace("{}", findings), "found.json") == diagnostics(findings, "found.json")


def test_a_sign_that_no_stream_takes_is_replaced() -> None:
    finding = {"file": "Dockerfile", "line": 1, "column": 1, "level": "error", "code": "X", "message": "a \ud800 b"}
    assert diagnostics(json.dumps([finding]), "found.json")[0].message == "a \ufffd b"


def test_the_file_that_was_read_can_be_named() -> None:
    found = diagnostics(json.dumps(BUILDKIT), "found.json", "api/Dockerfile.ci")
    assert [str(each.at) for each in found] == ["api/Dockerfile.ci:5:1", "api/Dockerfile.ci", "api/Dockerfile.ci:7:4"]


def test_hadolint_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile.ci").write_text("FROM debian:12\nRUN cd /tmp\nMAINTAINER x\n", encoding="utf-8")
    done = tool("hadolint", "--format", "json", "--no-fail", "Dockerfile.ci")
    found = diagnostics(done.stdout, "found.json")
    assert {(str(each.at), each.code, each.severity) for each in found} >= {
        ("Dockerfile.ci:2:1", "DL3003", Severity.WARNING),
        ("Dockerfile.ci:3:1", "DL4000", Severity.ERROR),
    }


HADOLINT = {"file": "Dockerfile", "line": 1, "column": 1, "level": "error", "code": "X", "message": "x"}
EMPTY: dict[str, object] = {"sources": [{"filename": "Dockerfile"}], "warnings": []}


def hadolint_with(**values: object) -> str:
    return json.dumps([HADOLINT | values])


def buildkit_with(**values: object) -> str:
    return json.dumps(EMPTY | values)


def warning_with(**values: object) -> str:
    return buildkit_with(warnings=[{"ruleName": "X", "description": "x", **values}])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Dockerfile:1 DL3003 warning: text", id="the text of hadolint"),
        pytest.param("7", id="a number"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="an empty object"),
        pytest.param('[{"line": 1}]', id="a list of something else"),
        pytest.param("[null]", id="a list of null"),
        pytest.param("[" * 100_000, id="more depth than anybody reads"),
        pytest.param(f'[{{"line": {"1" * 5_000}}}]', id="more digits than anybody reads"),
        pytest.param(f"{hadolint_with()}\n{hadolint_with()}", id="the findings of two calls in one file"),
        pytest.param('[{"line": 1,\n', id="half of the findings"),
        pytest.param(hadolint_with(file=5), id="a file that is a number"),
        pytest.param(hadolint_with(file="a\0b"), id="a name that no file has"),
        pytest.param(hadolint_with(line="3"), id="a line that is a text"),
        pytest.param(hadolint_with(line=True), id="a line that is a boolean"),
        pytest.param(hadolint_with(line=1.5), id="a line and a half"),
        pytest.param(hadolint_with(line=-1), id="a line above the first"),
        pytest.param(hadolint_with(column={}), id="a column that is an object"),
        pytest.param(hadolint_with(code=[]), id="a rule that is a list"),
        pytest.param(hadolint_with(message=None), id="a finding without message"),
        pytest.param(buildkit_with(warnings={}, sources=7), id="sources that are a number"),
        pytest.param(buildkit_with(warnings="x"), id="warnings that are a text"),
        pytest.param(buildkit_with(buildError="x"), id="an error that is a text"),
        pytest.param(buildkit_with(buildError={"location": {}}), id="an error without message"),
        pytest.param(warning_with(detail=[]), id="a detail that is a list"),
        pytest.param(warning_with(location={"sourceIndex": 1}), id="a source that is not there"),
        pytest.param(warning_with(location={"sourceIndex": -1}), id="a source before the first"),
        pytest.param(warning_with(location={"ranges": [[]]}), id="a range that is a list"),
        pytest.param(
            warning_with(location={"ranges": [{"start": {"line": 1, "character": "x"}}]}), id="a column that is a text"
        ),
    ],
)
def test_what_is_no_finding_of_theirs_is_refused(text: str) -> None:
    with pytest.raises(CallError) as raised:
        diagnostics(text, "found.json")
    assert [(str(each.at), each.code) for each in raised.value.diagnostics] == [("found.json", "unknown-findings")]


def test_a_place_may_be_a_file_without_line() -> None:
    found = diagnostics(warning_with(location={"ranges": [{}]}), "found.json")
    assert [str(each.at) for each in found] == ["Dockerfile"]


def test_a_place_may_have_no_source_where_the_file_is_named() -> None:
    text = json.dumps(
        {**EMPTY, "sources": None, "buildError": {"message": "x", "location": {"ranges": [{"start": {"line": 2}}]}}}
    )
    assert [str(each.at) for each in diagnostics(text, "found.json", "Dockerfile")] == ["Dockerfile:2:1"]
