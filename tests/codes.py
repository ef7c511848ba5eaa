"""The codes that can stand in brackets behind a message: those of the source, and those that tests expect."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cases import load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
_REPORTS = re.compile(r"Diagnostic|.*Error\.of|.*\.(?:error|warning|problem)")
IN_BRACKETS = re.compile(r"(?m): (?:error|warning): .+ \[([a-z-]+)\]$")
"""A code behind a message."""

# they pass on the code of a caller, of a rule, of another linter or of an earlier run
_PASS_ON = {"diagnostics.py", "cli/kept.py", "dockerfile/statement.py", "rules/rule.py", "foreign.py"}


def codes_of(path: Path) -> Iterator[str]:
    """Yield the codes of the problems that a module reports; all are literals, so that none is overlooked."""
    passes_on = path.as_posix().endswith(tuple(f"dfrender/{each}" for each in _PASS_ON))
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _reports(node):
            code = node.args[1]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            else:
                assert passes_on, f"{path}:{node.lineno}: the code is not a literal: {ast.unparse(code)}"


def _reports(call: ast.Call) -> bool:
    """Say whether a call makes a diagnostic: ``Diagnostic(at, CODE, …)``, ``problems.error(at, CODE, …)``."""
    return bool(_REPORTS.fullmatch(ast.unparse(call.func)))


def expected_codes() -> set[str]:
    """Return the codes in all that tests expect to be printed, and in the cases."""
    printed = [*TESTS.glob("mistakes/*/expected"), TESTS.parent / "README.md"]
    found = {code for path in printed for code in IN_BRACKETS.findall(path.read_text("utf-8", "surrogateescape"))}
    return found | {code for case in load_cases() for _, code, _ in case.diagnostics}
