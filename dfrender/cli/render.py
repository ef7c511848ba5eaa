"""``dfrender render``: templates to files, or to standard output."""

from __future__ import annotations

import os
import sys
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli.options import EXCLUDED, MESSAGE_FORMAT, OVERRIDES, PATHS, PROFILES, TARGET
from dfrender.cli.streams import STDIN, echo, errors_reported, refuse_empty, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfrender.api import Load, Result
    from dfrender.diagnostics import DfrenderError
    from dfrender.files import Target
    from dfrender.template.template import Template


@click.command("render")
@PATHS
@EXCLUDED
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
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
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
    folder: Dockerfile.j2, else Dockerfile. - is standard input. A template with mistakes does not stop the others.
    """
    from dfrender import api, files
    from dfrender.diagnostics import DfrenderError, raise_all
    from dfrender.source import encode

    with errors_reported() as found:
        to_stdout = _goes_to_stdout(paths, output, compares=check or diff)
        named, errors = templates(paths, excluded), list[DfrenderError]()
        load = api.loader(overrides, os.environ, target)
        rendered = _rendered(named, wanted, load, errors, single=bool(output) or to_stdout)
        results = list(chain.from_iterable(rendered))
        found += [*chain.from_iterable(each.warnings for each in results), *api.shared_images(results)]
        if to_stdout:
            click.echo(encode(files.text_of(rendered[0][0])), nl=False)
            return
        targets = _targets(rendered, output, errors)
        outdated = (check or diff) and _compare(targets, check=check, diff=diff)
        if not (check or diff):
            _write(targets, len(named), errors, force=force, quiet=quiet)
        raise_all(errors)
        if outdated:
            sys.exit(1)


def _goes_to_stdout(paths: Sequence[str], output: str | None, *, compares: bool) -> bool:
    """Say where the result goes; refuse what names no file, and a comparison with none."""
    refuse_empty(output)
    to_stdout = output == STDIN or (output is None and STDIN in paths)
    if to_stdout and compares:
        raise click.UsageError("--check and --diff compare with a file; name it with -o FILE")
    return to_stdout


def _rendered(
    found: Sequence[Template],
    wanted: Sequence[str],
    load: Load,
    errors: list[DfrenderError],
    *,
    single: bool,
) -> list[list[Result]]:
    """Render templates; ``single``: there must be one rendering."""
    from dfrender import api
    from dfrender.diagnostics import attempt, raise_all

    rendered = attempt(partial(api.render_each, wanted=wanted, load=load), found, errors)
    results = list(chain.from_iterable(rendered))
    if single:
        raise_all(errors)
    if single and len(results) > 1:
        several = len(found) > 1
        choices = " ".join(each.template.file if several else f"-p {each.profile.name}" for each in results)
        raise click.UsageError(f"one file cannot hold {len(results)} renderings; choose one of {choices}")
    return rendered


def _targets(
    rendered: Sequence[Sequence[Result]], output: str | None, errors: list[DfrenderError]
) -> list[Sequence[Target]]:
    """Give the files of each template, but for those of which one cannot be written."""
    from dfrender import files
    from dfrender.diagnostics import attempt

    given = Path(output) if output else None
    return files.without_shared(attempt(partial(files.targets_of, output=given), rendered, errors), errors)


def _write(
    targets: Sequence[Sequence[Target]], templates: int, errors: list[DfrenderError], *, force: bool, quiet: bool
) -> None:
    from dfrender import files
    from dfrender.diagnostics import attempt

    done = attempt(partial(_write_one, force=force, quiet=quiet), targets, errors)
    if templates > 1 and not quiet:
        echo(f"{files.total(done, templates)}\n")


def _write_one(targets: Sequence[Target], *, force: bool, quiet: bool) -> Sequence[Target]:
    """Write the files of one template, or none if a person wrote one of them."""
    from dfrender import files

    if not force:
        files.refuse_foreign(targets)
    for target in targets:
        done = files.write(target)
        if not quiet:
            echo(f"{done}\n")
    return targets


def _compare(targets: Iterable[Sequence[Target]], *, check: bool, diff: bool) -> bool:
    """Print what is not up to date; say whether there is any."""
    from dfrender.output import State

    different = [target for target in chain.from_iterable(targets) if target.state is not State.CURRENT]
    for target in different:
        if diff:
            echo(target.output.diff())
        if check:
            what = f"{target.output.path} is {target.state.value}"
            if target.state.needs_force:
                echo(f"{what}; replace it: {target.command} --force\n")
            else:
                echo(f"{what}; update it: {target.command}\n")
    return bool(different)
