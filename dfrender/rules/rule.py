"""What a rule is: a function's name, parameters and body to its code, what it reads, and what it finds."""

import enum
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile.graph import Graph
from dfrender.profile.profile import Profile
from dfrender.references.prebuilt import Prebuilt
from dfrender.source import At


class When(enum.Enum):
    """What a rule is asked for, once each: every rendering, or a plan; ``lint`` asks all rules."""

    RENDER = enum.auto()
    PLAN = enum.auto()
    LINT = enum.auto()


class Context(NamedTuple):
    """The build context, as far as it can be guessed: its folder, and the path of the output in it.

    ``ignored``: a file that builders read there keeps the output out of it.
    """

    folder: str
    output: str
    ignored: bool


class Subject(NamedTuple):
    """What is checked: the source's ``graph``, what is decided about it, the profile, and what came of both.

    ``kept`` are the stages that the output has. There is no ``output`` where the rendering is refused, and no
    ``context`` where it is not known. ``requested`` names the rules that the user asked for.
    """

    graph: Graph
    prebuilt: Sequence[Prebuilt]
    kept: Collection[int]
    profile: Profile
    output: Graph | None = None
    context: Context | None = None
    requested: frozenset[str] = frozenset()


class Finding(NamedTuple):
    """One place where a rule is broken; the rule adds its code, and its severity unless there is one here."""

    at: At
    message: str
    hint: str = ""
    related: tuple[tuple[str, At], ...] = ()
    severity: Severity | None = None


Find: TypeAlias = "Callable[..., Iterator[Finding]]"


class Rule(NamedTuple):
    """A rule: what it is about stands in ``manuals.md``, under its code.

    ``reads`` names what it needs of a `Subject`, as the parameters of ``find`` do.
    """

    code: str
    severity: Severity
    when: When
    reads: tuple[str, ...]
    find: Find

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each finding; none where what the rule reads is not there."""
        given = [getattr(subject, name) for name in self.reads]
        if None in given:
            return
        for found in self.find(*given):
            severity = found.severity or self.severity
            yield Diagnostic(found.at, self.code, found.message, severity, found.hint, found.related)


def rule(severity: Severity, when: When, code: str = "") -> Callable[[Find], Rule]:
    """Make a rule of a generator, whose parameters say what it reads.

    Its code is the function's name, with dashes; ``code`` is for a second rule about the same.
    """

    def made(find: Find) -> Rule:
        function = find.__code__
        reads = function.co_varnames[: function.co_argcount]
        return Rule(code or find.__name__.replace("_", "-"), severity, when, reads, find)

    return made


def defined(graph: Graph, stage: int, text: str = "defined") -> tuple[tuple[str, At], ...]:
    """Name the place of a stage, beside a finding."""
    return ((text, graph.stages[stage].at),)
