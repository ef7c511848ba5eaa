"""The acceptance cases: one rule of Dockerfiles a file, read from ``tests/cases``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
LATER_RULES = ("mixed-reference", "arg-inheritance-lost")  # as warnings, where no profile makes an image of the stage


@dataclass(frozen=True, slots=True)
class Case:
    """A case: a Dockerfile, a profile for it, and what has to hold."""

    id: str
    group: str
    ask: str
    title: str
    input: str
    profile: dict[str, Any]
    expect: dict[str, Any]

    @property
    def errors(self) -> list[tuple[str, int]]:
        """Give the rules and lines of the errors that are expected."""
        found = self.expect.get("diagnostics", ())
        return [(each["code"], each["line"]) for each in found if each.get("severity", "error") == "error"]

    @property
    def warnings(self) -> list[tuple[str, int]]:
        """Give the rules and lines of the warnings that are expected, but for rules that come with a later command."""
        found = self.expect.get("diagnostics", ())
        listed = [(each["code"], each["line"]) for each in found if each.get("severity") == "warning"]
        return [each for each in listed if each[0] not in LATER_RULES]

    @property
    def is_refused(self) -> bool:
        """Say whether the input must not be rendered."""
        return bool(self.errors or "buildkit_error" in self.expect)


def load_cases() -> list[Case]:
    """Read all cases, in the order of their names."""
    return [_load(path) for path in sorted(CASES.glob("*.yaml"))]


def _load(path: Path) -> Case:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = ("id", "group", "ask", "title", "input", "expect")
    return Case(profile=data.get("profile") or {}, **{name: data[name] for name in names})
