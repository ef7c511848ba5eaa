"""The command in a header: from what a file is made of to its text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.recipe import Recipe, read

_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)


@given(
    recipe=st.builds(
        Recipe,
        _WORDS,
        _WORDS.filter(lambda word: not word.startswith("-")),
        st.lists(_WORDS).map(tuple),
        st.just("") | _WORDS,
        st.just("") | _WORDS,
    )
)
def test_a_recipe_is_read_as_it_was_written(recipe: Recipe) -> None:
    assert read(recipe.command) == recipe


def test_a_recipe_of_standard_input_is_read() -> None:
    assert read("dfrender render -p ci -o out -") == Recipe("ci", "-", output="out")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("", id="nothing"),
        pytest.param("dfrender render", id="neither profile nor template"),
        pytest.param("dfrender render -p ci", id="no template"),
        pytest.param("dfrender render Dockerfile.j2", id="no profile"),
        pytest.param("dfrender render -p ci a b", id="two templates"),
        pytest.param("dfrender lint -p ci Dockerfile.j2", id="another command"),
        pytest.param("rm -p ci Dockerfile.j2", id="another program"),
        pytest.param("dfrender render -p ci --force Dockerfile.j2", id="an option that no header has"),
        pytest.param("dfrender render -p ci 'Dockerfile.j2", id="a quote without its end"),
    ],
)
def test_what_is_no_recipe_is_none(command: str) -> None:
    assert read(command) is None
