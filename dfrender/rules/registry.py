"""All rules by their codes, the first of a code: also the manuals of what is found before any rule is asked."""

from dfrender.rules import decisions, lines, structure
from dfrender.rules.check import RULES, rules_of
from dfrender.rules.rule import Rule

BY_CODE: dict[str, Rule] = {}
for _each in (*RULES, *rules_of(decisions, structure, lines)):
    BY_CODE.setdefault(_each.code, _each)
