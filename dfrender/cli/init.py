"""``dfrender init``: from existing Dockerfiles to a template and profiles."""

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from dfrender.adopt import advice
from dfrender.adopt.adopt import Adoption, adopt
from dfrender.cli.printing import echo, errors_reported
from dfrender.diagnostics import Problems
from dfrender.output import Output, State
from dfrender.source import At
from dfrender.template.template import read_template

_TWO = 2


def run(paths: Sequence[str], *, plain: bool, dry_run: bool, force: bool) -> None:
    """Make a template and profiles of a Dockerfile, and write them."""
    with errors_reported() as found:
        paths = _checked(paths or ["Dockerfile"], plain=plain)
        adoption = _adoption(paths, plain=plain)
        found.extend(adoption.warnings)
        files = _to_write(adoption)
        options = [option for option, given in (("--plain", plain), ("--force", force)) if given]
        again = shlex.join(["dfrender", "init", *paths, *options])
        if dry_run:
            _show(files, Path(paths[0]))
        if not force:
            _check_existing(files, again, found, seen=dry_run)
            _check_names(adoption, paths[0], found)
            found.refuse()
        if dry_run:
            echo(f"nothing was written; do it: {again}\n")
        else:
            _write(adoption, files)


def _checked(paths: Sequence[str], *, plain: bool) -> Sequence[str]:
    if "" in paths:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    if plain and len(paths) > 1:
        raise click.UsageError("init --plain takes one Dockerfile")
    if len(paths) > _TWO:
        raise click.UsageError("init takes one Dockerfile or two")
    if len({os.path.realpath(each) for each in paths}) < len(paths):
        raise click.UsageError(f"{paths[0]} and {paths[1]} are one file")
    return paths


def _adoption(paths: Sequence[str], *, plain: bool) -> Adoption:
    """Read the Dockerfiles and make of them what is to be written; say what is left, and where they differ."""
    problems = Problems()
    dockerfiles = problems.attempt(lambda each: read_template(Path(each)), paths)
    problems.refuse()
    adoption = adopt(dockerfiles, plain=plain)
    both = " and ".join(paths)
    if adoption.differences:
        differences = "".join(f"  {each}\n" for each in adoption.differences)
        echo(f"besides references, {both} differ in these lines, each kept for its profile:\n{differences}")
    elif len(paths) > 1:
        echo(f"{both} differ in references only\n")
    return adoption


def _to_write(adoption: Adoption) -> list[Output]:
    """Leave out what is there just so, and a schema that another call wrote."""
    found = []
    for each in adoption.files:
        state = each.state()
        is_kept = each.path.suffix == ".json" and state is not State.MISSING
        if state is not State.CURRENT and not is_kept:
            found.append(each)
    return found


def _show(files: Iterable[Output], dockerfile: Path) -> None:
    """Print each file as a difference: what takes the Dockerfile's place from that, all else from what is there."""
    for each in files:
        if each.path.suffix == ".json":
            echo(f"{each.path}: the schema by which editors check and complete profiles\n")
        else:
            before = dockerfile if each.path.parent == dockerfile.parent else None
            echo(each.diff(before))


def _check_existing(files: Iterable[Output], command: str, problems: Problems, *, seen: bool) -> None:
    """Report the files of a person's that would be replaced."""
    see = "" if seen else f"see what would be written: {command} --dry-run; "
    for each in files:
        if each.state().needs_force:
            hint = f"{see}replace it: {command} --force"
            problems.error(At(str(each.path)), "not-overwritten", "this file is there already", hint)


def _check_names(adoption: Adoption, dockerfile: str, problems: Problems) -> None:
    """Report the files of a person's that have the name of what is to be rendered."""
    for use in adoption.uses:
        if use.is_new and Output(use.output, "").state().needs_force:
            both = [dockerfile, str(use.output)]
            if use.profile == "ci":
                both.reverse()
            message = f"this file is there already, and has the name of what profile {use.profile} renders"
            hint = f"adopt both: {shlex.join(['dfrender', 'init', *both])}; or give it another name"
            problems.error(At(str(use.output)), "not-overwritten", message, hint)


def _write(adoption: Adoption, files: Iterable[Output]) -> None:
    """Write the files, and say what there is to do next."""
    for each in files:
        each.write()
        echo(f"wrote {each.path}\n")
    echo(f"\n{advice.next_steps(adoption)}\n{advice.snippets(adoption)}")
