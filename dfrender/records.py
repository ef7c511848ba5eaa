"""Renderings to what other tools read about them: a map of lines as JSON, and dependencies for make and ninja."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender.api import Result
from dfrender.diagnostics import CallError, reason
from dfrender.files import OutputFile, inputs
from dfrender.output import Output
from dfrender.source import At, Line

_MAP_VERSION = 1


class Record(NamedTuple):
    """A text about renderings, and the file that it goes to; ``at`` is the option that names it."""

    output: Output
    at: At

    def write(self) -> None:
        """Write it, whole or not at all, be there anything new in it or not; raises `CallError` if that fails."""
        try:
            self.output.write()
        except OSError as error:
            raise _unwritable(self, f"cannot be written: {reason(error)}") from error


def record(option: str, file: str, text: str, results: Sequence[Result], outputs: Sequence[Path]) -> Record:
    """Make a record; raises `CallError` for a file that is an input or an output, and for what cannot be a file."""
    path = Path(file)
    made = Record(Output(path, text), At(f"{option} {file}"))
    taken = list(outputs)
    for result in results:
        taken += inputs(result)
    if os.path.realpath(file) in map(os.path.realpath, taken):
        raise _unwritable(made, "is one of the files that it would be about")
    if path.is_dir():
        raise _unwritable(made, "is a folder")
    if not path.parent.is_dir():
        raise _unwritable(made, "lies in a folder that does not exist")
    return made


def _unwritable(made: Record, why: str) -> CallError:
    return CallError.of(made.at, "unwritable-record", f"{made.output.path} {why}", "name another file")


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


def depfile(outputs: Sequence[OutputFile]) -> str:
    """Return a rule for each output, and an empty one for each input: without it a deleted one would stop the build.

    Paths are relative to the working directory. What comes from options and the environment is no file.
    """
    rules: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    for each in outputs:
        paths = dict.fromkeys([*inputs(each.result), *each.result.recorder.digests])
        names = [_name(path) for path in paths]
        rules[_name(each.output.path)] = names
        sources.update((name, f"\n{name}:\n") for name in names)
    lines = [f"{output}: {' '.join(names)}\n" for output, names in rules.items()]
    lines += sources.values()
    return "".join(lines)


def _name(path: Path) -> str:
    """Write a path as make and ninja read it."""
    return re.sub(r"([ \t#])", r"\\\1", Path(os.path.relpath(path)).as_posix()).replace("$", "$$")
