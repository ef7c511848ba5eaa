"""The template in the working directory and its profile ``ci`` to what its stages are made of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.diagnostics import Problems
from dfrender.dockerfile.parse import parse
from dfrender.inputs import around, naming
from dfrender.inputs.naming import Asked
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.references.arguments import graph_for
from dfrender.template.template import read_template, render_template

if TYPE_CHECKING:
    from dfrender.inputs.context import Context
    from dfrender.inputs.parts import Digest


def asked(folder: Path = Path()) -> Asked:
    """Render the template of a folder, whatever is wrong with its references."""
    template = read_template(folder / "Dockerfile.j2")
    profile = Profiles({}).load(ProfileFile("ci", folder / "profiles" / "ci.yaml", folder))
    rendered = render_template(template, profile.values, profile.name, lambda _: "", Recorder())
    return Asked(template, graph_for(parse(rendered.lines, template.file), profile), profile)


def context_of(one: Asked, recorder: Recorder | None = None) -> Context:
    """Return the build context."""
    return around.context_of(one.template, one.profile, recorder or Recorder(), Problems(), None)


def digests(folder: Path = Path()) -> list[Digest]:
    """Return the digests of all stages."""
    one = asked(folder)
    problems = Problems()
    tracked = around.tracked_in(one.profile)
    found = naming.inputs_of(one, Recorder(), problems, range(len(one.source.stages)), tracked)
    problems.refuse()
    return [each.digest for each in found.values()]
