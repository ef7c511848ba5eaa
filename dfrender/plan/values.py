"""A plan to the values that formats are written from: what ``--format json`` prints is what a format's file is given.

``VERSION`` changes where a name or a meaning does, and stays where names are added. What images that are named by their
inputs need is there only where there are any.
"""

from collections.abc import Mapping
from typing import TypeAlias

from dfrender.plan.plan import Job, Plan, Published

Values: TypeAlias = "Mapping[str, Values] | list[Values] | str | int"

VERSION = 1
OF_DIGESTS = ("variables", "inputs", "digest", "probe")
"""The names that are there only where images are named by their inputs."""
# what pipelines call their jobs that build no stage, and what YAML 1.1 reads as something other than a text
_TAKEN = frozenset({"publish", "render", "y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def values_of(plan: Plan) -> Mapping[str, Values]:
    """Return a plan as mappings, lists, texts, integers and booleans."""
    ids = plan.ids("A-Za-z0-9_", _TAKEN)
    found: dict[str, Values] = {"version": VERSION}
    found["profile"] = plan.profile
    found["dockerfile"] = plan.location.dockerfile
    found["context"] = plan.location.context
    found["target"] = plan.target
    found["needed"] = list(plan.needed)
    found["builder"] = plan.builder.value
    found["handover"] = plan.handover.value
    found["jobs"] = _jobs(plan, ids)
    found["publish"] = [_published(plan, each, ids) for each in plan.published]
    found["notes"] = list(plan.notes)
    found["tag"] = plan.location.tag
    found["tag_in_file"] = plan.tag_in_file
    found["registry"] = plan.registry
    found["install"] = plan.install
    found["render"] = plan.location.render
    found["update"] = plan.location.update
    if plan.has_digests:
        found["variables"] = list(plan.variables)
        found["inputs"] = plan.location.inputs
    return found


def _jobs(plan: Plan, ids: Mapping[str, str]) -> list[Values]:
    steps = plan.steps()
    found: list[Values] = []
    for job in plan.jobs:
        values = _job(job)
        if plan.has_digests:
            values["digest"] = job.digest
            values["probe"] = job.probe
        values["id"] = ids[job.stage]
        values["needs"] = [ids[each] for each in job.after]
        values["step"] = steps[job.stage]
        values["loads"] = dict(job.loads)
        values["options"] = list(job.options())
        found.append(values)
    return found


def _job(job: Job) -> dict[str, Values]:
    found: dict[str, Values] = {"stage": job.stage}
    found["target"] = job.target
    found["tags"] = list(job.tags)
    found["after"] = list(job.after)
    found["runs"] = list(job.runs)
    found["images"] = dict(job.images)
    found["args"] = dict(job.args)
    found["contexts"] = dict(job.contexts)
    found["cache_from"] = list(job.cache_from)
    found["cache_to"] = list(job.cache_to)
    found["platform"] = job.platform
    found["target_platform"] = job.target_platform
    found["is_taken"] = job.is_taken
    found["hands_on"] = job.hands_on
    return found


def _published(plan: Plan, published: Published, ids: Mapping[str, str]) -> Values:
    stage = published.stage
    found: dict[str, Values] = {"stage": stage, "id": ids[stage], "image": published.image}
    found["tags"] = list(published.tags)
    if plan.has_digests:
        found["probe"] = published.probe
    return found
