"""What a Dockerfile consists of, as it is written: stages, build arguments, references. Values only, and syntax only.

`parse` makes them; what a name refers to is decided in `graph`.
"""

import enum
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic
from dfrender.dockerfile.scan import Directive, Segment
from dfrender.source import At, Line


class ReferenceKind(enum.Enum):
    """The three places that name a stage or an image."""

    FROM = "FROM"
    COPY = "COPY --from"
    MOUNT = "RUN --mount=from"


class Reference(NamedTuple):
    """A place that names a stage or an image.

    ``text`` is what stands there: of a ``FROM`` the word as written, else without quotes. ``segments`` are what a
    rewriting replaces, and ``quotes`` has to follow the new text so that the rest of the line stays quoted as it
    was. ``stage`` is the index of the stage that it stands in.
    """

    kind: ReferenceKind
    text: str
    segments: tuple[Segment, ...]
    at: At
    stage: int
    quotes: str = ""
    onbuild: bool = False


class Arg(NamedTuple):
    """One name of an ``ARG``: its default as written, `None` without; ``stage`` is -1 before the first ``FROM``."""

    name: str
    default: str | None
    at: At
    stage: int
    last: int


class Instruction(NamedTuple):
    """An instruction: keyword in capitals, value, flags without quotes, and the indices of its lines.

    ``last`` is behind the bodies of its heredocs. ``stage`` is -1 before the first ``FROM``.
    """

    keyword: str
    value: str
    flags: tuple[str, ...]
    heredocs: tuple[str, ...]
    first: int
    last: int
    stage: int


class Stage(NamedTuple):
    """A stage: its name in lower case, as it is stored, or empty; ``first`` is the index of its first line.

    ``segments`` are where the name is written.
    """

    position: int
    name: str
    platform: str
    base: Reference
    first: int
    at: At
    segments: tuple[Segment, ...] = ()


class Dockerfile(NamedTuple):
    """A Dockerfile as it is written; ``top`` is the number of lines that must stay above all others.

    ``references`` are in the file's order, those of the ``FROM``s among them. Two kinds are kept apart, since nothing
    is ever written in their place: ``overridden`` are those of an earlier ``from`` in a mount that has several, at
    which builders look nevertheless, and ``sourceless`` stand for mounts without a ``from``, which builders look up as
    ``scratch``; their ``text`` is that for a cache, and empty for the others.
    """

    lines: tuple[Line, ...]
    directives: tuple[Directive, ...]
    escape: str
    top: int
    instructions: tuple[Instruction, ...]
    args: tuple[Arg, ...]
    stages: tuple[Stage, ...]
    references: tuple[Reference, ...]
    overridden: tuple[Reference, ...]
    sourceless: tuple[Reference, ...]
    problems: tuple[Diagnostic, ...]
