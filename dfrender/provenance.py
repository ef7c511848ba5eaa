"""A file that dfrender wrote to the template and the profile that it is made of, by its header, which is never run."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dfrender import api, discover, files
from dfrender.boundary import boundary_of
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, Problems
from dfrender.files import OutputFile
from dfrender.header import UpdateCommand, find_command
from dfrender.output import State
from dfrender.profile import folders, places
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.source import At, Line, decode, split_lines
from dfrender.template.template import read_template

_STDIN = "-"


class Origin(NamedTuple):
    """The template and the profile that make a file; ``output`` is the path that the call named."""

    template: Path
    profile: Profile
    output: Path | None


class _Checked(NamedTuple):
    """A file that another linter read: how many lines it has, and what dfrender makes of it, None for another's."""

    lines: int
    output: OutputFile | None


def output_file_of(file: str, command: UpdateCommand, environ: Mapping[str, str], here: Path) -> OutputFile:
    """Render what a file is made of, and return it as it should be now.

    Raises `CallError` if nothing is found that makes this file, and `DfrenderError` if it cannot be rendered.
    """
    profiles = Profiles(environ, command.overrides, command.target)
    origin = next(_origins(Path(file), command, profiles, here, Recorder(environ)), None)
    if origin is None:
        raise CallError.of(At(file), "unknown-origin", _no_origin(command), f"its header says: {command.text}")
    boundary = boundary_of(Path(file).parent, Recorder(environ))
    template = read_template(origin.template, boundary=boundary)
    profile = origin.profile
    result = api.render(template, profile, profiles.elsewhere(template.folder, profile.name))
    return next(each for each in files.files_of([result], origin.output, here) if _same(each.output.path, file))


def at_template_lines(found: Iterable[Diagnostic], environ: Mapping[str, str], here: Path) -> Iterator[Diagnostic]:
    """Yield what was found in rendered files at the lines that they are made of; what was found elsewhere as it is.

    Raises `CallError` for a file that is not there, and `DfrenderError` for one that is not current, or lacks a line:
    its lines are not those that would be written now, or that were read.
    """
    known: dict[str, _Checked] = {}
    for each in found:
        file, line = each.at.file, each.at.line
        if file not in known:
            known[file] = _checked(file, environ, here)
        checked = known[file]
        # what a linter misses at the end of a file, it finds in the line behind the last
        if line > checked.lines + 1:
            message = f"this was found in line {line}, and the last line of the file is {checked.lines}"
            raise DfrenderError.of(At(file), "outdated-findings", message, "let the linter read the file again")
        if checked.output and line:
            index = min(line, checked.lines) - 1
            yield _at_origin(each, checked.output.lines[index])
        else:
            yield each


def report_orphans(paths: Iterable[Path], look: Recorder, here: Path, problems: Problems, *, refused: bool) -> None:
    """Report the files that dfrender wrote and would not write again; of standard input nobody knows.

    The recorder notes what was looked at.
    """
    environ = look.environ.variables
    for path in paths:
        command = find_command(decode(look.peek(path)))
        if command is None or command.template == _STDIN:
            continue
        profiles = Profiles(environ, command.overrides, command.target)
        if any(_origins(path, command, profiles, here, look)):
            continue
        hint = "remove the file, or its header if you go on with it by hand"
        if refused:
            problems.error(At(str(path)), "orphaned-output", _no_origin(command), hint)
        else:
            problems.warning(At(str(path)), "orphaned-output", _no_origin(command), hint)


def _checked(file: str, environ: Mapping[str, str], here: Path) -> _Checked:
    text = read_template(Path(file)).text
    lines = len(split_lines(text))
    command = find_command(text)
    if command is None:
        return _Checked(lines, None)
    found = output_file_of(file, command, environ, here)
    if found.state is not State.CURRENT:
        message = f"these findings may be about other lines: {found.output.path} is {found.state.value}"
        raise DfrenderError.of(At(file), "outdated-findings", message, found.outdated())
    return _Checked(lines, found)


def _at_origin(found: Diagnostic, line: Line) -> Diagnostic:
    """Return a diagnostic at the place that a line is from; that of a line that dfrender added at what asked for it."""
    related = (*found.related, ("in the rendered file", found.at))
    if line.why:
        message = f"{found.message} (in a line that dfrender added: {line.why})"
        return found._replace(at=line.cause or line.at, message=message, related=related)
    at = line.at
    if found.at.column:
        at = line.locate(found.at.column - 1)
    return found._replace(at=at, related=related)


def _no_origin(command: UpdateCommand) -> str:
    if command.template == _STDIN:
        return "this file is made of standard input, of which nothing is kept"
    return f"there is no template {command.template!r} with a profile {command.profile!r} that makes this file"


def _origins(file: Path, command: UpdateCommand, profiles: Profiles, here: Path, look: Recorder) -> Iterator[Origin]:
    """Yield what makes a file: templates of that name in the folders upward, then in the whole repository."""
    for template in _templates(file, Path(command.template).name, here, look):
        output = None
        if command.output:
            output = template.parent / command.output
        name = command.profile
        if folders.is_path(name):
            name = str(template.parent / name)
        try:
            profile = profiles.load(places.find(name, template.parent, look))
            look.include(profile.recorder)
            path = output or places.output_path(template, profile)
        except DfrenderError:
            look.is_complete = False
            continue
        if _same(path, file) or _same(files.ignore_file(path), file):
            yield Origin(template, profile, output)


def _templates(file: Path, name: str, here: Path, look: Recorder) -> Iterator[Path]:
    """Yield the files of a name from a file's folder upward, then those in the whole repository."""
    upward = folders.upward(file.parent, look)
    for folder in upward:
        if look.is_file(folder / name):
            yield folder / name
    look.is_complete = False
    for each in discover.named(name, upward[-1], Problems()):
        yield each if each.is_absolute() else Path(files.relative(here, each))


def _same(path: Path, file: str | Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(file)
