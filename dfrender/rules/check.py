"""What is checked to the findings of all rules."""

from collections.abc import Iterable, Iterator
from types import ModuleType

from dfrender.diagnostics import Diagnostic
from dfrender.rules import arguments, handover, references, stages
from dfrender.rules.rule import Rule, Subject


def rules_of(*modules: ModuleType) -> tuple[Rule, ...]:
    """Give the rules that modules define, in their order."""
    return tuple(each for module in modules for each in vars(module).values() if isinstance(each, Rule))


RULES = rules_of(references, stages, arguments, handover)
"""What every rendering is held to."""


def check(subject: Subject, rules: Iterable[Rule] = RULES) -> Iterator[Diagnostic]:
    """Give all that the rules find."""
    for each in rules:
        yield from each.check(subject)
