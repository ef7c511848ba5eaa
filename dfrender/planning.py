"""A rendering to its plan: the jobs, where they are carried out, and what is to be said of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.api import Result
from dfrender.diagnostics import Diagnostic, Problems
from dfrender.files import relative, update_command
from dfrender.plan.make import make_plan
from dfrender.plan.plan import Location, Plan
from dfrender.profile import places
from dfrender.profile.keys import Handover
from dfrender.rules.check import check
from dfrender.rules.ignore import without_ignored
from dfrender.rules.rule import Subject, When
from dfrender.source import At

if TYPE_CHECKING:
    from dfrender.inputs.naming import Named
    from dfrender.plan.formats import Format

_NOWHERE = Location()


def plan_of(result: Result, target: str = "", handover: Handover | None = None, location: Location = _NOWHERE) -> Plan:
    """Return the jobs that build what a rendering is for, or only those that a target needs.

    ``handover`` stands in for the profile's; ``location`` is needed only to write the plan down. Raises `DfrenderError`
    where a stage is not there, or something cannot be built or handed over as asked.
    """
    profile = result.profile.aimed_at(target)
    if handover:
        at = At(f"--handover {handover.value}")
        profile = profile._replace(handover=handover, handover_at=at)
    if result.named:
        _check_output(result, result.named)
        profile = profile._replace(digests=_digests(result))
    decisions = result.decisions._replace(profile=profile)
    return make_plan(decisions, location)


def _check_output(result: Result, named: "Named") -> None:
    """Refuse what a run would refuse to render: a file that would be made of itself."""
    from dfrender.inputs.objections import report_outputs  # is loaded already where something is named so

    problems = Problems()
    path = places.output_path(Path(result.template.file), result.profile)
    report_outputs(named.inputs.values(), [(path, "the output")], problems)
    problems.refuse()


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


def location_of(result: Result, folder: Path, chosen: "Format", options: str) -> Location:
    """Return what a plan that is carried out in a folder needs to know of files; ``options`` are those of the plan.

    Raises `DfrenderError` where the output cannot be where the profile wants it.
    """
    template = Path(result.template.file)
    output = places.output_path(template, result.profile)
    render = update_command(result, None, folder).text
    plan = render.replace("dfrender render", "dfrender plan", 1)
    inputs = render.replace("dfrender render", "dfrender inputs", 1)
    dockerfile, context = relative(folder, output), relative(folder, result.profile.builds.context)
    return Location(
        dockerfile, context, chosen.tag, render, update=f"{plan} {options}", image=chosen.image, inputs=inputs
    )
