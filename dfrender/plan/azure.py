"""A plan to a pipeline of Azure DevOps: a job for each job, whose steps are those of `azure_template`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from dfrender import __version__
from dfrender.dockerfile import names
from dfrender.plan.plan import Job, Plan
from dfrender.profile.keys import Builder, Handover

Yaml: TypeAlias = "Mapping[str, Yaml] | Sequence[Yaml] | str | bool"

TEMPLATE = "azure-build-stage.yml"
RUN_TAG = "$(tag)"
_AGENT = "ubuntu-24.04"


def azure(plan: Plan) -> str:
    """Write a plan as azure-pipelines.yml; jobs that need nothing of each other run at once."""
    ids = plan.ids("A-Za-z0-9_")
    chosen = _choices(plan)
    passed = {each["name"]: f"${{{{ parameters.{each['name']} }}}}" for each in chosen}
    pipeline: Mapping[str, Yaml] = {
        "parameters": chosen,
        "variables": {"tag": "$(Build.BuildId)"},
        "pool": {"vmImage": _AGENT},
        "jobs": [_job(plan, job, ids, passed) for job in plan.jobs],
    }
    template = f"Its steps: {plan.place.update}-template > {TEMPLATE}"
    return "".join(f"{line}\n" for line in (*comments(plan, template), *_yaml(pipeline)))


def comments(plan: Plan, *others: str) -> Iterator[str]:
    """Give the lines that stand above what is generated."""
    for each in (f"Update: {plan.place.update}", *others, *(f"Note: {note}" for note in plan.notes)):
        yield f"# {each}"


def _choices(plan: Plan) -> list[dict[str, str]]:
    """Give what a person may choose when the pipeline runs."""
    what = "version of dfrender that renders the Dockerfile"
    if not plan.tag_in_file:
        what += "; none: the committed one is built"
    found = [{"name": "dfrender", "displayName": what, "type": "string", "default": __version__}]
    if plan.handover is Handover.REGISTRY:
        hosts = (names.registry_of(tag) for job in plan.jobs for tag in job.tags)
        connection = {"displayName": "service connection to the registry", "type": "string", "default": next(hosts, "")}
        found.append({"name": "connection", **connection})
    return found


def _job(plan: Plan, job: Job, ids: Mapping[str, str], passed: Mapping[str, str]) -> Yaml:
    order = {"dependsOn": [ids[each] for each in job.after]} if job.after else {}
    parameters = {**passed, "stage": job.stage, **_PARAMETERS[plan.handover](plan, job)}
    step: Yaml = {"template": TEMPLATE, "parameters": parameters}
    return {"job": ids[job.stage], "displayName": job.stage, **order, "steps": [step]}


def _of_artifact(_plan: Plan, job: Job) -> dict[str, Yaml]:
    image = next(iter(job.tags), "")
    repository = names.without_tag(image)
    return {
        "repository": repository,
        "tag": image.removeprefix(repository).removeprefix(":") or "latest",
        "arguments": _arguments(job),
        "loads": [{"stage": each.stage, "image": each.name} for each in job.loads],
        "saves": job.is_taken,
    }


def _of_registry(plan: Plan, job: Job) -> dict[str, Yaml]:
    push = ("--push",) if job.tags and plan.builder is Builder.BUILDKIT else ()
    return {"image": next(iter(job.tags), ""), "arguments": _arguments(job, *_tags(job), *push)}


def _of_cache(_plan: Plan, job: Job) -> dict[str, Yaml]:
    """Leave the image of a job that others are after in the cache alone: they take nothing else."""
    kept = ("--output", "type=cacheonly") if job.is_taken else (*_tags(job), "--load")
    return {"arguments": _arguments(job, *kept), "after": [*job.after]}


def _tags(job: Job) -> Iterator[str]:
    for each in job.tags:
        yield from ("--tag", each)


def _arguments(job: Job, *others: str) -> str:
    return " ".join([*(word for option in job.options() for word in option), *others])


def _yaml(value: Mapping[str, Yaml] | Sequence[Yaml], indent: str = "") -> Iterator[str]:
    """Give the lines of a mapping or a list in block style; texts are quoted as in JSON, which is YAML too."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str | bool) or not each:
                yield f"{indent}{name}: {json.dumps(each, ensure_ascii=False)}"
            else:
                yield f"{indent}{name}:"
                yield from _yaml(each, f"{indent}  ")
        return
    for each in value:
        inner = f"{indent}  "
        first, *others = [json.dumps(each)] if isinstance(each, str | bool) else _yaml(each, inner)
        yield f"{indent}- {first.removeprefix(inner)}"
        yield from others


_PARAMETERS = {Handover.ARTIFACT: _of_artifact, Handover.REGISTRY: _of_registry, Handover.CACHE: _of_cache}
