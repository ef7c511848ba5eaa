"""The table of all rules, and what is checked to what they find."""

from collections.abc import Iterator
from types import ModuleType

from dfrender.diagnostics import Diagnostic
from dfrender.rules import arguments, buildah, builders, copies, handover, references, stages
from dfrender.rules.rule import Rule, Subject, When


def _rules_of(*modules: ModuleType) -> Iterator[Rule]:
    """Yield the rules that modules define, in their order."""
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, Rule):
                yield each


RULES = tuple(_rules_of(references, stages, arguments, handover, copies, builders, buildah))


def check(subject: Subject, *when: When) -> Iterator[Diagnostic]:
    """Yield all that is found by the rules that are for this."""
    for each in RULES:
        if each.when in when:
            yield from each.check(subject)
