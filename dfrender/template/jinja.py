"""The files of a template and what it is given to rendered lines and the calls of ``stage`` in them, or to problems.

Nothing that a template does ends in a Python traceback.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn, TypeAlias, cast

from jinja2 import (
    Template,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    pass_context,
)
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context

from dfrender.diagnostics import DfrenderError, Problems
from dfrender.source import At, Line, encode, split_lines
from dfrender.template import origins, printed
from dfrender.template.files import Files
from dfrender.template.frames import Frames
from dfrender.template.looking import is_looking, opens_block, texts_in
from dfrender.template.origins import Call, StageCall, Tagged, Tags
from dfrender.template.sandbox import MISSING, Codes, Sandbox
from dfrender.template.syntax import CodeLine, Source

MOST_BYTES = 16 * 1024 * 1024
"""A rendering is at most so large; Dockerfiles are a thousandth of it."""

_MOST_BY_TAGS = (
    16  # a tag has up to 33 bytes, and a line or a print, which are rarely shorter than 3, may begin with one
)


class Variables(NamedTuple):
    """What a template is given: the profile's values and name.

    ``elsewhere`` says where a name is set that these values lack.
    """

    values: Mapping[str, object]
    profile: str
    elsewhere: Callable[[str], str]


Compiled: TypeAlias = dict[Tags | None, tuple[Codes, list[At], set[str]]]
"""What one rendering leaves for the next, by the tags in it.

That is code, the template lines that its tags count, and the files that may look at what they render.
"""


def render(files: Files, variables: Variables, compiled: Compiled) -> tuple[tuple[Line, ...], tuple[StageCall, ...]]:
    """Render with tags that say where lines come from: what is left without them is the text.

    Where a template may look at what it rendered, tags might change that, and it is rendered twice: the plain text
    counts. Raise `DfrenderError` with all that is wrong up to where the template cannot go on.
    """
    made = None
    if not opens_block(files.root):
        made = _rendered_once(files, variables, compiled)
    if made is None:
        made = _rendered_twice(files, variables, compiled)
    texts, run, tagged, tagged_lines = made
    aligned = origins.align(texts, tagged_lines, complete=tagged.is_complete)
    lines = tuple(origins.lines(texts, aligned, tagged.origins, files))
    problems = Problems()
    printed.report_printed_objects(lines, run.code_line, problems)
    problems.refuse()
    calls = origins.locate(run.calls, tagged.calls, texts, aligned)
    return lines, tuple(calls)


class _Made(NamedTuple):
    """The lines of a rendering, the run that made them, and one with tags, which may be the same, with its lines."""

    texts: Sequence[str]
    run: "_Run"
    tagged: "_Run"
    tagged_lines: Sequence[Tagged]


def _rendered_once(files: Files, variables: Variables, compiled: Compiled) -> _Made | None:
    """Render with tags alone; None where that may come to another text, or to a problem."""
    tags = origins.rare_tags([*files.texts(), *texts_in(variables.values)])
    run = _Run(files, variables, compiled, tags)
    with suppress(Exception):  # without tags it is shown what is wrong
        run.write(MOST_BYTES)
    if not run.is_complete or run.problems or run.is_looking:
        return None
    tagged_lines = tags.take_out(run.text)
    text = "".join([each.text for each in tagged_lines])
    if not tags.are_unused([text, *files.texts()]):
        return None
    return _Made(split_lines(text), run, run, tagged_lines)


def _rendered_twice(files: Files, variables: Variables, compiled: Compiled) -> _Made:
    """Render plainly and with tags."""
    plain = _Run(files, variables, compiled)
    try:
        plain.write(MOST_BYTES)
    except Exception as error:  # noqa: BLE001 - whatever a template raises is a problem of its author
        plain.diagnose(error)
    plain.problems.refuse()
    tags = origins.unused_tags([plain.text, *files.texts()])
    tagged = _Run(files, variables, compiled, tags, plain.tokens)
    with suppress(Exception):  # it may look at its own text; what is known up to there is enough
        tagged.write(MOST_BYTES * _MOST_BY_TAGS)
    tagged_lines = tags.take_out(tagged.text)
    return _Made(split_lines(plain.text), plain, tagged, tagged_lines)


_PRINTED = (str, int, float, Undefined)


class _StageName(str):
    """What ``stage`` returns; any filter or operator makes ordinary text of it, which is then no print of the call."""

    __slots__ = ("number",)

    number: int


class _TooLargeError(Exception):
    """More was rendered than is sensible."""


class _FailError(Exception):
    """The template itself refuses to be rendered."""


class _NotTextError(Exception):
    """A block gave something else than text."""


class _Run:
    """One rendering, plain or with tags, and what it notes on the way: nothing that a template could make a text of.

    ``origins`` are the template lines by their numbers in the tags, ``tokens`` those of each file. Not ``is_complete``:
    it broke off.
    """

    def __init__(
        self,
        files: Files,
        variables: Variables,
        compiled: Compiled,
        tags: Tags | None = None,
        tokens: Mapping[str, Sequence[Token]] | None = None,
    ) -> None:
        self.files = files
        self.variables = variables
        self.tags = tags
        self.tokens = dict(tokens or {})
        codes, self.origins, self.looking = compiled.setdefault(tags, ({}, [], set()))
        self.included: dict[tuple[str, str], Source | None] = {}
        self.calls: list[Call] = []
        self.problems = Problems()
        self.frames = Frames()
        self.lines: dict[tuple[str, int], CodeLine] = {}
        self.parts: list[str] = []
        self.is_complete = False
        self.environment = Sandbox(
            files, codes, include=self.include, finalize=self.finalize, filter_stream=self.filter_stream
        )
        self.functions = {id(value): name for name, value in self.environment.globals.items()}
        self.environment.globals.update(stage=self.stage, fail=self.fail, profile=variables.profile)

    @property
    def text(self) -> str:
        """Return what was rendered so far."""
        return "".join(self.parts)

    @property
    def is_looking(self) -> bool:
        """Say whether one of the files may look at what it renders."""
        return not self.looking.isdisjoint(self.files.names())

    def write(self, most: int) -> None:
        """Compile and render; raise whatever the template does, and what its parts are refused for, at its line."""
        generator = self._start()
        size = 0
        for part in generator:
            try:
                size += _bytes_in(part)
            except (_NotTextError, UnicodeEncodeError) as error:
                generator.throw(error)
            if size > most:
                generator.throw(_TooLargeError())
            self.parts.append(part)
        self.is_complete = True

    def _start(self) -> Generator[str, None, None]:
        environment = self.environment
        root = self.files.root
        code = environment.compile(root.text, root.file, root.file)
        names = environment.make_globals(None)
        template = Template.from_code(environment, code, names)
        context = template.new_context(dict(self.variables.values))
        return cast("Generator[str, None, None]", template.root_render_func(context))

    def include(self, name: str, parent: str) -> Source | None:
        """Return what a file includes by a name, None if it is not there."""
        asked = (name, parent)
        if asked not in self.included:
            line = self.code_line(self.frames.here())
            at = line.place_of_include(name)
            self.included[asked] = self.files.include(name, parent, at)
        return self.included[asked]

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Return the tokens of a file with what this rendering has to know added to them."""
        source = self.files.source(stream.filename or "")
        if source.file not in self.tokens:  # else Jinja's lexer, which works while it is read, has nothing to do
            try:
                self.tokens[source.file] = list(_with_places(stream, source))
            except ValueError as error:  # Python does not read such a number, and Jinja does not say where it is
                line = stream.current.lineno
                raise TemplateSyntaxError("A number has too many digits", line, filename=source.file) from error
            if is_looking(self.tokens[source.file]):
                self.looking.add(source.file)
        tokens = self.tokens[source.file]
        if self.tags is None:
            return tokens
        return self._with_tags(tokens, source.file, self.tags)

    def stage(self, *arguments: object, **named: object) -> str:
        """Be ``stage(name)`` to the template; `_with_places` has put the place of the call before the name."""
        match arguments:
            # called by another name, it may be given a place by the template: of no file that is not its own
            case ((str(file), int(line), int(column)), *given) if self.files.holds(file):
                at = At(file, line, column)
            case _:
                at = self.frames.here()
                given = list(arguments)
        name = ""
        if len(given) == 1:
            name = str(given[0]).lower()  # where the name is undefined, `str` says so
        if named or not name or not isinstance(given[0], str):
            printed.report_stage_argument(at, given, named, self.problems)
        result = _StageName(name)
        result.number = len(self.calls)
        self.calls.append(Call(name, at))
        return result

    def fail(self, *words: object) -> NoReturn:
        """Be ``fail(message)`` to the template."""
        raise _FailError(" ".join(map(str, words)))

    @pass_context  # so that Jinja does not call it while it compiles, where no line of the template is at work
    def finalize(self, _context: Context, value: object) -> object:
        """Return what is printed for a value: text, numbers, and what Jinja refuses by itself."""
        if isinstance(value, _StageName) and self.tags:
            return self.tags.call(value.number) + value
        if isinstance(value, _PRINTED) and not isinstance(value, bool):
            return value
        line = self.code_line(self.frames.here())
        name = self.functions.get(id(value))
        if name:
            printed.report_function(line, name, self.variables.elsewhere, self.problems)
        else:
            printed.report_printed(line, value, self.problems)
        return ""

    def diagnose(self, error: Exception) -> None:
        """Report what ended a rendering, at the innermost line of a template."""
        from dfrender.template import faults  # 1 ms, which only a template with mistakes needs

        if isinstance(error, DfrenderError):
            self.problems.add(error)
            return
        if isinstance(error, TemplateSyntaxError):
            file = error.filename or error.name or ""  # Jinja's lexer has its file as the name
            line = self.code_line(At(file, error.lineno))
            faults.report_syntax(line, error.message or "", self._filters(), self.problems)
            return
        at = self.frames.innermost(error.__traceback__, At(self.files.root.file))
        line = self.code_line(at)
        if isinstance(error, _FailError):
            faults.report_fail(line, str(error), self.problems)
        elif isinstance(error, _TooLargeError):
            faults.report_too_large(line, MOST_BYTES, self.problems)
        elif isinstance(error, _NotTextError):
            faults.report_not_text(line, self.problems)
        elif isinstance(error, TemplateNotFound):
            name = str(error.name).removeprefix(MISSING)
            near = self.files.names_near(name, at.file)
            faults.report_not_found(line, name, near, self.problems)
        elif isinstance(error, UndefinedError):
            known = self.files.defined() | self.environment.globals.keys()
            known |= self.variables.values.keys()
            known.discard("fail")  # it is like too many names
            faults.report_undefined(line, str(error), known, self.variables.elsewhere, self.problems)
        elif isinstance(error, TemplateRuntimeError) and str(error).startswith(faults.UNKNOWN):
            # Jinja looks for filters and tests in a condition only when it is there
            faults.report_syntax(line, str(error), self._filters(), self.problems)
        else:
            faults.report_failure(line, error, self.problems)

    def _filters(self) -> Iterable[str]:
        return self.environment.filters.keys() | self.environment.tests.keys()

    def code_line(self, at: At) -> CodeLine:
        """Return the line of a template at a place."""
        place = (at.file, at.line)
        if place not in self.lines:
            source = self.files.source(at.file)
            self.lines[place] = CodeLine(source, at.line)
        return self.lines[place]

    def _with_tags(self, tokens: Iterable[Token], file: str, tags: Tags) -> Iterator[Token]:
        """Begin each line of text, and each print, with a tag."""
        for token in tokens:
            line = token.lineno
            if token.type == "data":
                written: list[str] = []
                for text in split_lines(token.value):
                    written.append(self._tag(file, line, tags))
                    written.append(text)
                    line += 1
                yield Token(token.lineno, "data", "".join(written))
                continue
            if token.type == "variable_begin":
                tag = self._tag(file, line, tags)
                yield Token(line, "data", tag)
            yield token

    def _tag(self, file: str, line: int, tags: Tags) -> str:
        number = len(self.origins)
        self.origins.append(At(file, line))
        return tags.line(number)


def _bytes_in(part: object) -> int:
    if not isinstance(part, str):
        raise _NotTextError
    if part.isascii():
        return len(part)
    return len(encode(part))


def _with_places(tokens: Iterable[Token], source: Source) -> Iterator[Token]:
    """Turn each ``stage(`` into ``stage((file, line, column),``; a macro or a method of that name is left alone."""
    places = iter(_stage_words(source))
    before = Token(0, "initial", "")
    call: tuple[str | int, ...] | None = None
    for token in tokens:
        yield token
        if call and token.type == "lparen":
            yield Token(token.lineno, "integer", call)  # type: ignore[arg-type]  # any literal, to Jinja's parser
            yield Token(token.lineno, "comma", ",")
        call = None
        if token.type == "name" and token.value == "stage":
            place = next(places, None)
            if not before.test_any("dot", "pipe", "name:macro"):
                call = place
        before = token


def _stage_words(source: Source) -> list[tuple[str | int, ...]]:
    """Return the places of the word in a file's code, as code: the text of a named tuple would show its class."""
    found: list[tuple[str | int, ...]] = []
    for segment in source.segments:
        if segment.is_code:
            for offset, word in source.words(segment):
                if word == "stage":
                    found.append(tuple(source.at(offset)))
    return found
