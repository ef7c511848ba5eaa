"""Logical lines to a `Dockerfile`: its stages, arguments and references, as they are written. Syntax only.

What a name refers to is decided in `graph`. The only room that uses dockerfile-parse: it splits instruction and value.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO

from dockerfile_parse import DockerfileParser

from dfrender.diagnostics import did_you_mean
from dfrender.dockerfile import names, syntax
from dfrender.dockerfile.flags import check_flags
from dfrender.dockerfile.lexer import SPACES
from dfrender.dockerfile.model import Arg, Dockerfile, Instruction, Reference, ReferenceKind, Stage
from dfrender.dockerfile.scan import LogicalLine, Scanned, Segment, scan
from dfrender.dockerfile.statement import Statement
from dfrender.dockerfile.syntax import LexedWord
from dfrender.source import At, Line

_INSTRUCTIONS = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
JINJA_HINT = "Jinja is read in files whose names end in .j2 or .jinja only"
_UNKNOWN_IN_A_ROW = 3
_NO_TRIGGER = ("ONBUILD", "FROM", "MAINTAINER")
_TAKE_HEREDOCS = frozenset({"ADD", "COPY", "ONBUILD", "RUN"})
_HEREDOC = r"""<<-?\s*["']?[A-Za-z_]"""
_BLANK = r"[\t\v\f\r]"
_NOT_ASCII = r"[^ -~]"


def parse(lines: Sequence[Line], file: str) -> Dockerfile:
    """Read the lines of a Dockerfile; ``file`` is named where there is no line to name.

    Nothing is raised: ``problems`` has all that a builder would refuse about the structure.
    """
    scanned = scan(lines)
    reader = _Reader()
    for logical, keyword, start in _split(scanned.instructions):
        reader.read(Statement(scanned, logical, keyword, start))
    if not reader.stages:
        end = At(file, len(lines))
        hint = "a Dockerfile begins with a FROM instruction"
        scanned.problems.error(end, "no-stage", "there is no stage to build", hint)
    return reader.dockerfile(scanned)


def _split(instructions: Sequence[LogicalLine]) -> Iterator[tuple[LogicalLine, str, int]]:
    """Let dockerfile-parse split keyword and value; yield with each the offset at which the value begins.

    It is given one physical line an instruction, with an ``x`` for each character that it would take for the end of
    a line, for white space or for a continuation where BuildKit does not.
    """
    plain = []
    for logical in instructions:
        line = logical.text.strip(SPACES)
        if not line.isascii() or not line.isprintable():
            line = re.sub(_BLANK, " ", line)
            line = re.sub(_NOT_ASCII, "x", line)
        if line.endswith("\\"):
            line = f"{line[:-1]}x"
        plain.append(line)
    content = "\n".join(plain).encode()
    values: dict[int, str] = {}
    for found in DockerfileParser(fileobj=BytesIO(content)).structure:
        values[found["startline"]] = found["value"]
    for index, logical in enumerate(instructions):
        value = values.get(index, "")
        lead = syntax.skip_blanks(logical.text, 0)
        start = lead + len(plain[index]) - len(value)
        keyword = logical.text[lead:start].rstrip("\t\v\f\r ")
        yield logical, syntax.in_capitals(keyword), start


class _Reader:
    """What was read so far of a Dockerfile, instruction by instruction."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self.args: list[Arg] = []
        self.stages: list[Stage] = []
        self.references: list[Reference] = []
        self.overridden: list[Reference] = []
        self.sourceless: list[Reference] = []
        self.unknown: list[Statement] = []  # in a row, the last ones
        self.known: Statement | None = None  # the instruction above them

    def dockerfile(self, scanned: Scanned) -> Dockerfile:
        """Return all that was read."""
        self._report_unknown()
        instructions = tuple(self.instructions)
        args = tuple(self.args)
        stages = tuple(self.stages)
        references = tuple(self.references)
        overridden = tuple(self.overridden)
        sourceless = tuple(self.sourceless)
        problems = tuple(scanned.problems)
        return Dockerfile(
            lines=scanned.lines,
            directives=scanned.directives,
            escape=scanned.escape,
            top=scanned.top,
            instructions=instructions,
            args=args,
            stages=stages,
            references=references,
            overridden=overridden,
            sourceless=sourceless,
            problems=problems,
        )

    def read(self, statement: Statement) -> None:
        """Read an instruction of the file."""
        statement.stage = len(self.stages) - 1
        if statement.keyword == "FROM":
            statement.stage += 1
        self._check(statement)
        self.instructions.append(_instruction(statement))
        match statement.keyword:
            case "FROM":
                self._read_from(statement)
            case "ARG":
                self._read_args(statement)
            case "ONBUILD" if statement.stage >= 0:
                self._read_trigger(statement)
            case _:
                self._read_sources(statement)

    def _check(self, statement: Statement) -> None:
        """Report what is wrong with an instruction as such: its keyword, its place, its flags."""
        if statement.keyword not in _INSTRUCTIONS:
            self.unknown.append(statement)
            return
        self._report_unknown()
        self.known = statement
        if statement.stage < 0 and statement.keyword != "ARG":
            message = f"{statement.keyword} stands before the first FROM"
            statement.error(0, "instruction-before-from", message, "only ARG may stand there")
        check_flags(statement)

    def _report_unknown(self) -> None:
        """Report the unknown instructions in a row: text that is not a Dockerfile has hundreds.

        What would be the body of a heredoc is not reported line by line.
        """
        if self.unknown and self.known:
            hint = _heredoc_hint(self.known)
            if hint:
                _report_unknown(self.unknown[0], hint)
                self.unknown.clear()
        for statement in self.unknown[:_UNKNOWN_IN_A_ROW]:
            _report_unknown(statement)
        more = self.unknown[_UNKNOWN_IN_A_ROW:]
        if more:
            message = f"unknown instructions that follow in a row: {len(more)} more"
            more[0].error(0, "unknown-instruction", message, "is this a Dockerfile?")
        self.unknown.clear()

    def _read_from(self, statement: Statement) -> None:
        base, name = _from_words(statement)
        at = statement.at(0)
        segments: tuple[Segment, ...] = ()
        if name.text:
            at = statement.at(name.start)
            start, stop = name.span(0, len(name.text))
            segments = statement.logical.segments(start, stop)
            _check_stage_name(statement, name)
        platform = ""
        for flag in statement.flags:
            if not platform and flag.text.startswith("--platform="):
                platform = flag.text.removeprefix("--platform=")
        reference = statement.reference(ReferenceKind.FROM, base, 0, len(base.text))
        self.references.append(reference)
        stored_name = names.lower(name.text)
        first = statement.logical.first
        self.stages.append(Stage(statement.stage, stored_name, platform, reference, first, at, segments))

    def _read_args(self, statement: Statement) -> None:
        last = statement.logical.last
        words = syntax.quoted_words(statement.text, statement.arguments, statement.scanned.escape)
        if not words:
            hint = "write ARG NAME or ARG NAME=VALUE"
            statement.error(statement.arguments, "blank-arg-name", "ARG names nothing", hint)
        for word, offset in words:
            name, equals, value = word.partition("=")
            default = None
            if equals:
                default = value
            at = statement.at(offset)
            if not name:
                hint = "write NAME=VALUE without blanks around the ="
                statement.error(offset, "blank-arg-name", "there is no name before the =", hint)
            self.args.append(Arg(name, default, at, statement.stage, last))

    def _read_sources(self, statement: Statement) -> None:
        """Read what a ``COPY`` or a ``RUN`` takes files from."""
        if statement.stage < 0:
            return  # refused above: a reference belongs to a stage
        if statement.keyword == "COPY":
            self._read_copy(statement)
        elif statement.keyword == "RUN":
            self._read_mounts(statement)

    def _read_copy(self, statement: Statement) -> None:
        """Read the last ``--from``; an empty one means the build context."""
        source = None
        for flag in statement.flags:
            if flag.text.startswith("--from="):
                source = flag
        if source is None:
            return
        first = len("--from=")
        last = len(source.text)
        if first < last:
            reference = statement.reference(ReferenceKind.COPY, source, first, last)
            self.references.append(reference)

    def _read_mounts(self, statement: Statement) -> None:
        for flag in statement.flags:
            if flag.text.startswith("--mount="):
                self._read_mount(statement, flag)

    def _read_mount(self, statement: Statement, flag: LexedWord) -> None:
        """Read the last ``from`` of a mount, since that one wins."""
        source = None
        is_cache = False
        for option in syntax.mount_options(flag) or ():
            if option.key == "type":
                is_cache = option.value.lower() == "cache"
            elif option.key == "from":
                if source and source.value:
                    start, _ = flag.span(source.first, source.last)
                    self.overridden.append(statement.mention(ReferenceKind.MOUNT, source.value, start))
                source = option
        if source and source.value:
            self.references.append(statement.reference(ReferenceKind.MOUNT, flag, source.first, source.last))
        elif is_cache:
            self.sourceless.append(statement.mention(ReferenceKind.MOUNT, "scratch", flag.start))
        else:
            self.sourceless.append(statement.mention(ReferenceKind.MOUNT, "", flag.start))

    def _read_trigger(self, statement: Statement) -> None:
        """Read what ``ONBUILD`` stores for the stages that begin from this one."""
        start = statement.arguments
        keyword, behind = syntax.split_keyword(statement.text, start)
        if not keyword:
            hint = "write an instruction behind it"
            statement.error(start, "invalid-trigger", "ONBUILD has no instruction", hint)
        elif keyword in _NO_TRIGGER:
            hint = "write the instruction without ONBUILD"
            statement.error(start, "invalid-trigger", f"{keyword} cannot be a trigger", hint)
        else:
            stored = statement.trigger(keyword, behind)
            self._check(stored)
            self._read_sources(stored)


def _instruction(statement: Statement) -> Instruction:
    logical = statement.logical
    value = statement.text[statement.start :]
    flags = tuple(flag.text for flag in statement.flags)
    first, last = logical.first, logical.last
    return Instruction(statement.keyword, value, flags, logical.heredocs, first, last, statement.stage)


def _check_stage_name(statement: Statement, name: LexedWord) -> None:
    if not names.is_stage_name(name.text):
        message = f"{name.text!r} is not a stage name"
        hint = "a stage's name begins with a letter and holds letters, digits, '-', '_' and '.'"
        statement.error(name.start, "invalid-stage-name", message, hint)


def _heredoc_hint(statement: Statement) -> str:
    """Return what to write where an instruction seems to begin a heredoc and cannot; nothing where it does not."""
    keyword = statement.keyword
    value = statement.text[statement.start :]
    # nearly none has the sign, and the pattern takes 0.3 ms to compile
    if keyword in _TAKE_HEREDOCS or "<<" not in value or not re.search(_HEREDOC, value):
        return ""
    only = f"{keyword} takes no heredoc, only RUN, COPY and ADD do"
    if keyword in {"CMD", "ENTRYPOINT"}:
        return f'{only}: COPY <<"EOF" /run.sh makes a file, and {keyword} ["sh", "/run.sh"] runs it'
    return f"{only}: to continue the line above, end that one with {statement.scanned.escape}"


def _report_unknown(statement: Statement, hint: str = "") -> None:
    hint = hint or did_you_mean(statement.keyword, _INSTRUCTIONS)
    is_template = statement.at(0).file.endswith((".j2", ".jinja"))
    if statement.text.startswith(("{{", "{%", "{#")) and not is_template:
        hint = JINJA_HINT
    elif not hint and statement.onbuild:
        hint = "write an instruction behind ONBUILD"
    elif not hint:
        hint = f"to continue the line above, end that one with {statement.scanned.escape}"
    before = statement.text[: statement.start]
    begin = len(before.rstrip("\t\v\f\r ")) - len(statement.keyword)
    statement.error(begin, "unknown-instruction", f"there is no instruction {statement.keyword!r}", hint)


def _from_words(statement: Statement) -> tuple[LexedWord, LexedWord]:
    """Return what a ``FROM`` begins from and the name that it gives; an empty word for what is not there."""
    start = statement.arguments
    words = syntax.split_words(statement.text, start)
    nothing = LexedWord("", (), start, start)
    match [word.text.upper() for word in words]:
        case [_]:
            return words[0], nothing
        case [_, "AS", _]:
            return words[0], words[2]
    _report_invalid_from(statement, words)
    match [word.text.upper() for word in words]:
        case []:
            return nothing, nothing
        case [_, "AS", _, *_]:
            return words[0], words[2]
        case _:
            return words[0], nothing


def _report_invalid_from(statement: Statement, words: Sequence[LexedWord]) -> None:
    start = statement.arguments
    hint = "write FROM IMAGE or FROM IMAGE AS NAME"
    for word in reversed(words):
        if word.text.startswith("#"):
            hint = "a comment needs a line of its own"
            start = word.start
    if "{{" in statement.text:
        hint = JINJA_HINT
    message = f"FROM takes one word, or three with AS, not {len(words)}"
    statement.error(start, "invalid-from", message, hint)
