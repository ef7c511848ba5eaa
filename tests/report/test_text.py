"""Diagnostics as text for a person."""

from __future__ import annotations

import pytest

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.text import text
from dfrender.source import At
from tests.report.samples import FULL, run


@pytest.mark.parametrize(
    ("diagnostic", "written"),
    [
        pytest.param(
            Diagnostic(At("F", 1, 6), "rule", "wrong", hint="write it", related=(("defined", At("G", 2)),)),
            "F:1:6: <red error:> wrong [rule]\n    1 | FROM a\n      |      ^\n   defined at G:2\n   write it\n",
            id="place, message and rule; the line and a mark; other places; the next step",
        ),
        pytest.param(
            Diagnostic(At("F", 2, 6), "rule", "wrong", Severity.WARNING),
            "F:2:6: <yellow warning:> wrong [rule]\n    2 | \tRUN b # ?\n      | \t    ^\n",
            id="a mark stands below its character, behind tabs too",
        ),
        pytest.param(
            Diagnostic(At("F", 1), "rule", "wrong"),
            "F:1: <red error:> wrong [rule]\n    1 | FROM a\n",
            id="no mark where the column is not known",
        ),
        pytest.param(Diagnostic(At("F"), "rule", "wrong"), "F: <red error:> wrong [rule]\n", id="of a whole file"),
        pytest.param(
            Diagnostic(At("F", 9, 1), "rule", "wrong"),
            "F:9:1: <red error:> wrong [rule]\n",
            id="a line that has gone since",
        ),
        pytest.param(
            Diagnostic(At("F", 1, 40), "rule", "wrong"),
            "F:1:40: <red error:> wrong [rule]\n    1 | FROM a\n      |        ^\n",
            id="a column that has gone since is the end of the line",
        ),
        pytest.param(
            Diagnostic(At("F"), "rule", "wrong", profiles=("ci",)),
            "F: <red error:> wrong [rule]\n   in profile ci\n",
            id="the profile that it holds for",
        ),
        pytest.param(
            FULL._replace(at=At("F")),
            "F: <yellow warning:> a stage is missing [known]\n   in profiles ci, local\n"
            "   defined at profiles/ci.yaml:3\n   given at --set tag\n   write it\n",
            id="profiles, then other places, then the next step",
        ),
    ],
)
def test_a_diagnostic_is_written_for_a_person(diagnostic: Diagnostic, written: str) -> None:
    assert text([diagnostic], run()) == written


def test_in_a_pipeline_a_line_that_is_shown_is_no_command() -> None:
    found = [Diagnostic(At("F", 3), "rule", "wrong")]
    assert text(found, run()).endswith("| RUN echo '##vso[task.complete]'\n")
    assert text(found, run("azure")).endswith("| RUN echo '## vso[task.complete]'\n")
