"""The image that a profile gives for a stage: what it is without build arguments, and whether it can be named so."""

from collections.abc import Iterator, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import Expanded, replace_variables
from dfrender.dockerfile.graph import Edge, Graph, number
from dfrender.profile.profile import Profile, StageSettings, Style

_NO_IMAGE_CHARACTERS = frozenset("\"'`\\ \t\r\n")


def image_problems(
    graph: Graph, profile: Profile, settings: StageSettings, edges: Sequence[Edge]
) -> Iterator[Diagnostic]:
    """Report the image of a prebuilt stage, to which these references are, if it cannot be named as its style does."""
    image, name = settings.image, settings.stage.text
    word = image_word(graph, profile, image.text)
    if settings.style is not Style.ARG and "$" in image.text:
        place = "COPY --from" if settings.style is Style.IMAGE else "--build-context"
        message = f"the image {image.text!r} holds a variable, which no builder expands in {place}"
        yield Diagnostic(image.at, "variable-in-image", message, hint="use style: arg, or ${NAME} of the environment")
    elif word.unset:
        unset = " and ".join(sorted(word.unset))
        message = f"the image {image.text!r} needs {unset}, which no ARG before the first FROM gives a default"
        hint = f"declare ARG {unset}=… above the first FROM; ${{NAME}} with one $ is read from the environment"
        yield Diagnostic(image.at, "undefined-image-argument", message, hint=hint)
    elif _NO_IMAGE_CHARACTERS & set(image.text) or word.fault or names.image_problem(word.text):
        reason = word.fault or _image_fault(word.text) or "blanks, quotes and backslashes cannot stand in it"
        # a stage's name that is no repository is at fault in the Dockerfile, and no key of the profile mends it
        at = edges[0].reference.at if edges and names.image_problem(name) else image.at
        related = (("the image is written here", image.at),) if at != image.at else ()
        message = f"the image {word.text or image.text!r} of stage {name!r} is no image reference: {reason}"
        hint = f"write it as [registry/]repository:tag, by image, repository or tag of prebuilt.{name}"
        yield Diagnostic(at, "invalid-image-reference", message, hint=hint, related=related)
    elif settings.style is not Style.CONTEXT and _is_stage(graph, word.text):
        message = f"the image {word.text!r} would be read as a stage"
        yield Diagnostic(image.at, "image-names-a-stage", message, hint=f"give it a tag: {word.text}:latest")


def image_word(graph: Graph, profile: Profile, image: str) -> Expanded:
    """Give an image as it is when no build argument is given."""
    tag = {profile.tag_arg.text: profile.tag.text} if profile.tag_arg else {}
    return replace_variables(image, {**graph.args, **tag}, graph.dockerfile.escape)


def _is_stage(graph: Graph, image: str) -> bool:
    return image in graph.names or image == "scratch" or number(image) is not None


def _image_fault(image: str) -> str:
    """Say why Docker refuses an image; a branch's name as tag makes Docker take the image for a registry's name."""
    tag = image.rpartition(":")[2]
    is_branch = "/" in tag and not tag.partition("/")[0].isdecimal() and ":" in image
    return f"{tag!r} is no tag: no '/' may stand in one" if is_branch else names.image_problem(image)
