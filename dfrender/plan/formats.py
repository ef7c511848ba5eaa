"""All formats of a plan: those of a few lines, and the table of them and of the rooms that the longer ones have."""

import json
from collections.abc import Callable
from typing import NamedTuple

from dfrender.plan.azure import RUN_TAG, azure
from dfrender.plan.azure_template import azure_template
from dfrender.plan.bake import bake
from dfrender.plan.mermaid import mermaid
from dfrender.plan.plan import Job, Plan
from dfrender.plan.sh import sh

_VERSION = 1


class Format(NamedTuple):
    """A way to write a plan down; ``tag`` is what it calls the tag of a run, ``in_root`` that its paths begin there.

    That is the root of the repository; else paths begin in the working directory.
    """

    write: Callable[[Plan], str]
    tag: str = ""
    in_root: bool = False


def text(plan: Plan) -> str:
    """Write a plan as a table for people; what stands in one step can run at once."""
    turns = plan.turns()
    head = ("step", "job", "takes", "runs", "makes")
    rows = [head, *((str(turns[job.stage]), *_cells(job)) for job in plan.jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "".join(f"{line}\n" for line in [*lines, *(f"note: {each}" for each in plan.notes)])


def _cells(job: Job) -> tuple[str, ...]:
    takes = [image.name for image in job.images] or job.after
    makes = (", ".join(job.tags) or "-") + (f" for {job.platform}" if job.platform else "")
    return job.stage, ", ".join(takes) or "-", ", ".join(job.runs), makes


def as_json(plan: Plan) -> str:
    """Write a plan as JSON: its values under their names; ``version`` changes where a name or a meaning does."""
    whole = {
        "version": _VERSION,
        "profile": plan.profile,
        "dockerfile": plan.place.dockerfile,
        "context": plan.place.context,
        "target": plan.target,
        "needed": plan.needed,
        "builder": plan.builder.value,
        "handover": plan.handover.value,
        "jobs": [_job(job) for job in plan.jobs],
        "notes": plan.notes,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _job(job: Job) -> dict[str, object]:
    pairs = {"images": dict(job.images), "args": dict(job.args), "contexts": dict(job.contexts)}
    return {**job._asdict(), **pairs}


FORMATS = {
    "text": Format(text),
    "json": Format(as_json),
    "sh": Format(sh),
    "bake": Format(bake),
    "azure": Format(azure, RUN_TAG, in_root=True),
    "azure-template": Format(azure_template, RUN_TAG, in_root=True),
    "mermaid": Format(mermaid),
}
