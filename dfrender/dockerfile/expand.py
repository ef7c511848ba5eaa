"""A word and build arguments to text, and a command to words, as BuildKit's shell lexer does it (``shell/lex.go``).

Pure text: it knows neither instructions nor lines.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's ``unicode.IsSpace`` takes for white space; Python's ``str.isspace`` takes more."""

_SPECIAL_PARAMETERS = "@*#?-$!0"
_LITERAL_IN_PATTERN = "[]{}.+()|^$"


class ExpansionError(ValueError):
    """A substitution that BuildKit refuses; the text says why."""


class Expanded(NamedTuple):
    """A word without quotes and with its variables replaced.

    ``unset`` are the variables in it without a value, ``fault`` is why BuildKit refuses it (its ``text`` is empty
    then), ``literal`` says that no variable stands in it.
    """

    text: str
    unset: frozenset[str] = frozenset()
    fault: str = ""
    literal: bool = True


def replace_variables(word: str, variables: Mapping[str, str], escape: str) -> Expanded:
    """Replace the variables of a word and drop its quotes; a substitution that BuildKit refuses becomes its fault."""
    lexer = _Lexer(word, variables, escape)
    try:
        text, _ = lexer.read_all()
    except ExpansionError as error:
        return Expanded("", fault=str(error), literal=False)
    return Expanded(text, frozenset(lexer.unset), literal="$" not in word)


def shell_words(command: str, *, raw: bool) -> list[str]:
    """Split a command at white space outside quotes, variables left as they are.

    ``raw`` keeps quotes and escapes. The escape character is always the backslash: the only caller looks for
    heredocs, where BuildKit ignores the escape directive. Raise `ExpansionError`, also for an unbalanced quote.
    """
    _, words = _Lexer(command, None, "\\", raw=raw).read_all()
    return words


class _Lexer:
    """A text while it is read; where ``variables`` is None nothing is set, and what is unset stays as written."""

    def __init__(self, text: str, variables: Mapping[str, str] | None, escape: str, *, raw: bool = False) -> None:
        self.text = text
        self.variables = variables
        self.escape = escape
        self.raw_quotes = raw
        self.raw_escapes = raw
        self.position = 0
        self.word = ""
        self.unset: set[str] = set()

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        char = self.peek()
        self.position += 1
        return char

    def read_all(self) -> tuple[str, list[str]]:
        if self.text.startswith("\ufeff"):  # Go's text/scanner drops it
            self.position = 1
        try:
            return self.read()
        except RecursionError:
            raise ExpansionError("substitutions are nested too deeply") from None

    def read_pattern(self, stop: str) -> str:
        """Read to ``stop``; escapes are kept, since they mean something in a pattern."""
        outer = self.raw_escapes
        self.raw_escapes = True
        pattern, _ = self.read(stop)
        self.raw_escapes = outer
        return pattern

    def read(self, stop: str = "") -> tuple[str, list[str]]:
        """Read to ``stop`` or to the end; return the text and its words."""
        # A nested reading takes the outer word so far with it: BuildKit shares the buffer, and heredocs depend on it.
        pieces: list[str] = []
        words: list[str] = []
        char = self.peek()
        while char and char != stop:
            piece = self._piece(char)
            pieces.append(piece)
            is_blank = piece == char and char in SPACES
            if char == "$" or is_blank:
                self._add_split(piece, words)
            else:
                self.word += piece
            char = self.peek()
        if stop and not self.next():
            if stop == "}":
                raise ExpansionError("syntax error: missing '}'")
            raise ExpansionError("syntax error: missing '/' in ${}")
        self._end_word(words)
        return "".join(pieces), words

    def _add_split(self, piece: str, words: list[str]) -> None:
        for char in piece:
            if char in SPACES:
                self._end_word(words)
            else:
                self.word += char

    def _end_word(self, words: list[str]) -> None:
        if self.word:
            words.append(self.word)
            self.word = ""

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._single_quoted()
        if char == '"':
            return self._double_quoted()
        if char == "$":
            return self._dollar()
        if char == "<":
            return self._heredoc_operator()
        return self._unquoted_char()

    def _unquoted_char(self) -> str:
        char = self.next()
        if char != self.escape:
            return char
        escaped = self.next()
        if self.raw_escapes:
            return char + escaped
        return escaped

    def _single_quoted(self) -> str:
        start = self.position
        end = self.text.find("'", start + 1)
        if end < 0:
            raise ExpansionError("unexpected end of statement while looking for matching single-quote")
        self.position = end + 1
        if self.raw_quotes:
            return self.text[start : end + 1]
        return self.text[start + 1 : end]

    def _double_quoted(self) -> str:
        pieces = []
        self.next()
        char = self.peek()
        while char != '"':
            if not char:
                raise ExpansionError("unexpected end of statement while looking for matching double-quote")
            if char == "$":
                pieces.append(self._dollar())
            else:
                pieces.append(self._double_quoted_char())
            char = self.peek()
        self.next()
        text = "".join(pieces)
        if self.raw_quotes:
            return f'"{text}"'
        return text

    def _double_quoted_char(self) -> str:
        char = self.next()
        if char != self.escape:
            return char
        kept = ""
        if self.raw_escapes:
            kept = char
        following = self.peek()
        if not following:
            return kept
        if following in ('"', "$", self.escape):
            return kept + self.next()
        return kept + char

    def _heredoc_operator(self) -> str:
        """Read ``<``, or ``<<`` with the blanks behind it, which belong to the delimiter's word."""
        start = self.position
        self.next()
        if self.peek() == "<":
            self.next()
            while self.peek() and self.peek() in "\t\r ":
                self.next()
        return self.text[start : self.position]

    def _name(self) -> str:
        start = self.position
        first = self.peek()
        if first.isdecimal():
            while self.peek().isdecimal():
                self.next()
        elif first and first in _SPECIAL_PARAMETERS:
            self.next()
        else:
            while _continues_name(self.peek()):
                self.next()
        return self.text[start : self.position]

    def _value(self, name: str) -> str | None:
        value = None
        if self.variables is not None:
            value = self.variables.get(name)
        if value is None:
            self.unset.add(name)
        return value

    def _plain_value(self, name: str, written: str) -> str:
        """Return a variable's value: nothing where it has none, or what is written where no variable has one."""
        value = self._value(name)
        if value is not None:
            return value
        if self.variables is None:
            return written
        return ""

    def _dollar(self) -> str:
        self.next()
        if self.peek() == "{":
            self.next()
            return self._in_braces()
        name = self._name()
        if not name:
            return "$"
        return self._plain_value(name, f"${name}")

    def _in_braces(self) -> str:
        if self.peek() in ("{", "}", ":"):
            raise ExpansionError("syntax error: bad substitution")
        name = self._name()
        modifier = self.next()
        if not modifier:
            raise ExpansionError("syntax error: missing '}'")
        if modifier == "}":
            return self._plain_value(name, f"${{{name}}}")
        if modifier == "/":
            return self._replaced(name)
        if modifier == ":":
            return self._modified(name, self.next(), colon=True)
        return self._modified(name, modifier, colon=False)

    def _modified(self, name: str, modifier: str, *, colon: bool) -> str:
        """Read the rest of ``${NAME:-word}`` and its kin."""
        if colon and modifier in ("#", "%"):
            raise ExpansionError(_unsupported(f":{modifier}"))
        if not colon and modifier not in tuple("+-?#%"):
            raise ExpansionError(_unsupported(modifier))
        if modifier in ("#", "%"):
            word = self.read_pattern("}")
        else:
            word, _ = self.read("}")
        value = self._value(name)
        if value is None and self.variables is None:
            if colon:
                modifier = f":{modifier}"
            return f"${{{name}{modifier}{word}}}"
        match modifier:
            case "#":
                return _trim_prefix(value or "", word)
            case "%":
                return _trim_suffix(value or "", word)
        if value is None or (colon and not value):
            return _of_absent(name, value, modifier, word)
        return _of_present(value, modifier, word)

    def _replaced(self, name: str) -> str:
        """Read the rest of ``${NAME/pattern/replacement}``; two slashes replace all."""
        count = 1
        if self.peek() == "/":
            self.next()
            count = 0
        pattern = self.read_pattern("/")
        replacement = self.read_pattern("}")
        value = self._value(name)
        if value is None and self.variables is None:
            return f"${{{name}/{pattern}/{replacement}}}"
        regex = _regex(pattern)
        if pattern and not pattern.strip("*"):
            regex = r".+|\A"  # Go replaces no empty match right behind another match, Python does
        return re.sub(regex, lambda _: replacement, value or "", count=count)


def _continues_name(char: str) -> bool:
    return char == "_" or char.isalpha() or char.isdecimal()


def _of_absent(name: str, value: str | None, modifier: str, word: str) -> str:
    """Return what a modifier makes of a variable without a value, or with an empty one behind a colon."""
    match modifier:
        case "-":
            return word
        case "+":
            return ""
        case "?" if word:
            raise ExpansionError(f"{name}: {word}")
        case "?" if value is None:
            raise ExpansionError(f"{name}: is not allowed to be unset")
        case "?":
            raise ExpansionError(f"{name}: is not allowed to be empty")
        case _:
            raise ExpansionError(_unsupported(f":{modifier}"))


def _of_present(value: str, modifier: str, word: str) -> str:
    match modifier:
        case "-" | "?":
            return value
        case "+":
            return word
        case _:
            raise ExpansionError(_unsupported(f":{modifier}"))


def _unsupported(modifier: str) -> str:
    return f"unsupported modifier ({modifier}) in substitution"


def _regex(pattern: str, star: str = ".*") -> str:
    """Turn a shell pattern of ``*``, ``?`` and escapes into a regular expression."""
    out = []
    chars = iter(pattern)
    for char in chars:
        if char == "*":
            out.append(star)
        elif char == "?":
            out.append(".")
        elif char == "\\":
            escaped = next(chars, "")
            if escaped not in ("*", "?", "\\", "}", "/"):
                raise ExpansionError(f"invalid pattern ({pattern}) in substitution: invalid escape '\\{escaped}'")
            out.append(re.escape(escaped))
        else:
            out.append(re.escape(char))
    return "".join(out)


def _trim_prefix(value: str, pattern: str) -> str:
    star = ".*?"
    if pattern.startswith("#"):
        pattern = pattern[1:]
        star = ".*"
    regex = _regex(pattern, star)
    return re.sub(rf"\A(?:{regex})", "", value, count=1)


def _trim_suffix(value: str, pattern: str) -> str:
    starts = range(len(value), -1, -1)
    if pattern.startswith("%"):
        pattern = pattern[1:]
        starts = range(len(value) + 1)
    regex = re.compile(rf"(?:{_regex(pattern)})\Z")
    for start in starts:
        if regex.match(value, start):
            return value[:start]
    return value
