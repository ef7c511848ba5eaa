"""Named tuples that are cheap to define, since a run defines eighty.

Those of `typing` have a function compiled for each, which takes 0.15 ms, and for all of them 7 to 9 % of a run. Here
the code of one with as many fields is used again, with other names. Checkers of types see those of `typing`.
"""

from collections import namedtuple
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:

    @cache
    def _like(count: int) -> type[tuple]:
        """Return a named tuple with so many fields, the parts of which serve all others with as many."""
        names = [f"field_{number}" for number in range(count)]
        return namedtuple("_Like", names)  # noqa: PYI024 - it is what `typing` makes its own of

    class _Fields(type):
        """Makes the annotations of a class the fields of a tuple, and what is assigned to them its defaults."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, object]) -> type:
            made = super().__new__(cls, name, bases, {"__slots__": (), **namespace})
            names = tuple(made.__annotations__)
            like = _like(len(names))
            defaults = []
            for field, place in zip(names, like._fields, strict=True):
                if field in namespace:
                    defaults.append(namespace[field])
                setattr(made, field, vars(like)[place])
            new = like.__new__
            code = new.__code__.replace(co_varnames=("_cls", *names))
            made.__new__ = FunctionType(code, new.__globals__, new.__name__, tuple(defaults))
            made.__match_args__ = names
            made._fields = names
            return made

    class NamedTuple(tuple, metaclass=_Fields):
        """A tuple whose fields have names."""

        __slots__ = ()

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: object) -> tuple:
            values = [changes.pop(name, value) for name, value in self._asdict().items()]
            if changes:
                raise TypeError(f"there are no fields {sorted(changes)}")
            return tuple.__new__(type(self), values)

        def __repr__(self) -> str:
            fields = [f"{name}={value!r}" for name, value in self._asdict().items()]
            return f"{type(self).__name__}({', '.join(fields)})"

        def __getnewargs__(self) -> tuple:
            return tuple(self)
