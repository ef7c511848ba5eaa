"""What a rule is: a function's name, parameters and body to its code, what it reads, and what it finds."""

import enum
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile.graph import Graph
from dfrender.references.decisions import Decisions
from dfrender.source import At


class When(enum.Enum):
    """What a rule is for: each rendering, a plan, or nothing but ``lint``, which asks all rules, each once."""

    RENDER = enum.auto()
    PLAN = enum.auto()
    LINT = enum.auto()


class Context(NamedTuple):
    """The build context, as far as it can be guessed: its folder, and the path of the output in it.

    ``ignored``: a file that builders read there keeps the output out of it. ``ignore_file`` is the one of the folder
    that does or could.
    """

    folder: str
    output: str
    ignored: bool
    ignore_file: str = ".dockerignore"


class Subject(NamedTuple):
    """What is checked: what is decided about a Dockerfile, and what came of it.

    There is no ``output`` where the rendering is refused, and no ``context`` where it is not known. ``requested`` names
    the rules that the user asked for.
    """

    decisions: Decisions
    output: Graph | None = None
    context: Context | None = None
    requested: frozenset[str] = frozenset()

    @property
    def graph(self) -> Graph:
        """Return the graph of the source."""
        return self.decisions.source


class Finding(NamedTuple):
    """One place where a rule is broken; the rule adds its code, and its severity unless there is one here."""

    at: At
    message: str
    hint: str = ""
    related: tuple[tuple[str, At], ...] = ()
    severity: Severity | None = None


Find: TypeAlias = "Callable[..., Iterator[Finding]]"


class Rule(NamedTuple):
    """A rule; what it is about stands in ``manuals.md``, under its code.

    ``reads`` names what it needs of a `Subject`, as the parameters of ``find`` do.
    """

    code: str
    severity: Severity
    when: When
    reads: tuple[str, ...]
    find: Find

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each finding; none where there is no output or context that the rule reads."""
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
    """Return the place of a stage, to stand beside a finding."""
    return ((text, graph.stages[stage].at),)
