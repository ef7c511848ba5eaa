"""Every problem of a Dockerfile's structure: where it is, which rule it breaks, and what is said about it."""

from __future__ import annotations

import pytest

from dfrender.diagnostics import Severity
from dfrender.dockerfile.parse import JINJA_HINT, parse
from dfrender.source import At, lines_of
from tests.reading import dockerfile_of

NO_FROM = "FROM takes one word, or three with AS, not {}"
NO_CSV = "the value of --mount is no list of key=value"
TOO_LONG = "builders read lines of up to 65535 bytes"
NO_END = "no line ends this heredoc: a line with nothing but {!r} is missing"
MISPLACED = "builders take this {} directive for a comment, because of {}"
SPLIT = "white space ends the list of --mount behind this comma; what follows is a part of the command"

BROKEN = [
    ("", (0, 0), "no-stage", "there is no stage to build"),
    ("# nothing\n", (1, 0), "no-stage", "there is no stage to build"),
    ("ARG A\n", (1, 0), "no-stage", "there is no stage to build"),
    ("RUN x\nFROM a", (1, 1), "instruction-before-from", "RUN stands before the first FROM"),
    ("# c\n\t\\\n  RUN\nFROM a", (3, 1), "instruction-before-from", "RUN stands before the first FROM"),
    ("FRM a\nFROM b", (1, 1), "unknown-instruction", "there is no instruction 'FRM'"),
    ("FROM a\n  BOGUS x", (2, 3), "unknown-instruction", "there is no instruction 'BOGUS'"),
    ("FROM a\nRUN\u00a0x", (2, 1), "unknown-instruction", "there is no instruction 'RUN\\xa0X'"),
    ("FROM a\nRUN\u3000\tx", (2, 1), "unknown-instruction", "there is no instruction 'RUN\\u3000'"),
    ("FROM a\n\\", (2, 1), "unknown-instruction", "there is no instruction ''"),
    ("FROM a\nONBUILD BOGUS", (2, 9), "unknown-instruction", "there is no instruction 'BOGUS'"),
    ("FROM a\nONBUILD", (2, 8), "invalid-trigger", "ONBUILD has no instruction"),
    ("ARG\nFROM a", (1, 4), "blank-arg-name", "ARG names nothing"),
    ("FROM a\nARG --x \n", (2, 8), "blank-arg-name", "ARG names nothing"),
    ("ARG A = x\nFROM a", (1, 7), "blank-arg-name", "there is no name before the ="),
    ("ARG A \\\n  =1\nFROM a", (2, 3), "blank-arg-name", "there is no name before the ="),
    ("FROM a\nonbuild  from a", (2, 10), "invalid-trigger", "FROM cannot be a trigger"),
    ("FROM a\nONBUILD ONBUILD RUN x", (2, 9), "invalid-trigger", "ONBUILD cannot be a trigger"),
    ("FROM a\nONBUILD MAINTAINER x", (2, 9), "invalid-trigger", "MAINTAINER cannot be a trigger"),
    ("FROM", (1, 5), "invalid-from", NO_FROM.format(0)),
    ("FROM a b", (1, 6), "invalid-from", NO_FROM.format(2)),
    ("FROM a AS", (1, 6), "invalid-from", NO_FROM.format(2)),
    ("FROM a WITH b", (1, 6), "invalid-from", NO_FROM.format(3)),
    ("FROM a AS b # c", (1, 13), "invalid-from", NO_FROM.format(5)),
    ('FROM "a b"', (1, 6), "invalid-from", NO_FROM.format(2)),
    ("FROM a \\\n AS 1x", (2, 5), "invalid-stage-name", "'1x' is not a stage name"),
    ("FROM a AS a:b", (1, 11), "invalid-stage-name", "'a:b' is not a stage name"),
    ("FROM --platfrm=x a", (1, 6), "unknown-flag", "FROM has no flag --platfrm"),
    ("FROM a\nCOPY \\\n# c\n  --form=x a b", (4, 3), "unknown-flag", "COPY has no flag --form"),
    ("FROM a\nCOPY --FROM=x a b", (2, 6), "unknown-flag", "COPY has no flag --FROM"),
    ("FROM a\nADD --from=x a b", (2, 5), "unknown-flag", "ADD has no flag --from"),
    ("FROM a\nRUN --chown=x a", (2, 5), "unknown-flag", "RUN has no flag --chown"),
    ("FROM a\nENV --x A=b", (2, 5), "unknown-flag", "ENV has no flag --x"),
    ("FROM a\nCMD --port 80", (2, 5), "unknown-flag", "CMD has no flag --port"),
    ("FROM a\nWORKDIR --chown=1 /x", (2, 9), "unknown-flag", "WORKDIR has no flag --chown"),
    ("FROM a\nONBUILD --x RUN y", (2, 9), "unknown-flag", "ONBUILD has no flag --x"),
    ("FROM a\nHEALTHCHECK --intervall=1s CMD x", (2, 13), "unknown-flag", "HEALTHCHECK has no flag --intervall"),
    ("FROM a\nHEALTHCHECK --interval CMD x", (2, 13), "missing-flag-value", "--interval has no value"),
    ("FROM a\nHEALTHCHECK --retries=1 --retries=2 CMD", (2, 25), "duplicate-flag", "--retries is given twice"),
    ("FROM a\nCOPY --from=a --from=b c d", (2, 15), "duplicate-flag", "--from is given twice"),
    ("FROM a\nCOPY --link --link=false c d", (2, 13), "duplicate-flag", "--link is given twice"),
    ("FROM a\nCOPY --from a b", (2, 6), "missing-flag-value", "--from has no value"),
    ("FROM a\nCOPY --link= a b", (2, 6), "missing-flag-value", "--link has no value"),
    ("FROM a\nONBUILD RUN --mount x", (2, 13), "missing-flag-value", "--mount has no value"),
    ("FROM a\nRUN --mount=type=bind, from=x y", (2, 22), "mount-split-by-whitespace", SPLIT),
    ("FROM a\nRUN --mount=type=bind,\\\n  from=x y", (2, 22), "mount-split-by-whitespace", SPLIT),
    ("FROM a\nRUN --mount=type=cache,id,ro,target=/m x", (2, 24), "invalid-mount", "the option 'id' has no value"),
    ("FROM a\nRUN --mount=type=cache,from,target=/m x", (2, 24), "invalid-mount", "the option 'from' has no value"),
    (
        "FROM a\nRUN --mount=type=Secret,from=a,id=s x",
        (2, 30),
        "mount-from-not-allowed",
        "a secret is not taken from a stage: builders refuse from= in its mount",
    ),
    ('FROM a\nRUN --mount=from=a\\"b x', (2, 5), "invalid-mount", NO_CSV),
    ('FROM a\nRUN --mount=\\"from=a x', (2, 5), "invalid-mount", NO_CSV),
    ('FROM a\nRUN --mount=\\"from=a\\"b x', (2, 5), "invalid-mount", NO_CSV),
    ("FROM a\nRUN <<EOF", (2, 5), "unterminated-heredoc", NO_END.format("EOF")),
    ("FROM a\nRUN x \\\n  <<EOF;\nEOF\n", (3, 3), "unterminated-heredoc", NO_END.format("EOF;")),
    ("FROM a\nRUN <<-A <<B\n\tA\n\tB\n", (2, 5), "unterminated-heredoc", NO_END.format("B")),
    (
        "FROM a\nRUN echo $((1 << 2))\nRUN x",
        (2, 15),
        "heredoc-lookalike",
        "builders take this for a heredoc that ends at a line '2))'",
    ),
    ("# escape=x\nFROM a", (1, 1), "invalid-escape-directive", "the escape character must be \\ or `, not 'x'"),
    ("# escape=`\v\nFROM a", (1, 1), "invalid-escape-directive", "the escape character must be \\ or `, not '`\\x0b'"),
    ("# escape= \t\nFROM a", (1, 1), "invalid-escape-directive", "the escape character must be \\ or `, not '\\t'"),
    ("# escape=`\n# ESCAPE=`\nFROM a", (2, 1), "duplicate-directive", "only one escape directive can be used"),
    ("#syntax=a\n#syntax=b\nFROM a", (2, 1), "duplicate-directive", "only one syntax directive can be used"),
    (" # syntax=a\nFROM a", (1, 1), "directive-not-first", MISPLACED.format("syntax", "its indentation")),
    ("#!x\n# escape=`\nFROM a", (2, 1), "directive-not-first", MISPLACED.format("escape", "what stands above it")),
    ("\n\n# syntax=a\nFROM a", (3, 1), "directive-not-first", MISPLACED.format("syntax", "what stands above it")),
    ("FROM a\nRUN " + "x" * 65532, (2, 1), "line-too-long", TOO_LONG),
    ("FROM a\nRUN " + "é" * 32766, (2, 1), "line-too-long", TOO_LONG),
]


@pytest.mark.parametrize(
    ("text", "place", "code", "message"), [pytest.param(*each, id=ascii(each[0])[1:60]) for each in BROKEN]
)
def test_it_is_refused(text: str, place: tuple[int, int], code: str, message: str) -> None:
    errors = [problem for problem in dockerfile_of(text).problems if problem.severity is Severity.ERROR]
    assert [(each.at, each.code, each.message) for each in errors] == [(At("Dockerfile", *place), code, message)]


ODD = [
    ("FROM a\nCOPY --from= a b", (2, 6), "empty-from", "an empty --from means the build context"),
    ("FROM a\nCOPY --newest a b", (2, 6), "unknown-flag", "COPY has no flag --newest"),
    (
        "FROM a\nRUN --mount=from=a,from=b x",
        (2, 18),
        "duplicate-mount-option",
        "from= is given 2 times; the last one wins",
    ),
    ("\n# syntax=a\nFROM a", (2, 1), "directive-not-first", MISPLACED.format("syntax", "what stands above it")),
    ("\n# check=skip=all\nFROM a", (2, 1), "directive-not-first", MISPLACED.format("check", "what stands above it")),
    ("# c\n\n# escape=`\nFROM a", (3, 1), "directive-not-first", MISPLACED.format("escape", "what stands above it")),
]


@pytest.mark.parametrize(
    ("text", "place", "code", "message"), [pytest.param(*each, id=ascii(each[0])[1:60]) for each in ODD]
)
def test_it_is_warned_of(text: str, place: tuple[int, int], code: str, message: str) -> None:
    (problem,) = dockerfile_of(text).problems
    assert problem.severity is Severity.WARNING
    assert (problem.at, problem.code, problem.message) == (At("Dockerfile", *place), code, message)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("FROM a\nONBUILD RUN --mount=from=x y", id="a trigger"),
        pytest.param("FROM --platform=x a AS b", id="a platform"),
        pytest.param("FROM -- a", id="the end of the flags"),
        pytest.param("FROM a\nRUN --mount=type=cache --mount=type=tmpfs x", id="a flag that may be repeated"),
        pytest.param("FROM a\nRUN --mount=from=,target=/m x", id="no stage but the build context in a mount"),
        pytest.param("FROM a\nRUN --mount=type=secret,from=,id=s x", id="a secret from nowhere"),
        pytest.param("FROM a\nRUN --mount=from=$A,from=b x", id="two sources of which one is refused by a rule"),
        pytest.param("FROM a\nCOPY --link --exclude=x --exclude=y a b", id="a flag that needs no value"),
        pytest.param("FROM a\nHEALTHCHECK --start-period=1s --retries=3 CMD x", id="the flags of a health check"),
        pytest.param("FROM a\nHEALTHCHECK --anything NONE", id="flags of no health check, which nobody reads"),
        pytest.param("FROM a\nSTOPSIGNAL --anything 9\nARG --anything A", id="flags where no builder looks for them"),
        pytest.param("FROM a\nCMD -- --port 80", id="a word that two dashes keep from being a flag"),
        pytest.param('FROM a\nENTRYPOINT ["--port", "80"]', id="a word that looks like a flag in the JSON form"),
        pytest.param("FROM a\nRUN x --mount y", id="a word behind the flags"),
        pytest.param("FROM a\nRUN " + "x" * 65531 + "\n", id="a line of 65,535 bytes"),
        pytest.param("FROM a\nRUN echo it's <<EOF", id="an open quote, which hides a heredoc"),
        pytest.param("FROM a\nRUN x <<< y", id="a here-string"),
        pytest.param('FROM a\nCOPY ["<<EOF", "b"] \v', id="the JSON form"),
        pytest.param("FROM a\nENV a=<<EOF", id="an instruction that takes no heredoc"),
        pytest.param("# c\n# check=skip=all\nFROM a", id="a check for one instruction"),
        pytest.param("#!x\n# syntax=a\nFROM a", id="a directive behind a shebang"),
        pytest.param("# c\n# other=x\nFROM a", id="a comment that no builder knows"),
        pytest.param("FROM a\n# syntax=b\n", id="a comment behind the first instruction"),
        pytest.param("\ufeffFROM a", id="a byte order mark"),
    ],
)
def test_nothing_is_said_of(text: str) -> None:
    assert dockerfile_of(text).problems == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("FRM a\nFROM a", "did you mean 'FROM'?", id="a misspelt instruction"),
        pytest.param("FROM a\nCOPY --form=x a b", "did you mean '--from'?", id="a misspelt flag"),
        pytest.param("FROM a\nCOPY --CHOWN=x a b", "did you mean '--chown'?", id="a flag in capitals"),
        pytest.param("FROM a\nADD --from=x a b", "--from is a flag of COPY", id="a flag of another instruction"),
        pytest.param("FROM a\nONBUILD", "write an instruction behind it", id="an empty trigger"),
        pytest.param(
            "FROM a\nCMD --port 80",
            "builders take every word with -- in front for a flag, until one that is only --",
            id="a flag where there are none",
        ),
        pytest.param("ARG\nFROM a", "write ARG NAME or ARG NAME=VALUE", id="an argument without a name"),
        pytest.param("ARG A = 1\nFROM a", "write NAME=VALUE without blanks around the =", id="blanks around an ="),
        pytest.param("FROM a\n{% if x %}", JINJA_HINT, id="Jinja in a file that is no template"),
        pytest.param("FROM a\nONBUILD FROM b", "write the instruction without ONBUILD", id="a FROM as a trigger"),
        pytest.param(
            "FROM a\nCOPY --newest a b",
            "fine if the Dockerfile version of your # syntax= line has it",
            id="a flag that may be newer than dfrender",
        ),
    ],
)
def test_the_hint_says_what_to_do_about(text: str, hint: str) -> None:
    assert [problem.hint for problem in dockerfile_of(text).problems] == [hint]


def test_unknown_instructions_in_a_row_are_counted_after_the_third() -> None:
    lines = ["FROM a", "one", "two", "three", "four", "five", "six", "RUN x", "seven", "eight", "nine", "ten"]
    assert [(each.at.line, each.message) for each in dockerfile_of("\n".join(lines)).problems] == [
        (2, "there is no instruction 'ONE'"),
        (3, "there is no instruction 'TWO'"),
        (4, "there is no instruction 'THREE'"),
        (5, "unknown instructions that follow in a row: 3 more"),
        (9, "there is no instruction 'SEVEN'"),
        (10, "there is no instruction 'EIGHT'"),
        (11, "there is no instruction 'NINE'"),
        (12, "unknown instructions that follow in a row: 1 more"),
    ]


def test_what_jinja_left_in_a_template_is_no_reason_to_speak_of_names() -> None:
    (problem,) = parse(lines_of("FROM a\n{{ x }}", "Dockerfile.j2"), "Dockerfile.j2").problems
    assert problem.hint == "to continue the line above, end that one with \\"


def test_a_misplaced_directive_names_what_stands_above_it() -> None:
    (problem,) = dockerfile_of("# one\n# two\n# syntax=a\nFROM a").problems
    assert problem.related == (("the first line above it", At("Dockerfile", 1)),)


def test_reading_goes_on_behind_each_problem() -> None:
    text = 'RUN x\nFROM\nBOGUS\nCOPY --frm=x a b\nRUN --mount=\\" y\nRUN echo $((1 << 2))\nONBUILD FROM a\nRUN <<E\n'
    assert [(each.at.line, each.code) for each in sorted(dockerfile_of(text).problems)] == [
        (1, "instruction-before-from"),
        (2, "invalid-from"),
        (3, "unknown-instruction"),
        (4, "unknown-flag"),
        (5, "invalid-mount"),
        (6, "heredoc-lookalike"),
        (7, "invalid-trigger"),
        (8, "unterminated-heredoc"),
    ]
