"""Texts and files as dfrender reads them: what a test of any room begins with."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from dfrender import api
from dfrender.dockerfile.graph import Graph, graph
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.parse import parse
from dfrender.lint import lint
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles, load, of_text
from dfrender.source import lines_of
from dfrender.template.template import Template, read_template
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfrender.diagnostics import DfrenderError, Diagnostic

NOTHING: Mapping[str, str] = MappingProxyType({})


def dockerfile_of(text: str) -> Dockerfile:
    """Return what a Dockerfile with this text says."""
    return parse(lines_of(text, "Dockerfile"), "Dockerfile")


def graph_of(text: str, build_args: Mapping[str, str] = NOTHING) -> Graph:
    """Return what a Dockerfile with this text means, built with these arguments."""
    return graph(dockerfile_of(text), build_args)


def template_of(text: str, file: str = "Dockerfile.j2", folder: Path = Path()) -> Template:
    """Return the template that a file of this name would be; its includes are in the folder."""
    return Template(file, text, folder, jinja=file.endswith(".j2"))


def profile_of(text: str, file: str = "ci.yaml") -> Profile:
    """Return the profile that a file of this name would be; it extends none."""
    return of_text(text, file, Path(file).stem)


def profile_at(path: Path, overrides: Sequence[str] = (), environ: Mapping[str, str] = NOTHING) -> Profile:
    """Load a profile and those that it extends."""
    return load(path, overrides, environ)


def result_of(template: str, profile: str = "", file: str = "Dockerfile.j2") -> api.Result:
    """Render a template of this name, with the text of a profile."""
    return api.render(template_of(template, file), profile_of(profile))


def shipped(profile: str) -> api.Result:
    """Render the template that is shipped for one of its profiles."""
    (result,) = api.render_all(read_template(ROOT / "Dockerfile.j2"), [profile], (), {})
    return result


def linted(template: Path, *profiles: str) -> tuple[Diagnostic, ...]:
    """Lint a template for these profiles, for all that it has if none is named."""
    return lint(read_template(template), profiles, Profiles({}))


def in_one_line(diagnostic: Diagnostic) -> str:
    """Return a diagnostic as one line: place, message, code, and its hint behind an arrow."""
    hint = f" -> {diagnostic.hint}" if diagnostic.hint else ""
    return f"{diagnostic.at}: {diagnostic.message} [{diagnostic.code}]{hint}"


def refusals(error: DfrenderError) -> list[str]:
    """Return each problem of an error in one line."""
    return [in_one_line(each) for each in error.diagnostics]
