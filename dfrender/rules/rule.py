"""What a rule is: a function's name, docstring, parameters and body to name, manual, what it reads, and check."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile.graph import Graph
from dfrender.profile.profile import Profile
from dfrender.references.decisions import Decisions
from dfrender.references.prebuilt import Prebuilt
from dfrender.source import At


class Context(NamedTuple):
    """The build context, as far as it can be guessed: its folder, and the path of the output in it.

    ``ignored``: a file that builders read there keeps the output out of it.
    """

    folder: str
    output: str
    ignored: bool


class Subject(NamedTuple):
    """What is checked: what is decided about a Dockerfile, and what came of it.

    ``has_profile`` says that the profile is one that rules may speak of. ``requested`` names the rules that the user
    asked for.
    """

    decisions: Decisions
    has_profile: bool = False
    output: Graph | None = None
    context: Context | None = None
    requested: frozenset[str] = frozenset()

    @property
    def graph(self) -> Graph:
        """Return the graph of the source."""
        return self.decisions.source

    @property
    def prebuilt(self) -> Sequence[Prebuilt]:
        """Return what is decided about prebuilt stages."""
        return self.decisions.prebuilt

    @property
    def kept(self) -> Collection[int]:
        """Return the stages that the output has."""
        return self.decisions.kept

    @property
    def profile(self) -> Profile | None:
        """Return the profile, if rules may speak of it."""
        return self.decisions.profile if self.has_profile else None


class Finding(NamedTuple):
    """One place where a rule is broken; the rule adds its name, and its severity unless there is one here."""

    at: At
    message: str
    hint: str = ""
    related: tuple[tuple[str, At], ...] = ()
    severity: Severity | None = None


Find: TypeAlias = "Callable[..., Iterator[Finding]]"


class Rule(NamedTuple):
    """A rule; ``manual`` has one sentence, then samples that break it (``Bad:``) and that do not (``Good:``).

    ``reads`` names what it needs of a `Subject`, as the parameters of ``find`` do; the last ``optional`` of them may be
    lacking.
    """

    name: str
    severity: Severity
    manual: str
    reads: tuple[str, ...]
    optional: int
    find: Find

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """Give a diagnostic for each finding; none where what the rule reads is not there."""
        given = [getattr(subject, name) for name in self.reads]
        needed = given[: len(given) - self.optional]
        for found in self.find(*given) if None not in needed else ():
            severity = found.severity or self.severity
            yield Diagnostic(found.at, self.name, found.message, severity, found.hint, found.related)


def rule(severity: Severity) -> Callable[[Find], Rule]:
    """Make a rule of a generator: the function's name is the rule's, with dashes; its parameters say what it reads."""

    def made(find: Find) -> Rule:
        reads = find.__code__.co_varnames[: find.__code__.co_argcount]
        optional = len(find.__defaults__ or ())
        return Rule(find.__name__.replace("_", "-"), severity, find.__doc__ or "", reads, optional, find)

    return made


def told(severity: Severity) -> Callable[[Callable[[], None]], Rule]:
    """Make a rule of a manual alone: what it is about is found where it is read or decided, under the rule's name."""
    return lambda manual: Rule(
        manual.__name__.replace("_", "-"), severity, manual.__doc__ or "", (), 0, lambda: iter(())
    )


def defined(graph: Graph, stage: int, text: str = "defined") -> tuple[tuple[str, At], ...]:
    """Name the place of a stage, beside a finding."""
    return ((text, graph.stages[stage].at),)
