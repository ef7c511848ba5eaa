"""The pipeline: a template and a profile to a `Result`. Prints nothing and writes nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dfrender.diagnostics import DfrenderError, Diagnostic, Problems
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.parse import parse
from dfrender.profile import places
from dfrender.profile.building import BuildArg
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.references.arguments import GivenArguments, graph_for
from dfrender.references.decisions import Decisions, decide
from dfrender.references.rewrite import rewrite
from dfrender.references.verify import verify
from dfrender.rules.check import check
from dfrender.rules.ignore import without_ignored
from dfrender.rules.rule import Subject, When
from dfrender.source import At, Line, join
from dfrender.template.template import Rendered, Template, render_template

if TYPE_CHECKING:
    from dfrender.inputs.naming import Named

Elsewhere = Callable[[str], str]


class Footprint(NamedTuple):
    """What a rendering has to get along with in the other renderings of a run.

    ``images`` are those of its prebuilt stages, each with the place of its name, unless the profile lets them be
    shared; ``given`` are the build arguments of the profile, and ``declared`` the names that the Dockerfile has for
    any.
    """

    template: str
    images: tuple[tuple[str, At], ...]
    given: tuple[BuildArg, ...]
    declared: tuple[str, ...]


class Result(NamedTuple):
    """A rendering: what went in, what was decided, and the output without its header.

    ``warnings`` are the findings that do not refuse it, ``recorder`` noted what it depends on, and ``named`` is what
    its images are named by, if that is their inputs.
    """

    template: Template
    rendered: Rendered
    decisions: Decisions
    output: Graph
    warnings: tuple[Diagnostic, ...]
    recorder: Recorder
    named: "Named | None" = None

    @property
    def profile(self) -> Profile:
        """Return the profile that it is for."""
        return self.decisions.profile

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines of the output."""
        return self.output.dockerfile.lines

    @property
    def text(self) -> str:
        """Return the text of the output."""
        return join(self.lines)

    @property
    def footprint(self) -> Footprint:
        """Return what it has to get along with in other renderings."""
        images: list[tuple[str, At]] = []
        if not any(each.text == "shared-image" for each in self.profile.ignore):
            for stage in self.decisions.prebuilt:
                images.append((stage.image, stage.at))
        given = self.profile.builds.build_args
        declared: list[str] = []
        if given:
            for arg in self.decisions.source.dockerfile.args:
                declared.append(arg.name)
        return Footprint(self.template.file, tuple(images), tuple(given), tuple(declared))


class Reader:
    """Reads what a template is rendered to for each profile: many differ in nothing but what is prebuilt.

    What comes to the same lines as the rendering before is not read again.
    """

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._last: Dockerfile | None = None

    def read(self, lines: tuple[Line, ...], file: str) -> Dockerfile:
        """Do as `parse` does."""
        if self._last is None or self._last.lines != lines:
            self._last = parse(lines, file)
        return self._last


def _nowhere(_: str) -> str:
    return ""


def render(template: Template, profile: Profile, elsewhere: Elsewhere = _nowhere) -> Result:
    """Render a template for one profile, which may have been loaded long before; other files are looked at now.

    ``elsewhere`` may say where a name is set that the profile's values lack. Raises `DfrenderError` with all problems
    of template, Dockerfile and profile, and `BugError` where the output is not what was decided.
    """
    profile = profile._replace(recorder=profile.recorder.afresh())
    return _render(template, profile, elsewhere, Reader())


def _render(template: Template, profile: Profile, elsewhere: Elsewhere, reader: Reader) -> Result:
    rendered = read_lines(template, profile, elsewhere)
    decisions, named = decided(template, profile, rendered, reader)
    findings = without_ignored(find(decisions, rendered), decisions)
    Problems(findings).refuse()
    output = verify(decisions, rewrite(decisions))
    rendered.recorder.include(profile.recorder)
    return Result(template, rendered, decisions, output, findings, rendered.recorder, named)


def decided(
    template: Template, profile: Profile, rendered: Rendered, reader: Reader
) -> tuple[Decisions, "Named | None"]:
    """Return what a profile decides, and what its images are named by, if that is their inputs.

    ``reader`` is that of the template.
    """
    source = graph_for(reader.read(rendered.lines, template.file), profile)
    if not profile.names_by_inputs:
        return decide(source, profile), None
    from dfrender.inputs.naming import Asked, named_by_inputs  # 8 ms that only digests need

    recorder = profile.recorder.part()
    problems = Problems()
    named = named_by_inputs(Asked(template, source, profile), recorder, problems)
    rendered.recorder.include(recorder)
    decisions = decide(source, named.profile)
    return decisions._replace(problems=(*decisions.problems, *problems)), named


def read_lines(template: Template, profile: Profile, elsewhere: Elsewhere) -> Rendered:
    """Render the template's text; what is wrong with it is raised together with what is wrong with the profile."""
    try:
        return render_template(template, profile.values, profile.name, elsewhere, profile.recorder.part())
    except DfrenderError as error:
        problems = Problems(profile.problems)
        for each in error.diagnostics:
            # where the profile could not be read whole, it may be why a name has no value
            if profile.is_whole or each.code != "undefined-name":
                problems.append(each)
        raise DfrenderError(problems) from error


def find(decisions: Decisions, rendered: Rendered) -> Sequence[Diagnostic]:
    """Return all that is wrong with profile, Dockerfile and decisions, ignored or not."""
    source = decisions.source
    problems = Problems(decisions.profile.problems)
    problems += decisions.problems
    problems += source.dockerfile.problems
    reported = {each.at for each in source.dockerfile.problems}
    if rendered.calls:
        from dfrender.references.calls import check_calls  # 0.3 ms, which a plain file does not need

        reported.update(check_calls(source, rendered.calls, problems))
    for each in check(Subject(decisions), When.RENDER):
        if each.at not in reported:
            problems.append(each)
    return problems


def render_all(
    template: Template, wanted: Sequence[str], overrides: Sequence[str], environ: Mapping[str, str], target: str = ""
) -> list[Result]:
    """Render a template for the profiles that are wanted, by name or path; for all that it has if none is.

    ``target`` goes before that of a profile. Raises `CallError` where there is no profile, and `DfrenderError` with the
    problems of all profiles and renderings.
    """
    results = render_each(template, wanted, Profiles(environ, overrides, target))
    undeclared_arguments(each.footprint for each in results).refuse()
    return results


def render_each(template: Template, wanted: Sequence[str], profiles: Profiles) -> list[Result]:
    """Do as `render_all` does, with profiles that are loaded once for many templates."""
    recorder = profiles.recorder()
    found = profiles.wanted(template.folder, wanted, recorder)
    if not found:
        raise places.no_profiles(Path(template.file))
    problems = Problems()
    reader = Reader()

    def render_one(file: ProfileFile) -> Result:
        return _render(template, profiles.load(file), profiles.elsewhere(template.folder, file.name), reader)

    results = problems.attempt(render_one, found)
    problems.refuse()
    for each in results:
        each.recorder.include(recorder)
    return results


def undeclared_arguments(footprints: Iterable[Footprint]) -> Problems:
    """Report build arguments of profiles that none of the Dockerfiles declares."""
    given = GivenArguments()
    for each in footprints:
        given.add_names(each.given, each.declared)
    return given.undeclared()


def shared_images(footprints: Iterable[Footprint]) -> Collection[Diagnostic]:
    """Warn of an image that is that of stages in several templates: all of them get the one that was built last."""
    owners: dict[str, dict[str, At]] = {}
    for footprint in footprints:
        for image, at in footprint.images:
            owners.setdefault(image, {})[footprint.template] = at
    problems = Problems()
    for image, places_of in owners.items():
        first, *others = places_of
        if others:
            some = others[0] if len(others) == 1 else f"{len(others)} other templates"
            message = f"stages in {first} and in {some} would be the same image {image!r}"
            hint = "give each template a repository of its own, as {app}/{stage} with app under values"
            problems.warning(places_of[others[0]], "shared-image", message, hint)
    return problems
