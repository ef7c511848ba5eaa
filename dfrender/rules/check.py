"""A graph and the decisions about it to the findings of all rules."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.dockerfile.graph import Graph
from dfrender.references.prebuilt import Prebuilt
from dfrender.rules import arguments, handover, references, stages
from dfrender.rules.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    each
    for module in (references, stages, arguments, handover)
    for each in vars(module).values()
    if isinstance(each, Rule)
)


def check(graph: Graph, prebuilt: Sequence[Prebuilt]) -> Iterator[Diagnostic]:
    """Give all that the rules find."""
    for each in RULES:
        yield from each.check(graph, prebuilt)
