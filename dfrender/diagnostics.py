"""Problems as values: a place, a rule, a message and what to do next. Prints nothing and decides no exit code's use."""

import enum
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, NamedTuple, Self, TypeVar

from dfrender.source import At

_COMPARISONS = 10_000  # of two words: half a second
_LONGEST = 255  # as an image's repository
_LONGEST_WITH_SLIPS = 40
_SIMILAR = 10

_S = TypeVar("_S")
_T = TypeVar("_T")


class Severity(enum.Enum):
    """An error refuses the input; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(NamedTuple):
    """One problem.

    ``code`` is the rule's name, ``message`` says what is wrong (lower case, no full stop), ``hint`` what to do next,
    and ``related`` names other places: each a text and the place that it is about. ``profiles`` are those that it
    holds for, where several were looked at.
    """

    at: At
    code: str
    message: str
    severity: Severity = Severity.ERROR
    hint: str = ""
    related: tuple[tuple[str, At], ...] = ()
    profiles: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return what a report begins with: place, severity, message and code."""
        return f"{self.at}: {self.severity.value}: {self.message} [{self.code}]"


class DfrenderError(Exception):
    """What was asked for is refused; carries every problem that was found, never none."""

    exit_code: ClassVar[int] = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep the diagnostics, each once, in the order of their places."""
        self.diagnostics = ordered(diagnostics)
        super().__init__("; ".join(f"{each.at}: {each.message} [{each.code}]" for each in self.diagnostics))

    @classmethod
    def of(cls, at: At, code: str, message: str, hint: str = "", related: Sequence[tuple[str, At]] = ()) -> Self:
        """Return an error of one problem."""
        return cls([Diagnostic(at, code, message, hint=hint, related=tuple(related))])


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give diagnostics in the order of their places, one for each place, rule and message."""
    unique = {(each.at, each.code, each.message): each for each in diagnostics}
    return tuple(each for _, each in sorted(unique.items()))


class CallError(DfrenderError):
    """The call cannot be carried out: a file or a profile that is not there."""

    exit_code = 2


class BugError(DfrenderError):
    """dfrender found its own output wrong and wrote nothing."""

    exit_code = 3


class Problems(list[Diagnostic]):
    """What was found so far: the one way to collect problems, which are reported or raised together.

    A code is given as a literal, so that every code of the source can be listed.
    """

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        """Begin with what was found elsewhere."""
        super().__init__(found)
        self.worst: type[DfrenderError] = DfrenderError

    def error(self, at: At, code: str, message: str, hint: str = "", related: Sequence[tuple[str, At]] = ()) -> None:
        """Add what refuses the input."""
        self.append(Diagnostic(at, code, message, Severity.ERROR, hint, tuple(related)))

    def warning(self, at: At, code: str, message: str, hint: str = "", related: Sequence[tuple[str, At]] = ()) -> None:
        """Add what does not refuse the input."""
        self.append(Diagnostic(at, code, message, Severity.WARNING, hint, tuple(related)))

    def attempt(self, call: Callable[[_S], _T], items: Iterable[_S]) -> list[_T]:
        """Call for every item, also behind one that fails; return the results and add the problems of the others."""
        results: list[_T] = []
        for item in items:
            try:
                results.append(call(item))
            except DfrenderError as error:
                self.add(error)
        return results

    def add(self, error: DfrenderError) -> None:
        """Add the problems of an error, and remember its kind if it is the worst so far."""
        self.extend(error.diagnostics)
        if error.exit_code > self.worst.exit_code:
            self.worst = type(error)

    def refuse(self) -> None:
        """Raise the worst kind of error with all problems if one of them is an error."""
        if any(each.severity is Severity.ERROR for each in self):
            raise self.worst(self)


def reason(error: OSError) -> str:
    """Give what the operating system says of an error, in the lower case of a message."""
    return (error.strerror or str(error)).lower()


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 file, 2 files."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}s"


class Vocabulary:
    """Words that others are taken for, perhaps thousands of others.

    A word is compared with all of them as long as these are few comparisons. Then only words come into question that
    are one slip away: with a character more or less, with another one, or with two that changed places.
    """

    def __init__(self, words: Iterable[str], cutoff: float = 0.6) -> None:
        """Take the words that are known; ``cutoff`` is how alike two must be: 0 for anything, 1 for the same."""
        self._words = dict.fromkeys(words)
        self._cutoff = cutoff
        self._left = _COMPARISONS
        self._by_slip: dict[str, list[str]] = {}

    def nearest(self, word: str) -> str:
        """Return the word most like this one; nothing if none is near, or if the word itself is known."""
        from difflib import get_close_matches  # only where something is wrong: 5 ms of start-up

        if word in self._words or len(word) > _LONGEST:
            return ""
        candidates: Iterable[str] = self._words
        self._left -= len(self._words)
        if self._left < 0:
            candidates = self._one_slip_away(word)
        matches = get_close_matches(word, candidates, n=1, cutoff=self._cutoff)
        return "".join(matches)

    def did_you_mean(self, word: str) -> str:
        """Return ``did you mean 'x'?`` for the nearest word, or nothing."""
        near = self.nearest(word)
        if not near:
            return ""
        return f"did you mean {near!r}?"

    def _one_slip_away(self, word: str) -> Iterable[str]:
        if not self._by_slip:
            for known in self._words:
                for key in _slips(known):
                    self._by_slip.setdefault(key, []).append(known)
        found: dict[str, None] = {}
        for key in _slips(word):
            similar = self._by_slip.get(key, [])
            found.update(dict.fromkeys(similar[:_SIMILAR]))
        return found


def _slips(word: str) -> list[str]:
    """Return a word, and it without each of its characters: two words that are one slip apart have one in common."""
    if len(word) > _LONGEST_WITH_SLIPS:
        return []
    slips = [word]
    for index in range(len(word)):
        slips.append(word[:index] + word[index + 1 :])
    return slips


def nearest(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the candidate most like the word; nothing if none is near or the word itself is among them.

    ``cutoff`` is how alike they must be: 0 for anything, 1 for the same.
    """
    return Vocabulary(candidates, cutoff).nearest(word)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the nearest candidate, or nothing."""
    return Vocabulary(candidates).did_you_mean(word)
