"""Renderings to the files that they belong in: paths, headers, and the ignore file that goes with a Dockerfile."""

import os
import shlex
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from dfrender.api import Result
from dfrender.boundary import Boundary, boundary_of
from dfrender.destination import Destination, destination
from dfrender.diagnostics import CallError, DfrenderError, Problems, count, reason
from dfrender.header import UpdateCommand, is_generated, with_header
from dfrender.output import Found, Output, State
from dfrender.profile import places
from dfrender.recorder import Recorder
from dfrender.source import STDIN_NAME, At, Line, decode, encode, join, lines_of

_IGNORE = ".dockerignore"


class OutputFile(NamedTuple):
    """A file to be written, and what stands there now.

    ``lines`` are those of the output with its header. ``at`` is where its path was written, ``real`` is that without
    links, ``summary`` says what is in it, and ``command`` renders it again from the working directory.
    """

    result: Result
    output: Output
    lines: tuple[Line, ...]
    found: Found
    at: At
    real: str
    summary: str
    command: str

    @property
    def state(self) -> State:
        """Return what stands there, measured by what would be written."""
        return self.found.state

    @property
    def data(self) -> bytes | None:
        """Return the bytes that stand there once it was written; None where it was removed."""
        if self.output.is_left_over:
            return None
        if self.state is State.CURRENT:
            return self.found.data
        return encode(self.output.text)

    @property
    def is_ignore_file(self) -> bool:
        """Say whether it is the ignore file that goes with a Dockerfile."""
        return self.output.path.name.endswith(_IGNORE)

    def outdated(self) -> str:
        """Say what stands there in place of the output, and how to bring it up to date."""
        update = f"update it: {self.command}"
        if self.state.needs_force:
            update = f"replace it: {self.command} --force"
        return f"{self.output.path} is {self.state.value}; {update}"


class _Content(NamedTuple):
    """What a rendering puts at a path: the Dockerfile, or the ignore file that goes with it.

    ``lines`` are None for an ignore file that is to go. ``boundary`` holds all that links may lead to, None for a path
    that the user gave. ``command`` renders it again from the working directory. ``place`` is where it goes, None where
    nobody has looked yet.
    """

    path: Path
    lines: tuple[Line, ...] | None
    result: Result
    boundary: Boundary | None
    command: str
    place: Destination | None = None


def lines_with_header(result: Result) -> tuple[Line, ...]:
    """Return the lines of a rendering with its header; raise `DfrenderError` where its profile names no good output."""
    places.output_path(Path(result.template.file), result.profile)
    return _headed(result, update_command(result, None, result.template.folder))


def _headed(result: Result, command: UpdateCommand) -> tuple[Line, ...]:
    origin = Path(result.template.file).name
    if result.template.file == STDIN_NAME:
        origin = "standard input"
    top = result.output.dockerfile.top
    return with_header(result.lines, top, f"{origin}, profile {result.profile.name}", command.text)


def files_of(results: Sequence[Result], output: Path | None, here: Path) -> list[OutputFile]:
    """Return the files of a template's renderings, and with each the ignore file that the template has.

    ``output`` is the path that the user gave, `None` for that of the profile; ``here`` is the folder that commands are
    for. Raises `DfrenderError` or `CallError` where a file cannot be written.
    """
    problems = Problems()
    contents = problems.attempt(lambda result: _contents(result, output, here), results)
    problems.refuse()
    files = problems.attempt(lambda each: _file(each, output, here), chain.from_iterable(contents))
    problems.refuse()
    return files


def without_shared(templates: Sequence[Sequence[OutputFile]], problems: Problems) -> list[Sequence[OutputFile]]:
    """Leave out the templates of which a file would also be that of another rendering, and report each of these."""
    owners: dict[str, list[OutputFile]] = {}
    for each in chain.from_iterable(templates):
        owners.setdefault(each.real, []).append(each)
    refused: set[str] = set()
    reported: set[tuple[str, str]] = set()
    for files in owners.values():
        first = files[0]
        for other in files:
            if other is first:
                continue
            refused.update((first.result.template.file, other.result.template.file))
            pair = (first.command, other.command)
            if pair not in reported:
                reported.add(pair)
                hint = "give one of the profiles an output of its own"
                if first.result.profile.file == other.result.profile.file:
                    hint = "render them one at a time, each with -o FILE"
                _report_shared(first.result, other.result, other.output.path, hint, problems)
    return [each for each in templates if each[0].result.template.file not in refused]


def report_shared_outputs(results: Iterable[Result], problems: Problems) -> None:
    """Report each rendering whose output would also be that of one before it, where all of them are needed at once."""
    owners: dict[str, Result] = {}
    for result in results:
        path = places.output_path(Path(result.template.file), result.profile)
        first = owners.setdefault(os.path.realpath(path), result)
        if first is not result:
            hint = "give each template a profile with an output of its own"
            _report_shared(first, result, path, hint, problems)


def refuse_foreign(files: Iterable[OutputFile]) -> None:
    """Raise `DfrenderError` for all files that a person wrote or edited."""
    problems = Problems()
    for each in files:
        if each.state.needs_force:
            hint = f"see the difference: {each.command} --diff; replace the file: {each.command} --force"
            problems.error(At(str(each.output.path)), "not-overwritten", each.state.value, hint)
    problems.refuse()


def looked_at_again(file: OutputFile) -> OutputFile:
    """Return a file with what stands there now; raise `CallError` where nothing can be written."""
    try:
        found = file.output.found()
    except OSError as error:
        raise _unwritable(file.at, file.output.path, error) from error
    return file._replace(found=found)


def unchanged(files: Iterable[OutputFile]) -> list[OutputFile]:
    """Return files as the next run finds them, once they were written."""
    found: list[OutputFile] = []
    for each in files:
        if not each.output.is_left_over:
            found.append(each._replace(found=Found(State.CURRENT, each.data)))
    return found


def write(file: OutputFile) -> str:
    """Bring a file up to date if it is not; say what was done, nothing of a stream.

    Raise `DfrenderError` if a person wrote it since it was looked at, and `CallError` if it cannot be written.
    """
    output = file.output
    if file.state is State.CURRENT:
        return is_current(output.path)
    try:
        output.write(file.found)
    except OSError as error:
        raise _unwritable(file.at, output.path, error) from error
    if file.state is State.STREAM:
        return ""
    if output.is_left_over:
        return f"removed {output.path}"
    return f"wrote {output.path}{file.summary}"


def is_current(path: Path) -> str:
    """Say that a file is as it should be."""
    return f"{path} is up to date"


def total(files: int, current: int, done: int, templates: int) -> str:
    """Say how many templates, of how many, and which of their files, were brought up to date."""
    some = f"{done} of " if done < templates else ""
    rest = f", {current} up to date" if current else ""
    return f"{some}{count(templates, 'template')}: {count(files - current, 'file')} written{rest}"


def inputs(result: Result) -> list[Path]:
    """Return the files that a rendering is made of: template, includes, profiles, and the template's ignore file."""
    found = list(result.recorder.files)
    ignore = _ignore_source(result)
    if ignore:
        found.append(ignore)
    return found


def ignore_file(path: Path) -> Path:
    """Return where Docker looks for the ignore file of a Dockerfile."""
    return path.with_name(f"{path.name}{_IGNORE}")


def update_command(result: Result, output: Path | None, folder: Path) -> UpdateCommand:
    """Return what renders this again, with paths from a folder."""
    return _command(result, output, folder, is_named=_is_named(result))


def _is_named(result: Result) -> bool:
    """Say whether the name of its profile is enough to find it."""
    profile = result.profile
    return places.nearest(profile.name, result.template.folder, result.recorder) == Path(profile.file)


def _command(result: Result, output: Path | None, folder: Path, *, is_named: bool) -> UpdateCommand:
    profile, template = result.profile, result.template.file
    name = profile.name
    if not is_named:
        name = relative(folder, Path(profile.file))
    source = "-" if template == STDIN_NAME else relative(folder, Path(template))
    written = relative(folder, output) if output else ""
    return UpdateCommand(name, source, profile.overrides, profile.called_target, written)


def relative(folder: Path, path: Path) -> str:
    """Return a path as it is from a folder, with ``/``."""
    if os.pardir not in path.parts and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()  # without asking the system which folder this is
    return Path(os.path.relpath(path, folder)).as_posix()


def _ignore_source(result: Result) -> Path | None:
    """Return the ignore file that goes with the template, named after it with its suffix or without."""
    template = Path(result.template.file)
    candidates = [ignore_file(template)]
    if result.template.jinja:
        candidates.append(ignore_file(template.with_suffix("")))
    for each in candidates:
        # what dfrender wrote for an output of that name is not a source
        look = result.recorder
        if look.is_file(each) and not is_generated(decode(look.peek(each))):
            return each
    return None


def _contents(result: Result, given: Path | None, here: Path) -> list[_Content]:
    """Return the file of a rendering and its ignore file: Docker looks for one beside the Dockerfile that it builds."""
    path = given or places.output_path(Path(result.template.file), result.profile)
    repository = boundary_of(result.template.folder, result.recorder)
    boundary = None if given else repository
    try:
        place = destination(path, boundary)
    except OSError as error:
        raise _unwritable(_place(result, given), path, error) from error
    if place.real in map(result.recorder.real, inputs(result)):
        message = f"{path} is what the output would be made of"
        raise CallError.of(_place(result, given), "output-is-input", message, "choose another file")
    is_named = _is_named(result)
    command = _command(result, given, here, is_named=is_named).text
    header_command = _command(result, _header_output(result, given), result.template.folder, is_named=is_named)
    found = [_Content(path, _headed(result, header_command), result, boundary, command, place)]
    if given and repository.objection(path):
        # beside a file that the user names elsewhere
        repository = Boundary(place.path.parent, str(path.parent), is_repository=True)
    if not place.is_stream:
        found.extend(_ignore_contents(found[0], header_command, repository))
    return found


def _ignore_contents(output: _Content, header_command: UpdateCommand, boundary: Boundary) -> list[_Content]:
    """Return the ignore file of an output: as the template has it, and else none, also where there was one before."""
    result = output.result
    source, ignored = _ignore_source(result), ignore_file(output.path)
    if source == ignored:
        return []
    if source is None:
        # what comes from standard input has no ignore file, and says nothing about one
        if result.template.file != STDIN_NAME and _is_left_over(ignored, boundary, result.recorder):
            return [_Content(ignored, None, result, boundary, output.command)]
        return []
    _check_ignore_source(result, source)
    text = decode(source.read_bytes())
    origin = f"{source.name}, profile {result.profile.name}"
    lines = with_header(lines_of(text, str(source)), 0, origin, header_command.text)
    return [_Content(ignored, lines, result, boundary, output.command)]


def _check_ignore_source(result: Result, source: Path) -> None:
    """Refuse an ignore file that leads out of the boundary: nobody named it."""
    boundary = boundary_of(result.template.folder, result.recorder)
    objection = boundary.objection(source)
    if objection:
        hint = "a link counts as what it leads to; put the file itself there"
        message = f"this ignore file {objection}"
        raise DfrenderError.of(At(str(source)), "ignore-file-outside-repository", message, hint)


def _is_left_over(ignored: Path, boundary: Boundary, look: Recorder) -> bool:
    """Say whether an ignore file is one of dfrender's; what cannot be read is none."""
    try:
        if not look.is_file(ignored):
            return False
        look.peek(ignored)
        found = Output(ignored, "", boundary, is_left_over=True).found()
    except OSError:
        look.is_complete = False
        return False
    return found.data != b"" and found.state in {State.STALE, State.EDITED}


def _file(content: _Content, given: Path | None, here: Path) -> OutputFile:
    result, path = content.result, content.path
    at = _place(result, given)
    lines = content.lines or ()
    output = Output(path, join(lines), content.boundary, is_left_over=content.lines is None)
    try:
        place = content.place or output.destination()
        _check_folder(output, place, at, here)
        found = output.found_at(place)
    except OSError as error:
        raise _unwritable(at, path, error) from error
    summary = "" if path.name.endswith(_IGNORE) else _summary(result)
    return OutputFile(result, output, lines, found, at, place.real, summary, content.command)


def _check_folder(output: Output, place: Destination, at: At, here: Path) -> None:
    """Refuse a folder that is not there."""
    folder = place.path.parent
    if folder.exists():
        return
    shown = output.path.parent
    if output.path.is_symlink():
        shown = Path(relative(here, folder))
    message = f"the folder {shown} does not exist"
    raise CallError.of(at, "output-folder-missing", message, f"create it: mkdir -p {shlex.quote(str(shown))}")


def _summary(result: Result) -> str:
    decisions = result.decisions
    edges = [each.edges for each in decisions.written]
    references, stages = sum(map(len, edges)), sum(map(bool, edges))
    parts = []
    if references:
        parts.append(f"{count(references, 'reference')} to {count(stages, 'prebuilt stage')}")
    target = result.profile.target
    if target:
        whole = count(len(decisions.source.stages), "stage")
        parts.append(f"{len(decisions.kept)} of {whole} for {target.text.lower()}")
    return f": {'; '.join(parts)}" if parts else ""


def _place(result: Result, given: Path | None) -> At:
    """Return where the user wrote the path of the output, else its profile, whose name it bears."""
    if given:
        return At(f"-o {given}")
    if result.profile.output:
        return result.profile.output.at
    return At(result.profile.file)


def _report_shared(first: Result, second: Result, path: Path, hint: str, problems: Problems) -> None:
    one, other = (f"profile {each.profile.name} of {each.template.file}" for each in (first, second))
    message = f"{path} would be written twice: for {one} and {other}"
    problems.error(_place(second, None), "shared-output", message, hint)


def _unwritable(at: At, path: Path, error: OSError) -> CallError:
    message = f"{path} cannot be written: {reason(error)}"
    hint = "choose another file with -o, or output in the profile"
    if path.is_symlink():
        hint = f"remove this link, or {hint}"
    return CallError.of(at, "unwritable-output", message, hint)


def _header_output(result: Result, output: Path | None) -> Path | None:
    """Return what a header says of the path that the user gave: the same on every machine.

    A path that names the profile's own output says nothing, and one outside of the repository holds nowhere else.
    """
    if output is None:
        return None
    real = os.path.realpath(output)
    own = places.output_path(Path(result.template.file), result.profile)
    root = os.path.realpath(places.repository_root(result.template.folder))
    if real == os.path.realpath(own) or os.path.commonpath([root, real]) != root:
        return None
    return output
