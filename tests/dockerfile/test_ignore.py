"""What an ignore file keeps out of the build context, as moby/patternmatcher decides it."""

import pytest

from dfrender.dockerfile.ignore import PatternError, Patterns, is_ignored, read_lines

IGNORED = [
    pytest.param("a/Dockerfile.ci", ["a"], id="a folder takes with it what is in it"),
    pytest.param("a/Dockerfile.ci", ["a/"], id="a slash at the end counts for nothing"),
    pytest.param("a/Dockerfile.ci", ["/a/Dockerfile.ci"], id="a slash at the beginning counts for nothing"),
    pytest.param("a/Dockerfile.ci", ["./a/../a/*.ci"], id="a path is cleaned"),
    pytest.param("a/b/Dockerfile.ci", ["**/Dockerfile.*"], id="two stars reach every depth"),
    pytest.param("Dockerfile.ci", ["**/Dockerfile.*"], id="two stars reach depth 0"),
    pytest.param("a/b/Dockerfile.ci", ["a/**"], id="two stars at the end take everything"),
    pytest.param("Dockerfile.ci", ["Dockerfile.?i"], id="a question mark is one character"),
    pytest.param("Dockerfile.ci", ["Dockerfile.[a-d]i"], id="brackets are a choice"),
    pytest.param("Dockerfile.ci", ["Dockerfile.[^x]i"], id="brackets may exclude"),
    pytest.param("Dockerfile[ci", ["Dockerfile\\[ci"], id="a backslash takes a sign as it is"),
    pytest.param("Dockerfile.ci", ["  Dockerfile.ci\t"], id="blanks around a pattern count for nothing"),
    pytest.param("Dockerfile.ci", ["*", "!Dockerfile", "Dockerfile.ci"], id="the last that matches decides"),
]
KEPT = [
    pytest.param("a/Dockerfile.ci", ["Dockerfile.ci"], id="a pattern begins at the root, unlike git's"),
    pytest.param("a/Dockerfile.ci", ["*.ci"], id="a star ends at a slash"),
    pytest.param("Dockerfile.ci", ["*", "!Dockerfile.*"], id="an exclamation mark takes back in"),
    pytest.param("Dockerfile.ci", ["*", "! Dockerfile.ci"], id="a blank may follow the exclamation mark"),
    pytest.param("Dockerfile.ci", ["# *", "", "   "], id="comments and blank lines are no patterns"),
    pytest.param("Dockerfile.ci", ["Dockerfile"], id="a pattern is the whole name"),
    pytest.param("Dockerfile.ci", ["Dockerfile.[z-a]i"], id="what is no pattern matches nothing"),
]


@pytest.mark.parametrize(("path", "lines"), IGNORED)
def test_a_path_is_left_out_of_the_context(path: str, lines: list[str]) -> None:
    assert is_ignored(path, lines)


@pytest.mark.parametrize(("path", "lines"), KEPT)
def test_a_path_is_in_the_context(path: str, lines: list[str]) -> None:
    assert not is_ignored(path, lines)


# what moby/patternmatcher itself said of these, asked on Go 1.24
MATCHES = [
    pytest.param(["**"], "a/b", True, id="two stars alone match everything"),
    pytest.param(["**x"], "a/bx", True, id="two stars without a slash are any beginning"),
    pytest.param(["**/a"], "ba", False, id="two stars with one are whole folders"),
    pytest.param(["a**"], "ab/c", True, id="two stars at the end are any ending"),
    pytest.param(["**/a/**/b"], "x/a/y/z/b", True, id="two stars in the middle are folders"),
    pytest.param(["**/a/**/b"], "a/b", True, id="or none"),
    pytest.param(["***"], "a", True, id="three stars are two and one"),
    pytest.param(["a^b"], "a^b", True, id="a circumflex is itself in a plain pattern"),
    pytest.param(["a^*"], "a^b", False, id="and an anchor beside a wildcard"),
    pytest.param(["[a-]x*"], "-x", False, id="a dash before the bracket needs a backslash"),
    pytest.param(["a*[a-]"], "ab-", True, id="but behind a star, where builders look no more"),
    pytest.param(["a*[[]"], "ab[", True, id="a bracket in brackets"),
    pytest.param(["\\d*"], "1a", True, id="a letter behind a backslash means what it means in regular expressions"),
    pytest.param(["[\\d]x"], "1x", True, id="also in brackets"),
    pytest.param(["a\\-*"], "a-b", True, id="a sign behind a backslash is itself"),
    pytest.param(["[a\\-c]x"], "-x", True, id="a dash behind a backslash is itself"),
    pytest.param(["[^a]b"], "cb", True, id="brackets may exclude"),
    pytest.param(["[*]"], "*", False, id="a star in brackets breaks them"),
    pytest.param([".a+(b)"], ".a+(b)", True, id="signs of regular expressions are themselves"),
    pytest.param(["x*\\"], "xy$", True, id="a backslash at the end, behind a star"),
    pytest.param(["a/b", "!a"], "a/b", True, id="an exception is no pattern as long as nothing is ignored"),
    pytest.param(["!a", "a/b", "!a/b/c"], "a/b/c/d", False, id="the last one that matches decides"),
    pytest.param(["a", "!a/b", "a/b/c"], "a/b/c/d", True, id="also above"),
    pytest.param(["/"], "a", False, id="the root alone matches nothing"),
    pytest.param(["//a"], "a", True, id="slashes before a path count for nothing"),
]


@pytest.mark.parametrize(("patterns", "path", "is_match"), MATCHES)
def test_a_pattern_matches_as_in_moby(patterns: list[str], path: str, is_match: bool) -> None:  # noqa: FBT001 - expected
    texts = [text for text, _ in read_lines("\n".join(patterns))]
    try:
        matched = Patterns(texts).matches(path)
    except PatternError:
        matched = False
    assert matched is is_match


REFUSED = [
    pytest.param("!", id="an exclamation mark alone"),
    pytest.param("[a", id="brackets without an end"),
    pytest.param("[]", id="brackets with nothing in them"),
    pytest.param("a\\", id="a backslash at the end"),
    pytest.param("[z-a]", id="a range that is upside down"),
    pytest.param("a*[b", id="brackets without an end behind a star"),
    pytest.param("\\q*", id="a letter that means nothing behind a backslash"),
    pytest.param("\\é*", id="a backslash before a letter of no regular expression"),
    pytest.param("*[\\b]", id="a border of words in brackets"),
    pytest.param("x*[a\\", id="a backslash at the end of brackets"),
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_builders_refuse(pattern: str) -> None:
    with pytest.raises(PatternError):
        Patterns([pattern]).matches("a")


def test_an_ignore_file_is_read_line_by_line() -> None:
    text = "\ufeff# a comment\n #no comment\n\r\n\t docs/ \r\n! /a/../b\n!\n"
    assert read_lines(text) == [("#no comment", 2), ("docs", 4), ("!b", 5), ("!", 6)]


@pytest.mark.parametrize(
    ("patterns", "folder", "may"),
    [
        pytest.param(["docs"], "docs", False, id="without an exception"),
        pytest.param(["docs", "!docs/a"], "docs", True, id="with one in the folder"),
        pytest.param(["docs", "!docs/a"], "docs/b", False, id="with one elsewhere"),
        pytest.param(["docs", "!docs/**"], "docs", True, id="with one for all that it holds"),
        pytest.param(["docs", "!**/a"], "docs", True, id="with one for anywhere"),
    ],
)
def test_something_in_a_folder_may_be_taken_back(patterns: list[str], folder: str, may: bool) -> None:  # noqa: FBT001
    assert Patterns(patterns).may_take_back_below(folder) is may
