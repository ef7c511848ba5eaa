"""``dfrender init``: from existing Dockerfiles to a template and profiles."""

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from dfrender import discover
from dfrender.adopt import advice, builds, contexts
from dfrender.adopt.adopt import Adoption, adopt
from dfrender.adopt.contexts import Contexts
from dfrender.cli import first
from dfrender.cli.printing import echo, echo_document, errors_reported
from dfrender.diagnostics import CallError, Problems, reason
from dfrender.output import Found, Output, State, clear_left_over
from dfrender.source import At
from dfrender.template.template import Template, read_template


def run(paths: Sequence[str], *, plain: bool, dry_run: bool, keep: bool, force: bool) -> None:
    """Make a template and profiles of a Dockerfile, and write them."""
    if keep and force:
        raise click.UsageError("--keep keeps the files that --force replaces; choose one")
    if keep and plain:
        raise click.UsageError("--plain changes the Dockerfile that --keep keeps; choose one")
    with errors_reported() as problems:
        paths = _checked(_dockerfiles(paths), plain=plain)
        dockerfiles = _read(paths)
        found = _contexts(paths)
        adoption = adopt(dockerfiles, plain=plain, contexts=found.folders)
        problems.extend(adoption.warnings)
        problems.extend(found.warnings)
        _print_differences(adoption, paths)
        files = _to_write(adoption, problems)
        options = [option for option, given in (("--plain", plain), ("--keep", keep), ("--force", force)) if given]
        again = shlex.join(["dfrender", "init", *paths, *options])
        notes = list(found.lines)
        kept = _of_a_person(files) if keep else []
        for each in kept:
            files.remove(each)
            notes.append(f"kept {each.output.path}, which says something else")
        if dry_run:
            _show(files, Path(paths[0]))
        if not force:
            _check_existing(files, again, problems, plain=plain, seen=dry_run)
            _check_names(adoption, paths[0], problems)
            problems.refuse()
        echo("".join(f"{note}\n" for note in notes))
        if dry_run:
            echo(f"nothing was written; do it: {again}\n")
        else:
            _write(adoption, files, is_kept=bool(kept))


def _dockerfiles(paths: Sequence[str]) -> list[str]:
    """Return the Dockerfiles that the paths name: themselves or those of folders, without a path that of this one."""
    if "" in paths:
        raise click.UsageError("an empty text names no file; is a variable of your shell unset?")
    problems = Problems()
    found = problems.attempt(_dockerfile, paths or ["."])
    problems.refuse()
    return found


def _dockerfile(path: str) -> str:
    folder = Path(path)
    if folder.is_dir():
        return str(first.dockerfile_of(folder))
    return path


def _checked(paths: Sequence[str], *, plain: bool) -> Sequence[str]:
    if plain and len(paths) > 1:
        raise click.UsageError("init --plain takes one Dockerfile")
    known: dict[str, str] = {}
    for each in paths:
        other = known.setdefault(os.path.realpath(each), each)
        if other is not each:
            raise click.UsageError(f"{other} and {each} are one file")
    return paths


def _read(paths: Sequence[str]) -> list[Template]:
    problems = Problems()
    found = problems.attempt(lambda each: read_template(Path(each)), paths)
    problems.refuse()
    return found


def _print_differences(adoption: Adoption, paths: Sequence[str]) -> None:
    """Say where several Dockerfiles differ."""
    both = " and ".join(paths)
    if adoption.differences:
        differences = "".join(f"  {each}\n" for each in adoption.differences)
        echo(f"besides references, {both} differ in these lines, each kept for its profile:\n{differences}")
    elif len(paths) > 1:
        echo(f"{both} differ in references only\n")


def _contexts(paths: Sequence[str]) -> Contexts:
    """Look for the build contexts of Dockerfiles in the files of the repository of the first."""
    dockerfiles = [Path(each) for each in paths]
    root = contexts.root_of(dockerfiles[0])
    return contexts.find(dockerfiles, discover.some_files(root, builds.is_known), root)


class _File(NamedTuple):
    """A file to be written, and what stands there now."""

    output: Output
    found: Found


def _look_at(output: Output) -> _File:
    try:
        return _File(output, output.found())
    except OSError as error:
        raise _unwritable(output.path, error) from error


def _unwritable(path: Path, error: OSError) -> CallError:
    message = f"{path} cannot be written: {reason(error)}"
    return CallError.of(
        At(str(path)), "unwritable-output", message, "remove what is in the way, or give it another name"
    )


def _to_write(adoption: Adoption, problems: Problems) -> list[_File]:
    """Leave out what is there just so, and a schema that another call wrote."""
    files = problems.attempt(_look_at, adoption.files)
    problems.refuse()
    found = []
    for each in files:
        state = each.found.state
        is_kept = each.output.path.suffix == ".json" and state is not State.MISSING
        if state is not State.CURRENT and not is_kept:
            found.append(each)
    return found


def _show(files: Iterable[_File], dockerfile: Path) -> None:
    """Print each file as a difference: what takes the Dockerfile's place from that, all else from what is there."""
    for each, _ in files:
        if each.path.suffix == ".json":
            echo(f"{each.path}: the schema by which editors check and complete profiles\n")
        else:
            before = dockerfile if each.path.parent == dockerfile.parent else None
            echo_document(each.diff(before))


def _of_a_person(files: Sequence[_File]) -> list[_File]:
    return [each for each in files if each.found.state.needs_force]


def _check_existing(files: Sequence[_File], command: str, problems: Problems, *, plain: bool, seen: bool) -> None:
    """Report the files of a person's that would be replaced, and how to keep them."""
    theirs = _of_a_person(files)
    hint = f"replace it: {command} --force"
    if len(theirs) < len(files) and not plain:
        hint = f"keep it and write what is missing: {command} --keep; {hint}"
    if not seen:
        hint = f"see what would be written: {command} --dry-run; {hint}"
    for each in theirs:
        problems.error(At(str(each.output.path)), "not-overwritten", "this file is there already", hint)


def _check_names(adoption: Adoption, dockerfile: str, problems: Problems) -> None:
    """Report the files of a person's that have the name of what is to be rendered."""
    for use in adoption.uses:
        if use.is_new and _look_at(Output(use.output, "", adoption.files[0].boundary)).found.state.needs_force:
            both = [dockerfile, str(use.output)]
            if use.profile == "ci":
                both.reverse()
            message = f"this file is there already, and has the name of what profile {use.profile} renders"
            hint = f"adopt both: {shlex.join(['dfrender', 'init', *both])}; or give it another name"
            problems.error(At(str(use.output)), "not-overwritten", message, hint)


def _write(adoption: Adoption, files: Sequence[_File], *, is_kept: bool) -> None:
    """Write the files, and say what there is to do next; what was kept may render something else than was proven."""
    clear_left_over(each.output for each in files)
    for output, found in files:
        try:
            output.write(found)
        except OSError as error:
            raise _unwritable(output.path, error) from error
        echo(f"wrote {output.path}\n")
    steps = advice.next_steps(adoption)
    if is_kept:
        steps = advice.comparison(adoption)
    echo(f"\nlines for other files, where there is a use for them:\n\n{advice.snippets(adoption)}\n{steps}")
