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
    heredocs, where BuildKit ignores the escape directive. Raises `ExpansionError`, also for an unbalanced quote.
    """
    _, words = _Lexer(command, None, "\\", raw=raw).read_all()
    return words


class _Lexer:
    """A text while it is read; where ``variables`` is None nothing is set, and what is unset stays as written."""

    def __init__(self, text: str, variables: Mapping[str, str] | None, escape: str, *, raw: bool = False) -> None:
        self.text = text
        self.variables = variables
        self.escape = escape
        self.raw_quotes = self.raw_escapes = raw
        self.position = 0
        self.word = ""
        self.unset: set[str] = set()

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        self.position += 1
        return self.text[self.position - 1 : self.position]

    def read_all(self) -> tuple[str, list[str]]:
        self.position = int(self.text.startswith("\ufeff"))  # Go's text/scanner drops it
        try:
            return self.read()
        except RecursionError:
            raise ExpansionError("substitutions are nested too deeply") from None

    def read(self, stop: str = "", *, raw_escapes: bool | None = None) -> tuple[str, list[str]]:
        """Read to ``stop`` or to the end; give the text and its words."""
        outer, self.raw_escapes = self.raw_escapes, self.raw_escapes if raw_escapes is None else raw_escapes
        # A nested reading takes the outer word so far with it: BuildKit shares the buffer, and heredocs depend on it.
        pieces: list[str] = []
        words: list[str] = []
        while (char := self.peek()) and char != stop:
            piece = self._piece(char)
            pieces.append(piece)
            if char == "$" or (len(piece) == 1 and piece in SPACES and char == piece):
                self._add_split(piece, words)
            else:
                self.word += piece
        if stop and not self.next():
            raise ExpansionError("syntax error: missing '}'" if stop == "}" else "syntax error: missing '/' in ${}")
        self.raw_escapes = outer
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
        self.next()
        if char != self.escape:
            return char
        return (char if self.raw_escapes else "") + self.next()

    def _single_quoted(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise ExpansionError("unexpected end of statement while looking for matching single-quote")
        start, self.position = self.position, end + 1
        return self.text[start : end + 1] if self.raw_quotes else self.text[start + 1 : end]

    def _double_quoted(self) -> str:
        quote = self.next() if self.raw_quotes else self.next()[:0]
        pieces = [quote]
        while (char := self.peek()) != '"':
            if not char:
                raise ExpansionError("unexpected end of statement while looking for matching double-quote")
            pieces.append(self._dollar() if char == "$" else self._double_quoted_char())
        self.next()
        return "".join([*pieces, quote])

    def _double_quoted_char(self) -> str:
        char = self.next()
        if char != self.escape:
            return char
        kept = char if self.raw_escapes else ""
        following = self.peek()
        if not following:
            return kept
        return kept + (self.next() if following in ('"', "$", self.escape) else char)

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
            while (char := self.peek()) and (char.isalpha() or char.isdecimal() or char == "_"):
                self.next()
        return self.text[start : self.position]

    def _value(self, name: str) -> str | None:
        value = None if self.variables is None else self.variables.get(name)
        if value is None:
            self.unset.add(name)
        return value

    def _dollar(self) -> str:
        self.next()
        if self.peek() != "{":
            name = self._name()
            value = self._value(name) if name else None
            return value if value is not None else "" if name and self.variables is not None else f"${name}"
        self.next()
        if self.peek() in ("{", "}", ":"):
            raise ExpansionError("syntax error: bad substitution")
        name = self._name()
        modifier = self.next()
        if not modifier:
            raise ExpansionError("syntax error: missing '}'")
        if modifier == "}":
            value = self._value(name)
            return value if value is not None else "" if self.variables is not None else f"${{{name}}}"
        return self._replaced(name) if modifier == "/" else self._modified(name, modifier)

    def _modified(self, name: str, modifier: str) -> str:
        """Read the rest of ``${NAME:-word}`` and its kin."""
        if modifier == ":":
            modifier += self.next()
        kind = modifier[-1:]
        if (modifier[0:1] != ":" and kind not in tuple("+-?#%")) or modifier in (":#", ":%"):
            raise ExpansionError(_unsupported(modifier))
        word, _ = self.read("}", raw_escapes=kind in ("#", "%"))
        value = self._value(name)
        if value is None and self.variables is None:
            return f"${{{name}{modifier}{word}}}"
        absent = value is None or (modifier[0] == ":" and not value)
        match kind:
            case "-":
                return word if absent else value or ""
            case "+":
                return "" if absent else word
            case "?":
                if absent:
                    fault = "unset" if value is None else "empty"
                    raise ExpansionError(f"{name}: {word or f'is not allowed to be {fault}'}")
                return value or ""
            case "#":
                return _trim_prefix(value or "", word)
            case "%":
                return _trim_suffix(value or "", word)
            case _:
                raise ExpansionError(_unsupported(modifier))

    def _replaced(self, name: str) -> str:
        """Read the rest of ``${NAME/pattern/replacement}``; two slashes replace all."""
        slash = self.next() if self.peek() == "/" else ""
        pattern, _ = self.read("/", raw_escapes=True)
        replacement, _ = self.read("}", raw_escapes=True)
        value = self._value(name)
        if value is None and self.variables is None:
            return f"${{{name}/{pattern}/{replacement}}}"
        # Go replaces no empty match right behind another match, Python does
        regex = r".+|\A" if pattern and not pattern.strip("*") else _regex(pattern)
        return re.sub(regex, lambda _: replacement, value or "", count=0 if slash else 1)


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
    star = ".*" if pattern.startswith("#") else ".*?"
    return re.sub(rf"\A(?:{_regex(pattern.removeprefix('#'), star)})", "", value, count=1)


def _trim_suffix(value: str, pattern: str) -> str:
    longest = pattern.startswith("%")
    regex = re.compile(rf"(?:{_regex(pattern.removeprefix('%'))})\Z")
    starts = range(len(value) + 1) if longest else range(len(value), -1, -1)
    return next((value[:start] for start in starts if regex.match(value, start)), value)
