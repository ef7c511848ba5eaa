"""A plan to a shell script that carries it out on one machine, job by job."""

import shlex
from collections.abc import Iterator

from dfrender.plan.plan import Job, Plan
from dfrender.profile.keys import Builder, Handover

_BUILDER = "dfrender"
_CREATE = (
    f"docker buildx inspect {_BUILDER} > /dev/null 2>&1 || "
    f"docker buildx create --name {_BUILDER} --driver docker-container > /dev/null"
)


def sh(plan: Plan) -> str:
    """Write a plan as a POSIX shell script; it renders the Dockerfile first, and stops at the first failure."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield "#!/bin/sh"
    yield "# Builds on this machine, one job after the other."
    yield f"# Update: {plan.place.update}"
    yield from (f"# Note: {each}" for each in plan.notes)
    yield "set -eu"
    yield f"export DOCKER_BUILDKIT={int(plan.builder is Builder.BUILDKIT)}"
    if _has_own_builder(plan):
        yield _CREATE
    yield ""
    yield plan.place.render
    for job in plan.jobs:
        yield ""
        yield f"# {job.stage}"
        yield from _build(plan, job)


def _has_own_builder(plan: Plan) -> bool:
    """Say whether the engine's own builder does not do: it keeps no cache in a registry."""
    return plan.handover is Handover.REGISTRY and plan.builder is Builder.BUILDKIT


def _build(plan: Plan, job: Job) -> Iterator[str]:
    if plan.handover is Handover.ARTIFACT:  # else docker would ask a registry for what an earlier job should have made
        yield from (f"docker image inspect {shlex.quote(each.name)} > /dev/null" for each in job.loads)
    own_builder = _has_own_builder(plan)
    options = [("--builder", _BUILDER)] if own_builder else []
    options += [("--file", plan.place.dockerfile), *job.options(), *(("--tag", each) for each in job.tags)]
    yield f"docker {'buildx ' if own_builder else ''}build \\"
    yield from (f"  {option} {shlex.quote(value)} \\" for option, value in options)
    if own_builder and job.tags:
        yield "  --push \\"
    yield f"  {shlex.quote(plan.place.context)}"
    if plan.handover is Handover.REGISTRY and not own_builder:
        yield from (f"docker push {shlex.quote(each)}" for each in job.tags)
