"""Arguments to calls, streams and exit codes. The only room that prints, exits, and reads arguments and environment."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dfrender.api import Result
    from dfrender.diagnostics import Diagnostic
    from dfrender.files import Target
    from dfrender.template.template import Template

_STDIN = "-"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dfrender")
def main() -> None:
    """Render one templated Dockerfile for every environment that builds it."""


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "-p", "--profile", "wanted", multiple=True, metavar="NAME", help="A profile's name or path; all if none is given."
)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to this file instead of the profile's; - is standard output."
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key of the profile.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not up to date.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, exit 1 if anything would.")
@click.option("--force", is_flag=True, help="Replace files that dfrender did not write or that were edited since.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written.")
def render(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    wanted: Sequence[str],
    output: str | None,
    overrides: Sequence[str],
    *,
    check: bool,
    diff: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Render templates for their profiles.

    A PATH is a template or a folder: of a folder, all templates below it. Without one, it is the template of this
    folder: Dockerfile.j2, else Dockerfile. - is standard input.
    """
    from dfrender import files
    from dfrender.source import encode

    with _errors_reported():
        to_stdout = _goes_to_stdout(paths, output, compares=check or diff)
        results = _results(paths, wanted, overrides, single=bool(output) or to_stdout)
        if to_stdout:
            click.echo(encode(files.text_of(results[0])), nl=False)
            return
        targets = files.targets_of(results, Path(output) if output else None)
        if check or diff:
            sys.exit(_compare(targets, check=check, diff=diff))
        _write(targets, force=force, quiet=quiet)


def _goes_to_stdout(paths: Sequence[str], output: str | None, *, compares: bool) -> bool:
    """Say where the result goes; refuse what names no file, and a comparison with none."""
    if "" in (*paths, output):
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    to_stdout = output == _STDIN or (output is None and _STDIN in paths)
    if to_stdout and compares:
        raise click.UsageError("--check and --diff compare with a file; name it with -o FILE")
    return to_stdout


def _write(targets: Sequence[Target], *, force: bool, quiet: bool) -> None:
    from dfrender import files

    if not force:
        files.refuse_foreign(targets)
    for target in targets:
        done = files.write(target)
        if not quiet:
            click.echo(done)


def _results(paths: Sequence[str], wanted: Sequence[str], overrides: Sequence[str], *, single: bool) -> list[Result]:
    """Render what the paths name, and print the warnings; ``single``: there must be one rendering."""
    from dfrender import api
    from dfrender.diagnostics import gather, ordered

    named = chain.from_iterable(gather(_templates, paths or [None]))
    templates = {os.path.abspath(each.file): each for each in named}.values()  # noqa: PTH100 - a link keeps its name
    rendered = gather(lambda each: api.render_all(each, wanted, overrides, os.environ), templates)
    results = list(chain.from_iterable(rendered))
    if single and len(results) > 1:
        several = len(templates) > 1
        choices = " ".join(each.template.file if several else f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"one file cannot hold {len(results)} renderings; choose one of {choices}")
    if warnings := ordered(warning for each in results for warning in each.warnings):
        _print(warnings)
    return results


def _templates(path: str | None) -> list[Template]:
    from dfrender.files import STDIN
    from dfrender.source import decode
    from dfrender.template.template import Template, read

    if path == _STDIN:
        text = decode(sys.stdin.buffer.read())
        click.get_current_context().meta[STDIN] = text
        return [Template(STDIN, text, Path(), jinja=True)]
    if path and not Path(path).is_dir():
        return [read(Path(path))]
    from dfrender import discover

    found = discover.templates_below(Path(path)) if path else [discover.template_of(Path())]
    return [read(each) for each in found]


def _compare(targets: Sequence[Target], *, check: bool, diff: bool) -> int:
    """Print what is not up to date, and give the exit code."""
    from dfrender.output import State
    from dfrender.source import encode

    different = [target for target in targets if target.state is not State.CURRENT]
    for target in different:
        if diff:
            click.echo(encode(target.output.diff()), nl=False)
        if check:
            what = f"{target.output.path} is {target.state.value}"
            if target.state.needs_force:
                click.echo(f"{what}; replace it: {target.command} --force")
            else:
                click.echo(f"{what}; update it: {target.command}")
    return int(bool(different))


@contextmanager
def _errors_reported() -> Iterator[None]:
    """Print problems instead of raising them, and exit with their code; 3 for what nobody foresaw."""
    from dfrender.diagnostics import DfrenderError, reason

    try:
        yield
    except DfrenderError as error:
        _print(error.diagnostics)
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


def _print(diagnostics: Iterable[Diagnostic]) -> None:
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
