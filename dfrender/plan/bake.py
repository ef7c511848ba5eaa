"""A plan to the JSON that ``docker buildx bake -f -`` reads: all jobs in one build, which hands over by itself."""

import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dfrender.diagnostics import DfrenderError
from dfrender.dockerfile.names import shortest
from dfrender.plan.plan import Job, Plans
from dfrender.profile.keys import Builder, Handover
from dfrender.source import At

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str"

_GROUP = "default"
_PUBLISH = "publish"
_CACHE = (
    "a cache in a registry is refused by the engine's own builder where its images are not in containerd: "
    "docker buildx create --use"
)
_CONTEXTS = "contexts of bake need buildx 0.8 and Dockerfile 1.4 (Docker 23), or newer ones"
_PUSH = "what is published is pushed by a second call, docker buildx bake -f FILE publish"

_ALL = "bake cannot ask whether an image is there: it builds those that are named by their inputs in each run"


def bake(plans: Plans) -> str:
    """Write plans as a bake file in JSON: its group ``default`` has all jobs, its group ``publish`` what is pushed.

    Bake does all at once, so that only a second call, in which nothing is built, pushes after all that must succeed.
    Raise `DfrenderError` for a profile that is for buildah, and where the Dockerfile asks for a frontend that knows no
    contexts.
    """
    _check_builder(plans)
    _check_syntax(plans)
    ids = plans.ids("a-zA-Z0-9_-", {_GROUP, _PUBLISH})
    targets: dict[str, Json] = {}
    for job in plans.jobs:
        name = ids[job.name]
        targets[name] = _target(plans, job, ids)
    default: list[Json] = [*targets]
    pushed: list[Json] = []
    for published in plans.published:
        built = ids[published.name]
        name = f"{built}_{_PUBLISH}"
        while name in targets:
            name += "_"
        targets[name] = {"inherits": [built], "tags": list(published.tags), "output": ["type=registry"]}
        pushed.append(name)
    groups: dict[str, Json] = {_GROUP: {"targets": default}}
    if pushed:
        groups[_PUBLISH] = {"targets": pushed}
    file = _escaped({"group": groups, "target": targets})
    return f"{json.dumps(file, indent=2, ensure_ascii=False)}\n"


def _check_builder(plans: Plans) -> None:
    if plans.first.builder is Builder.BUILDAH:
        at = At("--format bake")
        message = "the profile is for buildah, and bake calls buildkit only"
        hint = "call it with --format sh, or with --set builder=buildkit"
        raise DfrenderError.of(at, "builder-not-offered", message, hint)


def _check_syntax(plans: Plans) -> None:
    for plan in plans.plans:
        if plan.old_syntax and _has_contexts(plan.jobs):
            at = At("--format bake")
            message = f"# syntax={plan.old_syntax} knows no contexts, by which bake hands images from job to job"
            hint = "write # syntax=docker/dockerfile:1, or use --format sh"
            raise DfrenderError.of(at, "context-needs-newer-syntax", message, hint)


def bake_notes(plans: Plans) -> list[str]:
    """Return what is to be known of bake's builders; in the file itself there is no place for it."""
    found: list[str] = []
    if any(job.cache_to for job in plans.jobs):
        found.append(_CACHE)
    if _has_contexts(plans.jobs):
        found.append(_CONTEXTS)
    if any(plans.published):
        found.append(_PUSH)
    if any(job.probe for job in plans.jobs):
        found.append(_ALL)
    return found


def _has_contexts(jobs: Iterable[Job]) -> bool:
    return any(job.loads or job.contexts for job in jobs)


def _target(plans: Plans, job: Job, ids: Mapping[str, str]) -> Json:
    location = job.location
    dockerfile = posixpath.relpath(location.dockerfile, location.context)
    given: dict[str, Json] = {"context": location.context, "dockerfile": dockerfile}
    given["target"] = job.target
    given["tags"] = list(job.tags)
    given["args"] = dict(job.args)
    if job.target_platform:
        given["platforms"] = [job.target_platform]
    given["contexts"] = _contexts(job, ids)
    given["cache-from"] = _cache_sources(job)
    given["cache-to"] = list(job.cache_to)
    given["output"] = [_output(plans, job)]
    return {name: value for name, value in given.items() if value}


def _cache_sources(job: Job) -> list[Json]:
    """Return the one cache of a build, else one of those that it would take over: bake has no builds before others."""
    if job.cache_from:
        return list(job.cache_from)
    return [each.cache for each in job.warm_from[:1] if each.cache]


def _output(plans: Plans, job: Job) -> str:
    if plans.first.handover is not Handover.REGISTRY:
        return "type=docker"
    if job.hands_on:
        return "type=registry"
    return "type=cacheonly"


def _contexts(job: Job, ids: Mapping[str, str]) -> Json:
    """Return what stands for images: targets of this file, which may be built at the same time, and images.

    BuildKit looks for the shortest name of an image, and bake, unlike ``docker build``, does not shorten what is given.
    """
    targets: dict[str, str] = {}
    for image in job.loads:
        targets[image.name] = f"target:{ids[image.stage]}"
    replaced = {image.name for image in job.contexts}
    found: dict[str, Json] = {}
    for name, target in targets.items():
        if name not in replaced:
            found[shortest(name)] = target
    for image in job.contexts:
        found[image.stage] = targets.get(image.name, f"docker-image://{image.name}")
    return found


def _escaped(value: Json) -> Json:
    """Double what begins a variable or a directive in the texts of a bake file."""
    if isinstance(value, str):
        value = value.replace("${", "$${")
        return value.replace("%{", "%%{")
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return {name: _escaped(each) for name, each in value.items()}
