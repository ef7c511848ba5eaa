"""What dfrender finds in a Dockerfile: directives, instructions, stages, build arguments and references."""

from __future__ import annotations

import pytest

from dfrender.dockerfile.model import ReferenceKind
from dfrender.dockerfile.scan import is_comment
from tests.dockerfile.oracle import read

DIRECTIVES = [
    ("FROM a", [], "\\", 0, "none"),
    ("# syntax=a\nFROM a", [("syntax", "a", 0)], "\\", 1, "one"),
    ("#Syntax = a b \t\r\nFROM a", [("syntax", "a b", 0)], "\\", 1, "blanks and capitals"),
    ("#\u00a0escape=`\nFROM a", [("escape", "`", 0)], "`", 1, "a blank that is not ASCII"),
    (
        "# escape=`\n# check=x\n# syntax=a\nFROM a",
        [("escape", "`", 0), ("check", "x", 1), ("syntax", "a", 2)],
        "`",
        3,
        "all",
    ),
    ("\ufeff# escape=`\nFROM a", [("escape", "`", 0)], "`", 1, "behind a byte order mark"),
    ("  # escape=`\nFROM a", [("escape", "`", 0)], "`", 1, "an escape may be indented"),
    ("  # syntax=a\nFROM a", [], "\\", 0, "a syntax may not"),
    ("  # escape=`\n# syntax=a\nFROM a", [("escape", "`", 0)], "`", 1, "nor may what stands above it"),
    ("#!x\n# syntax=a\n# escape=`\nFROM a", [("syntax", "a", 1)], "\\", 2, "a shebang hides the escape alone"),
    (
        "#!x\n# syntax=a\n# syntax=b\n# check=x\nFROM a",
        [("syntax", "a", 1)],
        "\\",
        2,
        "behind it a second one ends all",
    ),
    ("# c\n# escape=`\nFROM a", [], "\\", 0, "a comment ends them"),
    ("\n# escape=`\nFROM a", [], "\\", 0, "so does a blank line"),
    ("# other=x\n# escape=`\nFROM a", [], "\\", 0, "so does an unknown one"),
    ("# syntax=\n# escape=`\nFROM a", [], "\\", 0, "so does one without a value"),
    ("# syntax=  \r\n# escape=`\nFROM a", [("syntax", " ", 0), ("escape", "`", 1)], "`", 2, "but a blank is one"),
    ("# syntax \t=\f a\v \nFROM a", [("syntax", "a\v", 0)], "\\", 1, "blanks that Go takes for white space"),
]


@pytest.mark.parametrize(
    ("text", "directives", "escape", "top"),
    [pytest.param(*each, id=name) for *each, name in DIRECTIVES],
)
def test_directives_in_force(text: str, directives: list[tuple[str, str, int]], escape: str, top: int) -> None:
    dockerfile = read(text)
    assert [(each.name, each.value, each.line) for each in dockerfile.directives] == directives
    assert (dockerfile.escape, dockerfile.top) == (escape, top)


INSTRUCTIONS = [
    ("", [], "nothing"),
    ("\n \t\n# c\n\u2028\nFROM a\n\n", [("FROM", "a", 4, 4)], "blank lines and comments around"),
    ("from\ta", [("FROM", "a", 0, 0)], "any case, any blank"),
    ("FRO\\\nM a", [("FROM", "a", 0, 1)], "a word broken in two"),
    ("\\\n\\\nFROM a", [("FROM", "a", 0, 2)], "nothing before the break"),
    ("FROM \\\n# c\n\n  # d \\\n a", [("FROM", "a", 0, 4)], "comments and blank lines between"),
    ("FROM a\\ \t\nb", [("FROM", "ab", 0, 1)], "blanks behind the break"),
    ("FROM a\\\r\nb\r\n", [("FROM", "ab", 0, 1)], "CRLF"),
    ("FROM a\rFROM b", [("FROM", "a\rFROM b", 0, 0)], "a lone CR is a blank"),
    ("FROM a\\\\\nRUN x", [("FROM", "a\\\\", 0, 0), ("RUN", "x", 1, 1)], "two escapes break nothing"),
    (
        "# escape=`\nFROM a`\nb\nRUN x\\\nRUN y",
        [("FROM", "ab", 1, 2), ("RUN", "x\\", 3, 3), ("RUN", "y", 4, 4)],
        "backtick",
    ),
    ("FROM a \\", [("FROM", "a ", 0, 0)], "a break at the end of the file"),
    ("WOR\u212aDIR a", [("WORKDIR", "a", 0, 0)], "the sign of the kelvin is a K in lower case"),
    ("MA\u0130NTAINER a", [("MAINTAINER", "a", 0, 0)], "a dotted capital I is an i"),
    ("U\u017fER a", [("U\u017fER", "a", 0, 0)], "a long s is no s"),
    ("FROM a\nRUN a \\\n  b", [("FROM", "a", 0, 0), ("RUN", "a   b", 1, 2)], "white space in an instruction stays"),
    (
        "RUN <<A <<-'B C'\nx \\\n# c\nA\nRUN\n\t\tB C\nFROM a",
        [("RUN", "<<A <<-'B C'", 0, 5), ("FROM", "a", 6, 6)],
        "heredocs",
    ),
    ("RUN <<A\r\nA\r\nFROM a", [("RUN", "<<A", 0, 1), ("FROM", "a", 2, 2)], "a heredoc in CRLF"),
    ("ONBUILD --x RUN <<A\nA\n", [("ONBUILD", "--x RUN <<A", 0, 1)], "a heredoc of a trigger"),
    ("RUN [<<A\nA\n", [("RUN", "[<<A", 0, 0), ("A", "", 1, 1)], "no heredoc inside a word"),
    ("RUN [ <<A\nA\n", [("RUN", "[ <<A", 0, 1)], "a bracket alone is no JSON"),
    ("RUN <<${x:-A}\nRUN y", [("RUN", "<<${x:-A}", 0, 0), ("RUN", "y", 1, 1)], "no heredoc before a default"),
    ("RUN <<$A\n$A\n", [("RUN", "<<$A", 0, 1)], "a variable is a delimiter as it stands"),
    ("RUN <<''\nRUN y", [("RUN", "<<''", 0, 0), ("RUN", "y", 1, 1)], "an empty delimiter is none"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(text, each, id=name) for text, each, name in INSTRUCTIONS])
def test_instructions_and_their_lines(text: str, expected: list[tuple[str, str, int, int]]) -> None:
    assert [(each.keyword, each.value, each.first, each.last) for each in read(text).instructions] == expected


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        pytest.param("COPY --a --b=c d --e", ("--a", "--b=c"), id="the first other word ends them"),
        pytest.param("COPY --a -- --b", ("--a",), id="two dashes end them"),
        pytest.param("COPY --", (), id="two dashes at the end"),
        pytest.param("COPY --a='b \"c' x", ('--a=b "c',), id="quotes hold them together"),
        pytest.param('COPY --a=b\\ c\\"d x', ('--a=b c"d',), id="so do escapes"),
        pytest.param("COPY --a=b\\\v", ("--a=b",), id="an escape at the end is dropped"),
        pytest.param('COPY --a="b \u2028', ("--a=b",), id="white space at the end is no part of them"),
        pytest.param("COPY --a=\u00e9 b", ("--a=\u00c3\u00a9",), id="each byte is a character of its own"),
        pytest.param("COPY --a=\u00e0--b c", ("--a=\u00c3", "--b"), id="a letter with a byte A0 ends them"),
        pytest.param("COPY --a=\u5168 --b c", ("--a=\u00e5",), id="or 85, and with it all flags"),
        pytest.param("COPY --a=b\u2028--c d", ("--a=b\u00e2\u0080\u00a8--c",), id="and a blank may be none"),
        pytest.param('COPY --a="\u00e0" --b c', ("--a=\u00c3\u00a0", "--b"), id="but not in quotes"),
        pytest.param("COPY \u00a0--a b", (), id="before them, too"),
        pytest.param('FROM --a"" b', ("--a",), id="empty quotes add nothing"),
    ],
)
def test_flags(text: str, flags: tuple[str, ...]) -> None:
    assert read(text).instructions[0].flags == flags


@pytest.mark.parametrize(
    ("text", "args"),
    [
        pytest.param("ARG A", [("A", None)], id="without default"),
        pytest.param("ARG A=", [("A", "")], id="with an empty default"),
        pytest.param("ARG A=b=c B", [("A", "b=c"), ("B", None)], id="several on a line"),
        pytest.param(
            "ARG A='b c' B=\"d e\" C=f\\ g", [("A", "'b c'"), ("B", '"d e"'), ("C", "f\\ g")], id="quotes stay"
        ),
        pytest.param(
            'ARG A=\'\\\' B="\\""', [("A", "'\\'"), ("B", '"\\""')], id="an escape means nothing in single quotes"
        ),
        pytest.param("ARG X=1 # c", [("X", "1"), ("#", None), ("c", None)], id="there is no comment behind one"),
        pytest.param("ARG A=b\\\f", [("A", "b")], id="an escape at the end is dropped"),
        pytest.param("ARG \\\f", [], id="one alone is nothing"),
        pytest.param('ARG "A=b \v', [('"A', "b")], id="a quote that never closes"),
        pytest.param("ARG", [], id="none"),
        pytest.param("ONBUILD ARG A", [], id="those of a trigger are no business of this file"),
    ],
)
def test_build_arguments(text: str, args: list[tuple[str, str | None]]) -> None:
    assert [(each.name, each.default) for each in read(text).args] == args


def test_build_arguments_before_the_first_from_belong_to_no_stage() -> None:
    assert [(each.stage, each.last) for each in read("ARG A \\\n=1\nFROM a\nARG B\nFROM b\nARG C").args] == [
        *((-1, 1), (-1, 1)),
        (0, 3),
        (1, 5),
    ]


def test_a_name_is_stored_in_the_lower_case_of_go() -> None:
    assert [stage.name for stage in read("FROM a AS B\nFROM a AS \u0130\u212a").stages] == ["b", "ik"]


def test_stages() -> None:
    dockerfile = read("FROM --platform='x' a AS Base\nFROM\tb\nFROM -- \u00a0c as x\nFROM --other d")
    assert [
        (each.position, each.name, each.platform, each.base.text, each.at.column) for each in dockerfile.stages
    ] == [
        (0, "base", "x", "a", 26),
        (1, "", "", "b", 1),
        (2, "x", "", "c", 15),
        (3, "", "", "d", 1),
    ]


REFERENCES = [
    ("COPY --from=b c d", [(ReferenceKind.COPY, "b", False)], "a flag"),
    ("COPY --chown=1 --from=b c d", [(ReferenceKind.COPY, "b", False)], "among others"),
    ("COPY --from= c d", [], "an empty one is the build context"),
    ("COPY c --from=b d", [], "a later word is none"),
    ('COPY ["--from=b", "c"]', [], "nor is the JSON form"),
    ("ADD --from=b c d", [], "ADD has none"),
    ("RUN --mount=from=b,target=/x y", [(ReferenceKind.MOUNT, "b", False)], "a mount"),
    ("RUN --mount=type=bind,FROM=b y", [(ReferenceKind.MOUNT, "b", False)], "an option in capitals"),
    ("RUN --mount=from=b,from=c y", [(ReferenceKind.MOUNT, "c", False)], "the last of several"),
    ("RUN --mount=from=b,from= y", [], "of which the last may be the build context"),
    (
        "RUN --mount=from=b --mount=from=c y",
        [(ReferenceKind.MOUNT, "b", False), (ReferenceKind.MOUNT, "c", False)],
        "mounts",
    ),
    ("RUN --mount=type=bind,\\\nfrom=b y", [(ReferenceKind.MOUNT, "b", False)], "a break behind a comma"),
    ("RUN --mount=type=bind,\\\n from=b y", [], "and one before a blank, which ends the flag"),
    ('RUN --mount=\\"from=b\\",\\"target=/x,y\\" z', [(ReferenceKind.MOUNT, "b", False)], "quoted fields"),
    ('RUN --mount=\\"target=/x\\"\\"y\\",from=b z', [(ReferenceKind.MOUNT, "b", False)], "a quote in a quoted field"),
    ("RUN --mount=,from=b, y", [(ReferenceKind.MOUNT, "b", False)], "empty fields"),
    ("RUN --mount= y", [], "an empty mount"),
    ("RUN --mount y", [], "a mount without a value"),
    ("ONBUILD COPY --from=b c d", [(ReferenceKind.COPY, "b", True)], "a trigger"),
    ("ONBUILD ONBUILD COPY --from=b c d", [], "but not a trigger's trigger"),
    ("FROM 0", [(ReferenceKind.FROM, "0", False)], "a number"),
    ('FROM "${A:-b}"', [(ReferenceKind.FROM, '"${A:-b}"', False)], "a base as it is written"),
]


@pytest.mark.parametrize(("line", "expected"), [pytest.param(line, each, id=name) for line, each, name in REFERENCES])
def test_references(line: str, expected: list[tuple[ReferenceKind, str, bool]]) -> None:
    base, *found = read(f"FROM a\n{line}").references
    assert (base.kind, base.text) == (ReferenceKind.FROM, "a")
    assert [(each.kind, each.text, each.onbuild) for each in found] == expected


def test_a_reference_says_where_it_begins() -> None:
    found = read("FROM --platform=x a\nRUN --mount=type=bind,\\\n'from=b' c\nCOPY --from=\\\nd e f").references
    assert [(each.at.line, each.at.column) for each in found] == [(1, 19), (3, 7), (5, 1)]


@pytest.mark.parametrize(
    ("opening", "line", "ends"),
    [
        pytest.param("<<A", "A\r\n", True, id="its name"),
        pytest.param("<<A", "A \n", False, id="a blank behind it"),
        pytest.param("<<A", "\tA\n", False, id="a tab before it"),
        pytest.param("<<-A", "\tA", True, id="a tab before it where tabs are taken off"),
        pytest.param("<<-A", " A", False, id="a blank where tabs are taken off"),
    ],
)
def test_a_heredoc_ends_at(opening: str, line: str, ends: bool) -> None:  # noqa: FBT001
    found = read(f"A\nRUN {opening}\n{line}")
    assert ("unterminated-heredoc" in {problem.code for problem in found.problems}) is not ends


@pytest.mark.parametrize(("line", "comment"), [("# c", True), (" \u00a0#", True), ("c # d", False), ("", False)])
def test_a_comment_is_a_whole_line(line: str, comment: bool) -> None:  # noqa: FBT001
    assert is_comment(line) is comment
