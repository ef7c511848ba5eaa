"""All formats of a plan by name: those of a few lines, those with a module of their own, and those that are files."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import CallError, did_you_mean
from dfrender.plan import NAMES
from dfrender.plan.bake import bake, bake_notes
from dfrender.plan.mermaid import mermaid
from dfrender.plan.plan import Job, Plans
from dfrender.plan.values import document_of
from dfrender.source import At, decode


def _no_notes(_plans: Plans) -> list[str]:
    return []


class Format(NamedTuple):
    """A way to write plans down.

    ``tag`` is what it calls the tag of a run, ``image`` an image that is named by its inputs. ``in_root`` says that its
    paths begin in the root of the repository; else they do in the working directory. ``notes`` returns what there is to
    say about plans and no place for in what is written. ``is_path`` says that its name is a path.
    """

    write: Callable[[Plans], str]
    tag: str = ""
    image: str = ""
    in_root: bool = False
    notes: Callable[[Plans], list[str]] = _no_notes
    is_path: bool = False


def text(plans: Plans) -> str:
    """Write plans as a table for people; what stands in one step can run at once."""
    steps = plans.steps()
    head = ["step", "job", "takes", "runs", "makes"]
    asks = any(job.probe for job in plans.jobs)
    if asks:
        head.append("if missing")
    rows = [head]
    for job in plans.jobs:
        step = steps[job.name]
        row = _row(job, step)
        if asks:
            row.append("yes" if job.probe else "-")
        rows.append(row)
    widths = [0] * len(head)
    for row in rows:
        lengths = map(len, row)
        widths = list(map(max, widths, lengths))
    lines: list[str] = []
    for row in rows:
        cells = map(str.ljust, row, widths)
        line = "  ".join(cells)
        lines.append(line.rstrip())
    for published in plans.published:
        names = ", ".join(published.tags)
        lines.append(f"publish: {names}")
    for note in plans.notes:
        lines.append(f"note: {note}")
    return "".join(f"{line}\n" for line in lines)


def _row(job: Job, step: int) -> list[str]:
    taken = [image.name for image in job.images] or job.after
    takes = ", ".join(taken) or "-"
    runs = ", ".join(job.runs)
    makes = ", ".join(job.tags) or "-"
    if job.platform:
        makes += f" for {job.platform}"
    return [str(step), job.name, takes, runs, makes]


def as_json(plans: Plans) -> str:
    """Write plans as JSON: their values under their names."""
    document = document_of(plans)
    written = json.dumps(document, indent=2, ensure_ascii=False)
    return f"{written}\n"


_WRITTEN_BY: Mapping[str, Format] = {
    "text": Format(text),
    "json": Format(as_json),
    "bake": Format(bake, notes=bake_notes),
    "mermaid": Format(mermaid),
}


def format_of(name: str) -> Format:
    """Return the format of a name, or the one in a file: a path holds ``/`` or ends in ``.j2``.

    Raise `CallError` if there is no format of this name, `DfrenderError` if the file is not one.
    """
    if "/" in name or name.endswith(".j2"):
        data = Path(name).read_bytes()
        return _of_file(name, name, data)
    if name in _WRITTEN_BY:
        return _WRITTEN_BY[name]
    if name in NAMES:
        folder = Path(__file__).with_name("formats")
        path = str(folder / f"{name}.j2")
        return _of_file(name, path, _packaged(path))
    listed = ", ".join(NAMES)
    hint = did_you_mean(name, NAMES) or f"write one of {listed}, or the path of a file that ends in .j2"
    at = At(f"--format {name}")
    raise CallError.of(at, "unknown-format", f"there is no format {name!r}", hint)


def _packaged(path: str) -> bytes:
    """Read a file of this package; through its loader, for it may be in an archive."""
    loader = __spec__.loader  # importlib.resources takes 41 ms to import
    data: bytes = loader.get_data(path)  # type: ignore[union-attr]  # every loader of files has it
    return data


def _of_file(name: str, file: str, data: bytes) -> Format:
    from dfrender.plan.written_format import WrittenFormat  # Jinja takes 20 ms to import

    written = WrittenFormat(name, file, decode(data))
    settings = written.settings
    return Format(written.write, settings.tag, settings.image, settings.in_root, is_path=name == file)
