"""The public functions, for programs that import dfrender. They print nothing, and only `Rendering.write` writes.

Paths are texts or `os.PathLike`, relative to the working directory. The environment is that of the process unless one
is given. What is refused is raised as `DfrenderError`, with all that is wrong in its ``diagnostics``.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeAlias

from dfrender import api, discover, files, planning
from dfrender.api import Result, render
from dfrender.boundary import boundary_of
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems, Severity, did_you_mean, ordered
from dfrender.files import OutputFile
from dfrender.header import is_generated
from dfrender.inputs import around, naming, objections
from dfrender.inputs.naming import Asked
from dfrender.inputs.parts import Digest
from dfrender.lint import GivenArguments
from dfrender.lint import lint as lint_template
from dfrender.output import State, clear_left_over
from dfrender.plan.plan import Location, Plans
from dfrender.profile.keys import Handover
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
from dfrender.profile.profiles import load as load_profile
from dfrender.recorder import Recorder
from dfrender.rules import manual
from dfrender.source import join
from dfrender.template.template import Template, read_template

__all__ = [
    "DfrenderError",
    "Diagnostic",
    "Digest",
    "Plans",
    "Profile",
    "Profiles",
    "Rendering",
    "Result",
    "Severity",
    "Template",
    "inputs",
    "lint",
    "load",
    "plan",
    "read",
    "render",
    "render_all",
    "render_folder",
]

_HERE = Path()

StrPath: TypeAlias = "str | os.PathLike[str]"
Texts: TypeAlias = "str | Iterable[str]"


class Rendering(NamedTuple):
    """A Dockerfile that a template of a folder renders to for one profile, and the file that it belongs in.

    ``findings`` are the warnings about it, ``result`` is what was decided. ``files`` are the Dockerfile and, if the
    template has one, the ignore file that goes with it.
    """

    result: Result
    files: tuple[OutputFile, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def path(self) -> Path:
        """Return where the Dockerfile belongs, from the working directory."""
        return self.files[0].output.path

    @property
    def text(self) -> str:
        """Return what belongs in the file, its header included."""
        return join(self.files[0].lines)

    @property
    def is_current(self) -> bool:
        """Say whether the file, and the ignore file with it, had this text when the folder was rendered."""
        return all(each.state is State.CURRENT for each in self.files)

    def write(self, *, force: bool = False) -> bool:
        """Bring the file up to date, and the ignore file with it; return whether there was anything to do.

        Raise `DfrenderError`, and write nothing, where a person wrote or edited what stands there, unless ``force`` is
        given, and where the file cannot be written.
        """
        looked_at = [files.looked_at_again(each) for each in self.files]
        if not force:
            files.refuse_foreign(looked_at)
        clear_left_over(each.output for each in looked_at)
        for each in looked_at:
            files.write(each)
        return any(each.state is not State.CURRENT for each in looked_at)


def read(path: StrPath) -> Template:
    """Return the template, or plain Dockerfile, in a file; raise `DfrenderError` if it cannot be read."""
    return read_template(Path(path))


def load(path: StrPath, overrides: Texts = (), environ: Mapping[str, str] | None = None) -> Profile:
    """Return the profile in a file, laid over those that it extends and below the overrides (``tag=7``).

    Raise `DfrenderError` with all that is wrong with it.
    """
    return load_profile(Path(path), _listed(overrides), _environment(environ))


def render_all(
    template: Template,
    profiles: Texts = (),
    overrides: Texts = (),
    environ: Mapping[str, str] | None = None,
    target: str = "",
) -> list[Result]:
    """Render a template for profiles, by name or path; for all that it has if none is named.

    ``target`` is the stage that the output is pruned to, whatever a profile says. Raise `DfrenderError` with the
    problems of all profiles and renderings.
    """
    return api.render_all(template, _listed(profiles), _listed(overrides), _environment(environ), target)


def render_folder(  # noqa: PLR0913 - what a call of the command may say, each with a default
    folder: StrPath = ".",
    *,
    profiles: Texts = (),
    overrides: Texts = (),
    target: str = "",
    exclude: Texts = (),
    environ: Mapping[str, str] | None = None,
) -> list[Rendering]:
    """Render all templates in a folder and below it, and write nothing: that is up to each `Rendering`.

    The parameters are those of ``dfrender render``: the profiles that are wanted, by name or path (all if none is
    named), overrides (``tag=7``), a stage to prune the outputs to, and globs of what to leave out.

    Raise `DfrenderError` with all that is wrong with templates, profiles and outputs, and where there is no template.
    """
    variables = _environment(environ)
    problems = Problems()
    templates = _templates(Path(folder), _listed(exclude), variables, problems)
    loaded = Profiles(variables, _listed(overrides), target)
    wanted = _listed(profiles)
    rendered = problems.attempt(lambda each: api.render_each(each, wanted, loaded), templates)
    problems.refuse()
    results = list(chain.from_iterable(rendered))
    footprints = [each.footprint for each in results]
    problems += api.undeclared_arguments(footprints)
    problems += api.shared_images(footprints)
    found = problems.attempt(lambda each: files.files_of(each, None, _HERE), rendered)
    outputs = list(chain.from_iterable(files.without_shared(found, problems)))
    _report_own_inputs(outputs, problems)
    problems.refuse()
    return [_rendering(each, outputs, problems) for each in results]


def lint(  # noqa: PLR0913 - what a call of the command may say, each with a default
    path: StrPath = ".",
    *,
    profiles: Texts = (),
    overrides: Texts = (),
    rules: Texts = (),
    exclude: Texts = (),
    environ: Mapping[str, str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Return all that is found in a template or Dockerfile, or in all that are in a folder and below it.

    Templates are checked for the profiles that are wanted, else for all that they have. ``rules`` are the only ones to
    report; an unknown one is a `ValueError`. Mistakes are returned and not raised: `DfrenderError` is raised only where
    there is nothing to check, or no such profile.
    """
    requested = _listed(rules)
    known = manual.rules()
    for each in requested:
        if each not in known:
            raise ValueError(f"no rule is named {each!r} {did_you_mean(each, known)}".strip())
    variables = _environment(environ)
    problems = Problems()
    if Path(path).is_dir():
        templates = _templates(Path(path), _listed(exclude), variables, problems, plain_too=True)
    else:
        templates = [read(path)]
    loaded = Profiles(variables, _listed(overrides))
    given = GivenArguments()
    for template in templates:
        problems += lint_template(template, _listed(profiles), loaded, requested, given)
    if not requested:
        problems += given.undeclared()
    return ordered(problems)


def plan(  # noqa: PLR0913 - what a call of the command may say, each with a default
    path: StrPath,
    profile: str,
    *,
    overrides: Texts = (),
    target: str = "",
    handover: str = "",
    environ: Mapping[str, str] | None = None,
) -> Plans:
    """Return which jobs build what for a profile, in which order and from which images.

    ``path`` is a template, or the folder of one. The result has its ``jobs``, the ``steps()`` that they are done in,
    and ``notes`` on what is known of engines. ``target`` leaves what one stage needs; ``handover`` (``artifact``,
    ``registry`` or ``cache``) stands in for that of the profile, and another word is a `ValueError`. Raise
    `DfrenderError` for whatever is wrong, and for what cannot be built or handed over so.
    """
    result = _result(path, profile, overrides, environ, "")
    return planning.plans_of([result], [Location()], target, Handover(handover) if handover else None)


def inputs(
    path: StrPath,
    profile: str,
    *,
    overrides: Texts = (),
    target: str = "",
    environ: Mapping[str, str] | None = None,
) -> tuple[Digest, ...]:
    """Return what the stages of a template are made of for a profile: of those that a target needs, else of all.

    ``path`` is a template, or the folder of one. A digest has the ``name`` of its stage, the ``sha256`` of all that the
    stage is made of, the ``tag`` that ``{input_digest}`` stands for, and the ``inputs`` from the build context. Raise
    `DfrenderError` for whatever is wrong, and for what is not in the build context.
    """
    result = _result(path, profile, overrides, environ, target)
    asked = Asked(result.template, result.decisions.source, result.profile)
    stages = naming.wanted(asked)
    problems = Problems()
    found = naming.inputs_of(asked, result.recorder.part(), problems, stages, around.tracked_in(result.profile))
    for stage in stages:
        problems += found[stage].problems
    problems.refuse()
    return tuple(found[stage].digest for stage in stages)


def _listed(texts: Texts) -> list[str]:
    """Return texts as a list; one text is not taken for its letters."""
    if isinstance(texts, str):
        return [texts]
    return list(texts)


def _environment(environ: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if environ is None else environ


def _templates(
    folder: Path,
    excluded: Sequence[str],
    environ: Mapping[str, str],
    problems: Problems,
    *,
    plain_too: bool = False,
) -> list[Template]:
    """Read the templates in a folder and below it, none of which may lead out of its repository.

    ``plain_too``: also the Dockerfiles that are not templates.
    """
    if plain_too:
        paths = discover.dockerfiles_below(folder, excluded, problems)
    else:
        paths = discover.templates_below(folder, excluded, problems)
    boundary = boundary_of(folder, Recorder(environ))
    found = Problems()
    templates = found.attempt(lambda each: read_template(each, boundary=boundary), paths)
    found.refuse()
    # what dfrender wrote is checked with its template
    return [each for each in templates if not is_generated(each.text)]


def _result(path: StrPath, profile: str, overrides: Texts, environ: Mapping[str, str] | None, target: str) -> Result:
    """Render a template, or that of a folder, for one profile."""
    file = Path(path)
    if file.is_dir():
        file = discover.template_of(file)
    (result,) = render_all(read(file), profile, overrides, environ, target)
    return result


def _report_own_inputs(outputs: Sequence[OutputFile], problems: Problems) -> None:
    """Report outputs that images are named by which stand in them."""
    written = [(each.output.path, "the output") for each in outputs]
    for each in outputs:
        if each.result.named and not each.is_ignore_file:
            objections.report_outputs(each.result.named.inputs.values(), written, problems)


def _rendering(result: Result, outputs: Sequence[OutputFile], problems: Problems) -> Rendering:
    """Return a result with its files; of what was found in the whole run, it has what is about its images, or all."""
    own = tuple(each for each in outputs if each.result is result)
    images = {each.at for each in result.decisions.prebuilt}
    findings = Problems(result.warnings)
    for each in problems:
        if each.code != "shared-image" or each.at in images:
            findings.append(each)
    return Rendering(result, own, ordered(findings))
