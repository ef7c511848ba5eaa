"""A plan to the values that formats are written from: what ``--format json`` prints is what a format's file is given.

``VERSION`` changes where a name or a meaning does, and stays where names are added.
"""

from collections.abc import Mapping
from typing import TypeAlias

from dfrender.dockerfile import names
from dfrender.plan.plan import Job, Plan, Published

Values: TypeAlias = "Mapping[str, Values] | list[Values] | str | int"

VERSION = 1
_OTHER_JOBS = frozenset({"publish", "render"})  # what pipelines call their jobs that build no stage


def values_of(plan: Plan) -> Mapping[str, Values]:
    """Return a plan as mappings, lists, texts, integers and booleans."""
    location = plan.location
    ids = plan.ids("A-Za-z0-9_", _OTHER_JOBS)
    return {
        "version": VERSION,
        "profile": plan.profile,
        "dockerfile": location.dockerfile,
        "context": location.context,
        "target": plan.target,
        "needed": list(plan.needed),
        "builder": plan.builder.value,
        "handover": plan.handover.value,
        "jobs": _jobs(plan, ids),
        "publish": [_published(each, ids[each.stage]) for each in plan.published],
        "notes": list(plan.notes),
        "tag": location.tag,
        "tag_in_file": plan.tag_in_file,
        "registry": _registry(plan),
        "install": plan.install,
        "render": location.render,
        "update": location.update,
    }


def _jobs(plan: Plan, ids: Mapping[str, str]) -> list[Values]:
    steps = plan.steps()
    found: list[Values] = []
    for job in plan.jobs:
        needs: list[Values] = [ids[each] for each in job.after]
        found.append(_job(job, ids[job.stage], steps[job.stage], needs))
    return found


def _job(job: Job, name: str, step: int, needs: list[Values]) -> Values:
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
        "hands_on": job.hands_on,
        "id": name,
        "needs": needs,
        "step": step,
        "loads": dict(job.loads),
        "options": list(job.options()),
    }


def _published(published: Published, name: str) -> Values:
    return {"stage": published.stage, "id": name, "image": published.image, "tags": list(published.tags)}


def _registry(plan: Plan) -> str:
    """Return the registry of the first image that names one; empty where none does."""
    for job in plan.jobs:
        for tag in job.tags:
            registry = names.registry_of(tag)
            if registry:
                return registry
    return ""
