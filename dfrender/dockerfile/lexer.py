"""A text to the words of a shell, with its variables replaced, as BuildKit's shell lexer does it (``shell/lex.go``).

Pure text: it knows neither instructions nor lines.
"""

import re
from collections.abc import Callable, Collection, Mapping

from dfrender.dockerfile.patterns import Pattern, PatternError

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's ``unicode.IsSpace`` takes for white space; Python's ``str.isspace`` takes more."""

WORD_LIMIT = 65_536
"""How long the values in one word may be together."""

_SPECIAL_PARAMETERS = "@*#?-$!0"
_ORDINARY = re.compile(r"[A-Za-z0-9_.,:;=@-]+")  # whatever the escape character is, and wherever a word may stop
_GO_TEMPLATE = r"\$(?:\$|\{(\w+)\}|(\w+))"


class ExpansionError(ValueError):
    """A substitution that BuildKit refuses; the text says why."""


class TooLongError(Exception):
    """A word would become too long: each line of ``ARG B=$A$A`` doubles its value."""


def shell_words(command: str, *, raw: bool) -> list[str]:
    """Split a command at white space outside quotes, variables left as they are.

    ``raw`` keeps quotes and escapes. The escape character is always the backslash: the only caller looks for
    heredocs, where BuildKit ignores the escape directive. Raise `ExpansionError`, also for an unbalanced quote.
    """
    _, words = Lexer(command, None, "\\", raw=raw).read_all()
    return words


class Lexer:
    """A text while it is read; where ``variables`` is None nothing is set, and what is unset stays as written.

    ``names`` are the variables that were read, ``unset`` those of them without a value. ``required`` are those of
    ``declared`` that have none and are asked for. ``left`` is how long further values may be.
    """

    def __init__(self, text: str, variables: Mapping[str, str] | None, escape: str, *, raw: bool = False) -> None:
        """Begin at the start; ``raw`` keeps quotes and escapes."""
        self.text = text
        self.variables = variables
        self.escape = escape
        self.raw_quotes = raw
        self.raw_escapes = raw
        self.position = 0
        self.word: list[str] = []
        self.declared: Collection[str] = ()
        self.names: set[str] = set()
        self.unset: set[str] = set()
        self.required: set[str] = set()
        self.left = WORD_LIMIT

    def peek(self) -> str:
        """Return the character that is next, nothing at the end."""
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        """Return the next character and go behind it."""
        char = self.peek()
        self.position += 1
        return char

    def read_all(self) -> tuple[str, list[str]]:
        """Read the whole text; return it, and its words where there are no ``variables``."""
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
        """Read to ``stop`` or to the end; return what `read_all` returns."""
        # A nested reading takes the outer word so far with it: BuildKit shares the buffer, and heredocs depend on it.
        pieces: list[str] = []
        words: list[str] = []
        char = self.peek()
        while char and char != stop:
            piece = self._piece(char)
            pieces.append(piece)
            if self.variables is None:
                self._add_to_word(char, piece, words)
            char = self.peek()
        if stop and not self.next():
            if stop == "}":
                raise ExpansionError("syntax error: missing '}'")
            raise ExpansionError("syntax error: missing '/' in ${}")
        self._end_word(words)
        return "".join(pieces), words

    def _add_to_word(self, first: str, piece: str, words: list[str]) -> None:
        """Add what begins with a character to the word; white space ends it, if it is not quoted or escaped."""
        is_blank = piece == first and first in SPACES
        if first != "$" and not is_blank:
            self.word.append(piece)
            return
        for char in piece:
            if char in SPACES:
                self._end_word(words)
            else:
                self.word.append(char)

    def _end_word(self, words: list[str]) -> None:
        word = "".join(self.word)
        if word:
            words.append(word)
        self.word.clear()

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._single_quoted()
        if char == '"':
            return self._double_quoted()
        if char == "$":
            return self._dollar()
        if char == "<":
            return self._heredoc_operator()
        ordinary = _ORDINARY.match(self.text, self.position)
        if ordinary:
            self.position = ordinary.end()
            return ordinary.group()
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
        first = self.peek()
        continues: Callable[[str], bool] = _continues_name
        if first.isdecimal():
            continues = str.isdecimal
        elif first and first in _SPECIAL_PARAMETERS:
            return self.next()
        start = self.position
        stop = start
        while stop < len(self.text) and continues(self.text[stop]):
            stop += 1
        self.position = stop
        return self.text[start:stop]

    def _value(self, name: str) -> str | None:
        value = None
        if self.variables is not None:
            value = self.variables.get(name)
        self.names.add(name)
        if value is None:
            self.unset.add(name)
        else:
            self.spend(value)
        return value

    def spend(self, text: str) -> None:
        """Count a text that is taken in or made; raise `TooLongError` where it gets too much."""
        self.left -= len(text)
        if self.left < 0:
            raise TooLongError

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
        if modifier in ("#", "%"):
            return _trimmed(value or "", modifier, word)
        is_absent = value is None or (colon and not value)
        if modifier == "?" and is_absent and name in self.declared:
            self.required.add(name)
            self.unset.add(name)
            return ""
        if is_absent:
            return _of_absent(name, value, modifier, word)
        return _of_present(value or "", modifier, word)

    def _replaced(self, name: str) -> str:
        """Read the rest of ``${NAME/pattern/replacement}``; two slashes replace all."""
        replaces_all = self.peek() == "/"
        if replaces_all:
            self.next()
        written = self.read_pattern("/")
        replacement = self.read_pattern("}")
        value = self._value(name)
        if value is None and self.variables is None:
            return f"${{{name}/{written}/{replacement}}}"
        value = value or ""
        pieces = []
        behind = 0
        for start, end in _pattern(written).matches(value):
            piece = replacement
            if replaces_all:
                piece = _filled(replacement, value[start:end])
            self.spend(piece)
            pieces.append(value[behind:start])
            pieces.append(piece)
            behind = end
            if not replaces_all:
                break
        pieces.append(value[behind:])
        return "".join(pieces)


def _filled(template: str, match: str) -> str:
    """Return what ``//`` puts in the place of a match: for Go, a dollar in it means a group, of which there is one."""

    def value(found: re.Match[str]) -> str:
        if found.group() == "$$":
            return "$"
        if "0" in found.groups():
            return match
        return ""

    return re.sub(_GO_TEMPLATE, value, template)


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


def _pattern(written: str) -> Pattern:
    try:
        return Pattern(written)
    except PatternError as error:
        raise ExpansionError(f"invalid pattern ({written}) in substitution: {error}") from None


def _trimmed(value: str, modifier: str, written: str) -> str:
    """Return a value without what matches at its start or its end; the modifier twice takes the longest."""
    longest = written.startswith(modifier)
    if longest:
        written = written[1:]
    pattern = _pattern(written)
    if modifier == "#":
        return pattern.without_prefix(value, longest=longest)
    return pattern.without_suffix(value, longest=longest)
