"""``dfrender render``: templates to files, or to standard output."""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli.options import MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import STDIN, echo, errors_reported, templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.api import Result
    from dfrender.files import Target


@click.command("render")
@PATHS
@PROFILES
@click.option(
    "-o", "--output", metavar="FILE", help="Write to this file instead of the profile's; - is standard output."
)
@OVERRIDES
@TARGET
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not up to date.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, exit 1 if anything would.")
@click.option("--force", is_flag=True, help="Replace files that dfrender did not write or that were edited since.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written.")
@MESSAGE_FORMAT
def command(  # noqa: PLR0913 - one parameter an option, as click passes them
    paths: Sequence[str],
    wanted: Sequence[str],
    output: str | None,
    overrides: Sequence[str],
    target: str,
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

    with errors_reported() as found:
        to_stdout = _goes_to_stdout(paths, output, compares=check or diff)
        results = _results(paths, wanted, overrides, target, single=bool(output) or to_stdout)
        found.extend(chain.from_iterable(each.warnings for each in results))
        if to_stdout:
            click.echo(encode(files.text_of(results[0])), nl=False)
            return
        targets = files.targets_of(results, Path(output) if output else None)
        if check or diff:
            sys.exit(_compare(targets, check=check, diff=diff))
        _write(targets, force=force, quiet=quiet)


def _goes_to_stdout(paths: Sequence[str], output: str | None, *, compares: bool) -> bool:
    """Say where the result goes; refuse what names no file, and a comparison with none."""
    if output == "":
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    to_stdout = output == STDIN or (output is None and STDIN in paths)
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
            echo(f"{done}\n")


def _results(
    paths: Sequence[str], wanted: Sequence[str], overrides: Sequence[str], target: str, *, single: bool
) -> list[Result]:
    """Render what the paths name; ``single``: there must be one rendering."""
    from dfrender import api
    from dfrender.diagnostics import gather

    found = templates(paths)
    rendered = gather(lambda each: api.render_all(each, wanted, overrides, os.environ, target), found)
    results = list(chain.from_iterable(rendered))
    if single and len(results) > 1:
        several = len(found) > 1
        choices = " ".join(each.template.file if several else f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"one file cannot hold {len(results)} renderings; choose one of {choices}")
    return results


def _compare(targets: Sequence[Target], *, check: bool, diff: bool) -> int:
    """Print what is not up to date, and give the exit code."""
    from dfrender.output import State

    different = [target for target in targets if target.state is not State.CURRENT]
    for target in different:
        if diff:
            echo(target.output.diff())
        if check:
            what = f"{target.output.path} is {target.state.value}"
            if target.state.needs_force:
                echo(f"{what}; replace it: {target.command} --force\n")
            else:
                echo(f"{what}; update it: {target.command}\n")
    return int(bool(different))
