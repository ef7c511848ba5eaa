"""A template and its profiles to everything that is found in them. Writes nothing, and raises nothing for a finding."""

import os
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from dfrender import api
from dfrender.diagnostics import DfrenderError, Diagnostic, Severity, ordered
from dfrender.dockerfile.ignore import is_ignored
from dfrender.files import ignore_file
from dfrender.profile import folders, places
from dfrender.profile.profile import Profile
from dfrender.rules.check import check
from dfrender.rules.ignore import spare
from dfrender.rules.manual import rules
from dfrender.rules.rule import Context, Subject, When
from dfrender.source import decode
from dfrender.template.template import Template

_IGNORE_FILE = ".dockerignore"


def lint(
    template: Template, wanted: Sequence[str], load: api.Load, requested: Collection[str] = ()
) -> tuple[Diagnostic, ...]:
    """Find what is wrong with a template for the profiles that are wanted, for all that it has, or without any.

    ``load`` gives a profile; ``requested`` names the rules to report, all if there are none. Raises `CallError` for a
    profile that is not there.
    """
    profiles = api.profiles_of(template, wanted) or [("", Path(os.devnull))]  # an empty file is a profile
    seen = [(name, _lint(template, load(name, path), load, frozenset(requested))) for name, path in profiles]
    return tuple(each for each in merged(seen) if not requested or each.code in requested)


def merged(found: Collection[tuple[str, Sequence[Diagnostic]]]) -> Iterator[Diagnostic]:
    """Give what was found for several profiles, each once: with the names of its profiles where it is not for all.

    An ignore is unused only if it is for all, and what is an error for one profile is no warning for another.
    """
    names: dict[Diagnostic, list[str]] = {}
    for profile, diagnostics in found:
        for each in dict.fromkeys(diagnostics):
            names.setdefault(each, []).append(profile)
    errors = {(each.at, each.code) for each in names if each.severity is Severity.ERROR}
    for each in ordered(names):
        everywhere = len(names[each]) == len(found)
        if each.severity is Severity.WARNING and (each.at, each.code) in errors:
            continue
        if everywhere or each.code != "unused-ignore":
            yield each if everywhere else each._replace(profiles=tuple(names[each]))


def _lint(template: Template, profile: Profile, load: api.Load, requested: frozenset[str]) -> tuple[Diagnostic, ...]:
    """Find what is wrong with a template for one profile; rules about the output need one."""
    try:
        made = api.draft(template, profile, partial(api.elsewhere, template, load, profile.name))
    except DfrenderError as error:
        return error.diagnostics
    is_refused = any(each.severity is Severity.ERROR for each in spare(made.findings, made.source.dockerfile, profile))
    output = None if is_refused else made.output()
    context, problems = _context(template, profile)
    subject = Subject(made.source, made.prebuilt, made.kept, profile, output, context, requested)
    found = (*made.findings, *problems, *check(subject, When.PLAN, When.LINT))
    return spare(dict.fromkeys(found), made.source.dockerfile, profile, rules())


def _context(template: Template, profile: Profile) -> tuple[Context | None, Sequence[Diagnostic]]:
    """Guess the build context of what is rendered: the nearest folder upward with an ignore file, or the template's.

    There is none without profile, nor where the output cannot go; the latter is a problem.
    """
    if not profile.name:
        return None, ()
    try:
        output = places.output_path(Path(template.file), profile)
    except DfrenderError as error:
        return None, error.diagnostics
    above = folders.upward(template.folder)
    folder = next((each for each in above if (each / _IGNORE_FILE).is_file()), template.folder)
    own = ignore_file(output)
    ignore = own if own.is_file() else folder / _IGNORE_FILE
    lines = decode(ignore.read_bytes()).splitlines() if ignore.is_file() else ()
    path = Path(os.path.relpath(output, folder)).as_posix()
    name = f"{folder.as_posix()}/".removeprefix("./")
    return Context(name, path, path.startswith("../") or is_ignored(path, lines)), ()
