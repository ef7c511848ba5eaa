"""What an ignore file keeps out of the build context, as moby/patternmatcher decides it."""

import pytest

from dfrender.dockerfile.ignore import is_ignored

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
