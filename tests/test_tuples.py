"""Named tuples that are cheap to define are, in use, those of `typing`."""

import pickle
import typing
from operator import attrgetter, itemgetter

import pytest

from dfrender import tuples


class Mine(tuples.NamedTuple):
    """A tuple of dfrender's."""

    name: str
    line: int = 1
    column: "int | None" = None

    @property
    def place(self) -> str:
        """Return two fields as one text."""
        return f"{self.name}:{self.line}"


class Theirs(typing.NamedTuple):
    """The same of `typing`."""

    name: str
    line: int = 1
    column: "int | None" = None

    @property
    def place(self) -> str:
        """Return two fields as one text."""
        return f"{self.name}:{self.line}"


class Other(tuples.NamedTuple):
    """Another tuple with as many fields, none of which has a default."""

    first: str
    second: str
    third: str


class Empty(tuples.NamedTuple):
    """A tuple without fields."""


MINE, THEIRS = Mine("a", column=2), Theirs("a", column=2)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(tuple, id="its values"),
        pytest.param(hash, id="its hash"),
        pytest.param(attrgetter("name", "line", "column"), id="its fields by name"),
        pytest.param(attrgetter("_fields", "__match_args__"), id="the names of its fields"),
        pytest.param(attrgetter("place"), id="a property"),
        pytest.param(attrgetter("__slots__"), id="no room for anything else"),
        pytest.param(itemgetter(slice(1, None)), id="a slice of it"),
        pytest.param(lambda each: each._asdict(), id="it as a mapping"),
        pytest.param(lambda each: tuple(each._replace(line=7, name="b")), id="one with other values"),
        pytest.param(lambda each: repr(each).partition("(")[2], id="its text"),
    ],
)
def test_it_answers_as_one_of_typing(question: "typing.Callable[[Mine | Theirs], object]") -> None:
    assert question(MINE) == question(THEIRS)


def test_its_text_begins_with_its_name() -> None:
    assert repr(MINE) == "Mine(name='a', line=1, column=2)"


def test_it_keeps_its_kind_when_a_value_is_replaced_and_when_it_is_sent_to_another_process() -> None:
    assert type(MINE._replace(line=2)) is Mine
    again = pickle.loads(pickle.dumps(MINE))  # noqa: S301 - made right here
    assert (type(again), again) == (Mine, MINE)


def test_tuples_with_as_many_fields_keep_their_own_names_and_defaults() -> None:
    assert Other("x", "y", third="z").second == "y"
    assert Mine("x").line == 1
    with pytest.raises(TypeError, match="'third'"):
        Other("x", "y")  # type: ignore[call-arg]  # on purpose


def test_what_has_no_such_field_is_refused() -> None:
    with pytest.raises(TypeError, match="size"):
        Mine("x", size=1)  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="size"):
        MINE._replace(size=1)  # type: ignore[call-arg]  # on purpose
    with pytest.raises(AttributeError):
        MINE.size = 1  # type: ignore[attr-defined]  # on purpose
    with pytest.raises(AttributeError):
        MINE.name = "b"  # type: ignore[misc]  # on purpose


def test_it_may_have_no_fields() -> None:
    assert Empty() == ()
