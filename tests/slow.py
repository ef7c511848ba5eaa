"""Which cases of a test ``make test`` has time for: those that differ most; the others repeat them in another form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from _pytest.mark import ParameterSet


def slow_but(quick: Collection[str], cases: Mapping[str, Any] | Iterable[str]) -> list[ParameterSet]:
    """Return cases as parameters, all but those in ``quick`` slow; a case without values is its own name."""
    values: dict[str, Any] = dict(cases) if isinstance(cases, Mapping) else {name: name for name in cases}
    assert set(quick) <= values.keys(), "there are no such cases"
    found = []
    for name, value in values.items():
        arguments = value if isinstance(value, tuple) else (value,)
        marks = [] if name in quick else [pytest.mark.slow]
        found.append(pytest.param(*arguments, id=name, marks=marks))
    return found
