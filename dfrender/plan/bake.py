"""A plan to the JSON that ``docker buildx bake -f -`` reads: all jobs in one build, which hands over by itself."""

import json
import posixpath
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.dockerfile.names import shortest
from dfrender.plan.plan import Job, Plan
from dfrender.profile.keys import Handover

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str"

_GROUP = "default"


def bake(plan: Plan) -> str:
    """Write a plan as a bake file in JSON; its group ``default`` has all jobs."""
    ids = plan.ids("a-zA-Z0-9_-", _GROUP)
    file: Json = {
        "group": {_GROUP: {"targets": [*ids.values()]}},
        "target": {ids[job.stage]: _target(plan, job, ids) for job in plan.jobs},
    }
    return json.dumps(_escaped(file), indent=2, ensure_ascii=False) + "\n"


def _target(plan: Plan, job: Job, ids: Mapping[str, str]) -> Json:
    registry = plan.handover is Handover.REGISTRY
    given: dict[str, Json] = {
        "context": plan.place.context,
        "dockerfile": posixpath.relpath(plan.place.dockerfile, plan.place.context),
        "target": job.target,
        "tags": [*job.tags],
        "args": dict(job.args),
        "contexts": _contexts(job, ids),
        "cache-from": [*job.cache_from] if registry else [],
        "cache-to": [*job.cache_to],
        "output": ["type=registry" if registry else "type=docker"],
    }
    return {name: value for name, value in given.items() if value}


def _contexts(job: Job, ids: Mapping[str, str]) -> Json:
    """Give what stands for images: targets of this file, which may be built at the same time, and images.

    BuildKit looks for the shortest name of an image, and bake, unlike ``docker build``, does not shorten what is given.
    """
    made = {image: f"target:{ids[image.stage]}" for image in job.loads}
    named = {shortest(image.name): made[image] for image in job.loads if image not in job.contexts}
    return named | {image.stage: made.get(image, f"docker-image://{image.name}") for image in job.contexts}


def _escaped(value: Json) -> Json:
    """Double what begins a variable or a directive in the texts of a bake file."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return {name: _escaped(each) for name, each in value.items()}
