"""What all commands read and print: templates from paths and standard input, problems to standard error."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender import __version__, discover
from dfrender.cli.options import FORMAT
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems, ordered, reason
from dfrender.output import is_generated
from dfrender.profile.places import repository_root
from dfrender.source import STDIN_NAME, decode, encode, split_lines
from dfrender.template.template import Template, read_template

if TYPE_CHECKING:
    from dfrender.report.run import Rule

STDIN = "-"

# what a pipeline sets, and the format that it shows; GitLab's log shows no more than text
_PIPELINES = {"TF_BUILD": "azure", "GITHUB_ACTIONS": "github"}


def refuse_empty(*texts: str | None) -> None:
    """Refuse an empty text where a name is needed."""
    if "" in texts:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")


def template_file(path: str | None) -> Path:
    """Return the file of the template that a path names, itself or that of a folder; without one, of this folder."""
    refuse_empty(path)
    given = Path(path or ".")
    if given.is_dir():
        return discover.template_of(given)
    return Path(read_template(given).file)


def templates(paths: Sequence[str], excluded: Sequence[str] = (), *, plain_too: bool = False) -> list[Template]:
    """Read what the paths name, each once; without a path the template of this folder.

    ``plain_too``: of a folder, also the Dockerfiles that are not templates.
    """
    refuse_empty(*paths, *excluded)
    if not paths:
        return [read_template(discover.template_of(Path()))]
    problems = Problems()
    found: dict[str, Template] = {}
    for named in problems.attempt(lambda each: _templates(each, excluded, plain_too=plain_too), paths):
        for each in named:
            # a link keeps its name: its path is not resolved
            found.setdefault(os.path.abspath(each.file), each)  # noqa: PTH100
    problems.refuse()
    return list(found.values())


def _templates(path: str, excluded: Sequence[str], *, plain_too: bool) -> list[Template]:
    if path == STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[STDIN_NAME] = text
        return [Template(STDIN_NAME, text, Path(), jinja=True)]
    if path.endswith((".yaml", ".yml")):
        raise click.UsageError(f"{path} is a profile and no Dockerfile; name it with -p")
    if not Path(path).is_dir():
        return [read_template(Path(path))]
    problems = Problems()
    if plain_too:
        found = problems.attempt(read_template, discover.dockerfiles_below(Path(path), excluded))
        # what dfrender wrote is checked with its template
        found = [each for each in found if not is_generated(each.text)]
    else:
        found = problems.attempt(read_template, discover.templates_below(Path(path), excluded))
    problems.refuse()
    return found


@contextmanager
def errors_reported(*, result: bool = False) -> Iterator[Problems]:
    """Yield a list for findings; at the end print it as one report with the problems that are raised, and exit.

    The report goes to standard error if there is something in it. ``result``: it is what the command is for, and goes
    to standard output, also without findings.
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
                _print_report(found, err=not result)


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
    """Print what may quote a user: its bytes as they were, but so that a pipeline finds no command in them."""
    echo_bytes(encode(harmless(text)), err=err)


def echo_bytes(data: bytes, *, err: bool = False) -> None:
    """Print these bytes and nothing else."""
    click.echo(data, nl=False, err=err)


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
    return context.meta.get(FORMAT, "text") if context else "text"


def _print_report(diagnostics: Sequence[Diagnostic], *, err: bool) -> None:
    # 4 ms that a call without findings does not need
    from dfrender.report.formats import FORMATS
    from dfrender.report.run import Run

    root = str(repository_root(Path.cwd()))
    run = Run(cache(_lines), _path, root, _paint, _pipeline(), __version__, _rules)
    # as text, of which click takes the colours away where nobody sees them
    click.echo(FORMATS[_format()](ordered(diagnostics), run), nl=False, err=err)


def _paint(text: str, colour: str) -> str:
    return text if "NO_COLOR" in os.environ else click.style(text, fg=colour, bold=True)


def _path(file: str) -> str:
    """Return the absolute path of what a diagnostic names, none where it is not a file."""
    if not Path(file).is_file():
        return ""
    return os.path.abspath(file)  # noqa: PTH100 - a link keeps its name


def _rules() -> "Iterator[Rule]":
    # 4 ms that only a format with rules needs
    from dfrender.report.run import Rule
    from dfrender.rules.manual import summary
    from dfrender.rules.registry import EVERY_RULE

    for each in EVERY_RULE:
        yield Rule(each.name, each.severity, summary(each))


def _lines(file: str) -> list[str]:
    """Return the lines of what a diagnostic names, none where it is not a file."""
    text: str = click.get_current_context().meta.get(file, "")
    with suppress(OSError, ValueError):
        text = text or decode(Path(file).read_bytes())
    return split_lines(text)
