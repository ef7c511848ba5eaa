"""dfrender reads Dockerfiles as BuildKit does: of two foreign parsers one is a port of it and one its own code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import assume, given

from tests.dockerfile import oracle
from tests.dockerfile.differences import DIFFERENCES, Difference, known
from tests.dockerfile.strategies import documents, noise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet

_TESTS = Path(__file__).parent.parent

readers = pytest.mark.parametrize(
    "reader",
    [
        pytest.param("e2b", id="a port of BuildKit"),
        pytest.param(
            "go",
            id="BuildKit 0.12",
            marks=pytest.mark.skipif(not oracle.GO_IS_HERE, reason="PyPI's dockerfile has no wheel for this platform"),
        ),
    ],
)


def differences(reader: str, text: str) -> list[oracle.Reading]:
    """Give dfrender's reading and the other one where the two are not equal, else nothing."""
    if reader == "e2b":
        mine, theirs = oracle.ours(text), oracle.e2b(text)
    else:
        mine, theirs = oracle.ours(text, unknown_instructions=False), oracle.go(text)
        mine = oracle.Refused(mine.code) if isinstance(mine, oracle.Refused) else mine
    return [] if mine == theirs else [mine, theirs]


def _dockerfiles(path: Path) -> Iterator[tuple[str, str]]:
    """Give each Dockerfile that a file holds, with its name."""
    text = path.read_bytes().decode(errors="surrogateescape")
    if path.suffix != ".yaml":
        yield path.name, text
        return
    if "input:" not in text:
        return  # there are hundreds of small profiles
    for document in yaml.safe_load_all(text):
        for case in document if isinstance(document, list) else [document]:
            if isinstance(case, dict) and isinstance(case.get("input"), str):
                yield str(case.get("id", path.stem)), case["input"]


def _below(folder: Path) -> list[ParameterSet]:
    """Return the Dockerfiles below a folder."""
    names = sorted(path for pattern in ("*.yaml", "Dockerfile*", "*.Dockerfile") for path in folder.rglob(pattern))
    found = []
    for path in names:
        if not path.is_file() or path.suffix == ".dockerignore":
            continue
        # the cases are about reading; hundreds of others come by way of mistakes in something else
        marks = [] if "cases" in path.parts else [pytest.mark.slow]
        found += [pytest.param(text, id=name, marks=marks) for name, text in _dockerfiles(path)]
    return found


@readers
@given(text=documents())
def test_what_is_shaped_like_a_dockerfile_is_read_alike(reader: str, text: str) -> None:
    assert_read_alike(reader, text)


@readers
@given(text=noise())
def test_noise_is_read_alike(reader: str, text: str) -> None:
    assert_read_alike(reader, text)


def assert_read_alike(reader: str, text: str) -> None:
    """Compare what can be compared; hypothesis looks for another text where nothing can."""
    assume(not known(reader, text))
    try:
        assert differences(reader, text) == []
    except oracle.NotComparableError:
        assume(condition=False)


@readers
@pytest.mark.parametrize("text", _below(_TESTS))
def test_every_dockerfile_of_the_tests_is_read_alike(reader: str, text: str) -> None:
    if reason := known(reader, text):
        pytest.skip(reason)
    try:
        assert differences(reader, text) == []
    except oracle.NotComparableError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("difference", [pytest.param(each, id=f"{each.reader}: {each.reason}") for each in DIFFERENCES])
def test_a_known_difference_is_one(difference: Difference) -> None:
    if difference.reader == "go" and not oracle.GO_IS_HERE:
        pytest.skip("PyPI's dockerfile has no wheel for this platform")
    assert difference.applies(difference.example)
    assert differences(difference.reader, difference.example) != []
