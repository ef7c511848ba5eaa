"""A template and its profiles to everything that is found in them. Writes nothing, and raises nothing for a finding."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender import api
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, Problems, Severity, ordered
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.ignore import is_ignored
from dfrender.files import ignore_file
from dfrender.profile import folders, places
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profile import Builder, Profile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.references.arguments import GivenArguments
from dfrender.references.decisions import Decisions
from dfrender.references.rewrite import rewrite
from dfrender.references.verify import verify
from dfrender.rules.check import check
from dfrender.rules.ignore import without_ignored
from dfrender.rules.manual import rules
from dfrender.rules.rule import Context, Subject, When
from dfrender.source import decode
from dfrender.template.template import Rendered, Template

__all__ = ["Examined", "Found", "GivenArguments", "examine", "lint", "merged", "no_profile"]

_IGNORE_FILE = ".dockerignore"
_OF_BUILDAH = ".containerignore"
_OF_ALL = frozenset({"unused-ignore", "unreached-stage"})
_NO_PROFILE = Path(os.devnull)
"""An empty file is a profile: what a Dockerfile without profiles is checked for."""


class Examined(NamedTuple):
    """What is wrong with a template for one profile, and what it came to, as far as that could be made."""

    diagnostics: Sequence[Diagnostic]
    rendered: Rendered | None = None
    decisions: Decisions | None = None
    output: Graph | None = None


class Found(NamedTuple):
    """What was found in a template for the profile of a name."""

    profile: str
    diagnostics: Sequence[Diagnostic]


def lint(
    template: Template,
    wanted: Sequence[str],
    profiles: Profiles,
    requested: Collection[str] = (),
    given: GivenArguments | None = None,
) -> tuple[Diagnostic, ...]:
    """Find what is wrong with a template for the profiles that are wanted, for all that it has, or without any.

    ``requested`` names the rules to report, all if there are none; ``given`` collects the build arguments where other
    templates may declare them. Raises `CallError` for a profile that is not there.
    """
    names = profiles.wanted(template.folder, wanted, Recorder())
    if not names:
        names = [no_profile(template)]
    own = GivenArguments()
    if given is None:
        given = own
    seen: list[Found] = []
    for each in names:
        examined = examine(template, each, profiles, frozenset(requested), given)
        seen.append(Found(each.name, examined.diagnostics))
    found = [*merged(seen), *own.undeclared()]
    reported = set(requested) or {each.code for each in found}
    if wanted and not _are_all(names, template, profiles):
        reported.discard("unreached-stage")  # another profile may build it
    return tuple(each for each in found if each.code in reported)


def no_profile(template: Template) -> ProfileFile:
    """Return what stands in for a profile where a template has none."""
    return ProfileFile("", _NO_PROFILE, template.folder)


def _are_all(names: Sequence[ProfileFile], template: Template, profiles: Profiles) -> bool:
    """Return whether these are all profiles of a template."""
    try:
        every = profiles.wanted(template.folder, (), Recorder())
    except CallError:  # a name that is two files
        return False
    known = {each.real for each in names}
    return all(each.real in known for each in every)


def merged(found: Collection[Found]) -> Iterator[Diagnostic]:
    """Yield what was found for several profiles, each once: with the names of its profiles where it is not for all.

    An ignore is unused, and a stage is not reached, only if it is so for all; what is an error for one profile is no
    warning for another.
    """
    names: dict[Diagnostic, list[str]] = {}
    for profile, diagnostics in found:
        for each in dict.fromkeys(diagnostics):
            names.setdefault(each, []).append(profile)
    errors = {(each.at, each.code) for each in names if each.severity is Severity.ERROR}
    for each in ordered(names):
        if each.severity is Severity.WARNING and (each.at, each.code) in errors:
            continue
        if len(names[each]) == len(found):
            yield each
        elif each.code not in _OF_ALL:
            yield each._replace(profiles=tuple(names[each]))


def examine(
    template: Template, wanted: ProfileFile, profiles: Profiles, requested: frozenset[str], given: GivenArguments
) -> Examined:
    """Find what is wrong with a template for one profile; raise `BugError` if the output is not what was decided."""
    try:
        profile = profiles.load(wanted)
    except DfrenderError as error:
        return Examined(error.diagnostics)
    try:
        rendered = api.read_lines(template, profile, profiles.elsewhere(template.folder, profile.name))
    except DfrenderError as error:
        given.leave_out(profile)
        return Examined(error.diagnostics)
    decisions, named = api.decided(template, profile, rendered, api.Reader())
    given.add(profile, decisions.source.dockerfile)
    findings = Problems(api.find(decisions, rendered))
    output = _output(decisions, findings)
    context = _context(template, profile, findings)
    if named and context:
        from dfrender.inputs.objections import report_outputs  # is loaded already where something is named so

        report_outputs(
            named.inputs.values(), [(places.output_path(Path(template.file), profile), "the output")], findings
        )
    subject = Subject(decisions, output, context, requested)
    findings += check(subject, When.PLAN, When.LINT)
    left = without_ignored(dict.fromkeys(findings), decisions, rules())
    return Examined(left, rendered, decisions, output)


def _output(decisions: Decisions, findings: Sequence[Diagnostic]) -> Graph | None:
    """Return what would be written; None where an error that is not ignored refuses it."""
    for each in without_ignored(findings, decisions):
        if each.severity is Severity.ERROR:
            return None
    return verify(decisions, rewrite(decisions))


def _context(template: Template, profile: Profile, problems: Problems) -> Context | None:
    """Return the build context of what is rendered.

    There is none without profile, nor where the output cannot go; the latter is a problem.
    """
    if not profile.name:
        return None
    try:
        output = places.output_path(Path(template.file), profile)
    except DfrenderError as error:
        problems.add(error)
        return None
    folder = _context_folder(template, profile)
    ignore = ignore_file(output)
    own = _IGNORE_FILE
    if profile.builder is Builder.BUILDAH:
        own = _ignore_file_of_buildah(folder)
        beside = output.with_name(f"{output.name}{_OF_BUILDAH}")
        if not ignore.is_file():
            ignore = beside
    if not ignore.is_file():
        ignore = folder / own
    patterns: Sequence[str] = ()
    if ignore.is_file():
        patterns = decode(ignore.read_bytes()).splitlines()
    path = Path(os.path.relpath(output, folder)).as_posix()
    name = f"{folder.as_posix()}/".removeprefix("./")
    return Context(name, path, path.startswith("../") or is_ignored(path, patterns), own)


def _ignore_file_of_buildah(folder: Path) -> str:
    """Return the name of the ignore file that buildah reads in a build context."""
    if (folder / _OF_BUILDAH).is_file():
        return _OF_BUILDAH
    return _IGNORE_FILE


def _context_folder(template: Template, profile: Profile) -> Path:
    """Return the folder that is named; else guess: the nearest folder upward with an ignore file, or the template's."""
    if profile.names_context:
        return profile.builds.context
    for above in folders.upward(template.folder):
        if (above / _IGNORE_FILE).is_file():
            return above
    return template.folder
