"""Drafts of several templates to what their jobs take from each other, and to an order in which all can be done.

A job takes an image of another template if a line that it executes names it, or if it stands for a prebuilt stage that
no job of its own template makes.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile.names import shortest
from dfrender.plan.drafts import Draft
from dfrender.profile.profile import Handover, Profile, Text
from dfrender.references.jobs import Work
from dfrender.source import At


class Key(NamedTuple):
    """The job of a stage, in the draft with this number."""

    draft: int
    stage: int


class Taking(NamedTuple):
    """A job that takes the image which one of another template makes, and where it names it.

    ``prebuilt`` is the stage of the taker that it stands for; None where a line of its file names the image itself.
    """

    taker: Key
    maker: Key
    at: At
    prebuilt: int | None = None


def names_of(drafts: Sequence[Draft]) -> Mapping[Key, str]:
    """Return the names of all jobs, no two alike."""
    found: dict[Key, str] = {}
    used: set[str] = set()
    for number, draft in enumerate(drafts):
        for work in draft.works:
            name = draft.name(work.stage)
            while name in used:
                name += "_"
            used.add(name)
            found[Key(number, work.stage)] = name
    return found


def check_alike(drafts: Sequence[Draft], problems: Problems) -> None:
    """Report what one plan cannot do for all templates: build, hand over and be rendered in different ways."""
    first = drafts[0].decisions.profile
    for draft in drafts[1:]:
        profile = draft.decisions.profile
        _check_same("builder", _builder(first), _builder(profile), problems)
        _check_same("handover", _handover(first), _handover(profile), problems)
        _check_same("install", first.install, profile.install, problems)


def _builder(profile: Profile) -> Text:
    return Text(profile.builder.value, profile.builder_at)


def _handover(profile: Profile) -> Text:
    return Text(profile.handover.value, profile.handover_at)


def _check_same(key: str, one: Text, other: Text, problems: Problems) -> None:
    """Report two values of a key, where one of them is written."""
    if one.text == other.text:
        return
    here, elsewhere = other, one
    if not other.at.line:
        here, elsewhere = one, other
    message = f"{key} is {here.text!r} here and {elsewhere.text!r} for another template, and one plan has one {key}"
    hint = f"set {key} in a profile that both extend, or write a plan for each template"
    problems.error(here.at, "plans-differ", message, hint, [("the other template", elsewhere.at)])


def takings(drafts: Sequence[Draft], names: Mapping[Key, str], problems: Problems) -> list[Taking]:
    """Return what jobs take from other templates; report images that two make, and those that nothing hands over."""
    makers = _makers(drafts, names, problems)
    found: list[Taking] = []
    for number, draft in enumerate(drafts):
        others = {image: maker for image, maker in makers.items() if maker.draft != number}
        for work in draft.works:
            taken = list(_taken(Key(number, work.stage), draft, work, others))
            _check_cache(draft, taken, names, problems)
            found += taken
    return found


def _makers(drafts: Sequence[Draft], names: Mapping[Key, str], problems: Problems) -> Mapping[str, Key]:
    """Return the jobs that make images, by the shortest names of these."""
    found: dict[str, Key] = {}
    for number, draft in enumerate(drafts):
        for stage, image in draft.made.items():
            key = Key(number, stage)
            other = found.setdefault(shortest(image.text), key)
            if other != key:
                one, two = names[other], names[key]
                message = f"{image.text!r} would be the image of {one!r} and of {two!r}"
                hint = "let {folder} stand in repository, as {folder}/{stage}, or name under build what is to be built"
                related = [("the other one", _place(drafts, other))]
                problems.error(_place(drafts, key), "shared-image", message, hint, related)
    return found


def _place(drafts: Sequence[Draft], key: Key) -> At:
    """Return where a stage stands: one place of a profile may name the images of many templates."""
    source = drafts[key.draft].decisions.source
    at = source.stages[key.stage].at
    if not at.column:  # behind an expression of the template nothing has one
        return At(at.file, at.line, 1)
    return at


def _taken(taker: Key, draft: Draft, work: Work, others: Mapping[str, Key]) -> Iterator[Taking]:
    """Yield what a job takes from other templates, each image once."""
    seen: set[Key] = set()
    if not others:
        return
    for edge in draft.decisions.source.edges:
        if edge.reference.stage not in work.runs or not edge.image:
            continue
        maker = others.get(shortest(edge.image))
        if maker and maker not in seen:
            seen.add(maker)
            yield Taking(taker, maker, edge.reference.at)
    own = draft.made
    for each in draft.decisions.prebuilt:
        if each.stage not in work.takes or each.stage in own:
            continue
        maker = others.get(shortest(draft.images[each.stage].text))
        if maker and maker not in seen:
            seen.add(maker)
            (at, *_) = [edge.reference.at for edge in each.edges if edge.reference.stage in work.runs]
            yield Taking(taker, maker, at, each.stage)


def _check_cache(draft: Draft, taken: Sequence[Taking], names: Mapping[Key, str], problems: Problems) -> None:
    profile = draft.decisions.profile
    if profile.handover is not Handover.CACHE:
        return
    for each in taken:
        message = f"no image is handed over by the cache, but this names the one of the job {names[each.maker]!r}"
        related = [("the hand-over", profile.handover_at)]
        problems.error(each.at, "handover-needs-bare-names", message, "hand over by artifact or registry", related)


def ordered(
    drafts: Sequence[Draft], found: Sequence[Taking], names: Mapping[Key, str], problems: Problems
) -> list[Key]:
    """Return all jobs in an order in which they can be done, as near as can be to that of templates and stages.

    Report jobs that wait for each other: each cycle at a reference that closes it.
    """
    left = _before(drafts, found)
    order: list[Key] = []
    while left:
        ready = _first_ready(left)
        if ready:
            order.append(ready)
            del left[ready]
        else:
            cycle = _cycle(left)
            _report_cycle(cycle, found, names, problems)
            for key in cycle:
                left.pop(key, None)
    return order


def _before(drafts: Sequence[Draft], found: Sequence[Taking]) -> dict[Key, list[Key]]:
    """Return for each job those that have to be done before."""
    before: dict[Key, list[Key]] = {}
    for number, draft in enumerate(drafts):
        made = {work.stage for work in draft.works}
        for work in draft.works:
            before[Key(number, work.stage)] = [Key(number, stage) for stage in work.takes if stage in made]
    for taking in found:
        before[taking.taker].append(taking.maker)
    return before


def _first_ready(left: Mapping[Key, Sequence[Key]]) -> Key | None:
    for key, before in left.items():
        if not any(each in left for each in before):
            return key
    return None


def _cycle(left: Mapping[Key, Sequence[Key]]) -> list[Key]:
    """Return jobs that wait for each other, the first one at the end again; each of ``left`` waits for another one."""
    path: list[Key] = []
    key = next(iter(left))
    while key not in path:
        path.append(key)
        key = next(each for each in left[key] if each in left)
    start = path.index(key)
    cycle = path[start:]
    cycle.append(key)
    return cycle


def _report_cycle(cycle: Sequence[Key], found: Sequence[Taking], names: Mapping[Key, str], problems: Problems) -> None:
    """Report a cycle at the references to images of other templates; within a template there is none."""
    steps = set(pairwise(cycle))
    references: list[At] = []
    for each in found:
        if (each.taker, each.maker) in steps:
            references.append(each.at)
    first = references.pop(0)
    shown = " → ".join(names[key] for key in cycle)
    message = f"these jobs wait for each other: {shown}"
    hint = "let one of them begin from something else, or move what both need into a stage that needs neither"
    problems.error(first, "job-cycle", message, hint, [("waits too", at) for at in references])
