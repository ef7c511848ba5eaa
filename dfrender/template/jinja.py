"""The one owner of Jinja: the files of a template and its values to a rendering, or to diagnostics.

Nothing that a template does ends in a Python traceback, and no template reaches Python, the environment or other files.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from inspect import currentframe
from traceback import walk_stack, walk_tb
from types import CodeType, FrameType
from typing import NamedTuple

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateAssertionError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dfrender.diagnostics import DfrenderError, Diagnostic, refuse
from dfrender.source import At, line_end, split_lines
from dfrender.template import faults
from dfrender.template.files import Files
from dfrender.template.origins import Call, Tags
from dfrender.template.syntax import Kind, Source

RESERVED = frozenset({"stage", "profile"})
_MAY_ASSIGN = re.compile(r"\{%[-+]?\s*(?:set|for|macro|import|from|with|call)\b[^}]*\b(?:stage|profile)\b")


class Draft(NamedTuple):
    """A rendering.

    ``origins`` are the template lines by their numbers in the tags, ``tokens`` those of each file. Not ``complete``: it
    broke off.
    """

    text: str
    calls: Sequence[Call]
    origins: Sequence[At]
    tokens: Mapping[str, Sequence[Token]]
    complete: bool


def render(files: Files, values: Mapping[str, object], profile: str, elsewhere: Callable[[str], str]) -> Draft:
    """Render plainly; raises `DfrenderError` with all that is wrong up to where the template cannot go on."""
    run = _Run(files, profile)
    parts: list[str] = []
    try:
        parts.extend(run.parts(values))
    except Exception as error:
        raise DfrenderError([*run.problems, *run.diagnose(error, values, elsewhere)]) from error
    refuse(run.problems)
    return Draft("".join(parts), run.calls, run.origins, run.tokens, complete=True)


def render_tagged(files: Files, values: Mapping[str, object], profile: str, tags: Tags, plain: Draft) -> Draft:
    """Render with tags what was rendered plainly, as far as it goes: a template that looks at its own text may fail."""
    run = _Run(files, profile, tags, dict(plain.tokens))
    parts: list[str] = []
    complete = False
    with suppress(Exception):
        parts.extend(run.parts(values))
        complete = True
    return Draft("".join(parts), run.calls, run.origins, run.tokens, complete)


class _StageName(str):
    """What ``stage`` gives; any filter or operator makes ordinary text of it, which is then no print of the call."""

    __slots__ = ("number",)

    number: int


class _Run:
    """One rendering, plain or with tags, and what it notes on the way: nothing that a template could make a text of."""

    def __init__(
        self, files: Files, profile: str, tags: Tags | None = None, tokens: dict[str, Sequence[Token]] | None = None
    ) -> None:
        self.files = files
        self.profile = profile
        self.tags = tags
        self.tokens = tokens or {}
        self.codes, self.origins = files.compiled.setdefault(tags, ({}, []))
        self.calls: list[Call] = []
        self.problems: list[Diagnostic] = []

    def parts(self, values: Mapping[str, object]) -> Iterator[str]:
        """Compile and render; raises whatever the template does."""
        root = self.files.root
        environment = self._environment()
        code = environment.compile(root.text, root.file, root.file)
        template = Template.from_code(environment, code, environment.make_globals(None))
        return template.root_render_func(template.new_context(dict(values)))

    def _environment(self) -> Environment:
        environment = _Sandbox(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            newline_sequence=line_end(self.files.root.text),
            undefined=StrictUndefined,
            finalize=self.finalize,
            loader=FunctionLoader(self.load),
            auto_reload=False,
            optimized=False,  # what fails then fails while it is rendered, where its line is known
        )
        environment.filter_stream = self.filter_stream
        environment.codes = self.codes
        for name in faults.LEFT_OUT:
            environment.filters.pop(name, None)
            environment.globals.pop(name, None)
        environment.globals.update(stage=self.stage, profile=self.profile)
        return environment

    def load(self, name: str) -> tuple[str, str, None] | None:
        """Give Jinja the text of an include, and the name that its tracebacks show."""
        at = _here()
        source = self.files.include(name, faults.include_place(self.files.source(at.file), at.line, name))
        return (source.text, source.file, None) if source else None

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Give the tokens of a file with what this rendering has to know added to them."""
        source = self.files.source(stream.filename or "")
        if source.file not in self.tokens:  # else Jinja's lexer, which works while it is read, has nothing to do
            self.tokens[source.file] = list(_with_places(stream, source))
        tokens = self.tokens[source.file]
        return self._with_tags(tokens, source.file, self.tags) if self.tags else tokens

    def stage(self, *arguments: object, **named: object) -> str:
        """Be ``stage(name)`` to the template; `_with_places` has put the place of the call before the name."""
        match arguments:
            case ((str(file), int(line), int(column)), *given):
                at = At(file, line, column)
            case _:
                at, given = _here(), list(arguments)
        name = str(given[0]).lower() if len(given) == 1 else ""  # where the name is undefined, `str` says so
        if named or not name or not isinstance(given[0], str):
            self.problems.append(faults.stage_argument(at, given, named))
        result = _StageName(name)
        result.number = len(self.calls)
        self.calls.append(Call(name, at))
        return result

    @pass_context  # so that Jinja does not call it while it compiles, where no line of the template is at work
    def finalize(self, _context: Context, value: object) -> object:
        """Be given each value that is to be printed."""
        if isinstance(value, _StageName) and self.tags:
            return self.tags.call(value.number) + value
        if isinstance(value, (str, int, float, Undefined)) and not isinstance(value, bool):
            return value
        at = _here()
        self.problems.append(faults.printed(self.files.source(at.file), at.line, value))
        return ""

    def diagnose(
        self, error: Exception, values: Mapping[str, object], elsewhere: Callable[[str], str]
    ) -> Sequence[Diagnostic]:
        """Give the diagnostics of what ended a rendering, at the innermost line of a template."""
        if isinstance(error, DfrenderError):
            return error.diagnostics
        environment = self._environment()
        if isinstance(error, TemplateSyntaxError):
            file = error.filename or error.name or ""  # Jinja's lexer gives its file as the name
            source, known = self.files.source(file), {*environment.filters, *environment.tests}
            return [faults.syntax(source, error.lineno, error.message or "", known)]
        *_, at = At(self.files.root.file), *_places(walk_tb(error.__traceback__))
        source = self.files.source(at.file)
        if isinstance(error, TemplateNotFound):
            name = str(error.name)
            return [faults.not_found(source, at.line, name, self.files.names_near(name))]
        if isinstance(error, UndefinedError):
            known = {*values, *environment.globals, *self.files.defined()}
            return [faults.undefined(source, at.line, str(error), known, elsewhere)]
        return [faults.failed(source, at.line, error)]

    def _with_tags(self, tokens: Iterable[Token], file: str, tags: Tags) -> Iterator[Token]:
        """Begin each line of text, and each print, with a tag."""
        for token in tokens:
            if token.type == "data":
                text = enumerate(split_lines(token.value), token.lineno)
                yield token._replace(value="".join([self._tag(file, line, tags) + written for line, written in text]))
            else:
                if token.type == "variable_begin":
                    yield Token(token.lineno, "data", self._tag(file, token.lineno, tags))
                yield token

    def _tag(self, file: str, line: int, tags: Tags) -> str:
        self.origins.append(At(file, line))
        return tags.line(len(self.origins) - 1)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which a template cannot give dfrender's own names another meaning.

    ``filter_stream`` sees the tokens of each file, as that of an extension would; `jinja2.ext` takes 1 ms to import.
    """

    filter_stream: Callable[[TokenStream], Iterable[Token]]
    codes: dict[tuple[str, str], CodeType]

    def compile(  # type: ignore[override]  # Jinja's can also give the text of the code, which nobody asks for
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """Compile what was not compiled for an earlier profile: it takes half of the time of a rendering."""
        key = (filename or "", source)
        if key not in self.codes:
            self.codes[key] = super().compile(source, name, filename)
        return self.codes[key]

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        return TokenStream(self.filter_stream(super()._tokenize(source, name, filename, state)), name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for taken, line in _assigned(tree) if _MAY_ASSIGN.search(source) else ():
            if taken in RESERVED:
                message = f"{taken!r} is dfrender's own name"
                raise TemplateAssertionError(message, line, name, filename)
        return tree


def _assigned(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Give the names that a template gives a meaning, each with its line."""
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.FromImport):
            yield from ((name if isinstance(name, str) else name[1], node.lineno) for name in node.names)
        elif isinstance(node, nodes.Import):
            yield node.target, node.lineno
        elif isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx != "load"):
            yield node.name, node.lineno


def _with_places(tokens: Iterable[Token], source: Source) -> Iterator[Token]:
    """Turn each ``stage(`` into ``stage((file, line, column),``; a macro or a method of that name is left alone."""
    places = iter(_stage_words(source))
    before, call = Token(0, "initial", ""), None
    for token in tokens:
        yield token
        if call and token.type == "lparen":
            yield Token(token.lineno, "integer", call)  # type: ignore[arg-type]  # any literal, to Jinja's parser
            yield Token(token.lineno, "comma", ",")
        call = None
        if token.value == "stage" and token.type == "name":
            word = next(places, None)
            call = None if before.test_any("dot", "pipe", "name:macro") else word
        before = token


def _stage_words(source: Source) -> list[tuple[str | int, ...]]:
    """Give the places of the word in a file's code, as code: the text of a named tuple would show its class."""
    code = [piece for piece in source.pieces if piece.kind in {Kind.PRINT, Kind.BLOCK}]
    words = (offset for piece in code for offset, word in source.words(piece) if word == "stage")
    return [tuple(source.at(offset)) for offset in words]


def _here() -> At:
    """Give the line of a template that is at work."""
    return next(_places(walk_stack(currentframe())))


def _places(frames: Iterable[tuple[FrameType, int]]) -> Iterator[At]:
    """Give the lines of templates among the frames of Python."""
    for frame, line in frames:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            yield At(template.filename or "", template.get_corresponding_lineno(line))
