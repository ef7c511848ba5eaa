"""Plans to the values that formats are written from: what ``--format json`` prints is what a format's file is given.

A format's file is given more, so that it needs to know nothing of how many templates there are: each job says where it
is done, and ``jobs``, ``publish`` and ``notes`` are those of all plans. Of several templates JSON has such jobs too.
The version changes where a name or a meaning does, and stays where names are added. What images that are named by their
inputs need is there only where there are any.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from dfrender.plan.plan import Job, Plan, Plans, Published, Warming

Values: TypeAlias = "Mapping[str, Values] | list[Values] | str | int"

VERSION = 1
VERSION_OF_SEVERAL = 2
# what pipelines call their jobs that build no stage, and what YAML 1.1 reads as something other than a text
_TAKEN = frozenset({"publish", "render", "y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_OF_DIGESTS = ("variables", "inputs", "digest", "probe")
_ASK = "it is there only where images are named by their inputs: ask if {} is defined"
_WHERE = ("dockerfile", "context", "render", "tag_in_file")
_OF_ONE_PLAN = ("profile", "target", "needed")


def document_of(plans: Plans) -> Mapping[str, Values]:
    """Return what is printed as JSON: the plan of one template, or the plans of several."""
    if len(plans.plans) == 1:
        alone = _Writer(plans, VERSION, {"name", *_WHERE})
        return alone.plan(plans.first)
    writer = _Writer(plans, VERSION_OF_SEVERAL)
    return {"version": VERSION_OF_SEVERAL, "plans": writer.plans()}


def values_of(plans: Plans) -> Mapping[str, Values]:
    """Return what a format's file is given: mappings, lists, texts, integers and booleans.

    Of one template that is all that its plan has, of several what their plans have in common, or together.
    """
    if len(plans.plans) == 1:
        writer = _Writer(plans, VERSION)
        found = writer.plan(plans.first)
    else:
        writer = _Writer(plans, VERSION_OF_SEVERAL)
        found = writer.together()
    found["plans"] = writer.plans()
    return found


def hints_for(plans: Plans) -> Mapping[str, str]:
    """Return what a format writes in place of names that have no value for these plans."""
    found = {name: _ASK.format(name) for name in _OF_DIGESTS}
    if len(plans.plans) > 1:
        for name in _WHERE:
            found[name] = f"each of several templates has its own: job.{name}"
        for name in _OF_ONE_PLAN:
            found[name] = f"each of several templates has its own: plan.{name}, for plan in plans"
        if plans.has_digests:
            found["inputs"] = "each of several templates has its own: plan.inputs, for plan in plans"
    return found


class _Writer:
    """Writes plans with ids and steps that hold for all of them; what is ``left_out`` is not said of jobs."""

    def __init__(self, plans: Plans, version: int, left_out: Collection[str] = ()) -> None:
        self._plans = plans
        self._version = version
        self._left_out = left_out
        self._ids = plans.ids("A-Za-z0-9_", _TAKEN)
        self._steps = plans.steps()
        self._has_digests = plans.has_digests
        self._tag_in_file: dict[str, bool] = {}
        for plan in plans.plans:
            for job in plan.jobs:
                self._tag_in_file[job.name] = plan.tag_in_file

    def plans(self) -> list[Values]:
        return [self.plan(each) for each in self._plans.plans]

    def plan(self, plan: Plan) -> dict[str, Values]:
        found: dict[str, Values] = {"version": self._version}
        found["profile"] = plan.profile
        found["dockerfile"] = plan.location.dockerfile
        found["context"] = plan.location.context
        found["target"] = plan.target
        found["needed"] = list(plan.needed)
        found["builder"] = plan.builder.value
        found["handover"] = plan.handover.value
        found["jobs"] = self._jobs(plan.jobs)
        found["publish"] = [self._published(each) for each in plan.published]
        found["notes"] = list(plan.notes)
        found["tag"] = plan.location.tag
        found["tag_in_file"] = plan.tag_in_file
        found["registry"] = plan.registry
        found["install"] = plan.install
        found["render"] = plan.location.render
        found["update"] = plan.location.update
        if self._has_digests:
            found["variables"] = list(plan.variables)
            found["inputs"] = plan.location.inputs
        return found

    def together(self) -> dict[str, Values]:
        plans, first = self._plans, self._plans.first
        found: dict[str, Values] = {"version": self._version}
        found["builder"] = first.builder.value
        found["handover"] = first.handover.value
        found["jobs"] = self._jobs(plans.jobs)
        found["publish"] = [self._published(each) for each in plans.published]
        found["notes"] = list(plans.notes)
        found["tag"] = first.location.tag
        found["tag_in_file"] = any(plan.tag_in_file for plan in plans.plans)
        found["registry"] = plans.registry
        found["install"] = first.install
        found["update"] = plans.update
        if self._has_digests:
            found["variables"] = list(plans.variables)
        return found

    def _jobs(self, jobs: Iterable[Job]) -> list[Values]:
        found: list[Values] = []
        for job in jobs:
            values = _job(job)
            if self._has_digests:
                values["digest"] = job.digest
                values["probe"] = job.probe
            values["id"] = self._ids[job.name]
            values["needs"] = [self._ids[each] for each in job.after]
            values["step"] = self._steps[job.name]
            values["loads"] = dict(job.loads)
            values["options"] = list(job.options())
            values["without_caches"] = list(job.without_caches())
            values["warm_from"] = [self._warming(each) for each in job.warm_from]
            values["name"] = job.name
            values["dockerfile"] = job.location.dockerfile
            values["context"] = job.location.context
            values["render"] = job.location.render
            values["tag_in_file"] = self._tag_in_file[job.name]
            found.append(self._kept(values))
        return found

    def _warming(self, warming: Warming) -> Values:
        values: dict[str, Values] = {"name": warming.name}
        values["id"] = self._ids[warming.name]
        values["target"] = warming.target
        values["cache"] = warming.cache
        return values

    def _published(self, published: Published) -> Values:
        values: dict[str, Values] = {"stage": published.stage}
        values["id"] = self._ids[published.name]
        values["image"] = published.image
        values["tags"] = list(published.tags)
        values["name"] = published.name
        if self._has_digests:
            values["probe"] = published.probe
        return self._kept(values)

    def _kept(self, values: Mapping[str, Values]) -> Values:
        return {name: value for name, value in values.items() if name not in self._left_out}


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
