"""Dockerfile texts to what a reader makes of them, in one form for dfrender and for two parsers by others.

``e2b-dockerfile-utils`` is a port of BuildKit's parser of 2026, PyPI's ``dockerfile`` is BuildKit 0.12 itself. Where
either is known to differ from BuildKit of today, and from dfrender, stands in `differences`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from e2b_dockerfile_utils import DockerfileSyntaxError, parse_dockerfile_ast

from dfrender.diagnostics import Severity
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.parse import parse
from dfrender.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dfrender.dockerfile.model import Instruction

try:
    import dockerfile as go_dockerfile
except ImportError:  # there is no wheel for every platform
    go_dockerfile = None

GO_IS_HERE = go_dockerfile is not None

_REFUSALS = {
    "unterminated heredoc": "unterminated-heredoc",
    "unknown instruction": "unknown-instruction",
    "parser directive can be used": "duplicate-directive",
    "invalid escape token": "invalid-escape-directive",
}
_SAME_TO_BUILDERS = {"heredoc-lookalike": "unterminated-heredoc"}
_CSV = re.compile(r'(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*')
_CSV_FIELD = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^",]*)')


@dataclass(frozen=True, slots=True)
class Read:
    """One instruction as a reader gives it.

    ``keyword`` is in capitals, ``first`` and ``last`` count from 1, ``words`` are those of an ``ARG`` and of a correct
    ``FROM`` (the stage's name in lower case), ``sources`` what ``--from`` and mounts name. Of an ``ONBUILD`` no reader
    but dfrender gives the heredocs' names.
    """

    keyword: str
    first: int
    last: int
    flags: tuple[str, ...]
    heredocs: tuple[str, ...]
    words: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The text is no Dockerfile: the rule, as dfrender names it, and the line; 0 where the reader names none."""

    code: str
    line: int = 0


Reading: TypeAlias = "tuple[Read, ...] | Refused"


class NotComparableError(Exception):
    """The reader refuses the text for what is none of dfrender's business (``ENV`` without a value)."""


def read(text: str) -> Dockerfile:
    """Read a text with dfrender."""
    return parse(lines_of(text, "Dockerfile"), "Dockerfile")


def ours(text: str, *, unknown_instructions: bool = True) -> Reading:
    """Read with dfrender; where there are several problems, a builder reports the first.

    ``unknown_instructions``: these are a problem.
    """
    dockerfile = read(text)
    refusals = sorted(_refusals(dockerfile), key=lambda each: each.line)
    if not unknown_instructions:
        refusals = [each for each in refusals if each.code != "unknown-instruction"]
    return refusals[0] if refusals else tuple(_ours(dockerfile, each) for each in dockerfile.instructions)


def _refusals(dockerfile: Dockerfile) -> Iterator[Refused]:
    """Give what builders refuse, with the first line of the instruction; triggers are read when they run."""
    for problem in dockerfile.problems:
        code = _SAME_TO_BUILDERS.get(problem.code, problem.code)
        place = next((each for each in dockerfile.instructions if each.first < problem.at.line <= each.last + 1), None)
        trigger = place is not None and place.keyword == "ONBUILD" and code == "unknown-instruction"
        if problem.severity is Severity.ERROR and code in _REFUSALS.values() and not trigger:
            yield Refused(code, place.first + 1 if place else problem.at.line)


def _ours(dockerfile: Dockerfile, each: Instruction) -> Read:
    def within(line: int) -> bool:
        return each.first <= line <= each.last

    stage = next((stage for stage in dockerfile.stages if stage.first == each.first), None)
    broken = any(problem.code == "invalid-from" and within(problem.at.line - 1) for problem in dockerfile.problems)
    words = [] if not stage or broken else [stage.base.text, *([stage.name] if stage.name else [])]
    words += [
        arg.name if arg.default is None else f"{arg.name}={arg.default}"
        for arg in dockerfile.args
        if within(arg.at.line - 1)
    ]
    sources = [
        reference.text
        for reference in dockerfile.references
        if within(reference.segments[0].line if reference.segments else -1) and each.keyword in {"COPY", "RUN"}
    ]
    if each.stage < 0:  # what stands before the first FROM is refused, and refers to nothing
        sources = list(_sources(each.keyword, each.flags))
    heredocs = () if each.keyword == "ONBUILD" else each.heredocs
    return Read(each.keyword, each.first + 1, each.last + 1, each.flags, heredocs, tuple(words), tuple(sources))


def e2b(text: str) -> Reading:
    """Read with ``e2b-dockerfile-utils``."""
    try:
        ast = parse_dockerfile_ast(text)
    except DockerfileSyntaxError as error:
        return Refused(_refusal(str(error)), error.line or 0)
    return tuple(
        _theirs(each.name, (each.start_line, each.end_line), each.flags, [doc.name for doc in each.heredocs], each.args)
        for each in ast.instructions
    )


def go(text: str) -> Reading:
    """Read with PyPI's ``dockerfile``, which takes an unknown instruction for one without arguments."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise NotComparableError("it would end the process")
    try:
        commands = go_dockerfile.parse_string(text)
    except UnicodeDecodeError as error:  # a flag ended amid a character
        raise NotComparableError("the binding cannot hand over what is left") from error
    except go_dockerfile.GoParseError as error:
        return () if "file with no instructions" in str(error) else Refused(_refusal(str(error)))
    return tuple(
        _theirs(
            re.sub("[a-z]+", lambda letters: letters.group().upper(), each.cmd or ""),
            (each.start_line, each.end_line),
            each.flags,
            [doc.name for doc in each.heredocs],
            each.value if each.value != ("",) else (),
        )
        for each in commands
    )


def _refusal(message: str) -> str:
    for part, code in _REFUSALS.items():
        if part in message:
            return code
    raise NotComparableError(message)


def _theirs(
    keyword: str, lines: tuple[int, int], flags: Sequence[str], heredocs: Sequence[str], arguments: Sequence[str]
) -> Read:
    words: Sequence[str] = ()
    match keyword, arguments:
        case "FROM", [base, as_, name] if as_.upper() == "AS":
            words = [base, name.lower()]
        case ("FROM", [_]) | ("ARG", _):
            words = arguments
    return Read(keyword, *lines, tuple(flags), tuple(heredocs), tuple(words), tuple(_sources(keyword, flags)))


def _sources(keyword: str, flags: Sequence[str]) -> Iterator[str]:
    """Give what the flags of ``COPY`` and ``RUN`` name: of several, the last one counts."""
    found = [flag.removeprefix("--from=") for flag in flags if keyword == "COPY" and flag.startswith("--from=")][-1:]
    for flag in flags:
        value = flag.removeprefix("--mount=")
        if keyword == "RUN" and value != flag and _CSV.fullmatch(value):
            fields = [field.removeprefix('"').removesuffix('"') for field in _CSV_FIELD.findall(value)]
            options = [field.replace('""', '"').partition("=") for field in fields]
            found += [text for key, _, text in options if key.lower() == "from"][-1:]
    return (each for each in found if each)
