"""Expansion of variables as BuildKit's shell lexer does it: every form, every refusal, and a port of it agrees."""

from __future__ import annotations

import re

import pytest
from e2b_dockerfile_utils import ShellLex
from hypothesis import assume, given
from hypothesis import strategies as st

from dfrender.dockerfile.expand import Expanded, Variables, replace_variables
from dfrender.dockerfile.lexer import ExpansionError, shell_words

ESCAPE = "\\"
VARIABLES = {"SET": "value", "EMPTY": "", "PATH": "/a/b.c/b.d", "X_1": "under", "1": "one", "A": "1+1", "é": "letter"}

FORMS = [
    ("plain text", "plain text", "text without a variable"),
    ("$SET", "value", "a bare name"),
    ("${SET}", "value", "a name in braces"),
    ("$UNSET-${UNSET}", "-", "what is unset is empty"),
    ("$SET.x", "value.x", "a name ends at the first other character"),
    ("$SETx", "", "but goes on as long as it can"),
    ("$X_1", "under", "underscores and digits belong to a name"),
    ("$1st", "onest", "a name that begins with digits holds nothing else"),
    ("$é", "letter", "letters of any alphabet make a name"),
    ("$", "$", "a lone dollar is one"),
    ("$/", "$/", "so is one before what is no name"),
    ("a$ b", "a$ b", "and one before a blank"),
    ("$?$@$*", "", "special parameters are names of one character"),
    ("$$", "", "a second dollar is such a name"),
    ("${BUILDER-BASE}", "BASE", "a dash ends the name: this is a default"),
    ("${UNSET:-word}", "word", ":- gives the word if unset"),
    ("${EMPTY:-word}", "word", ":- gives the word if empty"),
    ("${SET:-word}", "value", ":- gives the value if there is one"),
    ("${UNSET-word}", "word", "- gives the word if unset"),
    ("${EMPTY-word}", "", "- gives the empty value"),
    ("${SET:+word}", "word", ":+ gives the word if there is a value"),
    ("${EMPTY:+word}", "", ":+ gives nothing if empty"),
    ("${UNSET:+word}", "", ":+ gives nothing if unset"),
    ("${EMPTY+word}", "word", "+ gives the word if set, though empty"),
    ("${UNSET+word}", "", "+ gives nothing if unset"),
    ("${SET:?message}", "value", ":? gives the value"),
    ("${EMPTY?message}", "", "? gives the empty value"),
    ("${UNSET:-${SET:+${X_1}y}}", "undery", "words nest"),
    ("${UNSET:-$SET}", "value", "a word may be a variable"),
    ("${UNSET:-}", "", "a word may be empty"),
    ("${UNSET:-a b}", "a b", "blanks in a word stay"),
    ("${UNSET:-'}'}", "}", "a quoted brace does not end the word"),
    (r"${UNSET:-\}}", "}", "neither does an escaped one"),
    ("${UNSET:-<<x}", "<<x", "a heredoc's operator means nothing here"),
    ("${UNSET-<}", "<", "nor does its half"),
    ("${PATH#*/}", "a/b.c/b.d", "# cuts the shortest prefix"),
    ("${PATH##*/}", "b.d", "## cuts the longest prefix"),
    ("${PATH%.*}", "/a/b.c/b", "% cuts the shortest suffix"),
    ("${PATH%%.*}", "/a/b", "%% cuts the longest suffix"),
    ("${PATH%/?.d}", "/a/b.c", "a question mark is any one character"),
    ("${SET#x}", "value", "a prefix that is none stays"),
    ("${SET%x}", "value", "a suffix that is none stays"),
    ("${UNSET#x}${UNSET%x}", "", "there is nothing to cut from what is unset"),
    (r"${A%\*1}", "1+1", "an escaped star is a star"),
    ("${A%+1}", "1", "a plus is no operator"),
    ("${PATH/b/X}", "/a/X.c/b.d", "/ replaces the first match"),
    ("${PATH//b/X}", "/a/X.c/X.d", "// replaces all"),
    ("${PATH//b/}", "/a/.c/.d", "a replacement may be empty"),
    (r"${PATH//\//-}", "-a-b.c-b.d", "a slash is escaped"),
    (r"${SET/v/\}}", r"\}alue", "an escape in the replacement stays"),
    (r"${SET/v/'\1'}", r"\1alue", "a replacement is no template"),
    ("${SET/v/'$0'}", "$0alue", "nor does a dollar in it mean a group"),
    ("${PATH//b/'<$0>'}", "/a/<b>.c/<b>.d", "but where all are replaced: $0 is what matched"),
    ("${PATH//b/'${0}$1'}", "/a/b.c/b.d", "of other groups there are none"),
    ("${PATH//b/'$$0$.'}", "/a/$0$..c/$0$..d", "two dollars are one, and one before what is no name is one"),
    ("${SET/*/x}", "x", "a star takes all"),
    ("${SET//*/x}", "x", "and leaves nothing behind that could match once more"),
    ("${EMPTY//*/x}", "x", "a star takes also nothing"),
    ("${SET///-}", "-v-a-l-u-e-", "an empty pattern is everywhere"),
    ("${UNSET/v/x}", "", "there is nothing to replace in what is unset"),
    ("'$SET'", "$SET", "single quotes stop expansion"),
    ('"$SET"', "value", "double quotes do not"),
    ("\"a 'b'\"", "a 'b'", "a quote in other quotes is a character"),
    ("a\"b\"'c'd", "abcd", "quotes may open anywhere"),
    (r"\$SET", "$SET", "an escaped dollar is one"),
    (r"\a\\", "a\\", "the escape goes before any character"),
    (r'"\$SET \" \\ \a"', '$SET " \\ \\a', "in double quotes it goes before three characters only"),
    ("a\\", "a", "an escape at the end is dropped"),
    ("\ufeff$SET", "value", "a byte order mark at the start is dropped"),
    ("a\ufeff", "a\ufeff", "but not elsewhere"),
]


@pytest.mark.parametrize(
    ("word", "expected"), [pytest.param(word, expected, id=name) for word, expected, name in FORMS]
)
def test_a_word_expands(word: str, expected: str) -> None:
    assert replace_variables(word, VARIABLES, ESCAPE).text == expected


REFUSALS = [
    ("${SET", "syntax error: missing '}'", "a brace that does not close"),
    ("${", "syntax error: missing '}'", "nothing behind a brace"),
    ("${SET:", "syntax error: missing '}'", "nothing behind a colon"),
    ("${SET:-word", "syntax error: missing '}'", "a word that does not end"),
    ("${SET/a", "syntax error: missing '/' in ${}", "a pattern that does not end"),
    ("${SET/a/b", "syntax error: missing '}'", "a replacement that does not end"),
    ("${PATH//b}", "syntax error: missing '/' in ${}", "a replacement that is not there"),
    ("${}", "syntax error: bad substitution", "no name"),
    ("${{SET}}", "syntax error: bad substitution", "two braces"),
    ("${:-word}", "syntax error: bad substitution", "a default without a name"),
    ("${a.b}", "unsupported modifier (.) in substitution", "a dot in a name"),
    ("${SET:=word}", "unsupported modifier (:=) in substitution", "an assignment"),
    ("${UNSET:1}", "unsupported modifier (:1) in substitution", "a substring of nothing"),
    ("${SET:1}", "unsupported modifier (:1) in substitution", "a substring"),
    ("${SET:#a}", "unsupported modifier (:#) in substitution", "a colon before a prefix"),
    ("${SET^^}", "unsupported modifier (^) in substitution", "upper case"),
    ("${UNSET:?}", "UNSET: is not allowed to be unset", "an unset variable that must be set"),
    ("${EMPTY:?}", "EMPTY: is not allowed to be empty", "an empty variable that must not be"),
    ("${UNSET?}", "UNSET: is not allowed to be unset", "an unset variable that must be set, without colon"),
    ("${UNSET:?give a $SET}", "UNSET: give a value", "an unset variable, with a message"),
    (r"${SET#\a}", r"invalid pattern (\a) in substitution: invalid escape '\a'", "an escape that means nothing"),
    (
        r"${UNSET#\a}",
        r"invalid pattern (\a) in substitution: invalid escape '\a'",
        "one though there is nothing to cut",
    ),
    ("'a", "unexpected end of statement while looking for matching single-quote", "a single quote that does not close"),
    ('"a', "unexpected end of statement while looking for matching double-quote", "a double quote that does not close"),
    ('"a\\', "unexpected end of statement while looking for matching double-quote", "an escape that ends the text"),
    ("${UNSET:-" * 2000, "substitutions are nested too deeply", "nesting without an end"),
]


@pytest.mark.parametrize(("word", "message"), [pytest.param(word, text, id=name) for word, text, name in REFUSALS])
def test_a_word_is_refused_for(word: str, message: str) -> None:
    assert replace_variables(word, VARIABLES, ESCAPE) == Expanded("", fault=message, literal=False)


def test_the_names_without_a_value_are_reported_once_each() -> None:
    expanded = replace_variables("$SET ${UNSET} $UNSET ${B:-$C} ${EMPTY:+$D} '$E'", VARIABLES, ESCAPE)
    assert expanded.unset == {"UNSET", "B", "C", "D"}


def test_a_variable_that_may_be_given_with_the_build_is_asked_for() -> None:
    variables = Variables({"EMPTY": ""}, {"IMAGE", "EMPTY"}, ESCAPE)
    expanded = variables.expand("${IMAGE?which}/${EMPTY:?which one}:1")
    assert expanded == Expanded(
        "/:1", both := frozenset({"IMAGE", "EMPTY"}), "", literal=False, required=both, is_known=False, names=both
    )
    assert variables.expand("${OTHER:?which}").fault == "OTHER: which"
    assert variables.expand("${EMPTY?which}").required == frozenset()


def test_neither_a_star_nor_a_question_mark_stands_for_a_line_break() -> None:
    expanded = replace_variables("${A%%*}|${A#*}|${A##*}|${A//?/x}|${A//b*a/x}", {"A": "ab\nab"}, ESCAPE)
    assert expanded.text == "ab\n|ab\nab|\nab|xx\nxx|ab\nab"


def test_a_word_that_would_become_too_long_is_not_known() -> None:
    variables = Variables({"A": "a" * 40_000, "B": ""}, (), ESCAPE)
    assert variables.expand("$A").text == "a" * 40_000
    for word, names in [("$B$A$A", frozenset("AB")), ("${A//a/bb}", frozenset("A"))]:
        assert variables.expand(word) == Expanded("", names, literal=False, is_known=False, names=names)


def test_nothing_is_known_behind_very_much_text() -> None:
    variables = Variables({"A": "a" * 40_000}, (), ESCAPE)
    known = [variables.expand("$A").text != "" for _ in range(500)]
    assert known == [True] * 419 + [False] * 81
    assert variables.expand("b").text == "b"


@pytest.mark.parametrize(
    "pattern", ["%%*a*a*a*a*b", "##*a*a*b", "%*a*a*b", "#*a*a*b", "/*a*a*b/x", "//*a*a*b/x", "//?*?*a/x"]
)
def test_a_pattern_is_looked_for_in_linear_time(pattern: str) -> None:
    expanded = replace_variables(f"${{A{pattern}}}", {"A": "a" * 60_000}, ESCAPE)
    assert set(expanded.text) <= {"a", "x"}


def test_the_escape_character_is_that_of_the_file() -> None:
    assert replace_variables("`$SET \\$SET", VARIABLES, "`").text == "$SET \\value"


@pytest.mark.parametrize(
    ("command", "raw", "expected"),
    [
        pytest.param(" a  b\tc ", True, ["a", "b", "c"], id="blanks separate"),
        pytest.param("a\u00a0b\u2028c", True, ["a", "b", "c"], id="all of Unicode's do"),
        pytest.param("'a b' \"c d\"e", True, ["'a b'", '"c d"e'], id="quotes hold a word together and may be kept"),
        pytest.param("'a b' \"c d\"e", False, ["a b", "c de"], id="or be dropped"),
        pytest.param(r"a\ b \"", True, [r"a\ b", r"\""], id="so may escapes be kept"),
        pytest.param(r'a\ b "\""', False, ["a b", '"'], id="or dropped"),
        pytest.param(r'"\" \a"', True, [r'"\" \\a"'], id="in double quotes one that escapes nothing comes twice"),
        pytest.param("'' x", False, ["x"], id="an empty word is none"),
        pytest.param("cat << EOF <x", True, ["cat", "<< EOF", "<x"], id="blanks behind << belong to the word"),
        pytest.param("$x ${y} $", True, ["$x", "${y}", "$"], id="variables stay"),
        pytest.param("${x:-a b}", True, ["${x:-a", "b}"], id="a default stays, in words"),
        pytest.param("${x-a}", True, ["${x-a}"], id="so does one without colon"),
        pytest.param("${x:=y} ${x//a/b}", True, ["${x:=y}", "${x/a/b}"], id="unknown forms stay, a slash gets lost"),
        pytest.param("a<<${x:-b}", True, ["${x:-b}"], id="a nested word forgets what stood before it"),
    ],
)
def test_a_command_splits_into_words(command: str, raw: bool, expected: list[str]) -> None:  # noqa: FBT001
    assert shell_words(command, raw=raw) == expected


_FRAGMENTS = st.sampled_from(
    [
        *("$", "${", "}", "}", ":", "-", "+", "?", "#", "%", "/", "*", "\\", "`", "'", '"', " ", "\t", "<", "<<", "."),
        *(
            "SET",
            "EMPTY",
            "UNSET",
            "PATH",
            "A",
            "1",
            "_",
            "é",
            "${SET",
            "${EMPTY:-",
            "${UNSET:+",
            "${PATH#",
            "${PATH//",
        ),
    ]
)
_WORDS = st.lists(_FRAGMENTS, max_size=10).map("".join)


def _port(word: str, escape: str) -> str | None:
    try:
        return ShellLex(escape, env=VARIABLES, skip_unset_env=False).process_word(word)
    except ValueError:
        return None


@given(word=_WORDS, escape=st.sampled_from("\\`"))
def test_a_port_of_buildkit_expands_alike(word: str, escape: str) -> None:
    assume(not re.search(r"//\*+/", word))  # Python finds an empty match behind the one that a star takes, Go does not
    assume(not re.search(r"//.*\$", word))  # for Python, a dollar in a replacement means no group
    expanded = replace_variables(word, VARIABLES, escape)
    assert (None if expanded.fault else expanded.text) == _port(word, escape)


@given(command=_WORDS)
def test_a_port_of_buildkit_splits_alike(command: str) -> None:
    assume(not re.search(r"\$\{[^}]*[^\w}]", command))  # the port has a buffer for each nested word, Go has one
    assume(not re.search(r"''|\"\"", command))  # an empty word is one for the port, for Go it is none
    for raw in (True, False):
        try:
            words = shell_words(command, raw=raw)
        except ExpansionError:
            words = None
        try:
            ported = ShellLex("\\", raw_quotes=raw, raw_escapes=raw).process_words(command)
        except ValueError:
            ported = None
        assert words == ported


@pytest.mark.parametrize(
    ("word", "ported"),
    [
        pytest.param("${SET//*/x}", "xx", id="an empty match behind another"),
        pytest.param("${SET//v/'$0'}", "$0alue", id="a group in a replacement"),
        pytest.param("\ufeff", "\ufeff", id="a byte order mark"),
    ],
)
def test_the_port_is_known_to_differ_on(word: str, ported: str) -> None:
    assert _port(word, "\\") == ported != replace_variables(word, VARIABLES, ESCAPE).text
