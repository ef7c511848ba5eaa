"""Manuals of what is found while the lines of a Dockerfile are joined: heredocs, parser directives, long lines."""

from dfrender.diagnostics import Severity
from dfrender.rules.rule import told


@told(Severity.ERROR)
def heredoc_lookalike() -> None:
    """Outside quotes, two less-than signs begin a heredoc, also where a shell would shift bits.

    Since Dockerfile 1.16 there may be a blank behind them (``parser/parser.go``); builders then wait for a line that
    ends it, to the end of the file.

    Bad:
        FROM alpine:3.22
        RUN echo $((1 << 2))
    Good:
        FROM alpine:3.22
        RUN echo "$((1 << 2))"
    """


@told(Severity.ERROR)
def unterminated_heredoc() -> None:
    """A heredoc ends at a line that holds its name and nothing else.

    BuildKit: "unterminated heredoc" (``parser/parser.go``). With ``<<-`` tabs may stand before the name, blanks never.

    Bad:
        FROM alpine:3.22
        RUN <<EOF
        true
          EOF
    Good:
        FROM alpine:3.22
        RUN <<EOF
        true
        EOF
    """


@told(Severity.ERROR)
def directive_not_first() -> None:
    """A parser directive stands at the very top: below anything else it is a comment.

    Builders stop looking at the first line that is none, be it blank (``parser/directives.go``). Below one comment or
    blank line that you wrote yourself it may be meant, and is only warned of; below a line that Jinja left blank it is
    not.

    Bad:
        {% set base = "alpine" +%}
        # syntax=docker/dockerfile:1
        FROM alpine:3.22
    Good:
        # syntax=docker/dockerfile:1
        {% set base = "alpine" %}
        FROM alpine:3.22
    """


@told(Severity.ERROR)
def duplicate_directive() -> None:
    """Each parser directive can be used once.

    BuildKit: "only one syntax parser directive can be used" (``parser/directives.go``).

    Bad:
        # syntax=docker/dockerfile:1
        # syntax=docker/dockerfile:1.7
        FROM alpine:3.22
    Good:
        # syntax=docker/dockerfile:1.7
        FROM alpine:3.22
    """


@told(Severity.ERROR)
def invalid_escape_directive() -> None:
    """The escape character is a backslash or a backtick.

    Builders refuse any other (``parser/parser.go``).

    Bad:
        # escape=^
        FROM alpine:3.22
    Good:
        # escape=`
        FROM alpine:3.22
    """


@told(Severity.ERROR)
def line_too_long() -> None:
    """A line holds at most 65,535 bytes.

    BuildKit: "dockerfile line greater than max allowed size" (``parser/parser.go``).

    Bad:
        FROM alpine:3.22
        RUN echo {{ "x" * 65535 }}
    Good:
        FROM alpine:3.22
        RUN echo {{ "x" * 60000 }}
    """
