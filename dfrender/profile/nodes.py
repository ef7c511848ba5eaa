"""YAML text to a tree of nodes that know their place; the only room that knows YAML.

Text stays as it was written: ``3.10`` is no number here. What is wrong with the YAML is collected, not raised.
Knows no key of a profile.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic
from dfrender.source import BOM, At

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from yaml import Event, MarkedYAMLError
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark

    Place: TypeAlias = Callable[[int, int], At]  # of a line and a column, both from 1

_DEEPEST = 50
_STANDARD_TAG = "tag:yaml.org,2002:"
_SYNTAX = (  # what libyaml or PyYAML says, whether the start of what it reads is to blame, our words, the next step
    ("nesting depth", False, f"this is nested more than {_DEEPEST} deep", "a profile needs far less"),
    (r"tab character|token '\\t", False, "a tab cannot indent YAML", "indent with spaces"),
    ("any token|node content", False, "{found!r} cannot begin a text", "put the text in quotes"),
    (
        "escape|hexa?decimal",
        False,
        "this escape is unknown in double quotes",
        "write two backslashes, or single quotes",
    ),
    ("quoted scalar", True, "this quote is not closed", "close it on the same line"),
    ("flow sequence", True, "this list has no end, or lacks a comma", "write [a, b]; quote text that holds a comma"),
    ("flow mapping", True, "this mapping has no end, or lacks a comma", "write {a: x, b: y}"),
    (
        "not allowed",
        False,
        "{found!r} cannot stand here",
        "quote the text, or mend the indentation or a colon without blank",
    ),
    ("simple key", True, "this line holds no key", "write KEY: VALUE, or indent the text"),
    ("an alias|an anchor", True, "{found!r} begins an alias or an anchor", "put the text in quotes"),
    ("a tag|tag handle", True, "{found!r} begins a tag", "put the text in quotes"),
    ("block scalar", True, "{found!r} begins a block of text", "put the text in quotes"),
    ("expected", False, "this does not continue what stands before it", "check the indentation and the quotes"),
    ("", False, "this is not YAML", "check the line, or put its text in quotes"),
)


class ScalarNode(NamedTuple):
    """Text as written. ``plain``: it stands there without quotes, so ``true`` may be more than letters.

    ``variables`` are those of the environment that were put into it.
    """

    at: At
    text: str
    plain: bool = False
    variables: tuple[str, ...] = ()

    @property
    def is_null(self) -> bool:
        """Say whether nothing stands there, or what YAML writes for nothing."""
        return self.plain and self.text in {"", "~", "null"}


class SequenceNode(NamedTuple):
    """A list."""

    at: At
    items: tuple[Node, ...]


class MappingNode(NamedTuple):
    """A mapping in the order of the file: under each key its place and its value."""

    at: At
    entries: Entries


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode
Entries: TypeAlias = "Mapping[str, tuple[At, Node]]"


def mapping(at: At, entries: Iterable[tuple[str, At, Node]], problems: list[Diagnostic]) -> MappingNode:
    """Make a mapping; of a key that is given twice the first is kept and the second reported."""
    unique: dict[str, tuple[At, Node]] = {}
    for name, place, value in entries:
        if name in unique:
            message, related = f"{name!r} is given twice", (("first given", unique[name][0]),)
            problems.append(Diagnostic(place, "repeated-key", message, hint="keep one of them", related=related))
        unique.setdefault(name, (place, value))
    return MappingNode(at, unique)


def merge(below: MappingNode, above: MappingNode) -> MappingNode:
    """Lay one mapping over another: mappings merge and keep the places of ``below``, anything else is replaced."""
    entries = dict(below.entries)
    for name, (at, value) in above.entries.items():
        match entries.get(name), value:
            case (old_at, MappingNode() as old), MappingNode():
                entries[name] = (old_at, merge(old, value))
            case _:
                entries[name] = (at, value)
    return MappingNode(below.at, entries)


def children(node: Node | None) -> Entries:
    """Give the entries of a mapping, none for anything else."""
    return node.entries if isinstance(node, MappingNode) else {}


def items(node: Node | None) -> list[ScalarNode]:
    """Give the texts of a list, none of anything else."""
    return [each for each in node.items if isinstance(each, ScalarNode)] if isinstance(node, SequenceNode) else []


def describe(node: Node) -> str:
    """Say what a node is, as in "needs a mapping, not a list"."""
    if isinstance(node, ScalarNode):
        return "nothing" if node.is_null else f"the text {node.text!r}"
    return "a list" if isinstance(node, SequenceNode) else "a mapping"


def decode(data: bytes, place: Place, problems: list[Diagnostic]) -> str:
    """Give the text of a file without a byte order mark; empty, and a problem, if it is not UTF-8."""
    try:
        return data.removeprefix(BOM.encode()).decode()
    except UnicodeDecodeError as error:
        message = f"the byte 0x{error.object[error.start]:02x} is not UTF-8"
        at = place(*_position(error.object[: error.start].decode()))
        problems.append(Diagnostic(at, "yaml-syntax", message, hint="save the file as UTF-8"))
        return ""


def read(text: str, place: Place, problems: list[Diagnostic]) -> Node | None:
    """Give the root of a YAML text, a null for an empty one; None, and a problem, for what is not YAML."""
    if all(line.lstrip()[:1] in {"", "#"} for line in text.splitlines()):
        return ScalarNode(place(1, 1), "", plain=True)
    import yaml  # 15 ms that an empty profile does not pay

    if unprintable := yaml.reader.Reader.NON_PRINTABLE.search(text):
        message = f"the character U+{ord(unprintable[0]):04X} cannot stand in YAML"
        at = place(*_position(text[: unprintable.start()]))
        problems.append(Diagnostic(at, "yaml-syntax", message, hint="remove it"))
        return None
    try:
        return _tree(yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), place, problems)
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(error, text.splitlines(), place))
        return None


def write(data: object) -> str:
    """Give a YAML text for plain data; the inverse of `read`, but that all text is quoted which is more to others."""
    import yaml

    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=float("inf"))
    # these are line breaks to YAML, and not kept as they are where they stand unescaped
    has_breaks = any(sign in text for sign in "\x85\u2028\u2029")
    return yaml.safe_dump(data, sort_keys=False, width=float("inf")) if has_breaks else text


def _position(before: str) -> tuple[int, int]:
    """Give line and column of the character that follows a text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _spot(mark: Mark | CMark | None) -> tuple[int, int]:
    """Give line and column of a parser's mark."""
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _syntax_problem(error: MarkedYAMLError, lines: list[str], place: Place) -> Diagnostic:
    """Say in our words what the parser found."""
    said = f"{error.context} {error.problem} {_character(error.problem_mark, lines)!r}"
    _, blames_start, message, hint = next(row for row in _SYNTAX if re.search(row[0], said))
    mark = error.context_mark if blames_start else error.problem_mark
    message = message.format(found=_character(mark, lines))
    return Diagnostic(place(*_spot(mark)), "yaml-syntax", message, hint=hint)


def _character(mark: Mark | CMark | None, lines: list[str]) -> str:
    """Give the character at a parser's mark, nothing at the end of a line."""
    line, column = _spot(mark)
    return "".join(lines[line - 1 : line])[column - 1 : column]


def _tree(events: Iterable[Event], place: Place, problems: list[Diagnostic]) -> Node | None:
    """Build the root from the parser's events: composed nodes have lost the places of aliases and the written tags."""
    import yaml

    anchors: dict[str | None, Node] = {}
    frames: list[tuple[At, str | None, list[Node | None]]] = [(place(1, 1), None, [])]
    for event in events:
        at = place(*_spot(event.start_mark))
        node: Node
        _check_tag(getattr(event, "tag", None), at, problems)
        match event:
            case yaml.CollectionStartEvent() if len(frames) > _DEEPEST:
                problems.append(Diagnostic(at, "yaml-syntax", _SYNTAX[0][2], hint=_SYNTAX[0][3]))
                return None
            case yaml.CollectionStartEvent(anchor=anchor):
                frames.append((at, anchor, []))
                continue
            case yaml.SequenceEndEvent():
                at, anchor, children = frames.pop()
                node = SequenceNode(at, tuple(child for child in children if child is not None))
            case yaml.MappingEndEvent():
                at, anchor, children = frames.pop()
                node = mapping(at, _entries(children, problems), problems)
            case yaml.ScalarEvent(anchor=anchor):
                node = ScalarNode(at, event.value, plain=event.tag is None and not event.style)
            case yaml.AliasEvent(anchor=anchor):
                frames[-1][2].append(_aliased(anchors.get(anchor), at, anchor, problems))
                continue
            case yaml.DocumentStartEvent() if frames[0][2]:
                problems.append(
                    Diagnostic(
                        at, "several-documents", "a second document begins here", hint="make it a file of its own"
                    )
                )
                break
            case _:
                continue
        anchors[anchor] = node
        frames[-1][2].append(node)
    return (frames[0][2] or [ScalarNode(place(1, 1), "", plain=True)])[0]


def _check_tag(tag: str | None, at: At, problems: list[Diagnostic]) -> None:
    """Report a tag but ``!!str``, which is as good as quotes."""
    if tag not in {None, f"{_STANDARD_TAG}str"}:
        message = f"the tag {str(tag).replace(_STANDARD_TAG, '!!')!r} has no meaning here"
        problems.append(Diagnostic(at, "unknown-tag", message, hint="remove it; text in quotes is always text"))


def _entries(children: list[Node | None], problems: list[Diagnostic]) -> Iterator[tuple[str, At, Node]]:
    """Give each key, its place and its value; report a key that is no text."""
    for key, value in zip(children[::2], children[1::2], strict=True):
        if isinstance(key, SequenceNode | MappingNode):
            message, hint = f"a key must be text, not {describe(key)}", "quote a text that begins with '{' or '['"
            problems.append(Diagnostic(key.at, "wrong-type", message, hint=hint))
        elif key is not None and value is not None:
            yield key.text, key.at, value


def _aliased(target: Node | None, at: At, anchor: str | None, problems: list[Diagnostic]) -> Node | None:
    """Give the text that an alias stands for, at the alias's place; None, and a problem, if it is no text."""
    if isinstance(target, ScalarNode):
        return target._replace(at=at)
    if target:
        message = f"'*{anchor}' stands for {describe(target)}"
        problems.append(Diagnostic(at, "alias-to-collection", message, hint="write it out"))
    else:
        hint = "put text that begins with '*' in quotes"
        problems.append(Diagnostic(at, "yaml-syntax", f"no anchor is named {anchor!r}", hint=hint))
    return None
