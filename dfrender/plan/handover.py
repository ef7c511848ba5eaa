"""What can be handed over how: the combinations that cannot work, and what is known of engines about those that can."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.model import ReferenceKind
from dfrender.profile.profile import Builder, Handover, Profile, Style
from dfrender.references.prebuilt import Prebuilt

_LOADED = (
    "a loaded image that the Dockerfile names is found by every engine, but not by a builder of the docker-container "
    "driver, which asks a registry"
)
_INLINE = (
    "--cache-from finds no loaded image in Docker 27.0 and 27.1, nor where the engine keeps its images in containerd "
    "(the default since Docker 29): the build goes on without it, and repeats the stages that jobs share"
)
_REGISTRY = (
    "a cache in a registry needs a builder of the docker-container driver, or an engine that keeps its images in "
    "containerd (the default since Docker 29)"
)
_CACHE = (
    "on one machine the engine's own cache is enough; --cache-to, which hands it to another, needs a builder of the "
    "docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)"
)
_CLASSIC = "the classic builder builds every stage above the target, those too that it has an image of"
_CONTEXT = "--build-context needs buildx 0.8 and Dockerfile 1.4 (Docker 23), or newer ones"
_BY = {Handover.ARTIFACT: (_LOADED, _INLINE), Handover.REGISTRY: (_REGISTRY,), Handover.CACHE: (_CACHE,)}


def problems(profile: Profile, images: Sequence[str]) -> Iterator[Diagnostic]:
    """Give why the hand-over of these images, which jobs make, cannot work."""
    if profile.handover is Handover.CACHE:
        yield from _cache_problems(profile)
    local = [image for image in images if not names.registry_of(image)]
    if profile.handover is Handover.REGISTRY and local:
        message = f"no registry is named in {local[0]!r}, and images are handed over by one"
        hint = "set registry: HOST, or hand over by artifact"
        yield Diagnostic(profile.handover_at, "handover-needs-registry", message, hint=hint)


def _cache_problems(profile: Profile) -> Iterator[Diagnostic]:
    if profile.builder is Builder.CLASSIC:
        message = "the classic builder has no cache that another machine could take"
        hint = "use builder: buildkit, or hand over by artifact"
        yield Diagnostic(profile.handover_at, "handover-needs-buildkit", message, hint=hint)
    for each in profile.prebuilt:
        if each.style is not Style.STAGE:
            message = (
                f"no image is handed over by the cache, but style {each.style.value!r} needs one of {each.stage.text!r}"
            )
            related = (("the hand-over", profile.handover_at),)
            hint = "use style: stage, or hand over by artifact or registry"
            yield Diagnostic(each.stage.at, "handover-needs-bare-names", message, hint=hint, related=related)


def notes(graph: Graph, profile: Profile, prebuilt: Sequence[Prebuilt]) -> Iterator[str]:
    """Say what is known of engines about a plan."""
    if profile.builder is Builder.CLASSIC:
        yield _CLASSIC
        return
    yield from _BY[profile.handover]
    replaced = {each.stage for each in prebuilt if not each.is_written}
    if replaced:
        yield _CONTEXT
    for edge in graph.edges:
        if edge.reference.stage in replaced and edge.image and edge.reference.kind is not ReferenceKind.FROM:
            stage = graph.title(edge.reference.stage)
            yield f"the builder looks up {edge.image} although {stage}, which takes from it, is replaced by its image"
