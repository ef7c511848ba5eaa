"""Which word is taken for which, among few words and among many."""

from __future__ import annotations

import pytest

from dfrender.diagnostics import Vocabulary, did_you_mean, nearest

MANY = [f"builder-{number:05}" for number in range(20_000)]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        pytest.param("buidler", "builder", id="two characters changed places"),
        pytest.param("bilder", "builder", id="one is missing"),
        pytest.param("buuilder", "builder", id="one is too many"),
        pytest.param("bui1der", "builder", id="one is another"),
        pytest.param("builds", "builder", id="two are others"),
        pytest.param("builder", "", id="the word is known"),
        pytest.param("x", "", id="none is near"),
        pytest.param("b" * 300, "", id="it is too long to be a name"),
    ],
)
def test_the_nearest_word_where(word: str, found: str) -> None:
    assert nearest(word, ["tools", "builder", "base"]) == found
    assert did_you_mean(word, ["tools", "builder", "base"]) == (f"did you mean {found!r}?" if found else "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "found"),
    [
        pytest.param("buidler-01234", "builder-01234", id="two characters changed places"),
        pytest.param("bilder-01234", "builder-01234", id="one is missing"),
        pytest.param("builder-0a1234", "builder-01234", id="one is too many"),
        pytest.param("builder_01234", "builder-01234", id="one is another"),
        pytest.param("blider_01234", "", id="three slips are too many"),
        pytest.param("builder-01234", "", id="the word is known"),
        pytest.param("builder-01234" + "x" * 40, "", id="it is longer than most names"),
    ],
)
def test_among_thousands_the_nearest_word_is_one_slip_away(word: str, found: str) -> None:
    assert Vocabulary(MANY, 0.85).nearest(word) == found


def test_many_words_are_compared_with_few_until_it_gets_too_much() -> None:
    vocabulary = Vocabulary(["builder"])
    near = [vocabulary.nearest("builds") for _ in range(10_001)]
    assert near == ["builder"] * 10_000 + [""]
    assert vocabulary.did_you_mean("buider") == "did you mean 'builder'?"
