"""The regular expressions of dfrender, collected from its source, and what is known of them without running them."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined] # the only reader of expressions there is
from re import _parser as sre_parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeGuard

import dfrender

PACKAGE = Path(dfrender.__file__).parent
_CALLS = frozenset({"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"})
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
_ALPHABET = frozenset(map(chr, [*range(0x180), 0x2028, 0x3000, 0xFEFF]))
_CATEGORIES = {
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


_Item: TypeAlias = "tuple[Any, Any]"  # an operator and its argument, as Python's parser of expressions has them


class Expression(NamedTuple):
    """A regular expression, where it is written and the function that it is used by."""

    place: str
    function: str
    pattern: str


class _Names(Mapping[str, object]):
    """The names of a module; what only a function knows may be any text."""

    def __init__(self, module: ModuleType) -> None:
        self.names = {**vars(builtins), **vars(module)}

    def __getitem__(self, name: str) -> object:
        return self.names.get(name, "a")

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def expressions() -> list[Expression]:
    """Return every expression that is given to a function of ``re``, or whose methods are called, with the function."""
    found: list[Expression] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith("__main__"):
            continue
        module = importlib.import_module(name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _is_call(node):
                place = f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
                found.extend(Expression(place, node.func.attr, pattern) for pattern in _patterns(node, module))
    return found


def _is_call(node: ast.AST) -> TypeGuard[_Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS


def _patterns(call: _Call, module: ModuleType) -> Iterator[str]:
    """Yield the expressions of a call; of one that stands in a table of the module, those of all its rows."""
    owner = call.func.value
    if isinstance(owner, ast.Name) and isinstance(vars(module).get(owner.id), re.Pattern):
        yield vars(module)[owner.id].pattern
    if not isinstance(owner, ast.Name) or owner.id != "re":
        return
    written = call.args[0]
    code = compile(ast.Expression(written), "<argument>", "eval")
    try:
        value = eval(code, {}, _Names(module))  # noqa: S307 - our own source
        yield getattr(value, "pattern", value)
    except AttributeError:
        assert isinstance(written, ast.Attribute)
        for table in vars(module).values():
            for row in table if isinstance(table, tuple) else ():
                if hasattr(row, written.attr):
                    yield getattr(row, written.attr)


class _Call(Protocol):
    """A call of a method."""

    func: ast.Attribute
    args: list[ast.expr]
    lineno: int


def hostile(pattern: str, count: int) -> Iterator[str]:
    """Yield texts that match nearly, each with another repetition made long, and with nothing to end it."""
    parsed = sre_parser.parse(pattern)
    yield "a" * count
    for index in range(_endless(parsed)):
        yield _sample(parsed, [index], count) + "\0"


def _endless(sequence: Sequence[_Item]) -> int:
    """Return how many repetitions without end there are."""
    found = 0
    for item in sequence:
        found += _is_endless(item) + sum(_endless(inner) for inner in _inside(item))
    return found


def _inside(item: _Item) -> list[Any]:
    operator, argument = item
    if operator is sre.SUBPATTERN:
        return [argument[-1]]
    if operator is sre.ATOMIC_GROUP:
        return [argument]
    if operator is sre.BRANCH:
        return list(argument[1])
    if operator in _REPEATS:
        return [argument[2]]
    return []


def _sample(sequence: Sequence[_Item], left: list[int], count: int) -> str:
    """Return a text that matches; the repetition that ``left`` counts down to is made long."""
    text = ""
    for item in sequence:
        times = 1
        if item[0] in _REPEATS:
            times = max(1, item[1][0])
            if _is_endless(item):
                times = count if left[0] == 0 else times
                left[0] -= 1
        inner = "".join([_sample(each, left, count) for each in _inside(item)][:1])
        if not _inside(item):
            inner = min(_chars([item]) or {""})
        text += inner * times
    return text


def neighbours(pattern: str) -> list[str]:
    """Return what can be repeated without end right behind another thing so repeated that it could be, too.

    A text that fits both is tried with every border between them: with 20,000 characters that is 200,000,000 times.
    """
    return list(_neighbours(sre_parser.parse(pattern)))


def _neighbours(sequence: Sequence[_Item]) -> Iterator[str]:
    for items in _sequences(sequence):
        for index, item in enumerate(items):
            if not _is_endless(item):
                continue
            for following in items[index + 1 :]:
                if _is_endless(following) and _chars([item]) & _chars([following]):
                    yield f"{item} {following}"
                if not _may_be_empty(following):
                    break


def _sequences(sequence: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Yield what may stand one behind another: groups opened, and what is repeated twice."""
    flat: list[list[_Item]] = [[]]
    for operator, argument in sequence:
        if operator is sre.SUBPATTERN:
            flat = [[*each, *inner] for each in flat for inner in _sequences(argument[-1])]
        elif operator is sre.ATOMIC_GROUP:
            flat = [[*each, *inner] for each in flat for inner in _sequences(argument)]
        elif operator is sre.BRANCH:
            branches = [inner for branch in argument[1] for inner in _sequences(branch)]
            flat = [[*each, *inner] for each in flat for inner in branches]
        elif operator in _REPEATS and not _is_simple(argument[2]):
            low, high, body = argument
            inner: list[list[_Item]] = [[]] if not low else []
            for once in _sequences(body):
                inner.append(once)
                inner.extend([*once, *again] for again in _sequences(body) if high > 1)
            flat = [[*each, *more] for each in flat for more in inner]
        elif operator in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _sequences(argument[1])
        else:
            flat = [[*each, (operator, argument)] for each in flat]
    yield from flat


def _is_simple(body: Sequence[_Item]) -> bool:
    """Return whether a repetition is of single characters."""
    return len(body) == 1 and body[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY, sre.CATEGORY)


def _is_endless(item: _Item) -> bool:
    operator, argument = item
    return operator in _REPEATS and argument[1] is sre.MAXREPEAT


def _may_be_empty(item: _Item) -> bool:
    operator, argument = item
    return operator is sre.AT or (operator in _REPEATS and argument[0] == 0)


def _chars(sequence: Sequence[_Item]) -> frozenset[str]:
    """Return the characters that may be part of what matches."""
    found: set[str] = set()
    for operator, argument in sequence:
        if operator is sre.LITERAL:
            found.add(chr(argument))
        elif operator is sre.NOT_LITERAL:
            found |= _ALPHABET - {chr(argument)}
        elif operator is sre.ANY:
            found |= _ALPHABET - {"\n"}
        elif operator is sre.IN:
            found |= _class(argument)
        elif operator in _REPEATS:
            found |= _chars(argument[2])
    return frozenset(found)


@cache
def _of_category(category: object) -> frozenset[str]:
    matches = re.compile(_CATEGORIES[category]).match
    return frozenset(filter(matches, _ALPHABET))


def _class(items: Sequence[_Item]) -> frozenset[str]:
    found: set[str] = set()
    is_negated = False
    for operator, argument in items:
        if operator is sre.NEGATE:
            is_negated = True
        elif operator is sre.LITERAL:
            found.add(chr(argument))
        elif operator is sre.RANGE:
            found |= {char for char in _ALPHABET if argument[0] <= ord(char) <= argument[1]}
        elif operator is sre.CATEGORY:
            found |= _of_category(argument)
    return _ALPHABET - found if is_negated else frozenset(found)
