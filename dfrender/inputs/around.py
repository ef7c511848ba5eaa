"""A template and a profile to the build context that its output is built in, with the ignore file that counts there."""

import os
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import DfrenderError, Problems
from dfrender.dockerfile.ignore import PatternError, Patterns, read_lines
from dfrender.header import is_generated
from dfrender.inputs import tracking
from dfrender.inputs.context import Context, Tracked
from dfrender.profile import places
from dfrender.profile.keys import Builder
from dfrender.profile.profile import Profile
from dfrender.recorder import Recorder
from dfrender.source import At, decode
from dfrender.template.template import Template

_IGNORE = ".dockerignore"
_OF_BUILDAH = ".containerignore"


class IgnoreFile(NamedTuple):
    """The ignore file that builders will read, as the user would write its name; both are empty where there is none."""

    name: str = ""
    text: str = ""


def context_of(
    template: Template, profile: Profile, recorder: Recorder, problems: Problems, tracked: Tracked | None
) -> Context:
    """Return the build context of what is rendered; an ignore file that builders refuse is reported.

    ``tracked`` is what git knows of the context, None if it does not know it.
    """
    ignored = _patterns(ignore_file_of(template, profile, recorder), problems)
    return Context(profile.builds.context, ignored, recorder, tracked or Tracked({}))


def tracked_in(profile: Profile, recorder: Recorder | None = None, *, hides: bool = False) -> Tracked | None:
    """Return what git knows of the build context of a profile."""
    return tracking.tracked(Path(os.path.realpath(profile.builds.context)), recorder, hides=hides)


def ignore_file_of(template: Template, profile: Profile, recorder: Recorder) -> IgnoreFile:
    """Return the ignore file that counts once the output is written: the one beside it before that of the context.

    The classic builder knows only the latter. Buildah looks for ``.containerignore`` too: in the context before
    ``.dockerignore``, beside the output behind it.
    """
    is_buildah = profile.builder is Builder.BUILDAH
    if profile.builder is not Builder.CLASSIC:
        beside = _beside_output(template, profile, recorder)
        if beside is None and is_buildah:
            beside = _of_buildah(template, profile, recorder)
        if beside is not None:
            return beside
    names = [_OF_BUILDAH, _IGNORE] if is_buildah else [_IGNORE]
    for name in names:
        own = profile.builds.context / name
        if recorder.is_file(own):
            return IgnoreFile(str(own), decode(recorder.read(own)))
    return IgnoreFile()


def _of_buildah(template: Template, profile: Profile, recorder: Recorder) -> IgnoreFile | None:
    """Return the ignore file beside the output that buildah alone looks for."""
    output = _output(template, profile)
    if output is None:
        return None
    there = output.with_name(f"{output.name}{_OF_BUILDAH}")
    if not recorder.is_file(there):
        return None
    return IgnoreFile(str(there), decode(recorder.read(there)))


def _output(template: Template, profile: Profile) -> Path | None:
    try:
        return places.output_path(Path(template.file), profile)
    except DfrenderError:  # nothing can be written there, which is reported where that is tried
        return None


def _beside_output(template: Template, profile: Profile, recorder: Recorder) -> IgnoreFile | None:
    """Return the ignore file that is written with the output, else the one that lies there."""
    for source in sources(template):
        if recorder.is_file(source):
            return IgnoreFile(str(source), decode(recorder.read(source)))
    output = _output(template, profile)
    if output is None:
        return None
    there = output.with_name(f"{output.name}{_IGNORE}")
    if not recorder.is_file(there):
        return None
    text = decode(recorder.read(there))
    if is_generated(text):  # its source is gone, and so will it be
        return None
    return IgnoreFile(str(there), text)


def sources(template: Template) -> list[Path]:
    """Return where the ignore file may be that belongs to a template: named after it with its suffix or without."""
    path = Path(template.file)
    found = [path.with_name(f"{path.name}{_IGNORE}")]
    if template.jinja:
        found.append(path.with_name(f"{path.stem}{_IGNORE}"))
    return found


def _patterns(file: IgnoreFile, problems: Problems) -> Patterns:
    lines = read_lines(file.text)
    try:
        patterns = Patterns(text for text, _ in lines)
        for pattern in patterns.patterns:
            pattern.matches("")
    except PatternError as error:
        at = At(file.name, first_refused(lines), 1)
        problems.error(at, "invalid-ignore-pattern", str(error), "builders refuse it: write another pattern")
        return Patterns(())
    return patterns


def first_refused(lines: list[tuple[str, int]]) -> int:
    """Return the number of the first line that builders refuse, 0 if they refuse none."""
    for text, number in lines:
        try:
            for pattern in Patterns([text]).patterns:
                pattern.matches("")
        except PatternError:
            return number
    return 0
