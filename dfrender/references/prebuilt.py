"""What is decided about one prebuilt stage: which references mean its image, and what is written for them."""

from collections.abc import Collection
from typing import NamedTuple

from dfrender.dockerfile.graph import Edge, Graph
from dfrender.dockerfile.model import ReferenceKind
from dfrender.profile.profile import Style
from dfrender.source import At

_PLATFORM_OF_THE_TARGET = ("$TARGETPLATFORM", "${TARGETPLATFORM}")


class GeneratedArg(NamedTuple):
    """A build argument that the output declares before its first ``FROM``; ``at`` is what names it in the profile."""

    name: str
    default: str
    at: At


class Prebuilt(NamedTuple):
    """What is decided about one prebuilt stage.

    ``edges`` are the references that mean the image: those that are rewritten, or all of them in style ``context``,
    where they stay bare. Style ``arg`` declares ``args``, the last of which holds the image; ``alias`` is the stage
    that ``COPY`` and mounts go through (empty where there are none), built for ``platform``. ``at`` is the profile's
    entry.
    """

    stage: int
    name: str
    style: Style
    image: str
    edges: tuple[Edge, ...]
    args: tuple[GeneratedArg, ...]
    alias: str
    platform: str
    at: At

    @property
    def is_image(self) -> bool:
        """Say whether the references name an image when no build argument is given."""
        if not self.is_written:
            return False
        return not self.args or self.args[-1].default != self.name

    @property
    def is_written(self) -> bool:
        """Say whether the file knows of it: in style ``context`` only whoever builds does."""
        return self.style is not Style.CONTEXT

    def text(self, edge: Edge) -> str:
        """Return what is written for a reference."""
        if self.style is Style.IMAGE:
            return self.image
        if edge.reference.kind is ReferenceKind.FROM:
            return f"${{{self.args[-1].name}}}"
        return self.alias

    def within(self, kept: Collection[int]) -> "Prebuilt":
        """Return what is left of it where only these stages are: neither arguments nor alias that nothing reads."""
        edges = tuple(edge for edge in self.edges if edge.reference.stage in kept)
        args = self.args if edges else ()
        is_copied = any(edge.reference.kind is not ReferenceKind.FROM for edge in edges)
        alias = self.alias if is_copied else ""
        return self._replace(edges=edges, args=args, alias=alias)

    @property
    def first_consumer(self) -> int:
        """Return the index of the first stage that needs the alias."""
        return min(edge.reference.stage for edge in self.edges if edge.reference.kind is not ReferenceKind.FROM)


def own_platform(graph: Graph, stage: int) -> str:
    """Return the platform that a stage is built for, as written; empty if it is that of the target."""
    platform = graph.platform(stage)
    return "" if platform in _PLATFORM_OF_THE_TARGET else platform
