"""Problems to write, what the formats may ask of their run, and what hypothesis makes problems of."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.report.run import Rule, Run
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Collection

ROOT = "/work/repo"

RULES = (
    Rule(
        "known",
        Severity.WARNING,
        "It has a manual.",
        "It has a manual: FROM",
        "It has a `manual`: `FROM`",
        "file:/m#known",
    ),
    Rule("unused", Severity.ERROR, "Nothing breaks it.", "Nothing breaks it.", "Nothing breaks it.", "file:/m#unused"),
)


def run(pipeline: str = "") -> Run:
    """Return a run in the folder ``api`` of a repository; ``<stdin>`` and what begins with two dashes are not files."""

    def path(file: str) -> str:
        return "" if file.startswith(("<", "--")) else str(PurePosixPath(ROOT, "api", file))

    def rules(codes: Collection[str]) -> list[Rule]:
        others = dict.fromkeys(code for code in codes if code != "known")
        return [*RULES, *(Rule(code) for code in others)]

    lines = ["FROM a\n", "\tRUN b # \udcff\r\n", "RUN echo '##vso[task.complete]'\n"]
    return Run(lambda _: lines, path, ROOT, lambda text, colour: f"<{colour} {text}>", pipeline, "1.2.3", rules)


FULL = Diagnostic(
    At("Dockerfile.j2", 2, 6),
    "known",
    "a stage is missing",
    Severity.WARNING,
    "write it",
    (("defined", At("profiles/ci.yaml", 3)), ("given", At("--set tag"))),
    ("ci", "local"),
)

FILES = pytest.mark.parametrize(
    "file",
    [
        pytest.param("Dockerfile.j2", id="a plain name"),
        pytest.param("my api/Dockerfile (1).j2", id="spaces and brackets"),
        pytest.param("a:b,c;d=e].j2", id="what separates and ends properties"),
        pytest.param("100%.j2", id="a percent sign"),
        pytest.param("%25%0A%AZP25%3B.j2", id="what looks escaped"),
        pytest.param("\u00e4-\u2028-\u65e5.j2", id="characters beyond ASCII"),
        pytest.param("a\nb\rc.j2", id="line ends"),
        pytest.param("-v#1?x&y.j2", id="what has a meaning in a URI"),
    ],
)

_PIECES = [
    *(
        "##",
        "#",
        "vso[",
        "[",
        "]",
        "::",
        ":",
        "error",
        "set-output name=x",
        "task.setvariable variable=x;isoutput=true",
    ),
    *("\r", "\n", " ", "\t", "\v", "\f", "\x1c", "\x85", "\u00a0", "\u2028", "\ufeff", "\u200b", "\0", "\x1b[1m"),
    *("%", "%0A", "%0D", "%25", "%3A", "%5D", "%AZP25", ";", ",", "=", "a", "\udcff", "ä", '"', "\\", "stage"),
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_PLACES = st.builds(At, st.one_of(TEXTS.map("f/{}".format), st.just("<stdin>")), st.integers(0, 9), st.integers(0, 9))
DIAGNOSTICS = st.builds(
    Diagnostic,
    _PLACES,
    st.sampled_from(["known", "other-rule"]),
    TEXTS,
    st.sampled_from(Severity),
    TEXTS,
    st.lists(st.tuples(TEXTS, _PLACES), max_size=2).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
)
