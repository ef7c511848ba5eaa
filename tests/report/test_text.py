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
            "F:1:40: <red error:> wrong [rule]\n    1 | FROM a\n      |       ^\n",
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


@pytest.mark.parametrize(
    ("line", "column", "written"),
    [
        pytest.param(
            "RUN \x1b]0;x\x07 y", 13, ["RUN \\x1b]0;x\\x07 y", "                  ^"], id="an order to a terminal"
        ),
        pytest.param("RUN \u202ex", 1, ["RUN \\u202ex", "^"], id="text that would be read backwards"),
        pytest.param("a" * 200, 200, ["a" * 200, " " * 199 + "^"], id="a line that is not too long"),
        pytest.param("a" * 150 + "b" * 100, 1, ["a" * 150 + "b" * 50 + "…", "^"], id="the begin of a long line"),
        pytest.param(
            "a" * 300 + "b" + "c" * 300, 301, ["…" + "a" * 100 + "b" + "c" * 99 + "…", " " * 101 + "^"], id="its middle"
        ),
        pytest.param("a" * 500 + "b", 501, ["…" + "a" * 199 + "b", " " * 200 + "^"], id="its end"),
    ],
)
def test_a_line_is_shown_so_that_a_person_sees_what_is_there(line: str, column: int, written: list[str]) -> None:
    of_line = run()._replace(lines=lambda _: [f"{line}\n"])
    seen = text([Diagnostic(At("F", 1, column), "rule", "wrong")], of_line).splitlines()
    assert [each.partition(" | ")[2] for each in seen[1:]] == written


def test_names_and_messages_hold_no_order_to_a_terminal() -> None:
    found = Diagnostic(At("a\x1bb"), "rule", "c\x9bd", hint="e\u2066f")
    assert text([found], run()) == "a\\x1bb: <red error:> c\\x9bd [rule]\n   e\\u2066f\n"
