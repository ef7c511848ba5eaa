"""What all commands read and print: templates from paths and standard input, problems to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dfrender.diagnostics import Diagnostic
    from dfrender.template.template import Template

STDIN = "-"


def templates(paths: Sequence[str], *, plain_too: bool = False) -> list[Template]:
    """Read what the paths name, each once; without a path the template of this folder.

    ``plain_too``: of a folder, also the Dockerfiles that are no templates.
    """
    from dfrender.diagnostics import gather

    if "" in paths:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    named = chain.from_iterable(gather(lambda each: _templates(each, plain_too=plain_too), paths or [None]))
    return list({os.path.abspath(each.file): each for each in named}.values())  # noqa: PTH100 - a link keeps its name


def _templates(path: str | None, *, plain_too: bool) -> list[Template]:
    from dfrender import files
    from dfrender.source import decode
    from dfrender.template.template import Template, read

    if path == STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[files.STDIN] = text
        return [Template(files.STDIN, text, Path(), jinja=True)]
    if path and not Path(path).is_dir():
        return [read(Path(path))]
    from dfrender import discover
    from dfrender.output import is_generated

    if path and plain_too:
        # what dfrender wrote is checked with its template
        found = [read(each) for each in discover.dockerfiles_below(Path(path))]
        return [each for each in found if not is_generated(each.text)]
    return [read(each) for each in (discover.templates_below(Path(path)) if path else [discover.template_of(Path())])]


@contextmanager
def errors_reported() -> Iterator[None]:
    """Print problems instead of raising them, and exit with their code; 3 for what nobody foresaw."""
    from dfrender.diagnostics import DfrenderError, reason

    try:
        yield
    except DfrenderError as error:
        print_diagnostics(error.diagnostics)
        sys.exit(error.exit_code)
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except OSError as error:
        place = error.filename or "standard output"
        click.echo(f"{place}: error: {reason(error)}\n   nothing more was done", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and a traceback helps no user
        import traceback

        *_, place = traceback.extract_tb(error.__traceback__)
        what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}"
        click.echo(f"dfrender: {what}\n   this is a bug in dfrender, not in what you wrote; please report it", err=True)
        sys.exit(3)


def print_diagnostics(diagnostics: Iterable[Diagnostic], *, err: bool = True) -> None:
    """Print problems to standard error, or where they are the result to standard output."""
    from dfrender import report

    def paint(text: str, colour: str) -> str:
        return text if "NO_COLOR" in os.environ else click.style(text, fg=colour, bold=True)

    click.echo(report.text(diagnostics, cache(_lines), paint), nl=False, err=err)


def _lines(file: str) -> list[str]:
    """Give the lines of what a diagnostic names, none where it is no file."""
    from dfrender.source import decode, split_lines

    text: str = click.get_current_context().meta.get(file, "")
    with suppress(OSError, ValueError):
        text = text or decode(Path(file).read_bytes())
    return split_lines(text)
