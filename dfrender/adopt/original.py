"""A Dockerfile to an `Original`: which of its references name stages, and which name the image of a stage.

Only what is certain counts: a reference that may be somebody else's image is left as it is, and reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dfrender import api
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic, Severity
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.model import Reference
from dfrender.output import is_generated
from dfrender.profile.profiles import of_text
from dfrender.source import At
from dfrender.template.template import Template


class Original(NamedTuple):
    """A Dockerfile as it was found.

    ``images`` has the image of each stage that is named by one, by the stage's index; ``by_image`` has the references
    that name it so, with the stage that they mean. ``warnings`` tell what is left as it is, and why.
    """

    template: Template
    graph: Graph
    images: Mapping[int, str]
    by_image: Mapping[Reference, int]
    warnings: tuple[Diagnostic, ...]

    @property
    def file(self) -> str:
        """Give the path as the user wrote it."""
        return self.template.file

    def stage_of(self, edge: Edge) -> int:
        """Give the stage that a reference means, by its name or by its image; `NO_STAGE` for none."""
        return self.by_image.get(edge.reference, edge.stage)


def read(template: Template) -> Original:
    """Find what a Dockerfile's references mean.

    Raises `CallError` for a file that is no original: a template, or what dfrender wrote; and `DfrenderError` with all
    that a builder would refuse, and for a stage that is named by several images.
    """
    if template.jinja or is_generated(template.text):
        raise CallError([_no_original(template)])
    graph = api.render(template, of_text("", template.file, "local")).decisions.source
    found = [_ByImage(edge, stage, *_doubt(graph, edge, stage)) for edge, stage in _images_of_stages(graph)]
    certain = [each for each in found if not each.doubt]
    images: dict[int, str] = {}
    for each in certain:
        images.setdefault(each.stage, each.edge.image)
    if several := [each for each in certain if each.edge.image != images[each.stage]]:
        raise DfrenderError(_several(graph, each, certain) for each in several)
    by_image = {each.edge.reference: each.stage for each in certain}
    return Original(template, graph, images, by_image, tuple(_left(graph, each) for each in found if each.doubt))


class _ByImage(NamedTuple):
    """A reference whose image is called like a stage above; ``doubt`` is why it may not be the stage's."""

    edge: Edge
    stage: int
    doubt: str
    hint: str


def _no_original(template: Template) -> Diagnostic:
    if template.jinja:
        hint = (
            f"write a profile for it (an empty file profiles/local.yaml is one), then: dfrender render {template.file}"
        )
        return Diagnostic(At(template.file), "not-an-original", "this is a template already", hint=hint)
    hint = "its first lines name the template that it comes from, and the command that renders it"
    return Diagnostic(At(template.file), "not-an-original", "dfrender wrote this file", hint=hint)


def _images_of_stages(graph: Graph) -> Iterator[tuple[Edge, int]]:
    """Give the references to images that are called like a stage above them.

    A stage that takes something from an image of its own name, itself or in a stage above (``FROM python AS python``),
    shows that this image is not made from it.
    """
    repositories = [names.repository_of(edge.image) for edge in graph.edges]
    stages = [graph.names.get(each.rpartition("/")[2], NO_STAGE) for each in repositories]
    called = list(zip(graph.edges, repositories, stages, strict=True))
    foreign = {(repository, stage) for edge, repository, stage in called if stage >= edge.reference.stage}
    for edge, repository, stage in called:
        if stage != NO_STAGE and (repository, stage) not in foreign:
            yield edge, stage


def _doubt(graph: Graph, edge: Edge, stage: int) -> tuple[str, str]:
    """Say why it is not certain that an image is that of a stage, and what to do; nothing where it is."""
    name = graph.stages[stage].name
    bare = next((each.reference.at for each in graph.edges if each.stage == stage), None)
    if not edge.word.literal:
        return "it holds a variable", f"write {name}, and give the image by prebuilt.{name} of the profile"
    if edge.reference.onbuild:
        return "a trigger runs in other Dockerfiles", "write the bare name if the stages of those are meant"
    if names.repository_of(edge.image) != name and bare:
        where = f"line {bare.line}"
        return f"{where} names the stage itself", f"if it is the stage's image, name it so in {where} too"
    return "", ""


def _left(graph: Graph, found: _ByImage) -> Diagnostic:
    name = graph.stages[found.stage].name
    message = f"{found.edge.reference.text!r} is left as it is, although {name!r} is a stage: {found.doubt}"
    return Diagnostic(found.edge.reference.at, "image-left", message, Severity.WARNING, found.hint)


def _several(graph: Graph, found: _ByImage, certain: Iterable[_ByImage]) -> Diagnostic:
    name = graph.stages[found.stage].name
    first = next(each.edge for each in certain if each.stage == found.stage)
    message = f"stage {name!r} is named by two images: {first.image!r} and {found.edge.image!r}"
    hint = "name one image for it, or give the stage another name if neither is made from it"
    related = (("the other", first.reference.at),)
    return Diagnostic(found.edge.reference.at, "several-images", message, hint=hint, related=related)
