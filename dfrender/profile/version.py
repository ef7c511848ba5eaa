"""Whether a profile is for this version: comparisons of release numbers, such as ``>=0.3,<0.4``."""

import operator
import re
import shlex

from dfrender.diagnostics import DfrenderError, Diagnostic
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


def refuse_other_version(required: ScalarNode, version: str, problems: list[Diagnostic]) -> None:
    """Report what is no list of comparisons.

    Raises `DfrenderError` if one does not hold: alone, since what else is wrong only the right version can judge. Of
    ``version`` the release numbers count, so 0.3.0rc1 is as good as 0.3.
    """
    clauses = {written: _CLAUSE.fullmatch(written) for written in required.text.split(",")}
    if faulty := [written.strip() for written, clause in clauses.items() if not clause]:
        message = f"{faulty[0]!r} compares no release numbers"
        hint = f"write one of {' '.join(_COMPARE)} and a number, with commas between: '>=0.3,<0.4'"
        problems.append(Diagnostic(required.at, "wrong-value", message, hint=hint))
        return
    compared = [(clause[1], clause[2]) for clause in clauses.values() if clause]
    if not all(_COMPARE[sign](_release(version), _release(number)) for sign, number in compared):
        wanted = ",".join(sign + number for sign, number in compared)
        message = f"this profile needs dfrender {wanted}, and this is {version}"
        hint = f"install it: pipx install --force {shlex.quote(f'dfrender{wanted}')}"
        raise DfrenderError([Diagnostic(required.at, "required-version", message, hint=hint)])


def _release(version: str) -> tuple[int, ...]:
    """Give the numbers that a version begins with, without zeros at their end: 0.3 and 0.3.0 are the same."""
    numbers = "".join(re.findall(f"^{_NUMBER}", version))
    return tuple(map(int, re.sub(r"(\.0+)*$", "", numbers).split(".")))
