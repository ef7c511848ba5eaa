"""What all commands print: whole or not at all, harmless to a pipeline; and problems, as one report."""

import errno
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from dfrender import __version__
from dfrender.cli.options import FORMAT
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems, ordered, reason
from dfrender.profile.places import repository_root
from dfrender.source import decode, encode, split_lines, visible

if TYPE_CHECKING:
    from dfrender.report.run import Rule

# what a pipeline sets, and the format that it shows; GitLab's log shows no more than text
_DEFAULT = "auto"
_PIPELINES = {"TF_BUILD": "azure", "GITHUB_ACTIONS": "github"}


@contextmanager
def errors_reported(*, result: bool = False, printed: list[bytes] | None = None) -> Iterator[Problems]:
    """Yield a list for findings; at the end print it as one report with the problems that are raised, and exit.

    The report goes to standard error if there is something in it. ``result``: it is what the command is for, and goes
    to standard output, also without findings. ``printed`` gains the report.
    """
    found = Problems()
    complete = False
    with _failures_reported():
        try:
            yield found
            complete = result
        except DfrenderError as error:
            found += error.diagnostics
            sys.exit(error.exit_code)
        finally:
            if found or complete:
                report = _report(found, err=not result)
                echo_bytes(report, err=not result)
                if printed is not None:
                    printed.append(report)


@contextmanager
def _failures_reported() -> Iterator[None]:
    """Report what the operating system refuses and exit with 2; 3 for what nobody foresaw."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except OSError as error:
        place = error.filename or "standard output"
        echo(f"{place}: error: {reason(error)}\n   nothing more was done\n", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and a traceback helps no user
        import traceback  # 4 ms of start-up that only a bug needs

        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}"
        echo(f"dfrender: {what}\n   this is a bug in dfrender, not in what you wrote; please report it\n", err=True)
        sys.exit(3)


def echo(text: str, *, err: bool = False) -> None:
    """Print what a person reads and what may quote a user: no command to a terminal, and none to a pipeline."""
    echo_bytes(shown(text), err=err)


def shown(text: str) -> bytes:
    """Return what `echo` prints of a text."""
    return encode(harmless(visible(text)))


def echo_document(text: str) -> None:
    """Print what a program may read: its bytes as they were, where no terminal would obey them."""
    if is_terminal(err=False):
        text = visible(text)
    echo_bytes(encode(harmless(text)))


def echo_bytes(data: bytes, *, err: bool = False) -> None:
    """Print these bytes: all of them, or raise `OSError`. Standard error may be closed: the exit code tells enough.

    Without a buffer (``PYTHONUNBUFFERED``) a write may take only a part, and a pipe that does not block takes what it
    has room for.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None and err:
        return
    if stream is None:
        raise OSError(errno.EBADF, "it is closed")
    try:
        stream.flush()
        _write_whole(stream.buffer, data)
    except OSError:
        # what is still in the buffer would fail again when Python ends
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


def _write_whole(stream: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while True:
        try:
            count = stream.write(rest) or 0
            rest = rest[count:]
            if not rest:
                stream.flush()
                return
        except BlockingIOError as error:
            rest = rest[error.characters_written :]
        _wait_for(stream)


def _wait_for(stream: BinaryIO) -> None:
    """Return when a full pipe takes something again."""
    from select import select  # a library of its own, which few calls need

    select([], [stream], [])


def is_terminal(*, err: bool) -> bool:
    """Say whether a stream is a terminal."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def harmless(text: str) -> str:
    """Return a text that is no command to the pipeline that reads what is printed; the same one where there is none."""
    if not _pipeline():
        return text
    from dfrender.report import pipelines  # 2 ms that only a pipeline needs

    return pipelines.harmless(text)


def _pipeline() -> str:
    """Name the pipeline that reads what is printed by its format: that of the environment, else the one asked for."""
    for variable, name in _PIPELINES.items():
        if os.environ.get(variable):
            return name
    if _format() in _PIPELINES.values():
        return _format()
    return ""


def _format() -> str:
    context = click.get_current_context(silent=True)
    return context.meta.get(FORMAT, _DEFAULT) if context else _DEFAULT


def _report(diagnostics: Sequence[Diagnostic], *, err: bool) -> bytes:
    # 4 ms that a call without findings does not need
    from dfrender.report.formats import FORMATS
    from dfrender.report.run import Run

    root = str(repository_root(Path.cwd()))
    run = Run(cache(_lines), _path, root, _paint, _pipeline(), __version__, _rules)
    text = FORMATS[_format()](ordered(diagnostics), run)
    if not is_terminal(err=err):
        text = click.unstyle(text)
    return text.encode()


def _paint(text: str, colour: str) -> str:
    return text if "NO_COLOR" in os.environ else click.style(text, fg=colour, bold=True)


def _path(file: str) -> str:
    """Return the absolute path of what a diagnostic names, none where it is not a file."""
    if not Path(file).is_file():
        return ""
    return os.path.abspath(file)  # noqa: PTH100 - a link keeps its name


def _rules(codes: Collection[str]) -> "Iterator[Rule]":
    """Describe all rules of dfrender, and what stands behind these codes besides."""
    # 4 ms that only a format with rules needs
    from dfrender.report.run import Rule
    from dfrender.rules import linters, manual

    own = manual.manuals()
    for code in dict.fromkeys([*manual.rules(), *codes]):
        foreign = linters.foreign_code(code)
        if code in own:
            found = own[code]
            yield Rule(code, found.severity, found.summary, found.plain, found.markdown, found.page)
        elif foreign:
            yield Rule(code, plain=foreign.text, markdown=foreign.text, page=foreign.page)
        else:
            yield Rule(code)


def _lines(file: str) -> list[str]:
    """Return the lines of what a diagnostic names, none where it is not a file."""
    text: str = click.get_current_context().meta.get(file, "")
    with suppress(OSError, ValueError):
        text = text or decode(Path(file).read_bytes())
    return split_lines(text)
