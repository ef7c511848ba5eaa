"""A template or plain Dockerfile, with the unsaved texts of an editor, to all that is known of it.

Reads what a rendering reads, writes nothing, and raises nothing for what is wrong with a file.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import DfrenderError, Diagnostic, Problems, Severity, ordered
from dfrender.header import is_generated
from dfrender.lint import Found, GivenArguments, examine, merged, no_profile
from dfrender.lsp.mentions import Mentions, View
from dfrender.lsp.model import Analysis, Problem, RenderedLine, Rendering, Setting
from dfrender.lsp.own import own
from dfrender.lsp.sources import Sources, Unsaved, home_of
from dfrender.lsp.text import Location
from dfrender.profile import folders
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.rules.manual import manuals
from dfrender.source import At, join, split_lines
from dfrender.template.template import Template, read_template


class _Seen(NamedTuple):
    """What was found for the profile of a name; ``view`` and ``profile`` are missing where they could not be made."""

    found: ProfileFile
    diagnostics: Sequence[Diagnostic]
    profile: Profile | None
    view: View | None


def analyze(path: str, texts: Mapping[str, str], environ: Mapping[str, str]) -> Analysis:
    """Return all that is known of a file; ``texts`` are the unsaved ones by their absolute paths."""
    root = home_of(path)
    unsaved = Unsaved(texts)
    with chdir(root):  # so that messages name files as the user would
        file = os.path.relpath(path, root)
        return _Analyst(Sources(str(root), file, unsaved), environ).analysis(file)


def unknown(path: str) -> Analysis:
    """Return an analysis that knows nothing."""
    return Analysis(path, frozenset({path}), (), (), (), (), (), (), is_complete=False)


def ended(path: str, files: Collection[str], seconds: float, text: str, before: str) -> Analysis:
    """Return what is known of a file whose analysis was ended: that it was.

    The problem is at the first line that is another one than in the text before.
    """
    line = 1
    for old, new in zip(split_lines(before), split_lines(text), strict=False):
        if old != new:
            break
        line += 1
    problems = Problems()
    message = f"the template is not rendered within {seconds:g} seconds"
    hint = "a loop in it has no end, or a very late one; what is shown besides is from before it was changed"
    problems.error(At(path, line), "rendering-too-slow", message, hint)
    analyst = _Analyst(Sources("", path, Unsaved({path: text})), {})
    return unknown(path)._replace(files=frozenset(files), problems=tuple(analyst.problems(problems)))


class _Analyst:
    """Makes one analysis."""

    def __init__(self, sources: Sources, environ: Mapping[str, str]) -> None:
        self.sources = sources
        self.environ = environ
        self.recorder = Recorder(environ, sources.unsaved)
        self.profiles = Profiles(environ, unsaved=sources.unsaved)
        self.is_plain = False

    def analysis(self, file: str) -> Analysis:
        """Return what is known of a template or of a plain Dockerfile."""
        try:
            template = read_template(Path(file), self.recorder)
        except DfrenderError as error:
            return self._failed(file, error.diagnostics)
        if is_generated(template.text):
            return self._failed(file, ())
        problems = Problems()
        found: list[ProfileFile] = []
        try:
            found = self.profiles.wanted(template.folder, (), self.recorder)
        except DfrenderError as error:
            problems.add(error)
        self.is_plain = not found and not template.jinja
        seen = self._seen(template, found or [no_profile(template)], problems)
        return self._complete(file, seen, problems)

    def _failed(self, file: str, diagnostics: Sequence[Diagnostic]) -> Analysis:
        files = self._files(file, [])
        problems = tuple(self.problems(diagnostics))
        root = self.sources.root
        return Analysis(self.sources.path(file), files, (), (), (), (), problems, (), is_complete=False, root=root)

    def _seen(self, template: Template, found: Sequence[ProfileFile], problems: Problems) -> list[_Seen]:
        given = GivenArguments()
        seen: list[_Seen] = []
        for each in found:
            seen.append(self._examined(template, each, given))
        for undeclared in given.undeclared():
            # a profile further out may be for another template that declares it
            home = folders.home(Path(undeclared.at.file))
            if folders.real(home) == folders.real(template.folder):
                problems.append(undeclared)
        return seen

    def _examined(self, template: Template, found: ProfileFile, given: GivenArguments) -> _Seen:
        try:
            examined = examine(template, found, self.profiles, frozenset(), given)
            profile = self.profiles.load(found)
        except DfrenderError as error:
            return _Seen(found, error.diagnostics, None, None)
        view = None
        if examined.rendered:
            self.recorder.include(examined.rendered.recorder)
        if examined.rendered and examined.decisions:
            view = View(found.name, examined.decisions, examined.rendered.calls, examined.output)
        return _Seen(found, examined.diagnostics, profile, view)

    def _complete(self, file: str, seen: Sequence[_Seen], problems: Problems) -> Analysis:
        mentions = Mentions(self.sources)
        renderings: list[Rendering] = []
        for each in seen:
            if each.view:
                mentions.add(each.view)
                renderings += self._renderings(each.view)
        profiles = [each.profile for each in seen if each.profile]
        for path in dict.fromkeys(path for each in profiles for path in each.files):
            mentions.add_profile(self.profiles.layer(path).tree)
        problems.extend(merged([Found(each.found.name, each.diagnostics) for each in seen]))
        if self.is_plain:
            problems = Problems(own(problems))
        return Analysis(
            self.sources.path(file),
            files=self._files(file, profiles),
            profiles=tuple(each.found.name for each in seen if each.found.name),
            stages=tuple(mentions.stages()),
            mentions=tuple(mentions.mentions()),
            settings=tuple(self._settings(profiles)),
            problems=tuple(self.problems(problems)),
            renderings=tuple(renderings),
            is_complete=all(each.view and each.view.output for each in seen),
            root=self.sources.root,
            is_plain=self.is_plain,
        )

    def _files(self, file: str, profiles: Sequence[Profile]) -> frozenset[str]:
        """Return all files that were read, those that could not be rendered too if they are open."""
        read = {Path(file), *self.recorder.files}
        for each in profiles:
            read.update(each.files)
        found = {self.sources.path(str(each)) for each in read}
        return frozenset(found | self.sources.unsaved.asked)

    def _settings(self, profiles: Sequence[Profile]) -> Iterator[Setting]:
        for profile in profiles:
            for name, value in profile.values.items():
                location = self.sources.location(profile.value_places[name])
                text = json.dumps(value, ensure_ascii=False, default=dict)
                yield Setting(name, profile.name, text, location)

    def problems(self, found: Sequence[Diagnostic]) -> Iterator[Problem]:
        """Yield diagnostics as editors have them."""
        known = manuals()
        for each in ordered(found):
            message = each.message
            if not self.sources.is_file(each.at.file):
                message = f"{each.at}: {message}"
            if each.profiles:
                message = f"{message} (in {', '.join(each.profiles)})"
            related: list[tuple[str, Location]] = []
            for text, at in each.related:
                related.append((text, self.sources.location(at)))
            yield Problem(
                self.sources.location(each.at),
                each.code,
                message,
                is_error=each.severity is Severity.ERROR,
                page=known[each.code].page,
                hint=each.hint,
                related=tuple(related),
            )

    def _renderings(self, view: View) -> Iterator[Rendering]:
        if view.output is None:
            return
        lines: list[RenderedLine] = []
        for each in view.output.dockerfile.lines:
            lines.append(RenderedLine(self.sources.path(each.at.file), each.at.line, each.why))
        yield Rendering(view.profile, join(view.output.dockerfile.lines), tuple(lines))
