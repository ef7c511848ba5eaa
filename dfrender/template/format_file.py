"""A format of a plan that is a file: its text and the plan's values to what is printed, or to problems.

Its delimiters are ``<% %>``, ``<{ }>`` and ``<# #>``: Jinja's own begin expressions of GitHub and Azure too, and the
length of a shell's array. Knows neither plans nor what the filters are for.
"""

import re
from collections.abc import Callable, Collection, Mapping
from types import CodeType
from typing import TypeAlias

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, Undefined, UndefinedError, nodes, pass_context
from jinja2.runtime import Context

from dfrender.diagnostics import DfrenderError, Problems, did_you_mean
from dfrender.source import At, split_lines
from dfrender.template.frames import Frames
from dfrender.template.sandbox import LEFT_OUT, Delimiters, StrictSandbox

Filters: TypeAlias = Mapping[str, Callable[[object], str]]
Setting: TypeAlias = tuple[At, object]
Compiled: TypeAlias = tuple[nodes.Template, CodeType]

_DELIMITERS: Delimiters = (("<%", "%>"), ("<{", "}>"), ("<#", "#>"))
_CODE = re.compile("<[{%]")
_COMPILED: dict[tuple[str, str], Compiled] = {}
"""What was compiled, by the name and the text of a file: it takes 40 ms, and a process may write many plans."""


class FormatFile:
    """A compiled format; what its filters write is all that it may print, besides integers."""

    def __init__(self, file: str, text: str, filters: Collection[str]) -> None:
        """Compile the text, in which these filters may stand; raise `DfrenderError` where it is not a template."""
        self._file = file
        self._lines = split_lines(text)
        self._environment = StrictSandbox(lambda _: None, self._finalize, delimiters=_DELIMITERS)
        for name in filters:
            self._environment.filters[name] = str  # the real one is given when the format is written
        self._frames = Frames()
        self._problems = Problems()
        try:
            self._tree, code = self._compiled(text)
        except TemplateSyntaxError as error:
            raise self._not_a_template(error) from error
        except (
            RecursionError,
            MemoryError,
            SyntaxError,
            ValueError,
        ) as error:  # of Python, about what Jinja made of it
            message = "tags, brackets or operators are nested too deeply, or a number is too long"
            raise DfrenderError.of(At(file, 1), "template-error", message, "take it apart with <% set %>") from error
        self._template = Template.from_code(self._environment, code, self._environment.make_globals(None))

    def _compiled(self, text: str) -> Compiled:
        key = (self._file, text)
        if key not in _COMPILED:
            tree = self._environment.parse(text)
            _COMPILED[key] = (tree, self._environment.compile(tree, self._file, self._file))
        return _COMPILED[key]

    def settings(self, names: Collection[str]) -> Mapping[str, Setting]:
        """Return what the format sets these names to outside of all blocks, each with its place.

        They are needed before there is a plan: raise `DfrenderError` for those that are not written out.
        """
        found: dict[str, Setting] = {}
        problems = Problems()
        for node in self._tree.body:
            name = _assigned(node)
            if name in names:
                at = self._place(node.lineno, name)
                try:
                    found[name] = (at, _literal(node))
                except nodes.Impossible:
                    message = f"{name!r} is needed before there is a plan, and is not written out"
                    hint = "write a text in quotes, a list of texts, or true"
                    problems.error(at, "format-setting", message, hint)
        problems.refuse()
        return found

    def write(self, values: Mapping[str, object], filters: Filters, hints: Mapping[str, str]) -> str:
        """Return what the format makes of values; raise `DfrenderError` with all that is wrong up to where it ends.

        ``hints`` say what to write instead of names that are values elsewhere, and not here.
        """
        self._problems.clear()
        for name, write in filters.items():
            self._environment.filters[name] = _marking(write)
        text = ""
        context = self._template.new_context(dict(values))
        try:
            text = "".join(self._template.root_render_func(context))
        except Exception as error:  # noqa: BLE001 - whatever a format raises is a problem of its author
            self._report(error, values, hints)
        self._problems.refuse()
        return text

    @pass_context  # so that Jinja does not call it while it compiles, where no line of the format is at work
    def _finalize(self, _context: Context, value: object) -> object:
        """Return what may be printed as it is: quoting here would quote once more what a macro has quoted."""
        if isinstance(value, Undefined):
            str(value)  # raises what Jinja says of the name
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, _Written) or is_integer:
            return value
        here = self._frames.here()
        message = f"{_kind(value)} is printed, and no filter says in which language"
        hint = "say what it stands in: end with | sh, | words, | yaml, | json, | comment or | raw"
        self._problems.error(self._place(here.line), "unfiltered-value", message, hint)
        return ""

    def _not_a_template(self, error: TemplateSyntaxError) -> DfrenderError:
        sentence, _, more = (error.message or type(error).__name__).partition(". ")
        word = _last_quoted(sentence)
        hint = ""
        if more:
            block = _last_quoted(more)  # Jinja's last sentence names the innermost block that is open
            hint = f"close {block!r} first, with <% end{block} %>"
        if sentence.startswith(("No filter named", "No test named")):
            hint = LEFT_OUT.get(word) or did_you_mean(word, self._environment.filters)
        hint = hint or "code of a format stands between <% and %>, <{ and }>, comments between <# and #>"
        return DfrenderError.of(self._place(error.lineno, word), "template-syntax", _lower(sentence), hint)

    def _report(self, error: Exception, values: Mapping[str, object], hints: Mapping[str, str]) -> None:
        """Word what ended the writing, at the line that was at work."""
        sentence = str(error) or type(error).__name__
        word = _last_quoted(sentence)
        if isinstance(error, TemplateNotFound):
            word = str(error.name)
        innermost = self._frames.innermost(error.__traceback__, At(self._file, 1))
        at = self._place(innermost.line, word)
        if isinstance(error, TemplateNotFound):
            message = f"{word!r} is not read: a format is one file"
            self._problems.error(at, "include-not-found", message, "write its text into the format")
        elif isinstance(error, UndefinedError):
            hint = hints.get(word) or did_you_mean(word, values) or "dfrender plan --format json prints all values"
            self._problems.error(at, "undefined-name", _lower(sentence), hint)
        elif isinstance(error, RecursionError):
            message = "macros call each other without end"
            self._problems.error(at, "template-error", message, "let a condition end it")
        else:
            hint = "check what the names in it stand for here"
            self._problems.error(at, "template-error", _lower(sentence), hint)

    def _place(self, line: int, word: str = "") -> At:
        """Return the place of a word in the code of a line, else that of the code if there is but one piece."""
        text = "".join(self._lines[line - 1 : line])
        code = [match.start() for match in _CODE.finditer(text)]
        column = 0
        if word and code:
            column = text.find(word, code[0]) + 1
        if not column and len(code) == 1:
            column = code[0] + 1
        return At(self._file, line, column)


def _assigned(node: nodes.Node) -> str:
    """Return the name that a tag sets; empty for all other tags."""
    if isinstance(node, (nodes.Assign, nodes.AssignBlock)) and isinstance(node.target, nodes.Name):
        return node.target.name
    return ""


def _literal(node: nodes.Node) -> object:
    """Return what a tag sets a name to; raise `nodes.Impossible` where that takes more than reading."""
    if not isinstance(node, nodes.Assign) or not isinstance(node.node, nodes.Expr):
        raise nodes.Impossible
    value: object = node.node.as_const()
    return value


class _Written(str):
    """What a filter wrote; any operator or other filter makes ordinary text of it."""

    __slots__ = ()


def _marking(write: Callable[[object], str]) -> Callable[[object], str]:
    """Return the filter, its result marked as what may be printed."""

    def marking(value: object) -> str:
        if isinstance(value, Undefined):
            str(value)  # raises what Jinja says of the name
        return _Written(write(value))

    return marking


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", list: "a list", dict: "a mapping", type(None): "null"}
    if isinstance(value, str):
        return f"the text {value!r}"
    return kinds.get(type(value), "an object")


def _last_quoted(sentence: str) -> str:
    """Return the name that Jinja quotes last, which is the one that a sentence is about."""
    before, _, _ = sentence.rpartition("'")
    return before.rpartition("'")[2]


def _lower(sentence: str) -> str:
    """Return a sentence of Jinja as a message: no capital, no full stop."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
