"""All formats of a plan by name: those of a few lines, those with a module of their own, and those that are files.

A format that is a file sets in its first lines what has to be known before there is a plan: ``tag``, what it calls the
tag of a run, and ``paths``, where its paths begin.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dfrender.diagnostics import CallError, Problems, did_you_mean
from dfrender.plan import NAMES
from dfrender.plan.bake import bake
from dfrender.plan.languages import FILTERS
from dfrender.plan.mermaid import mermaid
from dfrender.plan.plan import Job, Plan
from dfrender.plan.values import values_of
from dfrender.source import At, decode

if TYPE_CHECKING:
    from dfrender.template.format_file import FormatFile

_SETTINGS = ("tag", "paths")
_IN_FOLDER, _IN_REPOSITORY = "folder", "repository"


class Format(NamedTuple):
    """A way to write a plan down; ``tag`` is what it calls the tag of a run, ``in_root`` that its paths begin there.

    That is the root of the repository; else paths begin in the working directory.
    """

    write: Callable[[Plan], str]
    tag: str = ""
    in_root: bool = False


def text(plan: Plan) -> str:
    """Write a plan as a table for people; what stands in one step can run at once."""
    steps = plan.steps()
    rows = [("step", "job", "takes", "runs", "makes")]
    for job in plan.jobs:
        rows.append(_row(job, steps[job.stage]))
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        cells = map(str.ljust, row, widths)
        lines.append("  ".join(cells).rstrip())
    for note in plan.notes:
        lines.append(f"note: {note}")
    return "".join(f"{line}\n" for line in lines)


def _row(job: Job, step: int) -> tuple[str, str, str, str, str]:
    takes = ", ".join(image.name for image in job.images) or ", ".join(job.after)
    makes = ", ".join(job.tags) or "-"
    if job.platform:
        makes += f" for {job.platform}"
    return str(step), job.stage, takes or "-", ", ".join(job.runs), makes


def as_json(plan: Plan) -> str:
    """Write a plan as JSON: its values under their names."""
    return json.dumps(values_of(plan), indent=2, ensure_ascii=False) + "\n"


_WRITTEN_BY: Mapping[str, Callable[[Plan], str]] = {"text": text, "json": as_json, "bake": bake, "mermaid": mermaid}


def format_of(name: str) -> Format:
    """Return the format of a name, or the one in a file: a path holds ``/`` or ends in ``.j2``.

    Raise `CallError` if there is no format of this name, `DfrenderError` if the file is not one.
    """
    if "/" in name or name.endswith(".j2"):
        return _of_file(name, Path(name).read_bytes())
    if name in _WRITTEN_BY:
        return Format(_WRITTEN_BY[name])
    if name in NAMES:
        path = Path(__file__).with_name("formats") / f"{name}.j2"
        return _of_file(str(path), _packaged(path))
    hint = did_you_mean(name, NAMES) or f"write one of {', '.join(NAMES)}, or the path of a file that ends in .j2"
    raise CallError.of(At(f"--format {name}"), "unknown-format", f"there is no format {name!r}", hint)


def _packaged(path: Path) -> bytes:
    """Read a file of this package; through its loader, for it may be in an archive."""
    loader = __spec__.loader  # importlib.resources takes 41 ms to import
    data: bytes = loader.get_data(str(path))  # type: ignore[union-attr]  # every loader of files has it
    return data


def _of_file(file: str, data: bytes) -> Format:
    """Return the format that a file is; it is read when it is asked for, and written from what `values_of` returns."""
    from dfrender.template.format_file import FormatFile  # Jinja takes 20 ms to import

    source = FormatFile(file, decode(data), FILTERS)
    tag, paths = _settings(source)

    def write(plan: Plan) -> str:
        return source.write(values_of(plan))

    return Format(write, tag, in_root=paths == _IN_REPOSITORY)


def _settings(source: "FormatFile") -> tuple[str, str]:
    found = source.settings(_SETTINGS)
    problems = Problems()
    chosen = {"tag": "", "paths": _IN_FOLDER}
    for name, (at, value) in found.items():
        if not isinstance(value, str):
            problems.error(at, "format-setting", f"{name!r} is not a text", f'write <% set {name} = "…" %>')
        elif name == "paths" and value not in {_IN_FOLDER, _IN_REPOSITORY}:
            hint = f"write {_IN_FOLDER!r} for the working directory, or {_IN_REPOSITORY!r} for the repository's root"
            problems.error(at, "format-setting", f"'paths' cannot be {value!r}", hint)
        else:
            chosen[name] = value
    problems.refuse()
    return chosen["tag"], chosen["paths"]
