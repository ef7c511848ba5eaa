"""Renderings to what other tools read about them: a map of lines as JSON, and a depfile; and the files they go to."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender.api import Result
from dfrender.depfile import depfile, is_depfile
from dfrender.diagnostics import CallError, reason
from dfrender.files import OutputFile, inputs
from dfrender.output import Found, Output
from dfrender.source import At, Line

_MAP_VERSION = 1
_MAP = re.compile(r'\{"version": \d+, "output": ".*", "template": ".*", "profile": ".*", "lines": \[\n')


class Record(NamedTuple):
    """A text about renderings, and the file that it goes to; ``at`` is the option that names it."""

    output: Output
    found: Found
    at: At

    def write(self) -> None:
        """Write it, whole or not at all, be there anything new in it or not.

        Raise `DfrenderError` if a person wrote the file since it was looked at, and `CallError` if that fails.
        """
        try:
            self.output.write(self.found)
        except OSError as error:
            raise _unwritable(self.output.path, self.at, f"cannot be written: {reason(error)}") from error


def map_record(file: str, text: str, results: Sequence[Result], outputs: Sequence[Path]) -> Record:
    """Make a record of a map of lines; `_record` says what is refused."""
    at = At(f"--map {file}")
    output = Output(Path(file), text, None, is_map)
    return _record(at, output, results, outputs)


def depfile_record(file: str, files: Sequence[OutputFile], here: Path) -> Record:
    """Make a record of what files are made of; `_record` says what is refused, and `depfile` what cannot be named."""
    at = At(f"--depfile {file}")
    dockerfiles: list[OutputFile] = []
    results: list[Result] = []
    paths: list[Path] = []
    for each in files:
        results.append(each.result)
        paths.append(each.output.path)
        if not each.is_ignore_file:
            dockerfiles.append(each)
    output = Output(Path(file), depfile(dockerfiles, at, here), None, is_depfile)
    return _record(at, output, results, paths)


def _record(at: At, output: Output, results: Sequence[Result], outputs: Sequence[Path]) -> Record:
    """Make a record.

    Raise `CallError` for a file that is an input or an output, for what cannot be a file, and for a file of another
    kind: a slip of the finger is not to cost one.
    """
    path = output.path
    taken = {os.path.realpath(each) for each in outputs}
    for result in results:
        taken.update(os.path.realpath(each) for each in inputs(result))
    if os.path.realpath(path) in taken:
        raise _unwritable(path, at, "is one of the files that it would be about")
    if path.is_dir():
        raise _unwritable(path, at, "is a folder")
    if not path.parent.is_dir():
        raise _unwritable(path, at, "lies in a folder that does not exist")
    try:
        found = output.found()
    except OSError as error:
        raise _unwritable(path, at, f"cannot be written: {reason(error)}") from error
    if found.state.needs_force:
        raise _unwritable(path, at, "is another file, which is left as it is")
    return Record(output, found, at)


def _unwritable(path: Path, at: At, why: str) -> CallError:
    return CallError.of(at, "unwritable-record", f"{path} {why}", "name another file")


def is_map(text: str) -> bool:
    """Say whether a text is a map of lines."""
    return _MAP.match(text) is not None


def line_map(result: Result, lines: Sequence[Line], output: str) -> str:
    """Say where each line of an output is from: JSON with an object a line, in the order of the lines.

    ``file`` and ``template_line`` are its place in the template or an include, of which the first ``exact`` characters
    are the same. ``why`` says why dfrender added a line; it then has the place of the line that it was added above, and
    ``cause`` is what asked for it, if that is known.
    """
    head: dict[str, object] = {
        "version": _MAP_VERSION,
        "output": output,
        "template": result.template.file,
        "profile": result.profile.name,
    }
    opening = json.dumps(head).removesuffix("}")
    entries = [json.dumps(_entry(number, line)) for number, line in enumerate(lines, 1)]
    body = ",\n".join(entries)
    return f'{opening}, "lines": [\n{body}\n]}}\n'


def _entry(number: int, line: Line) -> dict[str, object]:
    entry: dict[str, object] = {
        "line": number,
        "file": line.at.file,
        "template_line": line.at.line,
        "exact": line.exact,
    }
    if line.why:
        entry["why"] = line.why
    if line.cause:
        entry["cause"] = line.cause._asdict()
    return entry
