"""``{input_digest}`` in a profile's tags to the digests that it stands for, with all that is to be said of that."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile.graph import Graph
from dfrender.inputs import around, objections
from dfrender.inputs.context import Tracked
from dfrender.inputs.digests import StageInputs, stage_inputs
from dfrender.inputs.parts import Digest
from dfrender.profile.profile import Profile
from dfrender.profile.stages import INPUT_DIGEST, StageSettings, Text
from dfrender.recorder import Recorder
from dfrender.template.template import Template

_UNKNOWN = "0" * 20


class Asked(NamedTuple):
    """What digests are asked of: a template, what it says for a profile, and the profile."""

    template: Template
    source: Graph
    profile: Profile


class Named(NamedTuple):
    """A profile with its images named, and what these stages, and those that they refer to, are made of."""

    profile: Profile
    inputs: Mapping[int, StageInputs]


def wanted(asked: Asked) -> list[int]:
    """Return the stages that a call asks about: those that its target needs, else all."""
    stage = asked.source.names.get(asked.profile.called_target)
    if stage is None:
        return list(range(len(asked.source.stages)))
    return asked.source.needs(stage)


def named_by_inputs(asked: Asked, recorder: Recorder, problems: Problems) -> Named:
    """Return a profile in whose images digests stand; report what cannot be named so, and what is doubtful."""
    _, source, profile = asked
    stages: list[int] = []
    for settings in profile.prebuilt:
        stage = source.names.get(settings.stage.text)
        if settings.is_named_by_inputs and stage is not None:
            stages.append(stage)
    objections.report_settings(profile, problems)
    if not stages:
        return Named(_filled(profile, {}), {})
    found = inputs_of(asked, recorder, problems, stages, around.tracked_in(profile, recorder))
    for stage, each in found.items():
        problems += each.problems
        objections.report_git(each, problems)
        objections.report_base(source, stage, problems)
    objections.report_untracked(found.values(), problems)
    return Named(_filled(profile, found), found)


def inputs_of(
    asked: Asked, recorder: Recorder, problems: Problems, stages: Iterable[int], tracked: Tracked | None
) -> Mapping[int, StageInputs]:
    """Return what these stages of a template, and those that they refer to, are made of for a profile.

    ``tracked`` is what git knows of the build context, None if it does not know it.
    """
    context = around.context_of(asked.template, asked.profile, recorder, problems, tracked)
    return stage_inputs(asked.source, asked.profile, context, stages)


def digests(asked: Asked, recorder: Recorder, problems: Problems) -> Mapping[int, Digest]:
    """Return the digest of each stage by its index; report what is wrong with what they are made of."""
    stages = range(len(asked.source.stages))
    found: dict[int, Digest] = {}
    for stage, each in inputs_of(asked, recorder, problems, stages, around.tracked_in(asked.profile)).items():
        problems += each.problems
        found[stage] = each.digest
    return found


def _filled(profile: Profile, found: Mapping[int, StageInputs]) -> Profile:
    """Return the profile with digests in its images; with zeros where there is none, which is reported then."""
    tags: dict[str, str] = {}
    for each in found.values():
        tags[each.digest.name] = each.digest.tag
    prebuilt: list[StageSettings] = []
    for settings in profile.prebuilt:
        tag = tags.get(settings.stage.text, _UNKNOWN)
        prebuilt.append(settings.with_digest(tag))
    shared = profile.tag
    if profile.tag_arg:
        # that is refused, and once is enough
        shared = Text(shared.text.replace(INPUT_DIGEST, _UNKNOWN), shared.at)
    return profile._replace(prebuilt=tuple(prebuilt), tag=shared)
