"""The public functions: what the command line does, for use from Python. They read, and neither print nor write."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, gather, refuse
from dfrender.dockerfile.graph import Graph, graph
from dfrender.dockerfile.parse import parse
from dfrender.profile import places
from dfrender.profile.profile import Profile, load, read_profile
from dfrender.references.calls import check_calls
from dfrender.references.prebuilt import Prebuilt, decide, kept_stages
from dfrender.references.rewrite import rewrite
from dfrender.references.verify import verify
from dfrender.rules.check import check
from dfrender.rules.ignore import spare
from dfrender.rules.rule import Subject
from dfrender.source import At, Line, join
from dfrender.template import template as _template
from dfrender.template.template import Rendered, Template, read

__all__ = ["Profile", "Result", "Template", "load", "read", "render", "render_all"]


class Draft(NamedTuple):
    """What is known before anything is rewritten, and what was found up to there, ignored or not.

    ``kept`` are the stages of the source that the output has.
    """

    template: Template
    profile: Profile
    rendered: Rendered
    source: Graph
    prebuilt: tuple[Prebuilt, ...]
    kept: Collection[int]
    findings: tuple[Diagnostic, ...]

    def output(self) -> Graph:
        """Rewrite what was decided; raises `BugError` where the result is something else."""
        output = rewrite(self.source, self.prebuilt, self.kept)
        return verify(self.source, output, self.prebuilt, self.kept, self.profile)


class Result(NamedTuple):
    """A rendering: what went in, what was decided, and the output without its header.

    ``kept`` are the stages of the source that the output has, ``warnings`` the findings that do not refuse it.
    """

    template: Template
    profile: Profile
    rendered: Rendered
    source: Graph
    prebuilt: tuple[Prebuilt, ...]
    kept: Collection[int]
    output: Graph
    warnings: tuple[Diagnostic, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Give the lines of the output."""
        return self.output.dockerfile.lines

    @property
    def text(self) -> str:
        """Give the text of the output."""
        return join(self.lines)


def render(template: Template, profile: Profile, where: Callable[[str], str] = lambda _: "") -> Result:
    """Render a template for one profile.

    ``where`` may say where a name is set that the profile's values lack. Raises `DfrenderError` with all problems
    of template, Dockerfile and profile, and `BugError` where the output is not what was decided.
    """
    made = draft(template, profile, where)
    findings = spare(made.findings, made.source.dockerfile, profile)
    refuse(findings)
    return Result(*made[:-1], made.output(), findings)


def draft(template: Template, profile: Profile, where: Callable[[str], str] = lambda _: "") -> Draft:
    """Render, read and decide, as `render` does, and give what was found instead of raising it.

    Raises `DfrenderError` where there is nothing to read: the template cannot be rendered.
    """
    rendered = _rendered(template, profile, where)
    source = graph(parse(rendered.lines, template.file))
    prebuilt, problems = decide(source, profile)
    kept = kept_stages(source, prebuilt, profile)
    found = (*source.dockerfile.problems, *_findings(Subject(source, prebuilt, kept), rendered))
    findings = (*profile.problems, *problems, *found)
    return Draft(template, profile, rendered, source, prebuilt, kept, findings)


def _rendered(template: Template, profile: Profile, where: Callable[[str], str]) -> Rendered:
    """Render the template; what is wrong with it is told together with what is wrong with the profile."""
    try:
        return _template.render(template, profile.values, profile.name, where)
    except DfrenderError as error:
        # where the profile could not be read whole, it may be why a name has no value
        found = (each for each in error.diagnostics if not profile.problems or each.code != "undefined-name")
        raise DfrenderError([*profile.problems, *found]) from error


def _findings(subject: Subject, rendered: Rendered) -> Iterator[Diagnostic]:
    """Give what is wrong with calls of ``stage()``, and what the rules find elsewhere."""
    source = subject.graph
    calls = list(check_calls(source, rendered.calls))
    reported = {edge.reference.at for _, edge in calls if edge} | {each.at for each in source.dockerfile.problems}
    yield from (found for found, _ in calls)
    yield from (found for found in check(subject) if found.at not in reported)


def render_all(
    template: Template, wanted: Sequence[str], overrides: Sequence[str], environ: Mapping[str, str], target: str = ""
) -> list[Result]:
    """Render a template for the profiles that are wanted, by name or path; for all that it has if none is.

    ``target`` goes before that of a profile. Raises `CallError` where there is no profile, and `DfrenderError` with the
    problems of all profiles and renderings.
    """

    def one(found: tuple[str, Path]) -> Result:
        profile = read_profile(found[1], str(found[1]), found[0], overrides, environ).aimed_at(target)
        return render(template, profile, partial(elsewhere, template, profile, environ))

    found = profiles_of(template, wanted)
    if not found:
        hint = f"create {template.folder / 'profiles' / 'local.yaml'}; an empty file is a profile"
        raise CallError([Diagnostic(At(template.file), "no-profile", "this template has no profiles", hint=hint)])
    return gather(one, found)


def profiles_of(template: Template, wanted: Sequence[str]) -> list[tuple[str, Path]]:
    """Give name and file of each profile that is wanted, each once; of all that the template has if none is."""
    found = gather(lambda each: places.find(each, template.folder), wanted)
    found = found or list(places.profiles(template.folder).items())
    return list({(name, os.path.realpath(path)): (name, path) for name, path in reversed(found)}.values())[::-1]


def elsewhere(template: Template, profile: Profile, environ: Mapping[str, str], name: str) -> str:
    """Say which profile sets a name that this one does not; one that cannot be loaded sets none."""
    for other, path in places.profiles(template.folder).items():
        try:
            at = load(path, str(path), other, (), environ).value_places.get(name)
        except DfrenderError:
            continue
        if at:
            return f"set in {at.file}:{at.line} but not by {profile.name}"
    return ""
