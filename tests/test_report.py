"""Diagnostics as text for a person."""

from __future__ import annotations

import pytest

from dfrender import report
from dfrender.diagnostics import Diagnostic, Severity
from dfrender.source import At

LINES = ["FROM a\n", "\tRUN b # \udcff\r\n"]


@pytest.mark.parametrize(
    ("diagnostic", "text"),
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
    ],
)
def test_a_diagnostic_is_written_for_a_person(diagnostic: Diagnostic, text: str) -> None:
    assert report.text([diagnostic], lambda _: LINES, lambda text, colour: f"<{colour} {text}>") == text
