"""What came of a template, kept with a stamp: all that a run has to know of it that does not render it again."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dfrender.api import Footprint
from dfrender.diagnostics import Diagnostic, Severity
from dfrender.profile.building import BuildArg
from dfrender.profile.stages import Text
from dfrender.source import At
from dfrender.stamp.store import Part


class Kept(NamedTuple):
    """A template of which nothing has changed that its files are made of, nor these.

    ``outputs`` are the paths of its files, and ``real`` these without links. ``findings`` are the warnings about it.
    ``is_named``: some of its images are named by their inputs.
    """

    part: Part
    outputs: tuple[str, ...]
    real: tuple[str, ...]
    footprints: tuple[Footprint, ...]
    findings: tuple[Diagnostic, ...]
    is_named: bool

    @property
    def paths(self) -> list[Path]:
        """Return the paths of its files."""
        return [Path(each) for each in self.outputs]


def summary(
    outputs: Sequence[str],
    real: Sequence[str],
    footprints: Sequence[Footprint],
    findings: Sequence[Diagnostic],
    *,
    is_named: bool,
) -> str:
    """Return what is kept of a template as text."""
    return json.dumps([outputs, real, footprints, findings, is_named], default=_plain)


def read(part: Part) -> Kept:
    """Return what was kept with a part of a stamp."""
    outputs, real, footprints, findings, is_named = json.loads(part.summary)
    return Kept(
        part,
        tuple(outputs),
        tuple(real),
        tuple(_footprints(footprints)),
        tuple(_findings(findings)),
        is_named,
    )


def _plain(value: Severity) -> str:
    return value.value


def _footprints(kept: list[list[Any]]) -> Iterator[Footprint]:
    for template, images, given, declared in kept:
        named = [(image, At(*at)) for image, at in images]
        arguments = [BuildArg(_text(name), _text(value), is_optional) for name, value, is_optional in given]
        yield Footprint(template, tuple(named), tuple(arguments), tuple(declared))


def _text(kept: list[Any]) -> Text:
    text, at = kept
    return Text(text, At(*at))


def _findings(kept: list[list[Any]]) -> Iterator[Diagnostic]:
    for at, code, message, severity, hint, related, profiles in kept:
        places = [(text, At(*place)) for text, place in related]
        yield Diagnostic(At(*at), code, message, Severity(severity), hint, tuple(places), tuple(profiles))
