"""YAML text to nodes, and plain data to YAML text; the only room that knows YAML.

What is wrong with the YAML is collected, not raised. Knows no key of a profile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dfrender.diagnostics import Problems
from dfrender.profile.nodes import AMBIGUOUS, MappingNode, Node, ScalarNode, SequenceNode, describe, mapping
from dfrender.source import BOM, At, is_utf16

if TYPE_CHECKING:
    from yaml import Event, MarkedYAMLError
    from yaml import ScalarNode as YamlScalar
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark

Locate: TypeAlias = Callable[[int, int], At]  # of a line and a column, both from 1
ReadYaml: TypeAlias = Callable[[bytes, Locate, Problems], "Node | None"]  # what does as `read` does

_BEFORE_TEXT = " \t,[{"
_END_OF_TEXT = r"[\s,{}\[\]]"
_SURROGATE = "[\ud800-\udfff]"
DEEPEST = 50
"""How many collections may stand in each other."""

_STANDARD_TAG = "tag:yaml.org,2002:"


class _Wording(NamedTuple):
    """Our words for what a parser says, which the pattern ``said`` finds.

    ``blames_start``: the start of what the parser reads is to blame, not the place that it came to.
    """

    said: str
    message: str
    hint: str
    blames_start: bool = False


_TOO_DEEP = _Wording("nesting depth", f"this is nested more than {DEEPEST} deep", "a profile needs far less")
_BAD_ESCAPE = _Wording(
    "escape|hexa?decimal", "this escape is unknown in double quotes", "write two backslashes, or single quotes"
)
_WORDINGS = (  # of libyaml and of PyYAML; the first that fits counts
    _TOO_DEEP,
    _Wording(r"tab character|token '\\t", "a tab cannot indent YAML", "indent with spaces"),
    _Wording("a tag|tag handle", "{found!r} begins a tag", "put the text in quotes", blames_start=True),
    _Wording("any token|node content", "{found!r} cannot begin a text", "put the text in quotes"),
    _BAD_ESCAPE,
    _Wording("quoted scalar", "this quote is not closed", "close it on the same line", blames_start=True),
    _Wording(
        "flow sequence",
        "this list has no end, or lacks a comma",
        "write [a, b]; quote text that holds a comma",
        blames_start=True,
    ),
    _Wording("flow mapping", "this mapping has no end, or lacks a comma", "write {a: x, b: y}", blames_start=True),
    _Wording(
        "not allowed",
        "{found!r} cannot stand here",
        "quote the text, or fix the indentation, or a colon without a blank behind it",
    ),
    _Wording("simple key", "this line holds no key", "write KEY: VALUE, or indent the text", blames_start=True),
    _Wording(
        "an alias|an anchor", "{found!r} begins an alias or an anchor", "put the text in quotes", blames_start=True
    ),
    _Wording("block scalar", "{found!r} begins a block of text", "put the text in quotes", blames_start=True),
    _Wording("expected", "this does not continue what stands before it", "check the indentation and the quotes"),
    _Wording("", "this is not YAML", "check the line, or put its text in quotes"),
)


def read(data: bytes, locate: Locate, problems: Problems, *, is_foreign: bool = False) -> Node | None:
    """Return the root of what a file holds, as `compose` does of its text."""
    text = _decode(data, locate, problems)
    return compose(text, locate, problems, is_foreign=is_foreign)


def _decode(data: bytes, locate: Locate, problems: Problems) -> str:
    """Return the text of a file without a byte order mark; empty, and a problem, if it is not UTF-8."""
    data = data.removeprefix(BOM.encode())
    if is_utf16(data):
        problems.error(locate(1, 1), "yaml-syntax", "this file is UTF-16, not UTF-8", "save the file as UTF-8")
        return ""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        at = _place_behind(before, locate)
        byte = data[error.start]
        problems.error(at, "yaml-syntax", f"the byte 0x{byte:02x} is not UTF-8", "save the file as UTF-8")
        return ""


def compose(text: str, locate: Locate, problems: Problems, *, is_foreign: bool = False) -> Node | None:
    """Return the root of a YAML text, a null for an empty one; None, and a problem, for what is not YAML.

    A profile has no aliases of collections. ``is_foreign``: the file is another tool's and may have them; its nodes
    are shared, so a walk that takes no node twice comes to its end however often they are named.
    """
    if _is_blank(text):
        return _nothing(locate)
    import yaml  # 15 ms that an empty profile does not pay

    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable:
        before = text[: unprintable.start()]
        at = _place_behind(before, locate)
        codepoint = ord(unprintable[0])
        problems.error(at, "yaml-syntax", f"the character U+{codepoint:04X} cannot stand in YAML", "remove it")
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML may have been built without libyaml
    composer = _Composer(locate, problems, is_foreign=is_foreign)
    try:
        return composer.compose(yaml.parse(text, loader))
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, text.splitlines(), locate, problems)
        return None
    except (ValueError, OverflowError):  # of PyYAML's own parser: an escape beyond Unicode, a version of many digits
        problems.error(composer.at, "yaml-syntax", "this is not YAML", "check the line, or put its text in quotes")
        return None


def dump(data: object) -> str:
    """Return plain data as YAML: the inverse of `compose`, but that all text is quoted which is more to others."""
    import yaml  # 15 ms, as above

    class Dumper(yaml.SafeDumper):
        """Quotes the booleans of YAML 1.1 that PyYAML writes as they are: ``y``, ``No``."""

    def represent(dumper: Dumper, text: str) -> YamlScalar:
        style = "'" if text.lower() in AMBIGUOUS else None
        return dumper.represent_scalar(f"{_STANDARD_TAG}str", text, style)

    Dumper.add_representer(str, represent)
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
    # these are line breaks to YAML, and not kept as they are where they stand unescaped
    if any(sign in text for sign in "\x85\u2028\u2029"):
        text = yaml.dump(data, Dumper=Dumper, sort_keys=False, width=float("inf"))
    return text


def _is_blank(text: str) -> bool:
    """Say whether there is nothing in a text but blank lines and comments."""
    for line in text.splitlines():
        content = line.lstrip()
        if content and not content.startswith("#"):
            return False
    return True


def _nothing(locate: Locate) -> ScalarNode:
    """Return the null that an empty document is."""
    return ScalarNode(locate(1, 1), "", plain=True)


def _place_behind(before: str, locate: Locate) -> At:
    """Return the place of the character that follows a text."""
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return locate(line, column)


def _place(mark: Mark | CMark | None, locate: Locate) -> At:
    """Return the place of a parser's mark."""
    return locate(mark.line + 1, mark.column + 1) if mark else locate(0, 0)


def _report_syntax(error: MarkedYAMLError, lines: list[str], locate: Locate, problems: Problems) -> None:
    """Report in our words what the parser found."""
    mark = error.problem_mark
    before, behind = _around(mark, lines)
    is_variable = before.endswith("$") and behind.startswith("{")
    if mark and is_variable and "flow" in str(error.context):
        start = max(before.rfind(sign) for sign in _BEFORE_TEXT) + 1
        at = locate(mark.line + 1, start + 1)
        _report_unquoted_variable(before[start:], behind, at, problems)
        return
    found = behind[:1]
    wording = _wording_of(f"{error.context} {error.problem} {found!r}")
    if wording.blames_start:
        mark = error.context_mark
        _, behind = _around(mark, lines)
        found = behind[:1]
    message = wording.message.format(found=found)
    at = _place(mark, locate)
    problems.error(at, "yaml-syntax", message, wording.hint)


def _report_unquoted_variable(before: str, behind: str, at: At, problems: Problems) -> None:
    """Report a text in ``{…}`` or ``[…]`` with a variable: the brace of this would begin a mapping."""
    variable, brace, behind = behind.partition("}")
    rest = re.split(_END_OF_TEXT, behind, maxsplit=1)
    text = before + variable + brace + rest[0]
    problems.error(at, "yaml-syntax", "a variable in {…} or […] has to be in quotes", f'quote it: "{text}"')


def _wording_of(said: str) -> _Wording:
    """Return the first wording that fits what was said; the last one fits all."""
    return next(each for each in _WORDINGS if re.search(each.said, said))


def _around(mark: Mark | CMark | None, lines: list[str]) -> tuple[str, str]:
    """Return what stands before and behind a parser's mark in its line; nothing at the end of a file."""
    if mark is None or mark.line >= len(lines):
        return "", ""
    line = lines[mark.line]
    return line[: mark.column], line[mark.column :]


class _Frame(NamedTuple):
    """A collection that is not closed yet, and its nodes so far: None for what was reported."""

    at: At
    anchor: str | None
    nodes: list[Node | None]


class _Composer:
    """Builds nodes from a parser's events: PyYAML's own nodes have lost the places of aliases and the written tags."""

    def __init__(self, locate: Locate, problems: Problems, *, is_foreign: bool) -> None:
        self.is_foreign = is_foreign
        self.locate = locate
        self.problems = problems
        self.at = locate(1, 1)
        self.document = _Frame(self.at, None, [])
        self.frames = [self.document]
        self.anchors: dict[str, Node] = {}

    def compose(self, events: Iterable[Event]) -> Node | None:
        """Return the root of the first document; ``at`` follows what is read."""
        import yaml  # 15 ms, paid already

        for event in events:
            at = _place(event.start_mark, self.locate)
            self.at = at
            if isinstance(event, yaml.CollectionStartEvent):
                if len(self.frames) > DEEPEST:
                    self.problems.error(at, "yaml-syntax", _TOO_DEEP.message, _TOO_DEEP.hint)
                    return None
                self._check_tag(event.tag, at)
                frame = _Frame(at, event.anchor, [])
                self.frames.append(frame)
            elif isinstance(event, yaml.SequenceEndEvent):
                self._close_sequence()
            elif isinstance(event, yaml.MappingEndEvent):
                self._close_mapping()
            elif isinstance(event, yaml.ScalarEvent):
                self._check_tag(event.tag, at)
                self._check_escapes(event.value, at)
                is_plain = event.tag is None and not event.style
                scalar = ScalarNode(at, event.value, is_plain)
                self._add(scalar, event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._add_alias(event.anchor, at)
            elif isinstance(event, yaml.DocumentStartEvent) and self.document.nodes:
                hint = "make it a file of its own"
                self.problems.error(at, "several-documents", "a second document begins here", hint)
                break
        if self.document.nodes:
            return self.document.nodes[0]
        return _nothing(self.locate)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        self.frames[-1].nodes.append(node)

    def _close_sequence(self) -> None:
        frame = self.frames.pop()
        items = [node for node in frame.nodes if node is not None]
        node = SequenceNode(frame.at, tuple(items))
        self._add(node, frame.anchor)

    def _close_mapping(self) -> None:
        """Add a mapping; report a key that is not a text."""
        frame = self.frames.pop()
        entries: list[tuple[str, At, Node]] = []
        nodes = iter(frame.nodes)
        for key, value in zip(nodes, nodes, strict=True):
            if isinstance(key, SequenceNode | MappingNode):
                message = f"a key must be text, not {describe(key)}"
                self.problems.error(key.at, "wrong-type", message, "quote a text that begins with '{' or '['")
            elif key is not None and value is not None:
                entries.append((key.text, key.at, value))
        node = mapping(frame.at, entries, self.problems)
        self._add(node, frame.anchor)

    def _add_alias(self, anchor: str | None, at: At) -> None:
        """Add the text that an alias stands for, at the alias's place; report an alias of a profile's collection."""
        target = self.anchors.get(str(anchor))
        node: Node | None = None
        if isinstance(target, ScalarNode):
            node = ScalarNode(at, target.text, target.plain)
        elif target is None:
            hint = "put text that begins with '*' in quotes"
            self.problems.error(at, "yaml-syntax", f"no anchor is named {anchor!r}", hint)
        elif self.is_foreign:
            node = target
        else:
            message = f"'*{anchor}' stands for {describe(target)}"
            self.problems.error(at, "alias-to-collection", message, "write it out")
        self.frames[-1].nodes.append(node)

    def _check_escapes(self, text: str, at: At) -> None:
        """Report half a character, which libyaml refuses and PyYAML's own parser takes from an escape."""
        # the pattern takes 0.4 ms to compile, and nearly all texts are ASCII
        if not text.isascii() and re.search(_SURROGATE, text):
            self.problems.error(at, "yaml-syntax", _BAD_ESCAPE.message, _BAD_ESCAPE.hint)

    def _check_tag(self, tag: str | None, at: At) -> None:
        """Report a tag but ``!!str``, which is as good as quotes."""
        if tag in {None, f"{_STANDARD_TAG}str"}:
            return
        written = str(tag).replace(_STANDARD_TAG, "!!")
        message = f"the tag {written!r} has no meaning here"
        self.problems.error(at, "unknown-tag", message, "remove it; text in quotes is always text")
