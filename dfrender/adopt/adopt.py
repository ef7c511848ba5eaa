"""Dockerfiles to the files that take their place: a template and its profiles, proven before anybody writes them.

Texts in, files and what there is to be said about them out.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from dfrender import api
from dfrender.adopt import marking, merge, profiles, roles
from dfrender.adopt.merge import Hunk, Part
from dfrender.adopt.original import Original, read_original
from dfrender.adopt.proof import Use, prove, prove_text, use_of
from dfrender.adopt.roles import Role
from dfrender.boundary import boundary_of
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems
from dfrender.output import Output
from dfrender.profile import folders, places, schema
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import of_text
from dfrender.recorder import Recorder
from dfrender.source import At, line_end
from dfrender.template.template import Template

_PIPELINE = Role("ci", "ci")
_USUAL_CONTEXTS: Mapping[str, Path] = MappingProxyType({})
_LITTLE = 1 / 3
"""What Dockerfiles of one application have in common is rarely less than half; with less, a template is only tags."""


class Adoption(NamedTuple):
    """What is to be written, the pipeline's profile the first and the template last, and what is rendered from it.

    ``differences`` is what Dockerfiles differ in besides references, a line for each stage.
    """

    template: Path
    files: tuple[Output, ...]
    uses: tuple[Use, ...]
    warnings: tuple[Diagnostic, ...]
    differences: tuple[str, ...] = ()


class _Profiles:
    """The profiles that are made for a template in the folder of a Dockerfile."""

    def __init__(self, dockerfile: Path, contexts: Mapping[str, Path]) -> None:
        """Begin with none; the build contexts are those of Dockerfiles."""
        self.folder = dockerfile.parent / "profiles"
        self.boundary = boundary_of(dockerfile.parent, Recorder())
        self.contexts = contexts
        self.texts: dict[str, str] = {}

    def add_local(self, output: str, original: Original) -> None:
        """Write the profile of developers, who build a Dockerfile without any images of stages."""
        build = profiles.Build(output, self._context(original), {})
        self.texts["local"] = profiles.text(roles.ABOUT["local"], build)

    def add_role(self, role: Role, output: str, original: Original) -> None:
        """Write the profile of a Dockerfile; in that of a pipeline, more stages may be images."""
        candidates: Sequence[str] = ()
        if role.kind == "ci":
            candidates = original.candidates()
        build = profiles.Build(output, self._context(original), original.image_names, candidates)
        self.texts[role.profile] = profiles.text(roles.ABOUT[role.kind], build)

    def _context(self, original: Original) -> str:
        """Return the build context as a profile names it: from the template's folder; empty where it is that one."""
        template = folders.real(self.folder.parent)
        context = folders.real(self.contexts.get(original.file, template))
        if context == template:
            return ""
        if context == self.boundary.root:
            return "/"
        return Path(os.path.relpath(context, template)).as_posix()

    def path(self, name: str) -> Path:
        """Return where a profile lies."""
        return self.folder / f"{name}.yaml"

    def read(self, name: str) -> Profile:
        """Return a profile as it will be read."""
        file = str(self.path(name))
        return of_text(self.texts[name], file, name)

    def files(self, template: Output) -> tuple[Output, ...]:
        """Return the files of the profiles, the schema that editors check them by, and the template."""
        found: list[Output] = []
        for name, profile in self.texts.items():
            found.append(Output(self.path(name), profile, self.boundary))
        schema_path = self.folder / profiles.SCHEMA
        found.append(Output(schema_path, schema.schema_json(), self.boundary))
        found.append(template)
        return tuple(found)

    def uses(self, use: Callable[[str], Use]) -> tuple[Use, ...]:
        """Return what each profile will render; raise `DfrenderError` with the problems of all."""
        problems = Problems()
        found = problems.attempt(use, self.texts)
        problems.refuse()
        return tuple(found)


def adopt(dockerfiles: Sequence[Template], *, plain: bool, contexts: Mapping[str, Path] = _USUAL_CONTEXTS) -> Adoption:
    """Make a template and profiles of one Dockerfile, or of several: the pipeline's, the developers' and others.

    ``plain``: the Dockerfile itself, with bare names, is to be the template. ``contexts`` has build contexts by the
    names of the files; without one it is the template's folder. Raise `DfrenderError` with all that
    cannot be adopted, and `BugError` where what was made is not what was there.
    """
    problems = Problems()
    originals = problems.attempt(read_original, dockerfiles)
    problems.refuse()
    if plain:
        return _plain(originals[0], contexts)
    if len(originals) == 1:
        return _one(originals[0], contexts)
    return _several(originals, contexts)


def _plain(original: Original, contexts: Mapping[str, Path]) -> Adoption:
    file = Path(original.file)
    text = marking.bare(original)
    template = original.with_text(text, jinja=False)
    made = _Profiles(file, contexts)
    made.add_role(_PIPELINE, "", original)
    result = prove(original, template, made.read("ci"))
    use = use_of(result, file, original, is_new=True)
    files = made.files(Output(file, text, boundary=None))
    return Adoption(file, files, (use,), original.warnings)


def _one(original: Original, contexts: Mapping[str, Path]) -> Adoption:
    """Leave the file's name to the profile that renders it: to ``ci`` where it names images, else to ``local``."""
    _refuse_without_references(original)
    file = Path(original.file)
    path = _template_path(file)
    text = "".join(marking.marked(original))
    template = original.with_text(text, jinja=True)
    outputs = {"ci": "", "local": ""}
    same = "ci" if original.images else "local"
    outputs[same] = file.name
    made = _Profiles(file, contexts)
    made.add_role(_PIPELINE, outputs["ci"], original)
    made.add_local(outputs["local"], original)

    def use(name: str) -> Use:
        result = prove(original, template, made.read(name))
        return use_of(result, path, original, is_new=name != same)

    uses = made.uses(use)
    files = made.files(Output(path, text, made.boundary))
    return Adoption(path, files, uses, original.warnings)


def _several(originals: Sequence[Original], contexts: Mapping[str, Path]) -> Adoption:
    """Leave the names to the profiles that render them: the pipeline's to ``ci``, the developers' to ``dev``."""
    found = [(originals[index], role) for index, role in roles.assigned([each.file for each in originals])]
    first = found[0][0]
    _refuse_outside(first, [original for original, _ in found])
    parts = [_part(original, role.profile) for original, role in found]
    merge.refuse_line_ends(parts)
    if merge.ends_differ(parts):
        found = [(_completed(original), role) for original, role in found]
        parts = [_part(original, role.profile) for original, role in found]
    file = Path(first.file)
    path = file.with_name(f"{roles.without_role(file.name)}.j2")
    template = Template(str(path), merge.merge(parts), file.parent, jinja=True)
    made = _Profiles(file, contexts)
    sides: dict[str, tuple[Original, Part]] = {}
    for (original, role), part in zip(found, parts, strict=True):
        output = Path(os.path.relpath(original.file, file.parent)).as_posix()
        made.add_role(role, output, original)
        sides[role.profile] = (original, part)

    def use(name: str) -> Use:
        original, part = sides[name]
        profile = made.read(name)
        own = original.with_text("".join(part.lines), jinja=True)
        alone = prove(original, own, profile)
        together = api.render(template, profile)
        prove_text(together, alone.text)
        return use_of(together, path, original, is_new=False)

    uses = made.uses(use)
    warnings = Problems()
    differences: list[str] = []
    for original, _ in found:
        warnings += original.warnings
    for (original, _), part in zip(found[1:], parts[1:], strict=True):
        hunks = merge.hunks(parts[0].lines, part.lines)
        _report_little(parts[0], part, hunks, warnings)
        differences += _differences(first, original, hunks)
    files = made.files(Output(path, template.text, made.boundary))
    return Adoption(path, files, uses, tuple(warnings), tuple(differences))


def _part(original: Original, profile: str) -> Part:
    lines = marking.marked(original)
    return Part(lines, original.file, profile)


def _completed(original: Original) -> Original:
    """Return a Dockerfile with a line end behind its last line."""
    text = original.template.text
    if text.endswith("\n"):
        return original
    template = original.with_text(f"{text}{line_end(text)}", jinja=False)
    return read_original(template)._replace(is_completed=True)


def _report_little(first: Part, second: Part, hunks: Sequence[Hunk], problems: Problems) -> None:
    """Warn of two files that share too few lines for one template to be of use."""
    shared = sum(len(hunk.first) for hunk in hunks if hunk.same)
    longer = max(len(first.lines), len(second.lines))
    if shared < longer * _LITTLE:
        message = f"only {shared} of {longer} lines are the same in {first.file}: little for one template"
        hint = "two templates may be easier to read: dfrender init for each file; what they share can be an include"
        problems.warning(At(second.file), "little-in-common", message, hint)


def _template_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.j2")


def _refuse_without_references(original: Original) -> None:
    if not original.candidates():
        message = "no reference in this file names a stage, so there is nothing for dfrender to change"
        hint = "if it takes from stages by number, name them: FROM … AS NAME, and COPY --from=NAME"
        raise DfrenderError.of(At(original.file), "nothing-to-adopt", message, hint)


def _refuse_outside(first: Original, originals: Sequence[Original]) -> None:
    """Refuse a file that no profile beside the first could render."""
    root = folders.real(places.repository_root(first.template.folder))
    for each in originals:
        place = folders.real(Path(each.file))
        if not place.is_relative_to(root):
            message = f"this file is outside the repository of {first.file}, where nothing is rendered"
            hint = "without a folder .git, the repository is the folder of the first file"
            raise DfrenderError.of(At(each.file), "outside-repository", message, hint)


def _differences(first: Original, second: Original, hunks: Sequence[Hunk]) -> tuple[str, ...]:
    """Return where two Dockerfiles differ in more than references, a line for each stage."""
    by_stage: dict[str, str] = {}
    for hunk in hunks:
        if hunk.same:
            continue
        if not hunk.first:
            stage = _stage_at(second, hunk.second)
            span = _span(second, hunk.second)
        else:
            stage = _stage_at(first, hunk.first)
            span = _span(first, hunk.first)
            if hunk.second:
                span = f"{span} and {_span(second, hunk.second)}"
        if stage in by_stage:
            span = f"{by_stage[stage]}, {span}"
        by_stage[stage] = span
    return tuple(f"{stage}: {spans}" for stage, spans in by_stage.items())


def _span(original: Original, lines: range) -> str:
    start = f"{original.file}:{lines.start + 1}"
    if len(lines) == 1:
        return start
    return f"{start}-{lines.stop}"


def _stage_at(original: Original, lines: range) -> str:
    """Return the name of the stage that lines begin in."""
    graph = original.graph
    found = "before the first stage"
    for stage in graph.stages:
        if stage.first <= lines.start:
            found = f"stage {graph.title(stage.position)}"
    return found
