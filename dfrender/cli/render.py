"""``dfrender render``: templates to files, or to standard output."""

import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dfrender import api, discover, files
from dfrender.api import Result
from dfrender.cli.printing import echo, echo_bytes, echo_document, errors_reported
from dfrender.cli.reading import HERE, STDIN, environment, plain_dockerfiles, refuse_empty, templates
from dfrender.diagnostics import Problems, Severity
from dfrender.files import OutputFile
from dfrender.gates import report_outdated, report_untracked
from dfrender.output import State, clear_left_over
from dfrender.profile.profiles import Profiles
from dfrender.source import encode, join
from dfrender.template.template import Template

if TYPE_CHECKING:
    from dfrender.records import Record


class _Records(NamedTuple):
    """The files that are to be written about a rendering; None for what is not asked for."""

    line_map: str | None
    depfile: str | None


def run(  # noqa: PLR0913, PLR0917 - one parameter an option, as click passes them
    paths: Sequence[str],
    excluded: Sequence[str],
    wanted: Sequence[str],
    output: str | None,
    overrides: Sequence[str],
    target: str,
    *,
    check: bool,
    diff: bool,
    tracked: bool,
    force: bool,
    line_map: str | None,
    depfile: str | None,
    quiet: bool,
) -> None:
    """Render what the paths name, and write, print or compare it."""
    asked = _Records(line_map, depfile)
    with errors_reported() as found:
        to_stdout = _goes_to_stdout(paths, output, asked, compares=check or diff, tracked=tracked)
        named = templates(paths, excluded, found)
        is_single = to_stdout or bool(output or line_map)
        rendered = _rendered(named, wanted, Profiles(environment(), overrides, target), found, is_single=is_single)
        results = list(chain.from_iterable(rendered))
        _report(results, found)
        if to_stdout:
            _print(results[0], line_map)
            return
        outputs = _without_own_inputs(_outputs(rendered, output, found), asked, found)
        found.extend(_orphans(paths, excluded, outputs, compares=check or diff))
        if not (diff or quiet):
            _say_what_is_left_alone(paths, excluded, outputs)
        made: list[Record] = []
        is_outdated = False
        if check or diff:
            is_outdated = _compare(outputs, found, check=check, diff=diff)
        else:
            made = _prepared(asked, list(chain.from_iterable(outputs)))
            _write(outputs, len(named), found, force=force, quiet=quiet)
        if tracked:
            _check_tracked(outputs, found)
        found.refuse()
        _write_records(made)
        if is_outdated:
            sys.exit(1)


def _report(results: Sequence[Result], problems: Problems) -> None:
    """Report warnings; refuse build arguments that no Dockerfile declares, though one that is not rendered might."""
    for result in results:
        problems.extend(result.warnings)
    problems.extend(api.shared_images(results))
    for each in problems:
        if each.severity is Severity.ERROR:
            return
    problems.extend(api.undeclared_arguments(results))
    problems.refuse()


def _goes_to_stdout(
    paths: Sequence[str], output: str | None, asked: _Records, *, compares: bool, tracked: bool
) -> bool:
    """Say where the result goes; refuse what names no file, and a comparison and a record that are about none."""
    line_map, depfile = asked
    refuse_empty(output, line_map, depfile)
    to_stdout = output == STDIN or (output is None and STDIN in paths)
    if to_stdout and compares:
        raise click.UsageError("--check and --diff compare with a file; name it with -o FILE")
    if to_stdout and tracked:
        raise click.UsageError("--tracked is about files; name one with -o FILE")
    if to_stdout and depfile:
        raise click.UsageError("--depfile is about a file that is made; name it with -o FILE")
    if STDIN in (line_map, depfile) or (line_map and line_map == depfile):
        raise click.UsageError("--map and --depfile each need a file of their own")
    if compares and (line_map or depfile):
        raise click.UsageError("--check and --diff write nothing, neither a map nor a depfile")
    return to_stdout


def _rendered(
    found: Sequence[Template], wanted: Sequence[str], profiles: Profiles, problems: Problems, *, is_single: bool
) -> list[list[Result]]:
    """Render templates; ``is_single``: there must be one rendering."""
    rendered = problems.attempt(lambda each: api.render_each(each, wanted, profiles), found)
    if is_single:
        problems.refuse()
        results = list(chain.from_iterable(rendered))
        if len(results) > 1:
            raise click.UsageError(_choices(results, several=len(found) > 1))
    return rendered


def _choices(results: Sequence[Result], *, several: bool) -> str:
    choices = []
    for each in results:
        choices.append(each.template.file if several else f"-p {each.profile.name}")
    return f"one file cannot hold {len(results)} renderings; choose one of {' '.join(choices)}"


def _print(result: Result, line_map: str | None) -> None:
    """Print a rendering to standard output, and write its map."""
    lines = files.lines_with_header(result)
    made = []
    if line_map:
        from dfrender import records  # 2 ms that few calls need

        text = records.line_map(result, lines, STDIN)
        made.append(records.map_record(line_map, text, [result], []))
    clear_left_over(each.output for each in made)
    echo_bytes(encode(join(lines)))
    _write_records(made)


def _outputs(
    rendered: Sequence[Sequence[Result]], output: str | None, problems: Problems
) -> list[Sequence[OutputFile]]:
    """Return the files of each template, but for those of which one cannot be written."""
    given = Path(output) if output else None
    found = problems.attempt(lambda each: files.files_of(each, given, HERE), rendered)
    return files.without_shared(found, problems)


def _without_own_inputs(
    outputs: Sequence[Sequence[OutputFile]], asked: _Records, problems: Problems
) -> list[Sequence[OutputFile]]:
    """Leave out the templates whose images are named by what is written here, and report that."""
    if not any(each.result.named for each in chain.from_iterable(outputs)):
        return list(outputs)
    from dfrender.inputs.objections import report_outputs  # is loaded already where something is named so

    written = [(each.output.path, "the output") for each in chain.from_iterable(outputs)]
    for name, title in ((asked.line_map, "the map"), (asked.depfile, "the depfile")):
        if name:
            written.append((Path(name), title))
    kept: list[Sequence[OutputFile]] = []
    for files_of_one in outputs:
        found = Problems()
        for each in files_of_one:
            if each.result.named and not each.is_ignore_file:
                report_outputs(each.result.named.inputs.values(), written, found)
        problems += found
        if not found:
            kept.append(files_of_one)
    return kept


def _orphans(
    paths: Sequence[str], excluded: Sequence[str], outputs: Iterable[Sequence[OutputFile]], *, compares: bool
) -> Problems:
    """Report what was rendered once in the folders among the paths, and cannot be any more."""
    if not any(Path(path).is_dir() for path in paths):
        return Problems()
    from dfrender import provenance  # 2 ms that only a folder needs

    known = {each.output.path for each in chain.from_iterable(outputs)}
    problems = Problems()
    unknown = []
    for path in paths:
        if Path(path).is_dir():
            names = discover.dockerfile_names_below(Path(path), excluded, problems)
            unknown += [each for each in names if each not in known]
    provenance.report_orphans(unknown, environment(), HERE, problems, refused=compares)
    return problems


def _say_what_is_left_alone(
    paths: Sequence[str], excluded: Sequence[str], outputs: Iterable[Sequence[OutputFile]]
) -> None:
    """Name the plain Dockerfiles in the folders among the paths that have no profile of their own."""
    known = {each.output.path for each in chain.from_iterable(outputs)}
    plain = [each for each in plain_dockerfiles(paths, excluded) if each not in known]
    if plain:
        echo(f"left alone, without a profile of their own: {discover.listed(plain)}\n")


def _compare(outputs: Iterable[Sequence[OutputFile]], problems: Problems, *, check: bool, diff: bool) -> bool:
    """Report what is not up to date; say whether there is any, files that are not there and that git ignores aside."""
    different = [each for each in chain.from_iterable(outputs) if each.state is not State.CURRENT]
    ignored = discover.ignored(each.output.path for each in different if each.state is State.MISSING)
    is_outdated = False
    for each in different:
        if each.output.path in ignored:
            echo(f"{each.outdated()} (not counted: git ignores it)\n")
            continue
        is_outdated = True
        if diff:
            echo_document(each.output.diff())
        if check:
            report_outdated(each, problems)
    return is_outdated


def _check_tracked(outputs: Iterable[Sequence[OutputFile]], problems: Problems) -> None:
    """Report the files that a commit would go without, although it has the template that they are made of."""
    there = [each for each in chain.from_iterable(outputs) if each.output.path.exists()]
    paths = {each.output.path for each in there}
    templates = {Path(each.result.template.file) for each in there}
    missed = discover.untracked(paths | templates)
    ignored = discover.ignored(paths & missed)
    for each in there:
        path = each.output.path
        if path in missed and path not in ignored and Path(each.result.template.file) not in missed:
            report_untracked(each, problems)


def _prepared(asked: _Records, outputs: Sequence[OutputFile]) -> "list[Record]":
    """Return what is to be written about the files, once what an interrupted run left beside them all is gone."""
    made = _records(asked, outputs)
    clear_left_over(chain((each.output for each in outputs), (each.output for each in made)))
    return made


def _records(asked: _Records, outputs: Sequence[OutputFile]) -> "list[Record]":
    if asked == (None, None):
        return []
    from dfrender import records  # 2 ms that few calls need

    results, paths = [each.result for each in outputs], [each.output.path for each in outputs]
    dockerfiles = [each for each in outputs if not each.is_ignore_file]
    made = []
    if asked.line_map:
        for each in dockerfiles:
            text = records.line_map(each.result, each.lines, each.output.path.as_posix())
            made.append(records.map_record(asked.line_map, text, results, paths))
    if asked.depfile:
        made.append(records.depfile_record(asked.depfile, outputs, HERE))
    return made


def _write(
    outputs: Sequence[Sequence[OutputFile]], templates: int, problems: Problems, *, force: bool, quiet: bool
) -> None:
    done = problems.attempt(lambda each: _write_one(each, force=force, quiet=quiet), outputs)
    if templates > 1 and not quiet:
        echo(f"{files.total(done, templates)}\n")


def _write_one(outputs: Sequence[OutputFile], *, force: bool, quiet: bool) -> Sequence[OutputFile]:
    """Write the files of one template, or none if a person wrote one of them."""
    if not force:
        files.refuse_foreign(outputs)
    for each in outputs:
        done = files.write(each)
        if done and not quiet:
            echo(f"{done}\n")
    return outputs


def _write_records(made: "Sequence[Record]") -> None:
    for each in made:
        each.write()
