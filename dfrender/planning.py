"""Renderings to their plans: the jobs, where they are carried out, and what is to be said of them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dfrender.api import Result
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems
from dfrender.files import relative, report_shared_outputs, update_command
from dfrender.plan.drafts import Draft, draft_of
from dfrender.plan.make import make_plans
from dfrender.plan.plan import Location, Plan, Plans
from dfrender.profile import places
from dfrender.profile.profile import Handover, Profile
from dfrender.rules.check import check
from dfrender.rules.ignore import without_ignored
from dfrender.rules.rule import Subject, When
from dfrender.source import At
from dfrender.template.template import Template

_NOWHERE = Location()


def plan_of(result: Result, target: str = "", handover: Handover | None = None, location: Location = _NOWHERE) -> Plan:
    """Return the jobs that build what a rendering is for, or only those that a target needs.

    ``handover`` stands in for the profile's; ``location`` is needed only to write the plan down. Raises `DfrenderError`
    where a stage is not there, or something cannot be built or handed over as asked.
    """
    return plans_of([result], [location], target, handover).first


def plans_of(
    results: Sequence[Result],
    locations: Sequence[Location],
    target: str = "",
    handover: Handover | None = None,
    update: str = "",
) -> Plans:
    """Return the plans of renderings of as many templates, each carried out at its location.

    ``update`` is the command that writes all of them down again. Raises `DfrenderError` as `plan_of` does, and where
    templates make one image or wait for each other.
    """
    problems = Problems()
    drafts: list[Draft] = []
    for result, location in zip(results, locations, strict=True):
        profile = _profile(result, target, handover)
        decisions = result.decisions._replace(profile=profile)
        try:
            drafts.append(draft_of(decisions, location))
        except DfrenderError as error:
            if len(results) > 1:
                problems.add(of_template(error, result.template))
            else:
                problems.add(error)
    problems.refuse()
    return make_plans(drafts, update)


def of_template(error: DfrenderError, template: Template) -> DfrenderError:
    """Return an error whose problems name the template where their place does not: a profile may serve many."""
    found: list[Diagnostic] = []
    for each in error.diagnostics:
        message = each.message
        if each.at.file != template.file:
            message = f"{template.file}: {message}"
        found.append(each._replace(message=message))
    return type(error)(found)


def _profile(result: Result, target: str, handover: Handover | None) -> Profile:
    """Return the profile with the target and the hand-over that a call names, and with all digests that it needs."""
    profile = result.profile.aimed_at(target)
    if handover:
        at = At(f"--handover {handover.value}")
        profile = profile._replace(handover=handover, handover_at=at)
    if profile.names_by_inputs:
        profile = profile._replace(digests=_digests(result))
    return profile


def _digests(result: Result) -> Mapping[str, str]:
    """Return the digests of all stages as they stand in tags; a build that lacks a file says so itself."""
    from dfrender.inputs.naming import Asked, digests  # is loaded already where something is named so

    asked = Asked(result.template, result.decisions.source, result.profile)
    found: dict[str, str] = {}
    for each in digests(asked, result.recorder.part(), Problems()).values():
        found[each.name] = each.tag
    return found


def warnings_of(result: Result) -> tuple[Diagnostic, ...]:
    """Return what is to be said of a plan: the warnings of the rendering, and what jobs repeat."""
    subject = Subject(result.decisions)
    repeated = check(subject, When.PLAN)
    return result.warnings + tuple(without_ignored(repeated, result.decisions))


def locations_of(results: Sequence[Result], folder: Path, tag: str, options: str) -> list[Location]:
    """Return what plans that are carried out in a folder need to know of files; ``options`` are those of a plan.

    Raises `DfrenderError` where an output cannot be where the profile wants it, and where two are to be in one place.
    """
    problems = Problems()
    found = problems.attempt(lambda each: _location(each, folder, tag, options), results)
    problems.refuse()
    if len(results) == 1:
        return found
    report_shared_outputs(results, problems)
    problems.refuse()
    named: list[Location] = []
    for result, location in zip(results, found, strict=True):
        named.append(location._replace(name=_name(result, folder)))
    return named


def _location(result: Result, folder: Path, tag: str, options: str) -> Location:
    template = Path(result.template.file)
    output = places.output_path(template, result.profile)
    render = update_command(result, None, folder).text
    plan = render.replace("dfrender render", "dfrender plan", 1)
    dockerfile, context = relative(folder, output), relative(folder, result.profile.builds.context)
    return Location(dockerfile, context, tag, render, update=f"{plan} {options}")


def _name(result: Result, folder: Path) -> str:
    """Return the folder of a template, in characters that every pipeline takes in the name of a job."""
    name = relative(folder, result.template.folder)
    if name == ".":
        return ""
    return re.sub("[^A-Za-z0-9._/-]", "_", name)
