"""What is checked to the findings of all rules."""

from collections.abc import Iterator

from dfrender.diagnostics import Diagnostic
from dfrender.rules import arguments, handover, references, stages
from dfrender.rules.rule import Rule, Subject

RULES: tuple[Rule, ...] = tuple(
    each
    for module in (references, stages, arguments, handover)
    for each in vars(module).values()
    if isinstance(each, Rule)
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Give all that the rules find."""
    for each in RULES:
        yield from each.check(subject)
