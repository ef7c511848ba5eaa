"""Renderings to their plans: the jobs, where they are carried out, and what is to be said of them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from dfrender.plan.formats import Format

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
        try:
            _check_inputs(result, results)
            profile = _profile(result, target, handover)
            decisions = result.decisions._replace(profile=profile)
            drafts.append(draft_of(decisions, location))
        except DfrenderError as error:
            if len(results) > 1:
                problems.add(of_template(error, result.template))
            else:
                problems.add(error)
    problems.refuse()
    return make_plans(drafts, update)


def _output(result: Result) -> Path:
    return places.output_path(Path(result.template.file), result.profile)


def _check_inputs(result: Result, results: Sequence[Result]) -> None:
    """Refuse what a run would refuse to render: a file that would be made of itself, or of another one of the plan."""
    if not result.named:
        return
    from dfrender.inputs.objections import report_outputs  # is loaded already where something is named so

    problems = Problems()
    written = [(_output(each), "the output") for each in results]
    report_outputs(result.named.inputs.values(), written, problems)
    problems.refuse()


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
    if result.named:
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


def locations_of(results: Sequence[Result], folder: Path, chosen: "Format", options: str) -> list[Location]:
    """Return what plans that are carried out in a folder need to know of files; ``options`` are those of a plan.

    Raises `DfrenderError` where an output cannot be where the profile wants it, and where two are to be in one place.
    """
    problems = Problems()
    found = problems.attempt(lambda each: _location(each, folder, chosen, options), results)
    problems.refuse()
    if len(results) == 1:
        return found
    report_shared_outputs(results, problems)
    problems.refuse()
    named: list[Location] = []
    for result, location in zip(results, found, strict=True):
        name = _name(result, folder)
        prefix = _prefix(name)
        inputs = location.inputs
        if prefix:
            inputs = f"{inputs} --prefix {prefix}"
        named.append(location._replace(name=name, prefix=prefix, inputs=inputs))
    return named


def _location(result: Result, folder: Path, chosen: "Format", options: str) -> Location:
    render = update_command(result, None, folder).text
    plan = render.replace("dfrender render", "dfrender plan", 1)
    inputs = render.replace("dfrender render", "dfrender inputs", 1)
    return Location(
        dockerfile=relative(folder, _output(result)),
        context=relative(folder, result.profile.builds.context),
        tag=chosen.tag,
        render=render,
        update=f"{plan} {options}",
        image=chosen.image,
        inputs=inputs,
    )


def _name(result: Result, folder: Path) -> str:
    """Return the folder of a template, in characters that every pipeline takes in the name of a job."""
    name = relative(folder, result.template.folder)
    if name == ".":
        return ""
    return re.sub("[^A-Za-z0-9._/-]", "_", name)


def _prefix(name: str) -> str:
    """Return what the variables of a template with this name begin with, so that no two templates set one."""
    if not name:
        return ""
    capitals = re.sub("[^A-Z0-9]", "_", name.upper())
    if capitals[0].isdecimal():
        capitals = f"_{capitals}"  # with a digit no variable of a shell begins
    return f"{capitals}_"
