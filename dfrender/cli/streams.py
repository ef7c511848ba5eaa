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


def templates(paths: Sequence[str], excluded: Sequence[str] = ()) -> list[Template]:
    """Read what the paths name, each once; without a path the template of this folder."""
    from dfrender.diagnostics import gather

    if "" in (*paths, *excluded):
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    named = chain.from_iterable(gather(lambda path: _templates(path, excluded), paths or [None]))
    return list({os.path.abspath(each.file): each for each in named}.values())  # noqa: PTH100 - a link keeps its name


def _templates(path: str | None, excluded: Sequence[str]) -> list[Template]:
    from dfrender import files
    from dfrender.diagnostics import gather
    from dfrender.source import decode
    from dfrender.template.template import Template, read

    if path == STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[files.STDIN] = text
        return [Template(files.STDIN, text, Path(), jinja=True)]
    if path and not Path(path).is_dir():
        return [read(Path(path))]
    from dfrender import discover

    found = discover.templates_below(Path(path), excluded) if path else [discover.template_of(Path())]
    return gather(read, found)


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


def print_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Print problems to standard error."""
    from dfrender import report

    def paint(text: str, colour: str) -> str:
        return text if "NO_COLOR" in os.environ else click.style(text, fg=colour, bold=True)

    click.echo(report.text(diagnostics, cache(_lines), paint), nl=False, err=True)


def _lines(file: str) -> list[str]:
    """Give the lines of what a diagnostic names, none where it is no file."""
    from dfrender.source import decode, split_lines

    text: str = click.get_current_context().meta.get(file, "")
    with suppress(OSError, ValueError):
        text = text or decode(Path(file).read_bytes())
    return split_lines(text)
