"""No regular expression of dfrender takes long over a small text: those that nobody wrote well are found here."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.expressions import expressions, hostile, neighbours


@pytest.mark.slow  # thirty thousand comparisons
def test_nothing_is_repeated_without_end_behind_what_could_be_the_same() -> None:
    slow = [(each.place, found) for each in expressions() if (found := neighbours(each.pattern))]
    assert slow == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param(r"a*a*", True, id="the same twice"),
        pytest.param(r"\s*(.*)", True, id="a part of the other"),
        pytest.param(r"\s*(.+?)\s*", True, id="in a group, with as little as possible"),
        pytest.param(r"a*x?a*", True, id="what stands between may be missing"),
        pytest.param(r"a*\b[^b]*", True, id="nothing but a border stands between"),
        pytest.param(r"(?:a+)+", True, id="one in the other"),
        pytest.param(r"(?:a*x*)*", True, id="the end of one round and the start of the next"),
        pytest.param(r"(?:b|a*)a*", True, id="one of two ways"),
        pytest.param(r"(?=a*a*)", True, id="what is only looked at"),
        pytest.param(r"a*b*", False, id="one is never the other"),
        pytest.param(r"a*xa*", False, id="something stands between"),
        pytest.param(r"[^=]*=.*", False, id="a border that neither is"),
        pytest.param(r"a{1,9}a*", False, id="one has an end"),
        pytest.param(r"\d+(?:\.\d+)*", False, id="a list with its sign between"),
    ],
)
def test_such_repetitions_are_found(pattern: str, found: bool) -> None:  # noqa: FBT001
    assert bool(neighbours(pattern)) is found


@pytest.mark.slow
def test_20000_hostile_characters_end() -> None:
    call = [sys.executable, "-c", "from tests.test_expressions import try_all; try_all()"]
    subprocess.run(call, check=True, timeout=300)


def try_all() -> None:
    """Use every expression as its function does on texts that nearly match."""
    for each in expressions():
        pattern = re.compile(each.pattern)
        for text in hostile(each.pattern, 20_000):
            pattern.fullmatch(text)
            if each.function not in {"compile", "match", "fullmatch"}:
                pattern.search(text)
