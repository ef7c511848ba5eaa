"""``dfrender init``: from existing Dockerfiles to a template and profiles."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dfrender.cli import complete
from dfrender.cli.options import MESSAGE_FORMAT
from dfrender.cli.streams import echo, errors_reported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dfrender.adopt.adopt import Adoption
    from dfrender.diagnostics import Diagnostic
    from dfrender.output import Output


@click.command("init")
@click.argument("paths", nargs=-1, metavar="[DOCKERFILE [DOCKERFILE.dev]]", shell_complete=complete.files)
@click.option("--plain", is_flag=True, help="Keep a plain Dockerfile, with bare names, and write the profile ci only.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@MESSAGE_FORMAT
def command(paths: Sequence[str], *, plain: bool, dry_run: bool, force: bool) -> None:
    """Make a template and profiles of a Dockerfile.

    Stages that it names by image (COPY --from=builder:latest) become references to stages, and images in the profile
    ci. Of a second Dockerfile, which developers keep beside it, comes the profile dev. What is rendered bears the
    names of both. Without a path, it is the Dockerfile of this folder.
    """
    from dfrender.diagnostics import refuse

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
            refuse([*_existing(files, again, seen=dry_run), *_in_the_way(adoption, paths[0])])
        if dry_run:
            echo(f"nothing was written; do it: {again}\n")
        else:
            _write(adoption, files)


def _checked(paths: Sequence[str], *, plain: bool) -> Sequence[str]:
    if "" in paths:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    if len(paths) > 1 + (not plain):
        raise click.UsageError(f"init {'--plain takes one Dockerfile' if plain else 'takes one Dockerfile or two'}")
    if len({os.path.realpath(each) for each in paths}) < len(paths):
        raise click.UsageError(f"{paths[0]} and {paths[1]} are one file")
    return paths


def _adoption(paths: Sequence[str], *, plain: bool) -> Adoption:
    """Read the Dockerfiles and make of them what is to be written; say what is left, and where they differ."""
    from dfrender.adopt.adopt import adopt
    from dfrender.diagnostics import gather
    from dfrender.template.template import read_template

    adoption = adopt(gather(lambda each: read_template(Path(each)), paths), plain=plain)
    both = " and ".join(paths)
    if adoption.differences:
        differences = "".join(f"  {each}\n" for each in adoption.differences)
        echo(f"besides references, {both} differ in these lines, each kept for its profile:\n{differences}")
    elif len(paths) > 1:
        echo(f"{both} differ in references only\n")
    return adoption


def _to_write(adoption: Adoption) -> list[Output]:
    """Leave out what is there just so, and a schema that another call wrote."""
    from dfrender.output import State

    states = [(each, each.state()) for each in adoption.files]
    kept = [(each, state) for each, state in states if each.path.suffix != ".json" or state is State.MISSING]
    return [each for each, state in kept if state is not State.CURRENT]


def _show(files: Iterable[Output], dockerfile: Path) -> None:
    """Print each file as a difference: what takes the Dockerfile's place from that, all else from what is there."""
    for each in files:
        if each.path.suffix == ".json":
            echo(f"{each.path}: the schema by which editors check and complete profiles\n")
        else:
            echo(each.diff(dockerfile if each.path.parent == dockerfile.parent else None))


def _existing(files: Iterable[Output], command: str, *, seen: bool) -> Iterator[Diagnostic]:
    """Report the files of a person's that would be replaced."""
    from dfrender.diagnostics import Diagnostic
    from dfrender.source import At

    see = "" if seen else f"see what would be written: {command} --dry-run; "
    for each in files:
        if each.state().needs_force:
            message, hint = "this file is there already", f"{see}replace it: {command} --force"
            yield Diagnostic(At(str(each.path)), "not-overwritten", message, hint=hint)


def _in_the_way(adoption: Adoption, dockerfile: str) -> Iterator[Diagnostic]:
    """Report the files of a person's that have the name of what is to be rendered."""
    from dfrender.diagnostics import Diagnostic
    from dfrender.output import Output
    from dfrender.source import At

    for use in adoption.uses:
        if use.is_new and Output(use.output, "").state().needs_force:
            both = (str(use.output), dockerfile) if use.profile == "ci" else (dockerfile, str(use.output))
            message = f"this file is there already, and has the name of what profile {use.profile} renders"
            hint = f"adopt both: {shlex.join(['dfrender', 'init', *both])}; or give it another name"
            yield Diagnostic(At(str(use.output)), "not-overwritten", message, hint=hint)


def _write(adoption: Adoption, files: Iterable[Output]) -> None:
    """Write the files, and say what there is to do next."""
    from dfrender.adopt import advice

    for each in files:
        each.write()
        echo(f"wrote {each.path}\n")
    echo(f"\n{advice.next_steps(adoption)}\n{advice.snippets(adoption)}")
