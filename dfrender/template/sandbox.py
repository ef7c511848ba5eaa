"""Jinja's sandbox as dfrender uses it: no template reaches Python, the environment, or files that it is not given."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from types import CodeType
from typing import TypeAlias

from jinja2 import StrictUndefined, TemplateAssertionError, nodes
from jinja2.lexer import Token, TokenStream
from jinja2.loaders import FunctionLoader
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dfrender.diagnostics import DfrenderError
from dfrender.source import line_end
from dfrender.template.files import Files
from dfrender.template.syntax import Source

Codes: TypeAlias = MutableMapping[tuple[str, str], CodeType]
"""What was compiled, by the name and the text of a file."""

MISSING = "\0"
"""Begins what Jinja is told of a file that is not there: no file has such a name."""

Load: TypeAlias = Callable[[str], tuple[str, str, None] | None]
Finalize: TypeAlias = Callable[[Context, object], object]
Delimiters: TypeAlias = tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
"""What begins and ends a block, a print and a comment."""

_JINJA: Delimiters = (("{%", "%}"), ("{{", "}}"), ("{#", "#}"))
RESERVED = frozenset({"stage", "profile"})
_ASSIGNING = frozenset({"set", "for", "macro", "import", "from", "with", "call"})

NOT_DETERMINED = "left out of dfrender's Jinja: its result is another one each time"
_FOR_HTML = "left out of dfrender's Jinja: it is made for HTML"
LEFT_OUT = {
    "lipsum": NOT_DETERMINED,
    "random": NOT_DETERMINED,
    "pprint": "left out of dfrender's Jinja: it writes Python",
    **dict.fromkeys(("e", "escape", "forceescape", "safe", "striptags", "urlize", "xmlattr"), _FOR_HTML),
}
"""Filters and functions of Jinja that a template does not have, and why."""


class StrictSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with what holds for every template: nothing undefined is printed, and all of its text is kept."""

    def __init__(self, load: Load, finalize: Finalize, newline: str = "\n", delimiters: Delimiters = _JINJA) -> None:
        """Begin with Jinja's own names, but for those that have no use in a Dockerfile."""
        block, variable, comment = delimiters
        super().__init__(
            block_start_string=block[0],
            block_end_string=block[1],
            variable_start_string=variable[0],
            variable_end_string=variable[1],
            comment_start_string=comment[0],
            comment_end_string=comment[1],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            newline_sequence=newline,
            undefined=StrictUndefined,
            finalize=finalize,
            loader=FunctionLoader(load),
            auto_reload=False,
            optimized=False,  # what fails then fails while it is rendered, where its line is known
        )
        for name in LEFT_OUT:
            self.filters.pop(name, None)
            self.globals.pop(name, None)


class Sandbox(StrictSandbox):
    """The sandbox of Dockerfiles, in which a template cannot give dfrender's own names another meaning.

    ``include`` returns what a file includes by a name. ``filter_stream`` sees the tokens of each file, as that of an
    extension would; `jinja2.ext` takes 1 ms to import.
    """

    def __init__(
        self,
        files: Files,
        codes: Codes,
        *,
        include: Callable[[str, str], Source | None],
        finalize: Finalize,
        filter_stream: Callable[[TokenStream], Iterable[Token]],
    ) -> None:
        """Keep what was compiled for the next rendering."""
        super().__init__(self._text, finalize, line_end(files.root.text))
        self.files = files
        self.codes = codes
        self.include = include
        self.filter_stream = filter_stream

    def join_path(self, template: str, parent: str) -> str:
        """Return the name that an included file goes by, for Jinja and in its tracebacks."""
        source = self.include(str(template), parent)
        if source is None:
            return f"{MISSING}{template}"
        return source.file

    def _text(self, file: str) -> tuple[str, str, None] | None:
        if file.startswith(MISSING):
            return None
        source = self.files.source(file)
        return source.text, source.file, None

    def compile(  # type: ignore[override]  # Jinja's can also return the text of the code, which nobody asks for
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """Compile what was not compiled for an earlier profile: it takes half of the time of a rendering."""
        key = (filename or "", source)
        code = self.codes.get(key)
        if code is None:
            try:
                code = super().compile(source, name, filename)
            except (RecursionError, MemoryError, SyntaxError) as error:  # of Python: Jinja has its own class for syntax
                file = self.files.source(filename or "")
                raise _too_deep(file) from error
            self.codes[key] = code
        return code

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        stream = super()._tokenize(source, name, filename, state)
        return TokenStream(self.filter_stream(stream), name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        file = self.files.source(filename or "")
        assigned = _assigned(tree) if _may_assign(file) else ()
        for taken, line in assigned:
            if taken in RESERVED:
                message = f"{taken!r} is dfrender's own name"
                raise TemplateAssertionError(message, line, name, filename)
        return tree


def _too_deep(source: Source) -> DfrenderError:
    """Return the error of a file that Jinja or Python cannot compile, at the tag that is the likeliest to be why."""
    at = source.at(source.deepest().start)
    message = "tags, brackets or operators are nested too deeply, or too many stand in one chain"
    hint = "take it apart: put parts of it into {% set %} or into an include"
    return DfrenderError.of(at, "template-error", message, hint)


def _may_assign(source: Source) -> bool:
    """Say whether a tag that gives names a meaning holds a reserved one; it spares most templates a walk."""
    for segment in source.segments:
        if source.tag(segment) in _ASSIGNING:
            words = {word for _, word in source.words(segment)}
            if words & RESERVED:
                return True
    return False


def _assigned(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Yield the names that a template gives a meaning, each with its line."""
    kinds = (nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)
    for node in tree.find_all(kinds):
        if isinstance(node, nodes.FromImport):
            for name in node.names:
                target = name if isinstance(name, str) else name[1]
                yield target, node.lineno
        elif isinstance(node, nodes.Import):
            yield node.target, node.lineno
        elif isinstance(node, nodes.Macro) or node.ctx != "load":  # type: ignore[attr-defined]  # a name has one
            yield node.name, node.lineno  # type: ignore[attr-defined]  # and both have a name
