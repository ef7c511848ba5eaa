"""Whether a template may look at what it renders, and what a rendering with tags in it must not meet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jinja2.lexer import Token

from dfrender.template.syntax import Source

_NOT_LOOKING = frozenset({"if", "elif", "else", "endif", "for", "endfor", "set", "include", "with", "endwith"})
"""Tags whose text goes straight into the rendering.

That of all others (macros, filters, blocks, a set with an end) may be the value of something, and so may what a
recursive loop renders.
"""


def opens_block(source: Source) -> bool:
    """Say whether a file may look at what it renders, as far as the text shows it; it spares a rendering in vain."""
    return any(source.tag(each) not in {"", *_NOT_LOOKING} for each in source.segments)


def is_looking(tokens: Sequence[Token]) -> bool:
    """Say whether a file may look at what it renders."""
    before = ""
    for token in tokens:
        if token.type == "name":
            if before == "block_begin" and token.value not in _NOT_LOOKING:
                return True
            if token.value == "recursive":
                return True
        before = token.type
    return False


def texts_in(value: object) -> Iterator[str]:
    """Yield all texts in the values of a profile."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from texts_in(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from texts_in(each)
