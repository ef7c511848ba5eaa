"""What a rule is: a function's name, docstring and body to name, manual and check."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.dockerfile.graph import Graph
from dfrender.references.prebuilt import Prebuilt
from dfrender.source import At


class Finding(NamedTuple):
    """One place where a rule is broken; the rule adds its name and severity."""

    at: At
    message: str
    hint: str = ""
    related: tuple[tuple[str, At], ...] = ()


Find: TypeAlias = "Callable[[Graph, Sequence[Prebuilt]], Iterator[Finding]]"


class Rule(NamedTuple):
    """A rule; ``manual`` has one sentence, then samples that break it (``Bad:``) and that do not (``Good:``)."""

    name: str
    severity: Severity
    manual: str
    find: Find

    def check(self, graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Diagnostic]:
        """Give a diagnostic for each finding."""
        for found in self.find(graph, prebuilt):
            yield Diagnostic(found.at, self.name, found.message, self.severity, found.hint, found.related)


def rule(severity: Severity) -> Callable[[Find], Rule]:
    """Make a rule of a generator; the function's name is the rule's, with dashes."""
    return lambda find: Rule(find.__name__.replace("_", "-"), severity, find.__doc__ or "", find)


def defined(graph: Graph, stage: int, text: str = "defined") -> tuple[tuple[str, At], ...]:
    """Name the place of a stage, beside a finding."""
    return ((text, graph.stages[stage].at),)
