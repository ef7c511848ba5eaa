"""A plan to the JSON that ``docker buildx bake -f -`` reads: all jobs in one build, which hands over by itself."""

import json
import posixpath
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.diagnostics import DfrenderError
from dfrender.dockerfile.names import shortest
from dfrender.plan.plan import Job, Plan, Published
from dfrender.profile.keys import Handover
from dfrender.source import At

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str"

_GROUP = "default"
_PUBLISH = "publish"


def bake(plan: Plan) -> str:
    """Write a plan as a bake file in JSON: its group ``default`` has all jobs, its group ``publish`` what is pushed.

    Bake does all at once, so that only a second call, in which nothing is built, pushes after all that must succeed.
    Raise `DfrenderError` where the Dockerfile asks for a frontend that knows no contexts.
    """
    if plan.old_syntax and _has_contexts(plan):
        message = f"# syntax={plan.old_syntax} knows no contexts, by which bake hands images from job to job"
        hint = "write # syntax=docker/dockerfile:1, or use --format sh"
        raise DfrenderError.of(At("--format bake"), "context-needs-newer-syntax", message, hint)
    ids = plan.ids("a-zA-Z0-9_-", {_GROUP, _PUBLISH})
    groups: dict[str, Json] = {_GROUP: {"targets": list(ids.values())}}
    targets: dict[str, Json] = {}
    for job in plan.jobs:
        targets[ids[job.stage]] = _target(plan, job, ids)
    pushed: list[Json] = []
    for published in plan.published:
        name = f"{ids[published.stage]}_{_PUBLISH}"
        while name in targets:
            name += "_"
        targets[name] = _published(published, ids)
        pushed.append(name)
    if pushed:
        groups[_PUBLISH] = {"targets": pushed}
    return json.dumps(_escaped({"group": groups, "target": targets}), indent=2, ensure_ascii=False) + "\n"


def bake_notes(plan: Plan) -> list[str]:
    """Return what is to be known of bake's builders; in the file itself there is no place for it."""
    found: list[str] = []
    if any(job.cache_to for job in plan.jobs):
        found.append(
            "a cache in a registry is refused by the engine's own builder where its images are not in containerd: "
            "docker buildx create --use"
        )
    if _has_contexts(plan):
        found.append("contexts of bake need buildx 0.8 and Dockerfile 1.4 (Docker 23), or newer ones")
    if plan.published:
        found.append("what is published is pushed by a second call, docker buildx bake -f FILE publish")
    return found


def _has_contexts(plan: Plan) -> bool:
    return any(job.loads or job.contexts for job in plan.jobs)


def _target(plan: Plan, job: Job, ids: Mapping[str, str]) -> Json:
    location = plan.location
    output = "type=docker"
    if plan.handover is Handover.REGISTRY:
        output = "type=registry" if job.hands_on else "type=cacheonly"
    given: dict[str, Json] = {
        "context": location.context,
        "dockerfile": posixpath.relpath(location.dockerfile, location.context),
        "target": job.target,
        "tags": list(job.tags),
        "args": dict(job.args),
        "contexts": _contexts(job, ids),
        "cache-from": list(job.cache_from),
        "cache-to": list(job.cache_to),
        "output": [output],
    }
    return {name: value for name, value in given.items() if value}


def _published(published: Published, ids: Mapping[str, str]) -> Json:
    tags: list[Json] = list(published.tags)
    return {"inherits": [ids[published.stage]], "tags": tags, "output": ["type=registry"]}


def _contexts(job: Job, ids: Mapping[str, str]) -> Json:
    """Return what stands for images: targets of this file, which may be built at the same time, and images.

    BuildKit looks for the shortest name of an image, and bake, unlike ``docker build``, does not shorten what is given.
    """
    found: dict[str, Json] = {}
    for image in job.loads:
        if image not in job.contexts:
            found[shortest(image.name)] = f"target:{ids[image.stage]}"
    for image in job.contexts:
        if image in job.loads:
            found[image.stage] = f"target:{ids[image.stage]}"
        else:
            found[image.stage] = f"docker-image://{image.name}"
    return found


def _escaped(value: Json) -> Json:
    """Double what begins a variable or a directive in the texts of a bake file."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return {name: _escaped(each) for name, each in value.items()}
