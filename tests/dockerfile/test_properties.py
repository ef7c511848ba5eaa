"""What holds for every text: reading never fails, and references can be replaced in place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.dockerfile import syntax
from dfrender.dockerfile.model import Dockerfile, Instruction, Reference, ReferenceKind
from dfrender.dockerfile.names import image_problem
from dfrender.source import encode, join
from tests.dockerfile.oracle import read
from tests.dockerfile.strategies import any_text, documents, noise

NEW = {
    ReferenceKind.FROM: "${NEW_IMAGE}",
    ReferenceKind.COPY: "registry.example:5000/new/image:1.0",
    ReferenceKind.MOUNT: "registry.example:5000/new/image:1.0",
}


def put(dockerfile: Dockerfile, reference: Reference, new: str) -> str:
    """Rewrite a reference as dfrender does: the new text stands where the last segment stood, the others go."""
    lines = [line.text for line in dockerfile.lines]
    for segment in reference.segments:
        text = new + reference.quotes if segment == reference.segments[-1] else ""
        lines[segment.line] = lines[segment.line][: segment.start] + text + lines[segment.line][segment.stop :]
    return "".join(lines)


def written(dockerfile: Dockerfile, reference: Reference) -> str:
    """Give the text that the segments of a reference cover."""
    return "".join(dockerfile.lines[segment.line].text[segment.start : segment.stop] for segment in reference.segments)


def arguments(instruction: Instruction, escape: str) -> str:
    """Give what follows the flags, of a trigger what follows its own."""
    value = instruction.value
    start = syntax.split_flags(value, 0, escape)[1]
    if instruction.keyword == "ONBUILD":
        start = syntax.split_flags(value, syntax.split_keyword(value, start)[1], escape)[1]
    return value[start:]


def rest(dockerfile: Dockerfile, reference: Reference) -> object:
    """Give everything that rewriting this reference has to leave as it is."""
    index = dockerfile.references.index(reference)
    instructions = []
    for each in dockerfile.instructions:
        inside = each.first <= reference.segments[0].line <= each.last
        kept = "" if inside and reference.kind is ReferenceKind.FROM else arguments(each, dockerfile.escape)
        flags = len(each.flags) if inside else each.flags
        instructions.append((each.keyword, each.first, each.last, each.stage, each.heredocs, flags, kept))
    texts = [each.text for each in dockerfile.references]
    places = [(each.kind, each.stage, each.onbuild) for each in dockerfile.references]
    stages = [(each.name, each.platform, each.first) for each in dockerfile.stages]
    args = [(each.name, each.default, each.stage, each.last) for each in dockerfile.args]
    return instructions, texts[:index], texts[index + 1 :], places, stages, args, dockerfile.directives, dockerfile.top


def rewrites_alone(text: str) -> None:
    """Replace each reference that can name something, and read the result: nothing else may have changed."""
    before = read(text)
    for index, reference in enumerate(before.references):
        if reference.segments and (reference.kind is ReferenceKind.FROM or not image_problem(reference.text.lower())):
            after = read(put(before, reference, NEW[reference.kind]))
            assert after.references[index].text == NEW[reference.kind]
            assert rest(after, after.references[index]) == rest(before, reference)


@given(text=any_text())
def test_reading_never_fails_and_says_where_each_problem_is(text: str) -> None:
    dockerfile = read(text)
    assert join(dockerfile.lines) == text
    for problem in dockerfile.problems:
        line = dockerfile.lines[problem.at.line - 1].text if problem.at.line else ""
        assert problem.at.line <= len(dockerfile.lines)
        assert problem.at.column <= len(line) + 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("FROM a\nRUN x <<E " + "${a:-" * 3000, id="a substitution nested too deeply"),
        pytest.param("FROM a\nRUN " + "[" * 3000 + " <<E", id="arrays nested too deeply"),
        pytest.param("FROM a\nRUN <<\udc80\n\udc80\n", id="bytes that are not UTF-8"),
        pytest.param("FROM a\nRUN <<E\0\nE\0\n", id="a null character"),
    ],
)
def test_reading_never_fails_on(text: str) -> None:
    assert [each.keyword for each in read(text).instructions] == ["FROM", "RUN"]


@given(text=documents())
def test_the_pieces_of_a_reference_spell_it(text: str) -> None:
    dockerfile = read(text)
    for reference in dockerfile.references:
        spelled = written(dockerfile, reference)
        if reference.kind is ReferenceKind.FROM:
            assert spelled == reference.text
            continue
        spelled = _without_quotes(encode(spelled).decode("latin-1"))  # a flag is read byte by byte
        text = _without_quotes(reference.text)
        assert spelled.startswith(text)
        assert spelled == text or not spelled.isascii()


def _without_quotes(text: str) -> str:
    return re.sub(r"['\"\\`]", "", text)


@given(text=st.one_of(documents(), documents(), noise()))
def test_rewriting_a_reference_changes_that_reference_alone(text: str) -> None:
    rewrites_alone(text)


REWRITTEN = [
    pytest.param("COPY --from=b /x /y", "COPY --from=NEW /x /y", id="a bare value"),
    pytest.param('COPY --from="b" /x /y', "COPY --from=NEW /x /y", id="quotes around the value go with it"),
    pytest.param("COPY --from='b'\"\" /x /y", "COPY --from=NEW /x /y", id="so do empty quotes behind it"),
    pytest.param(
        'COPY --"from=b" /x /y', 'COPY --"from=NEW" /x /y', id="a quote that opens in the flag's name is kept"
    ),
    pytest.param('COPY --fr"om"=b /x /y', 'COPY --fr"om"=NEW /x /y', id="quotes in the flag's name are kept"),
    pytest.param("COPY --from=\\b /x /y", "COPY --from=NEW /x /y", id="an escape in the value goes"),
    pytest.param('COPY --from="b /x /y', 'COPY --from=NEW"', id="a quote that never closes takes all the rest"),
    pytest.param("COPY --from=b", "COPY --from=NEW", id="a value at the end of the file"),
    pytest.param(
        "COPY --from=\\\nb\\\n\\\n /x /y", "COPY --from=\\\nNEW\\\n\\\n /x /y", id="a value on a line of its own"
    ),
    pytest.param(
        'COPY --from=\\\n"b\\ \n# it\'s\n\n"\\\n /x',
        "COPY --from=\\\n\\ \n# it's\n\nNEW\\\n /x",
        id="a value on two lines with a comment between",
    ),
    pytest.param(
        "RUN --mount=type=bind,from=b,target=/x y",
        "RUN --mount=type=bind,from=NEW,target=/x y",
        id="an option among others",
    ),
    pytest.param(
        'RUN --mount="from=b",target=/x y',
        'RUN --mount="from=NEW",target=/x y',
        id="a quote that opens before the option",
    ),
    pytest.param(
        'RUN --mount=from=b",target=/x y" z',
        'RUN --mount=from=NEW",target=/x y" z',
        id="a quote that opens behind the value",
    ),
    pytest.param(
        "RUN --mount='from=b'\",target=/x y\" z",
        "RUN --mount='from=NEW'\",target=/x y\" z",
        id="one quote closes and another opens",
    ),
    pytest.param(
        'RUN --mount=\\"from=b\\",rw y',
        'RUN --mount=\\"from=NEW\\",rw y',
        id="quotes of a CSV field, escaped in the flag",
    ),
    pytest.param(
        "RUN --mount='\"from=b\",rw' y", "RUN --mount='\"from=NEW\",rw' y", id="quotes of a CSV field in other quotes"
    ),
    pytest.param(
        "RUN --mount=from=x,FROM=b y", "RUN --mount=from=x,FROM=NEW y", id="of several options the last one counts"
    ),
    pytest.param("ONBUILD RUN --mount=from=b y", "ONBUILD RUN --mount=from=NEW y", id="a trigger"),
    pytest.param("FROM b", "FROM NEW", id="a base"),
    pytest.param('FROM "b"', "FROM NEW", id="a base in quotes"),
    pytest.param('FROM "b', "FROM NEW", id="a base with a quote that never closes"),
    pytest.param(
        "FROM --platform=x \\\nb\\\n AS c", "FROM --platform=x \\\nNEW\\\n AS c", id="a base on a line of its own"
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("line", "expected"), REWRITTEN)
def test_rewriting_keeps_the_quotes_of_what_stands_around(line: str, expected: str, end: str) -> None:
    text, wanted = (f"FROM a AS b\nFROM c\n{each}".replace("\n", end) for each in (line, expected))
    assert not [problem for problem in read(wanted).problems if problem.code.startswith("unknown")]
    dockerfile = read(text)
    assert put(dockerfile, dockerfile.references[-1], "NEW") == wanted
    rewrites_alone(text)


def test_with_a_backtick_as_escape_a_backslash_is_a_character() -> None:
    dockerfile = read("# escape=`\nFROM a\nCOPY --from=`b\\ c\\ /x")
    assert [each.text for each in dockerfile.references] == ["a", "b\\"]
    assert put(dockerfile, dockerfile.references[1], "NEW").endswith("\nCOPY --from=NEW c\\ /x")
