"""Dockerfiles to the files that take their place: a template and its profiles, proven before anybody writes them.

Texts in, files and what there is to be said about them out.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender import api
from dfrender.adopt import marking, merge, profiles
from dfrender.adopt.merge import Hunk, Part
from dfrender.adopt.original import Original, read_original
from dfrender.adopt.proof import Use, prove, prove_text, use_of
from dfrender.boundary import boundary_of
from dfrender.diagnostics import DfrenderError, Diagnostic, Problems
from dfrender.output import Output
from dfrender.profile import folders, places, schema
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import of_text
from dfrender.recorder import Recorder
from dfrender.source import At
from dfrender.template.template import Template

_ABOUT = {
    "ci": "a pipeline, where earlier jobs have built some of the stages",
    "dev": "a developer's machine",
    "local": "a developer's machine, where every stage is built",
}


class Adoption(NamedTuple):
    """What is to be written, ``ci`` the first and the template last, and what is rendered from it.

    ``differences`` is what two Dockerfiles differ in besides references, a line for each stage.
    """

    template: Path
    files: tuple[Output, ...]
    uses: tuple[Use, ...]
    warnings: tuple[Diagnostic, ...]
    differences: tuple[str, ...] = ()


class _Profiles:
    """The profiles that are made for a template in the folder of a Dockerfile."""

    def __init__(self, dockerfile: Path) -> None:
        """Begin with none."""
        self.folder = dockerfile.parent / "profiles"
        self.boundary = boundary_of(dockerfile.parent, Recorder())
        self.texts: dict[str, str] = {}

    def add(self, name: str, output: str, images: Mapping[str, str], candidates: Sequence[str] = ()) -> None:
        """Write the text of a profile; `profiles.text` says how."""
        about = _ABOUT[name]
        self.texts[name] = profiles.text(about, output, images, candidates)

    def add_ci(self, output: str, original: Original) -> None:
        """Write the profile of the pipeline, in which stages may be images."""
        images = original.image_names
        candidates = original.candidates()
        self.add("ci", output, images, candidates)

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


def adopt(dockerfiles: Sequence[Template], *, plain: bool) -> Adoption:
    """Make a template and profiles of one Dockerfile, or of the pipeline's and the developers'.

    ``plain``: the Dockerfile itself, with bare names, is to be the template. Raise `DfrenderError` with all that
    cannot be adopted, and `BugError` where what was made is not what was there.
    """
    problems = Problems()
    originals = problems.attempt(read_original, dockerfiles)
    problems.refuse()
    if plain:
        return _plain(originals[0])
    if len(originals) == 1:
        return _one(originals[0])
    first, second = originals
    return _two(first, second)


def _plain(original: Original) -> Adoption:
    file = Path(original.file)
    text = marking.bare(original)
    template = original.with_text(text, jinja=False)
    made = _Profiles(file)
    made.add_ci("", original)
    result = prove(original, template, made.read("ci"))
    use = use_of(result, file, original, is_new=True)
    files = made.files(Output(file, text, boundary=None))
    return Adoption(file, files, (use,), _warnings(original))


def _one(original: Original) -> Adoption:
    """Leave the file's name to the profile that renders it: to ``ci`` where it names images, else to ``local``."""
    _refuse_without_references(original)
    file = Path(original.file)
    path = _template_path(file)
    text = "".join(marking.marked(original))
    template = original.with_text(text, jinja=True)
    outputs = {"ci": "", "local": ""}
    same = "ci" if original.images else "local"
    outputs[same] = file.name
    made = _Profiles(file)
    made.add_ci(outputs["ci"], original)
    made.add("local", outputs["local"], {})

    def use(name: str) -> Use:
        result = prove(original, template, made.read(name))
        return use_of(result, path, original, is_new=name != same)

    uses = made.uses(use)
    files = made.files(Output(path, text, made.boundary))
    return Adoption(path, files, uses, _warnings(original))


def _two(first: Original, second: Original) -> Adoption:
    """Leave both names to the profiles that render them: the first to ``ci``, the second to ``dev``."""
    _refuse_outside(first, second)
    file = Path(first.file)
    path = _template_path(file)
    ci = _part(first, "ci")
    dev = _part(second, "dev")
    hunks = merge.hunks(ci, dev)
    text = merge.merge(ci, dev, hunks)
    template = Template(str(path), text, file.parent, jinja=True)
    developers_file = os.path.relpath(second.file, file.parent)
    made = _Profiles(file)
    made.add_ci(file.name, first)
    made.add("dev", Path(developers_file).as_posix(), second.image_names)
    sides = {"ci": (first, ci), "dev": (second, dev)}

    def use(name: str) -> Use:
        original, part = sides[name]
        profile = made.read(name)
        own = original.with_text("".join(part.lines), jinja=True)
        alone = prove(original, own, profile)
        together = api.render(template, profile)
        prove_text(together, alone.text)
        return use_of(together, path, original, is_new=False)

    uses = made.uses(use)
    warnings = _warnings(first) + _warnings(second)
    differences = _differences(first, second, hunks)
    files = made.files(Output(path, text, made.boundary))
    return Adoption(path, files, uses, warnings, differences)


def _part(original: Original, profile: str) -> Part:
    lines = marking.marked(original)
    return Part(lines, original.file, profile)


def _template_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.j2")


def _refuse_without_references(original: Original) -> None:
    if not original.candidates():
        message = "no reference in this file names a stage, so there is nothing for dfrender to change"
        hint = "if it takes from stages by number, name them: FROM … AS NAME, and COPY --from=NAME"
        raise DfrenderError.of(At(original.file), "nothing-to-adopt", message, hint)


def _refuse_outside(first: Original, second: Original) -> None:
    """Refuse a second file that no profile beside the first could render."""
    root = folders.real(places.repository_root(first.template.folder))
    place = folders.real(Path(second.file))
    if not place.is_relative_to(root):
        message = f"this file is outside the repository of {first.file}, where nothing is rendered"
        hint = "without a folder .git, the repository is the folder of the first file"
        raise DfrenderError.of(At(second.file), "outside-repository", message, hint)


def _warnings(original: Original) -> tuple[Diagnostic, ...]:
    """Return what is left as it is, and which bare names become images because others are."""
    found = Problems(original.warnings)
    for edge in original.graph.edges:
        image = original.images.get(edge.stage)
        if image is not None and edge.word.literal:
            message = f"{edge.reference.text!r} becomes {image!r} too where stages are images"
            hint = "as long as one reference names the stage, builders build it, and its image is of no use"
            found.warning(edge.reference.at, "becomes-image", message, hint)
    return tuple(found)


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
