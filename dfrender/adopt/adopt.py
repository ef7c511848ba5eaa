"""Dockerfiles to the files that take their place: a template and its profiles, proven before anybody writes them.

Texts in, files and what there is to be said about them out.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender import api
from dfrender.adopt import marking, profiles
from dfrender.adopt.merge import Hunk, Part, hunks, merge
from dfrender.adopt.original import Original, read
from dfrender.adopt.proof import prove, prove_text
from dfrender.api import Result
from dfrender.diagnostics import DfrenderError, Diagnostic, Severity, gather
from dfrender.dockerfile.graph import NO_STAGE
from dfrender.output import Output
from dfrender.profile import folders, places, schema
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import of_text
from dfrender.source import At
from dfrender.template.template import Template

_ABOUT = {
    "ci": "a pipeline, where earlier jobs have built some of the stages",
    "dev": "a developer's machine",
    "local": "a developer's machine, where every stage is built",
}


class Use(NamedTuple):
    """What a profile will render.

    ``is_new`` says that nothing has been named so, ``is_same`` that the file is there and holds just the text, and
    ``is_plain`` that no stage is an image in it.
    """

    profile: str
    output: Path
    is_new: bool
    is_same: bool
    is_plain: bool


class Adoption(NamedTuple):
    """What is to be written, ``ci`` the first and the template last, and what is rendered from it.

    ``differences`` is what two Dockerfiles differ in besides references, a line for each stage.
    """

    template: Path
    files: tuple[Output, ...]
    uses: tuple[Use, ...]
    warnings: tuple[Diagnostic, ...]
    differences: tuple[str, ...] = ()


def adopt(dockerfiles: Sequence[Template], *, plain: bool) -> Adoption:
    """Make a template and profiles of one Dockerfile, or of the pipeline's and the developers'.

    ``plain``: the Dockerfile itself, with bare names, is to be the template. Raises `DfrenderError` with all that
    cannot be adopted, and `BugError` where what was made is not what was there.
    """
    originals = gather(read, dockerfiles)
    if plain:
        return _plain(originals[0])
    return _one(originals[0]) if len(originals) == 1 else _two(*originals)


def _plain(original: Original) -> Adoption:
    file = Path(original.file)
    template = Template(original.file, marking.bare(original), original.template.folder, jinja=False)
    texts = {"ci": profiles.text(_ABOUT["ci"], "", _images(original), _candidates(original))}
    result = prove(original, template, _profile(file, "ci", texts))
    files = (*_profile_files(file, texts), Output(file, template.text))
    return Adoption(file, files, (_use(file, result, original, is_new=True),), tuple(_warnings(original)))


def _one(original: Original) -> Adoption:
    """Leave the file's name to the profile that renders it: to ``ci`` where it names images, else to ``local``."""
    _refuse_without_references(original)
    file, images = Path(original.file), _images(original)
    template = Template(original.file, "".join(marking.marked(original)), original.template.folder, jinja=True)
    same = "ci" if images else "local"
    outputs = {"ci": "", "local": "", same: file.name}
    texts = {
        "ci": profiles.text(_ABOUT["ci"], outputs["ci"], images, _candidates(original)),
        "local": profiles.text(_ABOUT["local"], outputs["local"], {}),
    }
    results = gather(lambda name: prove(original, template, _profile(file, name, texts)), texts)
    path = _template_path(file)
    uses = [_use(path, each, original, is_new=each.profile.name != same) for each in results]
    files = (*_profile_files(file, texts), Output(path, template.text))
    return Adoption(path, files, tuple(uses), tuple(_warnings(original)))


def _two(first: Original, second: Original) -> Adoption:
    """Leave both names to the profiles that render them: the first to ``ci``, the second to ``dev``."""
    _refuse_outside(first, second)
    file = Path(first.file)
    path = _template_path(file)
    parts = (Part(marking.marked(first), first.file, "ci"), Part(marking.marked(second), second.file, "dev"))
    found = hunks(*parts)
    merged = Template(str(path), merge(*parts, found), file.parent, jinja=True)
    texts = {"ci": _profile_text("ci", file, first), "dev": _profile_text("dev", file, second)}

    def use(part: Part, original: Original) -> Use:
        profile = _profile(file, part.profile, texts)
        template = Template(part.file, "".join(part.lines), original.template.folder, jinja=True)
        alone = prove(original, template, profile)
        together = api.render(merged, profile)
        prove_text(together, alone.text)
        return _use(path, together, original, is_new=False)

    uses = gather(lambda pair: use(*pair), zip(parts, (first, second), strict=True))
    return Adoption(
        path,
        (*_profile_files(file, texts), Output(path, merged.text)),
        tuple(uses),
        (*_warnings(first), *_warnings(second)),
        tuple(_differences(first, second, found)),
    )


def _profile_text(name: str, beside: Path, original: Original) -> str:
    """Write the profile that renders a Dockerfile in its place."""
    output = Path(os.path.relpath(original.file, beside.parent)).as_posix()
    return profiles.text(_ABOUT[name], output, _images(original), _candidates(original) if name == "ci" else ())


def _template_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.j2")


def _profile_path(file: Path, name: str) -> Path:
    return file.parent / "profiles" / f"{name}.yaml"


def _profile(file: Path, name: str, texts: Mapping[str, str]) -> Profile:
    return of_text(texts[name], str(_profile_path(file, name)), name)


def _profile_files(file: Path, texts: Mapping[str, str]) -> Iterator[Output]:
    """Give the files of the profiles, and the schema that editors check them by."""
    for name, text in texts.items():
        yield Output(_profile_path(file, name), text)
    yield Output(file.parent / "profiles" / profiles.SCHEMA, schema.text())


def _use(template: Path, result: Result, original: Original, *, is_new: bool) -> Use:
    output = places.output_path(template, result.profile)
    is_same = not is_new and result.text == original.template.text
    return Use(result.profile.name, output, is_new, is_same, is_plain=not result.decisions.prebuilt)


def _images(original: Original) -> dict[str, str]:
    return {original.graph.stages[stage].name: image for stage, image in original.images.items()}


def _candidates(original: Original) -> list[str]:
    """Give the names of the stages that others refer to."""
    stages = sorted({original.stage_of(edge) for edge in original.graph.edges} - {NO_STAGE})
    return [name for stage in stages if (name := original.graph.stages[stage].name)]


def _refuse_without_references(original: Original) -> None:
    if not _candidates(original):
        message = "no reference in this file names a stage, so there is nothing for dfrender to change"
        hint = "if it takes from stages by number, name them: FROM … AS NAME, and COPY --from=NAME"
        raise DfrenderError([Diagnostic(At(original.file), "nothing-to-adopt", message, hint=hint)])


def _refuse_outside(first: Original, second: Original) -> None:
    """Refuse a second file that no profile beside the first could render."""
    root = places.repository_root(first.template.folder)
    if not folders.real(Path(second.file)).is_relative_to(folders.real(root)):
        message = f"this file is outside the repository of {first.file}, where nothing is rendered"
        hint = "without a folder .git, the repository is the folder of the first file"
        raise DfrenderError([Diagnostic(At(second.file), "outside-repository", message, hint=hint)])


def _warnings(original: Original) -> Iterator[Diagnostic]:
    """Tell what is left as it is, and which bare names become images because others are."""
    yield from original.warnings
    for edge in original.graph.edges:
        if edge.stage in original.images and edge.word.literal:
            image = original.images[edge.stage]
            message = f"{edge.reference.text!r} becomes {image!r} too where stages are images"
            hint = "as long as one reference names the stage, builders build it, and its image is of no use"
            yield Diagnostic(edge.reference.at, "becomes-image", message, Severity.WARNING, hint)


def _differences(first: Original, second: Original, found: Sequence[Hunk]) -> Iterator[str]:
    """Say where two Dockerfiles differ in more than references, a line for each stage."""
    by_stage: dict[str, list[str]] = {}
    for hunk in found:
        if not hunk.same:
            sides = [(original, *lines) for original, lines in ((first, hunk.first), (second, hunk.second))]
            spans = [_span(original.file, *lines) for original, *lines in sides if lines[0] < lines[1]]
            original, start, _ = next(side for side in sides if side[1] < side[2])
            by_stage.setdefault(_stage_at(original, start), []).append(" and ".join(spans))
    yield from (f"{stage}: {', '.join(spans)}" for stage, spans in by_stage.items())


def _span(file: str, start: int, stop: int) -> str:
    return f"{file}:{start + 1}" + (f"-{stop}" if stop > start + 1 else "")


def _stage_at(original: Original, line: int) -> str:
    """Give the name of the stage that a line stands in."""
    graph = original.graph
    stage = sum(each.first <= line for each in graph.stages) - 1
    return f"stage {graph.title(stage)}" if stage >= 0 else "before the first stage"
