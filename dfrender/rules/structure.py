"""Manuals of what is found while a Dockerfile is read: instructions, flags and mounts."""

from dfrender.diagnostics import Severity
from dfrender.rules.rule import told


@told(Severity.ERROR)
def no_stage() -> None:
    """A Dockerfile has at least one FROM.

    BuildKit: "dockerfile contains no stages to build" (``dockerfile2llb/convert.go``).

    Bad:
        ARG VERSION=3.22
    Good:
        ARG VERSION=3.22
        FROM alpine:${VERSION}
    """


@told(Severity.ERROR)
def instruction_before_from() -> None:
    """Nothing but ARG stands before the first FROM.

    BuildKit: "no build stage in current context" (``instructions/parse.go``).

    Bad:
        ENV LANG=C
        FROM alpine:3.22
    Good:
        FROM alpine:3.22
        ENV LANG=C
    """


@told(Severity.ERROR)
def unknown_instruction() -> None:
    r"""A line begins with an instruction, unless the line above continues in it.

    Builders end the build at the first word that they do not know (``instructions/parse.go``).

    Bad:
        FROM alpine:3.22
        RUN apk add curl
            git
    Good:
        FROM alpine:3.22
        RUN apk add curl \
            git
    """


@told(Severity.ERROR)
def invalid_from() -> None:
    """FROM takes an image or a stage, and may name its own stage with AS.

    There are no comments at the end of a line: a ``#`` there is a word like any other (``instructions/parse.go``).

    Bad:
        FROM alpine:3.22 AS base # small
    Good:
        # small
        FROM alpine:3.22 AS base
    """


@told(Severity.ERROR)
def invalid_stage_name() -> None:
    """A stage's name begins with a letter and holds letters, digits, dashes, underscores and dots.

    Builders compare with ``^[a-z][a-z0-9-_.]*$``, in lower case (``instructions/parse.go``).

    Bad:
        FROM alpine:3.22 AS team/base
    Good:
        FROM alpine:3.22 AS team-base
    """


@told(Severity.ERROR)
def invalid_trigger() -> None:
    """ONBUILD stores an instruction, which is none of FROM, ONBUILD and MAINTAINER.

    Builders refuse these three, and an empty one (``instructions/parse.go``).

    Bad:
        FROM alpine:3.22
        ONBUILD FROM scratch
    Good:
        FROM alpine:3.22
        ONBUILD RUN true
    """


@told(Severity.ERROR)
def unknown_flag() -> None:
    """Each instruction has flags of its own, in lower case; ADD has no --from.

    Builders refuse the others (``instructions/bflag.go``). A flag that is like no known one may belong to a newer
    version of Dockerfiles, and is only warned of.

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        ADD --from=tools /bin/sh /sh
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    """


@told(Severity.ERROR)
def duplicate_flag() -> None:
    """A flag is given once; only --mount, --exclude and --device may be repeated.

    BuildKit: "duplicate flag specified" (``instructions/bflag.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools --from=tools /bin/sh /sh
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    """


@told(Severity.ERROR)
def missing_flag_value() -> None:
    """A flag and its value are one word with an equals sign.

    BuildKit: "missing a value on flag" (``instructions/bflag.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from tools /bin/sh /sh
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    """


@told(Severity.WARNING)
def empty_from() -> None:
    """COPY --from= without a value copies from the build context, as if the flag were not there.

    A variable of the template that came out empty looks like this, and no builder says so
    (``dockerfile2llb/convert.go``).

    Bad:
        FROM alpine:3.22
        COPY --from= a.txt /
    Good:
        FROM alpine:3.22
        COPY a.txt /
    """


@told(Severity.ERROR)
def invalid_mount() -> None:
    """The value of --mount is one line of CSV: key=value, with commas between.

    A quote encloses a whole field, and only readonly, readwrite and required need no value
    (``instructions/commands_runmount.go``).

    Bad:
        FROM alpine:3.22
        RUN --mount=type=cache,target true
    Good:
        FROM alpine:3.22
        RUN --mount=type=cache,target=/cache true
    """


@told(Severity.ERROR)
def mount_split_by_whitespace() -> None:
    """White space ends the value of --mount, also that at the beginning of a continued line.

    What follows it becomes a part of the command, and the field behind the comma is empty, which BuildKit refuses
    (``parser/split_command.go``, ``instructions/commands_runmount.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        RUN --mount=type=bind, from=tools,target=/tools true
    Good:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        RUN --mount=type=bind,from=tools,target=/tools true
    """


@told(Severity.ERROR)
def mount_from_not_allowed() -> None:
    """A secret is not taken from a stage.

    BuildKit: "secret mount should not have a from" (``dockerfile2llb/convert_runmount.go``).

    Bad:
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        RUN --mount=type=secret,id=key,from=tools true
    Good:
        FROM alpine:3.22
        RUN --mount=type=secret,id=key true
    """


@told(Severity.WARNING)
def duplicate_mount_option() -> None:
    """Of several from= in one mount the last one wins, and the others count for nothing.

    BuildKit reads all fields into one value without a word (``instructions/commands_runmount.go``).

    Bad:
        FROM alpine:3.22 AS a
        FROM alpine:3.22 AS b
        FROM alpine:3.22
        RUN --mount=from=a,from=b,target=/tools true
    Good:
        FROM alpine:3.22 AS b
        FROM alpine:3.22
        RUN --mount=from=b,target=/tools true
    """
