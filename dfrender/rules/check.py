"""The table of all rules, and what is checked to what they find."""

from collections.abc import Iterator
from functools import cache
from types import ModuleType

from dfrender.diagnostics import Diagnostic
from dfrender.rules import arguments, handover, references, stages
from dfrender.rules.rule import Rule, Subject, When


def _rules_of(*modules: ModuleType) -> Iterator[Rule]:
    """Yield the rules that modules define, in their order."""
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, Rule):
                yield each


_OF_RENDERINGS = tuple(_rules_of(references, stages, arguments, handover))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return all rules, also those that only ``lint`` asks."""
    from dfrender.rules import buildah, builders, copies  # 1 ms, which a rendering does not need

    return (*_OF_RENDERINGS, *_rules_of(copies, builders, buildah))


def check(subject: Subject, *when: When) -> Iterator[Diagnostic]:
    """Yield all that is found by the rules that are for this."""
    rules = all_rules() if When.LINT in when else _OF_RENDERINGS
    for each in rules:
        if each.when in when:
            yield from each.check(subject)
