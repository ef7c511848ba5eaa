"""A Dockerfile to an `Original`: which of its references name stages, and which name the image of a stage.

Only what is certain counts: a reference that may be somebody else's image is left as it is, and reported.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dfrender import api
from dfrender.diagnostics import CallError, Diagnostic, Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Reference
from dfrender.header import find_command, is_generated
from dfrender.profile.profiles import of_text
from dfrender.source import At
from dfrender.template.template import Template


class Original(NamedTuple):
    """A Dockerfile as it was found.

    ``images`` has the image of each stage that is named by one, by the stage's index; ``by_image`` has the references
    that name it so, with the stage that they mean. ``warnings`` tell what is left as it is, and why.
    ``is_completed`` says that the file lacks the line end at its end.
    """

    template: Template
    graph: Graph
    images: Mapping[int, str]
    by_image: Mapping[Reference, int]
    warnings: tuple[Diagnostic, ...]
    is_completed: bool = False

    @property
    def file(self) -> str:
        """Return the path as the user wrote it."""
        return self.template.file

    @property
    def image_names(self) -> dict[str, str]:
        """Return the image of each stage that is named by one, by the stage's name."""
        return {self.graph.stages[stage].name: image for stage, image in self.images.items()}

    def with_text(self, text: str, *, jinja: bool) -> Template:
        """Return a template in the place of this file."""
        return Template(self.file, text, self.template.folder, jinja=jinja)

    def stage_of(self, edge: Edge) -> int:
        """Return the stage that a reference means, by its name or by its image; `NO_STAGE` for none."""
        return self.by_image.get(edge.reference, edge.stage)

    def candidates(self) -> list[str]:
        """Return the names of the stages that others refer to, in the order of the stages."""
        referred = {self.stage_of(edge) for edge in self.graph.edges}
        found: list[str] = []
        for stage in self.graph.stages:
            if stage.position in referred and stage.name:
                found.append(stage.name)
        return found


class _Doubt(NamedTuple):
    """Why it is not certain that an image is that of a stage, and what to do about it."""

    reason: str
    hint: str


def read_original(template: Template) -> Original:
    """Find what a Dockerfile's references mean.

    Raise `CallError` for a file that is no original: a template, or what dfrender wrote; and `DfrenderError` with all
    that a builder would refuse, and for a stage that is named by several images.
    """
    _refuse_unoriginal(template)
    graph = api.render(template, of_text("", template.file, "local")).decisions.source
    first: dict[int, Edge] = {}
    by_image: dict[Reference, int] = {}
    problems = Problems()
    warnings = Problems()
    for edge, stage in _images_of_stages(graph):
        doubt = _doubt(graph, edge, stage)
        if doubt:
            _warn(warnings, graph.stages[stage].name, edge, doubt)
            continue
        by_image[edge.reference] = stage
        other = first.setdefault(stage, edge)
        if edge.image != other.image:
            _report_several(problems, graph.stages[stage].name, edge, other)
    problems.refuse()
    images = {stage: edge.image for stage, edge in first.items()}
    return Original(template, graph, images, by_image, tuple(warnings))


def _refuse_unoriginal(template: Template) -> None:
    at = At(template.file)
    if template.jinja:
        hint = (
            f"write a profile for it (an empty file profiles/local.yaml is one), then: dfrender render {template.file}"
        )
        raise CallError.of(at, "not-an-original", "this is a template already", hint)
    if is_generated(template.text):
        hint = "its first lines name the template that it comes from, and the command that renders it"
        command = find_command(template.text)
        if command and (template.folder / command.template).is_file():
            path = template.folder / command.template
            hint = f"it is rendered from {path}; change that, then: dfrender render {shlex.quote(str(path))}"
        raise CallError.of(at, "not-an-original", "dfrender wrote this file", hint)


def _images_of_stages(graph: Graph) -> Iterator[tuple[Edge, int]]:
    """Yield the references to images that are called like a stage above them.

    A stage that takes something from an image of its own name, itself or in a stage above (``FROM python AS python``),
    shows that this image is not made from it.
    """
    called: list[tuple[Edge, int]] = []
    foreign: set[tuple[str, int]] = set()
    for edge in graph.edges:
        repository = names.repository_of(edge.image)
        stage = graph.names.get(names.last_part(repository), NO_STAGE)
        if stage != NO_STAGE:
            called.append((edge, stage))
        if stage >= edge.reference.stage:
            foreign.add((repository, stage))
    for edge, stage in called:
        repository = names.repository_of(edge.image)
        if (repository, stage) not in foreign:
            yield edge, stage


def _doubt(graph: Graph, edge: Edge, stage: int) -> _Doubt | None:
    name = graph.stages[stage].name
    if not edge.word.literal:
        hint = f"write {name}, and give the image by prebuilt.{name} of the profile"
        return _Doubt("it holds a variable", hint)
    if edge.reference.onbuild:
        hint = "write the bare name if the stages of those are meant"
        return _Doubt("a trigger runs in other Dockerfiles", hint)
    for each in graph.edges:
        if each.stage == stage:
            where = f"line {each.reference.at.line}"
            hint = f"if it is the stage's image, name it alike in both: {name}"
            return _Doubt(f"{where} names the stage itself", hint)
    return None


def _warn(warnings: Problems, name: str, edge: Edge, doubt: _Doubt) -> None:
    message = f"{edge.reference.text!r} is left as it is, although {name!r} is a stage: {doubt.reason}"
    warnings.warning(edge.reference.at, "image-left", message, doubt.hint)


def _report_several(problems: Problems, name: str, edge: Edge, first: Edge) -> None:
    message = f"stage {name!r} is named by two images: {first.image!r} and {edge.image!r}"
    hint = "name one image for it, or give the stage another name if neither is made from it"
    related = [("the other", first.reference.at)]
    problems.error(edge.reference.at, "several-images", message, hint, related)
