"""Renderings to the files that they belong in: paths, headers, and the ignore file that goes with a Dockerfile."""

import os
import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from dfrender.api import Result
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, gather, reason
from dfrender.output import Output, State, with_header
from dfrender.profile import places
from dfrender.recipe import Recipe
from dfrender.source import At, Line, decode, join, lines_of

STDIN = "<stdin>"
_IGNORE = ".dockerignore"


class Target(NamedTuple):
    """A file to be written, and what stands there now.

    ``lines`` are those of the output with its header. ``at`` is where its path was written, ``summary`` says what is in
    it, and ``command`` renders it again from the working directory.
    """

    result: Result
    output: Output
    lines: tuple[Line, ...]
    state: State
    at: At
    summary: str
    command: str

    @property
    def is_ignore_file(self) -> bool:
        """Say whether it is the ignore file that goes with a Dockerfile."""
        return self.output.path.name.endswith(_IGNORE)

    def outdated(self) -> str:
        """Say what stands there in place of the output, and how to bring it up to date."""
        update = f"replace it: {self.command} --force" if self.state.needs_force else f"update it: {self.command}"
        return f"{self.output.path} is {self.state.value}; {update}"


def lines_with_header(result: Result, output: Path | None = None) -> tuple[Line, ...]:
    """Give the lines of a rendering with its header; ``output`` is the path that the user gave."""
    origin = "standard input" if result.template.file == STDIN else Path(result.template.file).name
    top = result.output.dockerfile.top
    return with_header(result.lines, top, _origin(result, origin), _header_command(result, output))


def targets_of(results: Sequence[Result], output: Path | None) -> list[Target]:
    """Give the files of a template's renderings, and with each the ignore file that the template has.

    ``output`` is the path that the user gave, `None` for that of the profile. Raises `DfrenderError` or `CallError`
    where a file cannot be written.
    """
    outputs = gather(lambda result: [(*each, result) for each in _outputs(result, output)], results)
    return gather(lambda each: _target(*each, output), chain.from_iterable(outputs))


def without_shared(targets: Iterable[Sequence[Target]], errors: list[DfrenderError]) -> list[Sequence[Target]]:
    """Leave out the templates of which a file would also be that of another rendering, and add an error for each."""
    templates = list(targets)
    owners: dict[str, list[Target]] = {}
    for each in chain.from_iterable(templates):
        owners.setdefault(os.path.realpath(each.output.path), []).append(each)
    shared = [each for each in owners.values() if len(each) > 1]
    pairs = {(first.command, other.command): (first, other) for first, *others in shared[::-1] for other in others}
    errors += [DfrenderError([_shared(first, other)]) for first, other in pairs.values()]
    refused = {each.result.template.file for each in chain.from_iterable(shared)}
    return [each for each in templates if each[0].result.template.file not in refused]


def refuse_foreign(targets: Iterable[Target]) -> None:
    """Raise `DfrenderError` for all files that a person wrote or edited."""
    found = []
    for target in targets:
        if target.state.needs_force:
            hint = f"see the difference: {target.command} --diff; replace the file: {target.command} --force"
            found.append(Diagnostic(At(str(target.output.path)), "not-overwritten", target.state.value, hint=hint))
    if found:
        raise DfrenderError(found)


def write(target: Target) -> str:
    """Bring a file up to date if it is not; say what was done. Raises `CallError` if it cannot be written."""
    try:
        target.output.clear()
        if target.state is State.CURRENT:
            return f"{target.output.path} is up to date"
        target.output.write()
    except OSError as error:
        raise CallError([_unwritable(target.at, target.output.path, error)]) from error
    return f"wrote {target.output.path}{target.summary}"


def total(done: Sequence[Sequence[Target]], templates: int) -> str:
    """Say how many templates, and which of their files, were brought up to date."""
    found = list(chain.from_iterable(done))
    current = sum(each.state is State.CURRENT for each in found)
    some = f"{len(done)} of " if len(done) < templates else ""
    rest = f", {current} up to date" if current else ""
    return f"{some}{_count(templates, 'template')}: {_count(len(found) - current, 'file')} written{rest}"


def inputs(result: Result) -> list[Path]:
    """Give the files that a rendering is made of: template, includes, profiles, and the template's ignore file."""
    ignore = _ignore_source(result)
    return [*result.rendered.recorder.files, *result.profile.files, *([ignore] if ignore else [])]


def _ignore_source(result: Result) -> Path | None:
    template = Path(result.template.file)
    named_after = (template, template.with_suffix("") if result.template.jinja else template)
    return next((each for each in map(ignore_file, named_after) if each.is_file()), None)


def ignore_file(path: Path) -> Path:
    """Give where Docker looks for the ignore file of a Dockerfile."""
    return path.with_name(f"{path.name}{_IGNORE}")


def _outputs(result: Result, output: Path | None) -> list[tuple[Path, tuple[Line, ...]]]:
    """Give the file of a rendering and its ignore file: Docker looks for one beside the Dockerfile that it is given."""
    template = Path(result.template.file)
    path = output or places.output_path(template, result.profile)
    if os.path.realpath(path) in map(os.path.realpath, inputs(result)):
        message = f"{path} is what the output would be made of"
        raise CallError([Diagnostic(_place(result, output), "output-is-input", message, hint="choose another file")])
    found = [(path, lines_with_header(result, output))]
    source, ignored = _ignore_source(result), ignore_file(path)
    if source and source != ignored:
        text = decode(source.read_bytes())
        command = _header_command(result, output)
        lines = with_header(lines_of(text, str(source)), 0, _origin(result, source.name), command)
        return [*found, (ignored, lines)]
    return found


def _target(path: Path, lines: tuple[Line, ...], result: Result, given: Path | None) -> Target:
    at, output = _place(result, given), Output(path, join(lines))
    path = Path(os.path.relpath(os.path.realpath(path))) if path.is_symlink() else path
    if not path.parent.exists():
        hint = f"create it: mkdir -p {shlex.quote(str(path.parent))}"
        message = f"the folder {path.parent} does not exist"
        raise CallError([Diagnostic(at, "output-folder-missing", message, hint=hint)])
    try:
        state = output.state()
    except OSError as error:
        raise CallError([_unwritable(at, output.path, error)]) from error
    target = Target(result, output, lines, state, at, "", recipe_from(result, given, Path()).command)
    return target if target.is_ignore_file else target._replace(summary=_summary(result))


def _summary(result: Result) -> str:
    edges = [each.within(result.kept).edges for each in result.prebuilt]
    parts = []
    if references := sum(map(len, edges)):
        parts.append(f"{_count(references, 'reference')} to {_count(sum(map(bool, edges)), 'prebuilt stage')}")
    if target := result.profile.target:
        parts.append(f"{len(result.kept)} of {_count(len(result.source.stages), 'stage')} for {target.text.lower()}")
    return f": {'; '.join(parts)}" if parts else ""


def _place(result: Result, given: Path | None) -> At:
    """Give where the user wrote the path of the output, else its profile, whose name it bears."""
    if given:
        return At(f"-o {given}")
    return result.profile.output.at if result.profile.output else At(result.profile.file)


def _shared(first: Target, second: Target) -> Diagnostic:
    one, other = (f"profile {each.result.profile.name} of {each.result.template.file}" for each in (first, second))
    message = f"{second.output.path} would be written twice: for {one} and {other}"
    hint = "give one of the profiles an output of its own"
    if first.result.profile.file == second.result.profile.file:
        hint = "render them one at a time, each with -o FILE"
    return Diagnostic(_place(second.result, None), "shared-output", message, hint=hint)


def _unwritable(at: At, path: Path, error: OSError) -> Diagnostic:
    message = f"{path} cannot be written: {reason(error)}"
    return Diagnostic(at, "unwritable-output", message, hint="choose another file with -o, or output in the profile")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _origin(result: Result, name: str) -> str:
    """Say on one line what a file is made of; a name may hold a line break."""
    return re.sub(r"[\x00-\x1f\x7f]", "?", f"{name}, profile {result.profile.name}")


def _header_command(result: Result, output: Path | None) -> str:
    """Give the command for the template's folder, so that it is the same on every machine."""
    folder = result.template.folder
    if output:
        root = os.path.realpath(places.repository_root(folder))
        output = output if os.path.commonpath([root, os.path.realpath(output)]) == root else None
    return recipe_from(result, output, folder).command


def recipe_from(result: Result, output: Path | None, folder: Path) -> Recipe:
    """Give what renders this again, with paths from a folder."""
    profile, template = result.profile, result.template.file
    return Recipe(
        profile.name if _is_found_by_name(result) else relative(folder, Path(profile.file)),
        "-" if template == STDIN else relative(folder, Path(template)),
        profile.overrides,
        profile.called_target,
        relative(folder, output) if output else "",
    )


def _is_found_by_name(result: Result) -> bool:
    file, folder = Path(result.profile.file), result.template.folder
    return places.nearest(result.profile.name, folder) == file


def relative(folder: Path, path: Path) -> str:
    """Give a path as it is from a folder, with ``/``."""
    return Path(os.path.relpath(path, folder)).as_posix()
