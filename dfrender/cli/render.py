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
    from dfrender.diagnostics import DfrenderError, Diagnostic
    from dfrender.files import Target
    from dfrender.records import Record
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
@click.option(
    "--map", "line_map", metavar="FILE", help="Also write which line of the template each line is from, as JSON."
)
@click.option("--depfile", metavar="FILE", help="Also write what the output is made of, as make and ninja read it.")
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
    line_map: str | None,
    depfile: str | None,
    quiet: bool,
) -> None:
    """Render templates for their profiles.

    A PATH is a template or a folder: of a folder, all templates below it. Without one, it is the template of this
    folder: Dockerfile.j2, else Dockerfile. - is standard input. A template with mistakes does not stop the others.
    """
    from dfrender import api
    from dfrender.diagnostics import DfrenderError, raise_all

    with errors_reported() as found:
        to_stdout = _goes_to_stdout(paths, output, line_map, depfile, compares=check or diff)
        named, errors = templates(paths, excluded), list[DfrenderError]()
        load, single = api.loader(overrides, os.environ, target), to_stdout or bool(output or line_map)
        rendered = _rendered(named, wanted, load, errors, single=single)
        results = list(chain.from_iterable(rendered))
        found += [*chain.from_iterable(each.warnings for each in results), *api.shared_images(results)]
        if to_stdout:
            _print(results[0], line_map)
            return
        targets = _targets(rendered, output, errors)
        orphans = _orphans(paths, excluded, targets, compares=check or diff)
        found.extend(orphans)
        if check or diff:
            outdated = _compare(targets, check=check, diff=diff)
            raise_all(errors)
            sys.exit(int(outdated or bool(orphans)))
        made = _records(line_map, depfile, list(chain.from_iterable(targets)))
        _write(targets, len(named), errors, force=force, quiet=quiet)
        raise_all(errors)
        _write_records(made)


def _goes_to_stdout(
    paths: Sequence[str], output: str | None, line_map: str | None, depfile: str | None, *, compares: bool
) -> bool:
    """Say where the result goes; refuse what names no file, and a comparison and a record that are about none."""
    refuse_empty(output, line_map, depfile)
    to_stdout = output == STDIN or (output is None and STDIN in paths)
    if to_stdout and compares:
        raise click.UsageError("--check and --diff compare with a file; name it with -o FILE")
    if to_stdout and depfile:
        raise click.UsageError("--depfile is about a file that is made; name it with -o FILE")
    if STDIN in (line_map, depfile) or (line_map and line_map == depfile):
        raise click.UsageError("--map and --depfile each need a file of their own")
    if compares and (line_map or depfile):
        raise click.UsageError("--check and --diff write nothing, neither a map nor a depfile")
    return to_stdout


def _print(result: Result, line_map: str | None) -> None:
    """Print a rendering to standard output, and write its map."""
    from dfrender import files
    from dfrender.source import encode, join

    lines = files.lines_with_header(result)
    made = []
    if line_map:
        from dfrender import records

        made.append(records.record("--map", line_map, records.line_map(result, lines, STDIN), [result], []))
    click.echo(encode(join(lines)), nl=False)
    _write_records(made)


def _write_records(made: Sequence[Record]) -> None:
    for each in made:
        each.write()


def _records(line_map: str | None, depfile: str | None, targets: Sequence[Target]) -> list[Record]:
    """Give what is to be written about the files."""
    if not (line_map or depfile):
        return []
    from dfrender import records

    results, outputs = [each.result for each in targets], [each.output.path for each in targets]
    dockerfiles = [each for each in targets if not each.is_ignore_file]
    made = []
    for each in dockerfiles if line_map else ():
        text = records.line_map(each.result, each.lines, each.output.path.as_posix())
        made.append(records.record("--map", line_map or "", text, results, outputs))
    if depfile:
        made.append(records.record("--depfile", depfile, records.depfile(dockerfiles), results, outputs))
    return made


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
    """Print what is not up to date; say whether there is any, files that are not there and that git ignores aside."""
    from dfrender import discover
    from dfrender.output import State

    different = [target for target in chain.from_iterable(targets) if target.state is not State.CURRENT]
    ignored = discover.ignored(each.output.path for each in different if each.state is State.MISSING)
    for target in different:
        is_ignored = target.output.path in ignored
        if diff and not is_ignored:
            echo(target.output.diff())
        if check or is_ignored:
            echo(f"{target.outdated()}{' (not counted: git ignores it)' if is_ignored else ''}\n")
    return any(target.output.path not in ignored for target in different)


def _orphans(
    paths: Sequence[str], excluded: Sequence[str], targets: Iterable[Sequence[Target]], *, compares: bool
) -> list[Diagnostic]:
    """Report what was rendered once in the folders among the paths, and cannot be any more."""
    folders = [path for path in map(Path, paths) if path.is_dir()]
    if not folders:
        return []
    from dfrender import discover, provenance
    from dfrender.diagnostics import Severity

    known = {target.output.path for target in chain.from_iterable(targets)}
    below = (discover.dockerfile_names_below(folder, excluded) for folder in folders)
    unknown = [each for each in chain.from_iterable(below) if each not in known]
    return list(provenance.orphans(unknown, os.environ, Severity.ERROR if compares else Severity.WARNING))
