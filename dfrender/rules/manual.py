"""Rules to the text that explains them."""

from collections.abc import Iterable

from dfrender.rules.rule import Rule


def summary(rule: Rule) -> str:
    """Give the sentence that says what the rule is about."""
    return rule.manual.partition("\n")[0]


def manual(rule: Rule) -> str:
    """Give all that is to be said about a rule."""
    lines = [line.removeprefix("    ") for line in rule.manual.rstrip().splitlines()]
    text = "\n".join(lines).replace("``", "")
    ignore = f"To ignore it, write # dfrender: ignore={rule.code} in the comment above the instruction."
    return f"{rule.code} ({rule.severity.value})\n\n{text}\n\n{ignore}\n"


def listing(rules: Iterable[Rule]) -> str:
    """Give each rule with its severity and its sentence, a line each."""
    known = list(rules)
    width = max(len(each.code) for each in known)
    return "".join(f"{each.code:{width}}  {each.severity.value:7}  {summary(each)}\n" for each in known)
