"""What an instruction takes from the build context, as it is written there."""

from __future__ import annotations

import pytest

from dfrender.dockerfile import syntax
from dfrender.dockerfile.ignore import PatternError
from dfrender.dockerfile.scan import scan
from dfrender.dockerfile.statement import Statement
from dfrender.inputs.sources import Source, sources_of
from dfrender.inputs.wildcards import Wildcard, has_wildcard, split
from dfrender.source import lines_of


def taken(text: str) -> list[Source]:
    """Return the sources of the last instruction of a text."""
    scanned = scan(lines_of(text, "Dockerfile"))
    logical = scanned.instructions[-1]
    keyword, start = syntax.split_keyword(logical.text, 0)
    return list(sources_of(Statement(scanned, logical, keyword, start)))


PATHS = [
    pytest.param("COPY a.txt b/ /x/", ["a.txt", "b"], id="all words but the last"),
    pytest.param('COPY ["a b", "c", "/x/"]', ["a b", "c"], id="the JSON form, in which blanks are characters"),
    pytest.param('COPY ["a", "/x" /x', ["[a,", "x"], id="what is no JSON is words"),
    pytest.param("COPY . /x", [""], id="a dot is the context itself"),
    pytest.param("COPY /etc/../a ../b ./c /x/", ["a", "b", "c"], id="above the context there is nothing"),
    pytest.param("COPY 'a' \\\"b /x/", ["a", '"b'], id="quotes and escapes are dropped"),
    pytest.param("# escape=`\nCOPY a`[b c\\d /x/", ["a[b", "c\\d"], id="escapes are those of the directive"),
    pytest.param("COPY a$B ${C} /x/", ["", ""], id="with a variable in it, the whole context"),
    pytest.param("COPY --from=base a /x", [], id="from a stage or an image, nothing"),
    pytest.param("COPY --from= a /x", ["a"], id="an empty --from is the context"),
    pytest.param("COPY --chown=a:b --chmod=644 --link a /x", ["a"], id="flags are no sources"),
    pytest.param("COPY <<EOF /x\na\nEOF\n", [], id="a heredoc is no file"),
    pytest.param("COPY a <<-EOF <<B b /x/\na\nEOF\nB\n", ["a", "b"], id="files among heredocs"),
    pytest.param("COPY << EOF a /x\nb\nEOF\n", ["a"], id="a heredoc with a blank before its delimiter"),
    pytest.param("ADD https://example.org/a.tar git@example.org:a.git b /x/", ["b"], id="an address is no file"),
    pytest.param("COPY https:/a /x/", ["https:/a"], id="COPY knows no addresses"),
    pytest.param("RUN --mount=type=bind,source=a,target=/x true", ["a"], id="a mount"),
    pytest.param("RUN --mount=src=a,target=/x true", ["a"], id="a mount of no type is a bind mount"),
    pytest.param("RUN --mount=target=/x true", [""], id="a mount without source is the whole context"),
    pytest.param("RUN --mount=type=$T,source=a true", ["a"], id="a mount whose type is not known yet"),
    pytest.param("RUN --mount=source=$A,target=/x true", [""], id="a mount with a variable in its source"),
    pytest.param("RUN --mount=from=b,source=a,target=/x true", [], id="a mount from a stage"),
    pytest.param("RUN --mount=from=,source=a,target=/x true", ["a"], id="an empty from= is the context"),
    pytest.param("RUN --mount=type=cache,target=/x true", [], id="a cache"),
    pytest.param('RUN --mount="x true', [""], id="a mount that is no CSV, which builders refuse"),
    pytest.param("RUN --network=none --mount=source=a,source=b true", ["b"], id="the last source counts"),
    pytest.param("RUN cp a b", [], id="what a command reads"),
    pytest.param("WORKDIR /a", [], id="other instructions"),
]


@pytest.mark.parametrize(("text", "paths"), PATHS)
def test_an_instruction_takes(text: str, paths: list[str]) -> None:
    assert [each.path for each in taken(text)] == paths


@pytest.mark.parametrize(
    ("text", "exclude", "include"),
    [
        pytest.param("COPY --exclude=*.md --exclude=b a /x", ("*.md", "b"), (), id="exclude"),
        pytest.param("COPY --exclude=$A --exclude=b a /x", (), (), id="a variable in one exclude, and none excludes"),
        pytest.param("COPY --parents a/b /x", (), ("a/b",), id="parents take below the context"),
        pytest.param("COPY --parents=true c/./a/b /x", (), ("a/b",), id="parents take below their pivot"),
        pytest.param("COPY --parents=false a/b /x", (), (), id="parents that are turned off"),
    ],
)
def test_flags_choose(text: str, exclude: tuple[str, ...], include: tuple[str, ...]) -> None:
    (source,) = taken(text)
    assert (source.exclude, source.include) == (exclude, include)


def test_a_source_has_the_place_of_its_word() -> None:
    sources = taken("COPY a \\\n  b \\\n  /x/\n")
    assert [str(each.at) for each in sources] == ["Dockerfile:1:6", "Dockerfile:2:3"]


def test_a_mount_has_the_place_of_its_source() -> None:
    (source,) = taken("RUN --mount=type=bind,source=a true")
    assert str(source.at) == "Dockerfile:1:30"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("a*", True, id="a star"),
        pytest.param("a/[b]", True, id="brackets"),
        pytest.param("a\\*", False, id="a star behind a backslash"),
        pytest.param("a\\\\?", True, id="a question mark behind a backslash that is one itself"),
        pytest.param("a]", False, id="a bracket that closes nothing"),
    ],
)
def test_wildcards_are_seen(path: str, found: bool) -> None:  # noqa: FBT001 - what is expected
    assert has_wildcard(path) is found
    assert taken(f"COPY --link {path.replace(chr(92), chr(92) * 2)} /x/")[0].is_pattern is found


def test_a_path_is_split_at_its_first_part_with_a_wildcard() -> None:
    assert split("a/b*/c") == ("a", "b*/c")
    assert split("*") == ("", "*")


MATCHES = [
    pytest.param("*.md", "a.md", True, id="a star is any text"),
    pytest.param("*.md", "a/b.md", False, id="a star ends at a slash"),
    pytest.param("a?c", "abc", True, id="a question mark is a character"),
    pytest.param("[a-c]x", "bx", True, id="a range"),
    pytest.param("[^a-c]x", "bx", False, id="all but a range"),
    pytest.param("[c-a]x", "bx", False, id="a range that is upside down has nothing in it"),
    pytest.param("[^c-a]x", "bx", True, id="and all but that is anything"),
    pytest.param("a[^b]c", "a/c", True, id="brackets may be a slash"),
    pytest.param("\\*", "*", True, id="a backslash takes a sign as it is"),
    pytest.param("[\\]]", "]", True, id="also in brackets"),
    pytest.param("\\d", "d", True, id="and a letter as a letter"),
]


@pytest.mark.parametrize(("pattern", "path", "is_match"), MATCHES)
def test_a_wildcard_matches_as_in_go(pattern: str, path: str, is_match: bool) -> None:  # noqa: FBT001 - expected
    assert Wildcard(pattern).matches(path) is is_match


@pytest.mark.parametrize("pattern", ["[a", "[]", "[-a]", "[a-]", "a\\", "[\\"])
def test_builders_refuse(pattern: str) -> None:
    with pytest.raises(PatternError):
        Wildcard(pattern)
