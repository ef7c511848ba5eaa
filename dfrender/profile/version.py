"""Whether a profile is for this version: comparisons of release numbers, such as ``>=0.3,<0.4``."""

import operator
import re
import shlex

from dfrender.diagnostics import DfrenderError, Problems
from dfrender.profile.nodes import ScalarNode

_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})*"
_CLAUSE = re.compile(rf" *({'|'.join(_COMPARE)}) *({_NUMBER}) *")


def refuse_other_version(required: ScalarNode, version: str, problems: Problems) -> None:
    """Report what is not a list of comparisons.

    Raises `DfrenderError` if one does not hold: alone, since what else is wrong only the right version can judge. Of
    ``version`` the release numbers count, so 0.3.0rc1 is as good as 0.3.
    """
    clauses: list[str] = []
    holds = True
    for written in required.text.split(","):
        clause = _CLAUSE.fullmatch(written)
        if clause is None:
            signs = " ".join(_COMPARE)
            message = f"{written.strip()!r} does not compare release numbers"
            hint = f"write one of {signs} and a number, with commas between: '>=0.3,<0.4'"
            problems.error(required.at, "wrong-value", message, hint)
            return
        sign, number = clause.groups()
        clauses.append(sign + number)
        compare = _COMPARE[sign]
        holds &= compare(_release(version), _release(number))
    if not holds:
        wanted = ",".join(clauses)
        message = f"this profile needs dfrender {wanted}, and this is {version}"
        requirement = shlex.quote(f"dfrender{wanted}")
        hint = f"install it: pipx install --force {requirement}"
        raise DfrenderError.of(required.at, "required-version", message, hint)


def _release(version: str) -> list[int]:
    """Return the numbers that a version begins with, without zeros at their end: 0.3 and 0.3.0 are the same."""
    written = re.findall(f"^{_NUMBER}", version)
    numbers = [int(number) for number in written[0].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return numbers
