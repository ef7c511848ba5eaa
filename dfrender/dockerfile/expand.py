"""A word and build arguments to text, as BuildKit expands it, within bounds."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from dfrender.dockerfile.lexer import WORD_LIMIT, ExpansionError, Lexer, TooLongError

_TOTAL_LIMIT = 16 * 1024 * 1024


class Expanded(NamedTuple):
    """A word without quotes and with its variables replaced.

    ``unset`` are the variables in it without a value that is known, ``fault`` is why BuildKit refuses it (its ``text``
    is empty then), ``literal`` says that no variable stands in it. ``required`` are the variables that it asks for
    with ``${NAME:?message}``, and that a build has to be given; without them, or where the text would be too long, it
    is not known. ``names`` are all variables that were read.
    """

    text: str
    unset: frozenset[str] = frozenset()
    fault: str = ""
    literal: bool = True
    required: frozenset[str] = frozenset()
    is_known: bool = True
    names: frozenset[str] = frozenset()


class Variables:
    """What the words of a file are expanded with, and how much text they may still become.

    ``values`` and ``declared`` may change between words. ``declared`` are the variables that may be given with the
    build: those are what ``${NAME:?message}`` asks for.
    """

    def __init__(self, values: Mapping[str, str], declared: Collection[str], escape: str) -> None:
        """Begin with the values and names that are known."""
        self.values = values
        self.declared = declared
        self.escape = escape
        self._left = _TOTAL_LIMIT

    def expand(self, word: str) -> Expanded:
        """Replace the variables of a word and drop its quotes; a substitution that BuildKit refuses is its fault.

        What would be longer than 64 KiB is not known, nor is anything behind very much text.
        """
        lexer = Lexer(word, self.values, self.escape)
        lexer.declared = self.declared
        limit = min(self._left, WORD_LIMIT)
        lexer.left = limit
        try:
            text, _ = lexer.read_all()
        except ExpansionError as error:
            return Expanded("", fault=str(error), literal=False)
        except TooLongError:
            names = frozenset(lexer.names)
            return Expanded("", names, literal=False, is_known=False, names=names)
        finally:
            self._left -= limit - max(0, lexer.left)
        unset, required, names = frozenset(lexer.unset), frozenset(lexer.required), frozenset(lexer.names)
        return Expanded(text, unset, "", "$" not in word, required, not required, names)


def replace_variables(word: str, variables: Mapping[str, str], escape: str) -> Expanded:
    """Replace the variables of a single word, as `Variables.expand` does."""
    return Variables(variables, (), escape).expand(word)
