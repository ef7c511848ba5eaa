"""What drafts name by inputs against what a run knows of it: refuses names that no run could carry.

A plan that is kept is older than what its runs build: only what a variable holds is called as inputs are then.
"""

from collections.abc import Iterator, Mapping, Sequence

from dfrender.diagnostics import Problems
from dfrender.dockerfile.names import repository_of, shortest
from dfrender.plan.across import Key, Taking
from dfrender.plan.drafts import Draft
from dfrender.plan.named import image_variables
from dfrender.profile.variables import ImageVariable, check_variables
from dfrender.source import At

_COMMITTED = "none"


def check_by_inputs(
    drafts: Sequence[Draft], found: Sequence[Taking], names: Mapping[Key, str], problems: Problems
) -> None:
    """Report images that no variable could hold in a run, and those that are named by inputs as they are now.

    Where a format has no variables, a plan is of what is there now, and all is well.
    """
    kept = [draft for draft in drafts if draft.location.image]
    _check_variables(kept, problems)
    for draft in kept:
        _check_own(draft, problems)
    for each in found:
        if drafts[each.maker.draft].location.image:
            _check_taking(drafts[each.maker.draft], each, names, problems)


def notes_on_other_tags(number: int, drafts: Sequence[Draft], names: Mapping[Key, str]) -> Iterator[str]:
    """Yield lines of a template that name what a job of another one makes, but under another tag than its digest."""
    makers = _makers(number, drafts)
    draft = drafts[number]
    executed = draft.executed
    for edge in draft.decisions.source.edges:
        reference = edge.reference
        if not makers or not edge.image or reference.stage not in executed:
            continue
        maker = makers.get(repository_of(edge.image))
        if maker and shortest(edge.image) != shortest(drafts[maker.draft].images[maker.stage].text):
            place = f"{reference.at.file}:{reference.at.line}"
            yield f"{place} names {edge.image}, and {names[maker]} tags this image with the digest of its inputs only"


def _makers(number: int, drafts: Sequence[Draft]) -> Mapping[str, Key]:
    """Return the jobs of other templates whose images are named by their inputs, by these images without their tags."""
    found: dict[str, Key] = {}
    for other, draft in enumerate(drafts):
        if other == number:
            continue
        for stage, image in draft.made.items():
            if stage in draft.by_inputs:
                found[repository_of(image.text)] = Key(other, stage)
    return found


def _check_variables(drafts: Sequence[Draft], problems: Problems) -> None:
    """Report images that would need quotes, two of one variable, and a run in which nothing would set any."""
    found: list[ImageVariable] = []
    for draft in drafts:
        found += image_variables(draft.images, draft.by_inputs)
    check_variables(found, problems)
    if not found:
        return
    install = drafts[0].decisions.profile.install
    if install.text == _COMMITTED:
        message = "images are named by their inputs, and nothing in a run would say what these are"
        hint = "say in install what pip installs, so that a run can call dfrender inputs"
        problems.error(install.at, "install-needed", message, hint)


def _check_own(draft: Draft, problems: Problems) -> None:
    """Report lines that name an image of their own template by its inputs as they are now."""
    for reference, stage in draft.written_out():
        if stage in draft.by_inputs:
            _report_written_out(draft.images[stage].text, reference.at, problems)


def _check_taking(draft: Draft, taking: Taking, names: Mapping[Key, str], problems: Problems) -> None:
    """Report what another template takes from this one, if a run calls it otherwise."""
    stage = taking.maker.stage
    named = draft.by_inputs.get(stage)
    if named is None:
        return
    image = draft.images[stage]
    if taking.prebuilt is None:
        _report_written_out(image.text, taking.at, problems)
    elif named.variable is None:
        job = names[taking.maker]
        message = f"the image of the job {job!r} is named by its inputs, and no variable holds it in a run"
        hint = "name its stage under prebuilt or publish, in the profile of its template"
        problems.error(taking.at, "image-without-variable", message, hint, [("the image", image.at)])


def _report_written_out(image: str, at: At, problems: Problems) -> None:
    message = f"{image!r} is named by its inputs as they are now, and a run names it by what they are then"
    hint = "let its stage stand in this template too, under prebuilt, or give the image a tag without {input_digest}"
    problems.error(at, "digest-written-out", message, hint)
