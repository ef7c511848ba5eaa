"""Where parsers by others are known to differ from BuildKit of today, each with its reason and an example.

A document that an entry applies to is not compared with that reader. `test_differential` holds each example to it: the
entry applies, and the readers differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.reading import dockerfile_of

if TYPE_CHECKING:
    from collections.abc import Callable

_OTHER_SPACE = re.compile(r"^[\ufeff\s]*#.*=?[\v\x85\xa0\u2000-\u200a\u2028\u2029\u3000]", re.MULTILINE)
_TRIM_OR_REPLACE = re.compile(r"\$\{[^}]?[^}:?+-]*[#%/]")


@dataclass(frozen=True, slots=True)
class Difference:
    """A document that ``applies`` is read otherwise by ``reader``, because of ``reason``."""

    reader: str
    reason: str
    example: str
    applies: Callable[[str], bool]


def _has_trigger_with_heredoc(text: str) -> bool:
    return any(each.keyword == "ONBUILD" and "<<" in each.value for each in dockerfile_of(text).instructions)


def _has_delimiter_with_a_nested_word(text: str) -> bool:
    return any(re.search(r"<<.*\$\{[^}]*[^\w}]", each.value) for each in dockerfile_of(text).instructions)


def _has_blank_before_delimiter(text: str) -> bool:
    return any(re.search(r"<<[\t\r ]", each.value) for each in dockerfile_of(text).instructions)


def _has_flags_beside_other_than_ascii(text: str) -> bool:
    return any("--" in each.value and not each.value.isascii() for each in dockerfile_of(text).instructions)


def _has_flags_with_another_escape(text: str) -> bool:
    dockerfile = dockerfile_of(text)
    flags = (each.value for each in dockerfile.instructions if "--" in each.value)
    return dockerfile.escape == "`" and any("`" in value or "\\" in value for value in flags)


def _has_text_behind_json(text: str) -> bool:
    return any(re.search(r"\[.*\].*<<", each.value) is not None for each in dockerfile_of(text).instructions)


DIFFERENCES = (
    Difference(
        "e2b",
        "a port that leaves triggers alone does not look for their heredocs",
        "FROM a\nONBUILD RUN <<EOF\nbody\nEOF\n",
        _has_trigger_with_heredoc,
    ),
    Difference(
        "e2b",
        "Python's str.strip takes the separators FS, GS, RS and US for white space, Go does not",
        "FROM a\n\x1cRUN x\n",
        lambda text: re.search(r"[\x1c-\x1f]", text) is not None,
    ),
    Difference(
        "e2b",
        r"\s of Python's re takes VT and Unicode's blanks for white space around a directive's value, Go's does not",
        "# escape=`\v\nFROM a\n",
        lambda text: _OTHER_SPACE.search(text) is not None,
    ),
    Difference(
        "e2b",
        "Go's text/scanner drops a byte order mark at the start of each text that it reads, a port to Python does not",
        "FROM a\nRUN <<\ufeff\n",
        lambda text: "<<" in text and "\ufeff" in text[1:],
    ),
    Difference(
        "e2b",
        "BuildKit's lexer shares a buffer: a nested ${NAME:-word} forgets the word so far, `<<` included",
        "FROM a\nRUN <<${x:-EOF}\nEOF\n",
        _has_delimiter_with_a_nested_word,
    ),
    Difference(
        "e2b",
        "an empty delimiter opens no heredoc",
        "FROM a\nRUN <<''\n",
        lambda text: re.search(r"<<-?[\t\r ]*(?:''|\"\")", text) is not None,
    ),
    Difference(
        "e2b",
        "a port that reads flags character by character, where BuildKit reads byte by byte",
        "FROM a\nCOPY --from=\xe9 a b\n",
        _has_flags_beside_other_than_ascii,
    ),
    Difference(
        "go",
        "the old lexer had a buffer for each nested ${NAME:-word}",
        "FROM a\nRUN <<${x:-EOF}\nEOF\n",
        _has_delimiter_with_a_nested_word,
    ),
    Difference(
        "go",
        "`<< EOF` with a blank is a heredoc since Dockerfile 1.16",
        "FROM a\nRUN << EOF\nbody\nEOF\n",
        _has_blank_before_delimiter,
    ),
    Difference(
        "go",
        "`# check=` is a directive since Dockerfile 1.8, before it ended the search for directives",
        "# check=skip=all\n# escape=`\nFROM `\na\n",
        lambda text: re.search(r"^[\ufeff\s]*#\s*check\s*=", text, re.MULTILINE | re.IGNORECASE) is not None,
    ),
    Difference(
        "go",
        "an old shell lexer refuses ${NAME#x}, ${NAME%x} and ${NAME/x/y} and then sees no heredoc on that line",
        "FROM a\nRUN ${x#y} <<EOF\nbody\nEOF\n",
        lambda text: _TRIM_OR_REPLACE.search(text) is not None,
    ),
    Difference(
        "go",
        'an old JSON reader ignores what follows the array: ["a"] x was the JSON form, which has no heredocs',
        'FROM a\nRUN ["a"] <<EOF\nbody\nEOF\n',
        _has_text_behind_json,
    ),
    Difference(
        "go",
        "in flags the old parser took the backslash for the escape character, whatever the directive said",
        "# escape=`\nFROM a\nCOPY --from=\\a b c\n",
        _has_flags_with_another_escape,
    ),
)


def known(reader: str, text: str) -> str:
    """Give why this reader may differ from dfrender on a text; empty if it may not."""
    return next((each.reason for each in DIFFERENCES if each.reader == reader and each.applies(text)), "")
