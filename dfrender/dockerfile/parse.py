"""LogicalLine lines to a `Dockerfile`: its stages, arguments and references, as they are written. Syntax only.

What a name refers to is decided in `graph`. The only room that uses dockerfile-parse: it splits instruction and value.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

from dockerfile_parse import DockerfileParser

from dfrender.diagnostics import Diagnostic, did_you_mean
from dfrender.dockerfile import flags, names, syntax
from dfrender.dockerfile.expand import SPACES
from dfrender.dockerfile.model import Arg, Dockerfile, Instruction, Reference, ReferenceKind, Stage
from dfrender.dockerfile.scan import LogicalLine, scan
from dfrender.dockerfile.syntax import LexedWord
from dfrender.source import At, Line

_INSTRUCTIONS = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
JINJA_HINT = "Jinja is read in files whose names end in .j2 or .jinja only"
_NO_TRIGGER = ("ONBUILD", "FROM", "MAINTAINER")
_BLANK = re.compile(r"[\t\v\f\r]")
_NOT_ASCII = re.compile(r"[^ -~]")
_FROM_WORDS = (1, 3)


class _Found(NamedTuple):
    """What was read so far."""

    instructions: list[Instruction]
    args: list[Arg]
    stages: list[Stage]
    references: list[Reference]
    problems: list[Diagnostic]


class _Statement(NamedTuple):
    """One instruction while it is read; its value begins at ``start`` of the logical line's text."""

    lines: tuple[Line, ...]
    escape: str
    logical: LogicalLine
    keyword: str
    start: int
    stage: int
    onbuild: bool = False

    def at(self, offset: int) -> At:
        line, column = self.logical.locate(offset)
        return self.lines[line].locate(column)

    def problem(self, offset: int, code: str, message: str, hint: str = "") -> Diagnostic:
        return Diagnostic(self.at(offset), code, message, hint=hint)

    def reference(self, kind: ReferenceKind, word: LexedWord, first: int, last: int) -> Reference:
        text, (start, stop) = self.logical.text, word.span(first, last)
        before, behind = (syntax.open_quote(text, word.start, offset, self.escape) for offset in (start, stop))
        quotes = "" if before == behind or kind is ReferenceKind.FROM else before + behind
        segments = self.logical.segments(start, stop)
        return Reference(kind, word.text[first:last], segments, self.at(start), self.stage, quotes, self.onbuild)


def parse(lines: Sequence[Line], file: str) -> Dockerfile:
    """Read the lines of a Dockerfile; ``file`` is named where there is no line to name.

    Nothing is raised: ``problems`` has all that a builder would refuse about the structure.
    """
    lines = tuple(lines)
    scanned = scan(lines)
    found = _Found([], [], [], [], list(scanned.problems))
    for logical, keyword, start in _split(scanned.instructions):
        stage = len(found.stages) - (keyword != "FROM")
        _read(_Statement(lines, scanned.escape, logical, keyword, start, stage), found)
    if not found.stages:
        hint = "a Dockerfile begins with a FROM instruction"
        found.problems.append(Diagnostic(At(file, len(lines)), "no-stage", "there is no stage to build", hint=hint))
    return Dockerfile(
        lines,
        scanned.directives,
        scanned.escape,
        scanned.top,
        tuple(found.instructions),
        tuple(found.args),
        tuple(found.stages),
        tuple(found.references),
        tuple(found.problems),
    )


def _split(instructions: Sequence[LogicalLine]) -> Iterator[tuple[LogicalLine, str, int]]:
    """Let dockerfile-parse split keyword and value; give with each the offset at which the value begins.

    It is given one physical line an instruction, with an ``x`` for each character that it would take for the end of
    a line, for white space or for a continuation where BuildKit does not.
    """
    plain = [_NOT_ASCII.sub("x", _BLANK.sub(" ", each.text.strip(SPACES))) for each in instructions]
    plain = [f"{line[:-1]}x" if line.endswith("\\") else line for line in plain]
    structure = DockerfileParser(fileobj=BytesIO("\n".join(plain).encode())).structure
    values: dict[int, str] = {each["startline"]: each["value"] for each in structure}
    for index, logical in enumerate(instructions):
        lead = syntax.skip_blanks(logical.text, 0)
        stop = lead + len(plain[index])
        start = stop - len(values.get(index, ""))
        yield logical, logical.text[lead:start].rstrip("\t\v\f\r ").upper(), start


def _read(statement: _Statement, found: _Found) -> None:
    text, keyword, logical = statement.logical.text, statement.keyword, statement.logical
    words, start = syntax.split_flags(text, statement.start, statement.escape)
    if keyword not in _INSTRUCTIONS:
        hint = did_you_mean(keyword, _INSTRUCTIONS)
        above = "" if statement.onbuild else f"to continue the line above, end that one with {statement.escape}"
        hint = hint or above or "write an instruction behind ONBUILD"
        begin = len(text[: statement.start].rstrip("\t\v\f\r ")) - len(keyword)
        message = f"there is no instruction {keyword!r}"
        found.problems.append(statement.problem(begin, "unknown-instruction", message, hint))
    elif statement.stage < 0 and keyword != "ARG":
        message = f"{keyword} stands before the first FROM"
        found.problems.append(statement.problem(0, "instruction-before-from", message, "only ARG may stand there"))
    found.problems.extend(flags.check(keyword, words, statement.at))
    if not statement.onbuild:
        names_of_flags = tuple(word.text for word in words)
        where = (logical.first, logical.last, statement.stage)
        found.instructions.append(
            Instruction(keyword, text[statement.start :], names_of_flags, logical.heredocs, *where)
        )
    match keyword:
        case "FROM":
            _read_from(statement, words, start, found)
        case "ARG" if not statement.onbuild:
            found.args.extend(_args(statement, start))
        case _ if statement.stage < 0:
            return  # refused above: a reference belongs to a stage
        case "COPY":
            found.references.extend(_copy(statement, words))
        case "RUN":
            found.references.extend(_mounts(statement, words))
        case "ONBUILD":
            _read_trigger(statement, start, found)


def _read_from(statement: _Statement, words: Sequence[LexedWord], start: int, found: _Found) -> None:
    arguments = syntax.split_words(statement.logical.text, start)
    has_name = len(arguments) > 1 and arguments[1].text.upper() == "AS"
    if len(arguments) not in _FROM_WORDS or has_name != (len(arguments) > 1):
        comment = next((word for word in arguments if word.text.startswith("#")), None)
        hint = "a comment needs a line of its own" if comment else "write FROM IMAGE or FROM IMAGE AS NAME"
        hint = JINJA_HINT if "{{" in statement.logical.text else hint
        message = f"FROM takes one word, or three with AS, not {len(arguments)}"
        found.problems.append(statement.problem(comment.start if comment else start, "invalid-from", message, hint))
    base = arguments[0] if arguments else syntax.LexedWord("", (), start, start)
    name = arguments[2] if has_name and len(arguments) > 2 else syntax.LexedWord("", (), start, start)  # noqa: PLR2004
    if name.text and not names.is_stage_name(name.text):
        hint = "a stage's name begins with a letter and holds letters, digits, '-', '_' and '.'"
        message = f"{name.text!r} is no stage name"
        found.problems.append(statement.problem(name.start, "invalid-stage-name", message, hint))
    platform = next((word.text.partition("=")[2] for word in words if word.text.startswith("--platform=")), "")
    reference = statement.reference(ReferenceKind.FROM, base, 0, len(base.text))
    at = statement.at(name.start if name.text else 0)
    found.references.append(reference)
    found.stages.append(Stage(statement.stage, name.text.lower(), platform, reference, statement.logical.first, at))


def _args(statement: _Statement, start: int) -> Iterator[Arg]:
    for word, offset in syntax.quoted_words(statement.logical.text, start, statement.escape):
        name, equals, default = word.partition("=")
        place = (statement.at(offset), statement.stage, statement.logical.last)
        yield Arg(name, default if equals else None, *place)


def _copy(statement: _Statement, words: Sequence[LexedWord]) -> Iterator[Reference]:
    """Give the reference of ``COPY --from``; an empty one means the build context."""
    found = [word for word in words if word.text.startswith("--from=")]
    for word in found[-1:]:
        if len(word.text) > len("--from="):
            yield statement.reference(ReferenceKind.COPY, word, len("--from="), len(word.text))


def _mounts(statement: _Statement, words: Sequence[LexedWord]) -> Iterator[Reference]:
    """Give the reference of each ``--mount``: its last ``from``, since that one wins."""
    for word in words:
        options = syntax.mount_options(word) if word.text.startswith("--mount=") else []
        sources = [option for option in options or () if option.key == "from"]
        for option in sources[-1:]:
            if option.value:
                yield statement.reference(ReferenceKind.MOUNT, word, option.first, option.last)


def _read_trigger(statement: _Statement, start: int, found: _Found) -> None:
    """Read what ``ONBUILD`` stores for the stages that begin from this one."""
    keyword, behind = syntax.split_keyword(statement.logical.text, start)
    trigger = (statement.lines, statement.escape, statement.logical, keyword, behind, statement.stage, True)
    if not keyword or keyword in _NO_TRIGGER:
        message = f"{keyword} cannot be a trigger" if keyword else "ONBUILD has no instruction"
        hint = "write the instruction without ONBUILD" if keyword else "write an instruction behind it"
        found.problems.append(statement.problem(start, "invalid-trigger", message, hint))
    else:
        _read(_Statement(*trigger), found)
