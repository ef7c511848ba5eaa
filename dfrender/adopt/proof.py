"""What was made of a Dockerfile to its rendering, or to `BugError`: the proof, before anything is written.

With bare names the template renders to the Dockerfile with bare names, to the byte. With images every reference means
what it meant in the Dockerfile.
"""

from pathlib import Path
from typing import NamedTuple

from dfrender import api
from dfrender.adopt.marking import bare
from dfrender.adopt.original import Original
from dfrender.api import Result
from dfrender.diagnostics import BugError
from dfrender.dockerfile.graph import NO_STAGE, Edge
from dfrender.profile import places
from dfrender.profile.profile import Profile
from dfrender.source import At
from dfrender.template.template import Template

_Meaning = tuple[int, str]  # a stage, or `NO_STAGE` and an image


class Use(NamedTuple):
    """What a profile will render.

    ``context`` is the folder in which it is built. ``is_new`` says that nothing has been named so, ``is_same`` that the
    file is there and holds just the text, and ``is_plain`` that no stage is an image in it, ``is_completed`` that the
    file lacks the line end at its end.
    """

    profile: str
    output: Path
    context: Path
    is_new: bool
    is_same: bool
    is_plain: bool
    is_completed: bool = False


def use_of(result: Result, template: Path, original: Original, *, is_new: bool) -> Use:
    """Return what a proven rendering will be to the user, once the template lies there."""
    profile = result.profile
    is_same = not (is_new or original.is_completed) and result.text == original.template.text
    output = places.output_path(template, profile)
    context = profile.builds.context
    return Use(profile.name, output, context, is_new, is_same, not profile.prebuilt, original.is_completed)


def prove(original: Original, template: Template, profile: Profile) -> Result:
    """Render what was made of a Dockerfile.

    Raise `DfrenderError` for what dfrender refuses to render, and `BugError` where the rendering is another
    Dockerfile.
    """
    result = api.render(template, profile)
    if not profile.prebuilt:
        prove_text(result, bare(original))
    for before, after in zip(original.graph.edges, result.output.edges, strict=True):
        expected = _meaning(original, before)
        if profile.prebuilt:
            expected = _meaning_by_image(original, before)
        if _meaning_of(after, after.stage) != expected:
            message = f"{before.reference.text!r} would mean something else for {profile.name}"
            raise _bug(before.reference.at, message)
    return result


def prove_text(result: Result, text: str) -> None:
    """Raise `BugError` where a rendering is not this text."""
    if result.text != text:
        message = f"the template would render to something else for {result.profile.name}"
        raise _bug(At(result.template.file), message)


def _meaning(original: Original, edge: Edge) -> _Meaning:
    stage = original.stage_of(edge)
    return _meaning_of(edge, stage)


def _meaning_by_image(original: Original, edge: Edge) -> _Meaning:
    """Return what a reference has to mean where the image of a stage stands for the stage."""
    stage = original.stage_of(edge)
    image = original.images.get(stage)
    if image is not None and edge.word.literal:
        return NO_STAGE, image
    return _meaning_of(edge, stage)


def _meaning_of(edge: Edge, stage: int) -> _Meaning:
    if stage == NO_STAGE:
        return NO_STAGE, edge.word.text
    return stage, ""


def _bug(at: At, message: str) -> BugError:
    hint = "this is a bug in dfrender and nothing was written; please report it with the Dockerfile"
    return BugError.of(at, "not-verified", message, hint)
