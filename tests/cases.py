"""The acceptance cases: one rule of Dockerfiles a file, read from ``tests/cases``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
# the one that is written in C is ten times as fast; not every PyYAML has it
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Case:
    """A case: a Dockerfile, a profile for it, perhaps a target that the call names, and what has to hold."""

    id: str
    group: str
    ask: str
    title: str
    input: str
    profile: dict[str, Any]
    target: str | None
    expect: dict[str, Any]

    @property
    def errors(self) -> list[tuple[str, int]]:
        """Give the rules and lines of the errors that are expected."""
        return [(code, line) for severity, code, line in self.diagnostics if severity == "error"]

    @property
    def diagnostics(self) -> list[tuple[str, str, int]]:
        """Give severities, rules and lines of all that is expected."""
        found = self.expect.get("diagnostics", ())
        return [(each.get("severity", "error"), each["code"], each["line"]) for each in found]

    def place(self, line: int) -> str:
        """Give a pattern of how a diagnostic names a line; 0 is the call."""
        return rf"Dockerfile\.j2:{line}:\d+" if line else f"--target {self.target}"

    @property
    def is_refused(self) -> bool:
        """Say whether the input must not be rendered."""
        return bool(self.errors or "buildkit_error" in self.expect)


@cache
def load_cases() -> list[Case]:
    """Read all cases, in the order of their names."""
    return [_load(path) for path in sorted(CASES.glob("*.yaml"))]


def _load(path: Path) -> Case:
    data = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - it is a safe one
    names = ("id", "group", "ask", "title", "input", "expect")
    given = {name: data[name] for name in names}
    return Case(profile=data.get("profile") or {}, target=data.get("target"), **given)
