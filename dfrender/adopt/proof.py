"""What was made of a Dockerfile to its rendering, or to `BugError`: the proof, before anything is written.

With bare names the template renders to the Dockerfile with bare names, to the byte. With images every reference means
what it meant in the Dockerfile.
"""

from dfrender import api
from dfrender.adopt.marking import bare
from dfrender.adopt.original import Original
from dfrender.api import Result
from dfrender.diagnostics import BugError, Diagnostic
from dfrender.dockerfile.graph import NO_STAGE, Edge
from dfrender.profile.profile import Profile
from dfrender.source import At
from dfrender.template.template import Template


def prove(original: Original, template: Template, profile: Profile) -> Result:
    """Render what was made of a Dockerfile.

    Raises `DfrenderError` for what dfrender refuses to render, and `BugError` where the rendering is another
    Dockerfile.
    """
    result = api.render(template, profile)
    if not profile.prebuilt:
        prove_text(result, bare(original))
    for before, after in zip(original.graph.edges, result.output.edges, strict=True):
        expected = _meaning(original, before, by_image=bool(profile.prebuilt))
        if _meaning_of(after, after.stage) != expected:
            message = f"{before.reference.text!r} would mean something else for {profile.name}"
            raise _bug(before.reference.at, message)
    return result


def prove_text(result: Result, text: str) -> None:
    """Raise `BugError` where a rendering is not this text."""
    if result.text != text:
        message = f"the template would render to something else for {result.profile.name}"
        raise _bug(At(result.template.file), message)


def _meaning(original: Original, edge: Edge, *, by_image: bool) -> tuple[int, str]:
    """Give what a reference has to mean: its stage, or that stage's image."""
    stage = original.stage_of(edge)
    if by_image and stage in original.images and edge.word.literal:
        return NO_STAGE, original.images[stage]
    return _meaning_of(edge, stage)


def _meaning_of(edge: Edge, stage: int) -> tuple[int, str]:
    return stage, edge.word.text if stage == NO_STAGE else ""


def _bug(at: At, message: str) -> BugError:
    hint = "this is a bug in dfrender and nothing was written; please report it with the Dockerfile"
    return BugError([Diagnostic(at, "not-verified", message, hint=hint)])
