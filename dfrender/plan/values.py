"""A plan to the values that formats are written from: what ``--format json`` prints is what a format's file is given.

``VERSION`` changes where a name or a meaning does, and stays where names are added.
"""

from collections.abc import Mapping
from typing import TypeAlias

from dfrender import __version__
from dfrender.dockerfile import names
from dfrender.plan.plan import Job, Plan

Values: TypeAlias = "Mapping[str, Values] | list[Values] | str | int"

VERSION = 1


def values_of(plan: Plan) -> Mapping[str, Values]:
    """Return a plan as mappings, lists, texts, integers and booleans."""
    place = plan.place
    return {
        "version": VERSION,
        "profile": plan.profile,
        "dockerfile": place.dockerfile,
        "context": place.context,
        "target": plan.target,
        "needed": list(plan.needed),
        "builder": plan.builder.value,
        "handover": plan.handover.value,
        "jobs": _jobs(plan),
        "notes": list(plan.notes),
        "tag": place.tag,
        "tag_in_file": plan.tag_in_file,
        "registry": _registry(plan),
        "install": f"dfrender=={__version__}",
        "render": place.render,
        "update": place.update,
    }


def _jobs(plan: Plan) -> list[Values]:
    ids = plan.ids("A-Za-z0-9_")
    steps = plan.steps()
    return [_job(job, ids[job.stage], steps[job.stage], [ids[each] for each in job.after]) for job in plan.jobs]


def _job(job: Job, name: str, step: int, after: list[Values]) -> Values:
    return {
        "stage": job.stage,
        "target": job.target,
        "tags": list(job.tags),
        "after": list(job.after),
        "runs": list(job.runs),
        "images": dict(job.images),
        "args": dict(job.args),
        "contexts": dict(job.contexts),
        "cache_from": list(job.cache_from),
        "cache_to": list(job.cache_to),
        "platform": job.platform,
        "is_taken": job.is_taken,
        "id": name,
        "step": step,
        "needs": after,
        "loads": dict(job.loads),
        "options": [f"{option}={value}" for option, value in job.options()],
    }


def _registry(plan: Plan) -> str:
    """Return the registry of the first image that a job makes; empty where none is made, or named without one."""
    for job in plan.jobs:
        for tag in job.tags:
            return names.registry_of(tag)
    return ""
