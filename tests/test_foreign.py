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
        Diagnostic(At("Dockerfile.ci", 7, 4), "build-error", "unknown instruction: RUNN", hint="mend this first"),
    ]


def test_buildkit_without_findings_is_read() -> None:
    assert diagnostics('{"warnings": null, "sources": null}', "found.json") == []


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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Dockerfile:1 DL3003 warning: text", id="the text of hadolint"),
        pytest.param("7", id="a number"),
        pytest.param("{}", id="an empty object"),
        pytest.param('[{"line": 1}]', id="a list of something else"),
        pytest.param(
            '{"warnings": [{"location": {"sourceIndex": 3}}], "sources": [{}]}', id="a source that is not there"
        ),
    ],
)
def test_what_is_no_finding_of_theirs_is_refused(text: str) -> None:
    with pytest.raises(CallError) as raised:
        diagnostics(text, "found.json")
    assert [(str(each.at), each.code) for each in raised.value.diagnostics] == [("found.json", "unknown-findings")]
