"""``dfrender render``: templates to files, or to standard output."""

import sys
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dfrender import api, files
from dfrender.api import Result
from dfrender.cli import stamping
from dfrender.cli.kept import Kept
from dfrender.cli.printing import echo, echo_bytes, echo_document, errors_reported
from dfrender.cli.progress import progress
from dfrender.cli.reading import HERE, STDIN, environment, plain_dockerfiles, refuse_empty, templates
from dfrender.cli.stamping import Before
from dfrender.cli.work import Work
from dfrender.diagnostics import Problems, Severity
from dfrender.files import OutputFile
from dfrender.output import State, clear_left_over
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.source import encode, join
from dfrender.template.template import Template

if TYPE_CHECKING:
    from dfrender.records import Record
    from dfrender.stamp.call import Call


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
    look = Recorder(environment())
    reports: list[bytes] = []
    compares = check or diff
    before = stamping.before(_call())
    with errors_reported(printed=reports) as found:
        to_stdout = _goes_to_stdout(paths, output, asked, compares=compares, tracked=tracked)
        named = templates(paths, excluded, found, look)
        is_single = to_stdout or bool(output or line_map)
        profiles = Profiles(environment(), overrides, target, read_yaml=before.composed.read)
        work = _rendered(named, before, _Render(wanted, profiles, is_single, shows_progress=not quiet), found)
        if to_stdout:
            _print(work.results[0], line_map)
            return
        work.outputs = _without_own_inputs(_outputs(work.rendered, output, found), work, asked, found)
        found.extend(_orphans(paths, excluded, work.paths, look, compares=compares))
        said = "" if diff or quiet else _left_alone(paths, excluded, work.paths, look)
        echo(said)
        made: list[Record] = []
        is_outdated = False
        if compares:
            is_outdated = _compare(work.outputs, found, check=check, diff=diff)
        else:
            made = _write(work, asked, found, force=force, quiet=quiet)
        if tracked:
            _check_tracked(work.outputs, found)
        _end(made, found, is_outdated=is_outdated)
    if not (compares or tracked or made):
        _stamp(stamping.Run(look, work, before.composed, said, b"".join(reports)), quiet=quiet)


def _end(made: "Sequence[Record]", problems: Problems, *, is_outdated: bool) -> None:
    """Write the records if nothing is wrong; exit with 1 where a file is not up to date."""
    problems.refuse()
    _write_records(made)
    if is_outdated:
        sys.exit(1)


def _call() -> "Call | None":
    """Return the call that a stamp may be kept of; None for one that the installed command did not make."""
    call: Call | None = click.get_current_context().obj
    return call


def _stamp(done: stamping.Run, *, quiet: bool) -> None:
    call = _call()
    if call is None:
        return
    if not quiet:
        done = done._replace(said=done.said + _said_unchanged(done.work))
    stamping.keep(call, done)


def _report(work: Work, problems: Problems) -> None:
    """Report warnings; refuse build arguments that no Dockerfile declares, though one that is not rendered might."""
    problems.extend(work.findings)
    problems.extend(api.shared_images(work.footprints))
    for each in problems:
        if each.severity is Severity.ERROR:
            return
    problems.extend(api.undeclared_arguments(work.footprints))
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


class _Render(NamedTuple):
    """How templates are rendered: for these profiles, and to one rendering alone if ``is_single``."""

    wanted: Sequence[str]
    profiles: Profiles
    is_single: bool
    shows_progress: bool


def _rendered(named: Sequence[Template], before: Before, how: _Render, problems: Problems) -> Work:
    """Render templates but for those of several that are as they were left; report what there is to say of all."""
    can_keep = len(named) > 1 and not how.is_single
    work = Work(named, before.kept if can_keep else {})
    work.add(_results(work.to_render, how, problems))
    if work.kept:
        given_up = work.give_up(_outputs(work.rendered, None, Problems()), before.real)
        work.add(_results(given_up, how, problems))
    if how.is_single:
        problems.refuse()
        if len(work.results) > 1:
            raise click.UsageError(_choices(work.results, several=len(named) > 1))
    _report(work, problems)
    return work


def _results(found: Sequence[Template], how: _Render, problems: Problems) -> list[list[Result]]:
    with progress(len(found), is_wanted=how.shows_progress) as begin:

        def render(template: Template) -> list[Result]:
            begin(template.file)
            return api.render_each(template, how.wanted, how.profiles)

        return problems.attempt(render, found)


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
    outputs: Sequence[Sequence[OutputFile]], work: Work, asked: _Records, problems: Problems
) -> list[Sequence[OutputFile]]:
    """Leave out the templates whose images are named by what is written here, and report that."""
    if not any(each.result.named for each in chain.from_iterable(outputs)):
        return list(outputs)
    from dfrender.inputs.objections import report_outputs  # is loaded already where something is named so

    written = [(each.output.path, "the output") for each in chain.from_iterable(outputs)]
    for kept_one in work.kept.values():
        written += [(path, "the output") for path in kept_one.paths]
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
    paths: Sequence[str],
    excluded: Sequence[str],
    known: Collection[Path],
    look: Recorder,
    *,
    compares: bool,
) -> Problems:
    """Report what was rendered once in the folders among the paths, and cannot be any more."""
    if not any(Path(path).is_dir() for path in paths):
        return Problems()
    from dfrender import discover, provenance  # 3 ms that only a folder needs

    problems = Problems()
    unknown = []
    for path in paths:
        if Path(path).is_dir():
            names = discover.dockerfile_names_below(Path(path), excluded, problems, look)
            unknown += [each for each in names if each not in known]
    provenance.report_orphans(unknown, look, HERE, problems, refused=compares)
    return problems


def _left_alone(paths: Sequence[str], excluded: Sequence[str], known: Collection[Path], look: Recorder) -> str:
    """Return a line that names the plain Dockerfiles without a profile of their own in the folders among the paths."""
    plain = [each for each in plain_dockerfiles(paths, excluded, look) if each not in known]
    if plain:
        from dfrender import discover  # is loaded already where a folder was looked through

        return f"left alone, without a profile of their own: {discover.listed(plain)}\n"
    return ""


def _said_unchanged(work: Work) -> str:
    """Return what the next run says of the files, if nothing changes."""
    lines: list[str] = []
    for each in work.in_order():
        lines += _current(each)
    if len(work.named) > 1:
        lines.append(f"{files.total(len(lines), len(lines), len(work.named), len(work.named))}\n")
    return "".join(lines)


def _current(files_of_one: Kept | Sequence[OutputFile]) -> list[str]:
    """Return what is said of the files of a template that are up to date."""
    if isinstance(files_of_one, Kept):
        return [f"{files.is_current(path)}\n" for path in files_of_one.paths]
    found: list[str] = []
    for each in files.unchanged(files_of_one):
        found.append(f"{files.write(each)}\n")
    return found


def _compare(outputs: Iterable[Sequence[OutputFile]], problems: Problems, *, check: bool, diff: bool) -> bool:
    """Report what is not up to date; say whether there is any, files that are not there and that git ignores aside."""
    from dfrender import discover  # of gates alone
    from dfrender.gates import report_outdated  # the same

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
    from dfrender import discover  # of gates alone
    from dfrender.gates import report_untracked  # the same

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


def _write(work: Work, asked: _Records, problems: Problems, *, force: bool, quiet: bool) -> "list[Record]":
    """Write the files; return what is to be written about them when all are there."""
    made = _prepared(asked, work.files)
    done = problems.attempt(lambda each: _write_one(each, force=force, quiet=quiet), work.in_order())
    if len(work.named) > 1 and not quiet:
        written = sum(each.files for each in done)
        current = sum(each.current for each in done)
        echo(f"{files.total(written, current, len(done), len(work.named))}\n")
    return made


class _Done(NamedTuple):
    """How many files of a template there are, and how many of them were up to date."""

    files: int
    current: int


def _write_one(outputs: Kept | Sequence[OutputFile], *, force: bool, quiet: bool) -> _Done:
    """Write the files of one template, or none if a person wrote one of them."""
    if isinstance(outputs, Kept):
        if not quiet:
            echo("".join(_current(outputs)))
        return _Done(len(outputs.outputs), len(outputs.outputs))
    if not force:
        files.refuse_foreign(outputs)
    for each in outputs:
        done = files.write(each)
        if done and not quiet:
            echo(f"{done}\n")
    return _Done(len(outputs), sum(each.state is State.CURRENT for each in outputs))


def _write_records(made: "Sequence[Record]") -> None:
    for each in made:
        each.write()
