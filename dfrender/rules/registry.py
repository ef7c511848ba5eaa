"""All rules by their names: what ``lint`` checks, and the manuals of what is found before any rule is asked."""

from dfrender.rules import builders, decisions, lines, structure
from dfrender.rules.check import RULES, rules_of

EVERY_RULE = (*RULES, *rules_of(builders, decisions, structure, lines))
BY_NAME = {each.name: each for each in EVERY_RULE}

OF_A_PLAN = [BY_NAME["shared-stage-rebuilt"]]
"""What a plan is warned of that a rendering is not."""
