"""What all commands read and print: templates from paths and standard input, problems to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli.options import FORMAT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from dfrender.diagnostics import Diagnostic
    from dfrender.report.run import Rule
    from dfrender.template.template import Template

STDIN = "-"

# what a pipeline sets, and the format that it shows; GitLab's log shows no more than text
_PIPELINES = {"TF_BUILD": "azure", "GITHUB_ACTIONS": "github"}


def refuse_empty(*texts: str | None) -> None:
    """Refuse an empty text where a name is needed."""
    if "" in texts:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")


def template_file(path: str | None) -> Path:
    """Give the file of the one template that a path names, itself or that of a folder; without one, of this folder."""
    from dfrender import discover
    from dfrender.template.template import read

    refuse_empty(path)
    given = Path(path or ".")
    return discover.template_of(given) if given.is_dir() else Path(read(given).file)


def templates(paths: Sequence[str], excluded: Sequence[str] = (), *, plain_too: bool = False) -> list[Template]:
    """Read what the paths name, each once; without a path the template of this folder.

    ``plain_too``: of a folder, also the Dockerfiles that are no templates.
    """
    from dfrender.diagnostics import gather

    refuse_empty(*paths, *excluded)
    one = partial(_templates, excluded=excluded, plain_too=plain_too)
    named = chain.from_iterable(gather(one, paths or [None]))
    return list({os.path.abspath(each.file): each for each in named}.values())  # noqa: PTH100 - a link keeps its name


def _templates(path: str | None, excluded: Sequence[str], *, plain_too: bool) -> list[Template]:
    from dfrender import files
    from dfrender.diagnostics import gather
    from dfrender.source import decode
    from dfrender.template.template import Template, read

    if path == STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[files.STDIN] = text
        return [Template(files.STDIN, text, Path(), jinja=True)]
    if path and path.endswith((".yaml", ".yml")):
        raise click.UsageError(f"{path} is a profile and no Dockerfile; name it with -p")
    if path and not Path(path).is_dir():
        return [read(Path(path))]
    from dfrender import discover
    from dfrender.output import is_generated

    if path and plain_too:
        # what dfrender wrote is checked with its template
        return [
            each
            for each in gather(read, discover.dockerfiles_below(Path(path), excluded))
            if not is_generated(each.text)
        ]
    found = discover.templates_below(Path(path), excluded) if path else [discover.template_of(Path())]
    return gather(read, found)


@contextmanager
def errors_reported(*, result: bool = False) -> Iterator[list[Diagnostic]]:
    """Give a list for findings; print it at the end as one report with the problems that are raised, and exit for them.

    The report goes to standard error if there is something in it. ``result``: it is what the command is for, and goes
    to standard output, also without findings.
    """
    from dfrender.diagnostics import DfrenderError

    found: list[Diagnostic] = []
    complete = False
    with _failures_told():
        try:
            yield found
            complete = result
        except DfrenderError as error:
            found += error.diagnostics
            sys.exit(error.exit_code)
        finally:
            if found or complete:
                _print_report(found, err=not result)


@contextmanager
def _failures_told() -> Iterator[None]:
    """Tell what the operating system refuses and exit with 2; 3 for what nobody foresaw."""
    from dfrender.diagnostics import reason

    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except OSError as error:
        place = error.filename or "standard output"
        echo(f"{place}: error: {reason(error)}\n   nothing more was done\n", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and a traceback helps no user
        import traceback

        *_, place = traceback.extract_tb(error.__traceback__)
        what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}"
        echo(f"dfrender: {what}\n   this is a bug in dfrender, not in what you wrote; please report it\n", err=True)
        sys.exit(3)


def echo(text: str, *, err: bool = False) -> None:
    """Print what may quote a user: its bytes as they were, but so that a pipeline finds no command in them."""
    from dfrender.source import encode

    click.echo(encode(harmless(text)), nl=False, err=err)


def harmless(text: str) -> str:
    """Give a text that is no command to the pipeline that reads what is printed; the same one where there is none."""
    if not _pipeline():
        return text
    from dfrender.report import pipelines

    return pipelines.harmless(text)


def _pipeline() -> str:
    """Name the pipeline that reads what is printed by its format: that of the environment, else the one asked for."""
    here = next((name for variable, name in _PIPELINES.items() if os.environ.get(variable)), "")
    return here or (_format() if _format() in _PIPELINES.values() else "")


def _format() -> str:
    context = click.get_current_context(silent=True)
    return context.meta.get(FORMAT, "text") if context else "text"


def _print_report(diagnostics: Iterable[Diagnostic], *, err: bool) -> None:
    from dfrender import __version__
    from dfrender.diagnostics import ordered
    from dfrender.profile.places import repository_root
    from dfrender.report.formats import FORMATS
    from dfrender.report.run import Run

    root = str(repository_root(Path.cwd()))
    run = Run(cache(_lines), _path, root, _paint, _pipeline(), __version__, _rules)
    click.echo(FORMATS[_format()](ordered(diagnostics), run), nl=False, err=err)


def _paint(text: str, colour: str) -> str:
    return text if "NO_COLOR" in os.environ else click.style(text, fg=colour, bold=True)


def _path(file: str) -> str:
    """Give the absolute path of what a diagnostic names, none where it is no file."""
    return os.path.abspath(file) if Path(file).is_file() else ""  # noqa: PTH100 - a link keeps its name


def _rules(codes: Collection[str]) -> Iterator[Rule]:
    """Describe all rules of dfrender, and what stands behind these codes besides."""
    from dfrender.report.run import Rule
    from dfrender.rules import linters, manual

    known = manual.manuals()
    for code in dict.fromkeys([*manual.rules(), *codes]):
        foreign = linters.find(code)
        if code in known:
            each = known[code]
            yield Rule(code, each.severity, each.summary, each.plain, each.markdown, each.page)
        elif foreign:
            yield Rule(code, plain=foreign.text, markdown=foreign.text, page=foreign.page)
        else:
            yield Rule(code)


def _lines(file: str) -> list[str]:
    """Give the lines of what a diagnostic names, none where it is no file."""
    from dfrender.source import decode, split_lines

    text: str = click.get_current_context().meta.get(file, "")
    with suppress(OSError, ValueError):
        text = text or decode(Path(file).read_bytes())
    return split_lines(text)
