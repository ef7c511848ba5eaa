"""The image that a profile gives for a stage: what it is without build arguments, and whether it can be named so."""

from collections.abc import Sequence

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.expand import Expanded, replace_variables
from dfrender.dockerfile.graph import Edge, Graph, number
from dfrender.profile.profile import Profile, StageSettings, Style

_NOT_IN_IMAGES = frozenset("\"'`\\ \t\r\n")


def check_image(
    graph: Graph, profile: Profile, settings: StageSettings, edges: Sequence[Edge], problems: Problems
) -> None:
    """Report the image of a prebuilt stage, to which these references are, if it cannot be named as its style does.

    One setting may make the images of many stages, and is reported once.
    """
    found = Problems()
    image, style = settings.image.text, settings.style
    word = image_word(graph, profile, image)
    if style is not Style.ARG and "$" in image:
        _report_variable(settings, found)
    elif word.unset:
        _report_unset(settings, word, found)
    elif _is_invalid(image, word):
        _report_invalid(settings, word, edges, found)
    elif style is not Style.CONTEXT and _is_stage(graph, word.text):
        message = f"the image {word.text!r} would be read as a stage"
        hint = f"give it a tag: {word.text}:latest"
        found.error(settings.image.at, "image-names-a-stage", message, hint)
    known = {(each.at, each.code) for each in problems}
    for each in found:
        if (each.at, each.code) not in known:
            problems.append(each)


def image_word(graph: Graph, profile: Profile, image: str) -> Expanded:
    """Return an image as it is when no build argument is given."""
    args = dict(graph.args)
    if profile.tag_arg:
        args[profile.tag_arg.text] = profile.tag.text
    return replace_variables(image, args, graph.dockerfile.escape)


def _report_variable(settings: StageSettings, problems: Problems) -> None:
    image = settings.image
    place = "COPY --from" if settings.style is Style.IMAGE else "--build-context"
    message = f"the image {image.text!r} holds a variable, which no builder expands in {place}"
    problems.error(image.at, "variable-in-image", message, "use style: arg, or ${NAME} of the environment")


def _report_unset(settings: StageSettings, word: Expanded, problems: Problems) -> None:
    image = settings.image
    unset = " and ".join(sorted(word.unset))
    message = f"the image {image.text!r} needs {unset}, which no ARG before the first FROM gives a default"
    hint = f"declare ARG {unset}=… above the first FROM; ${{NAME}} with one $ is read from the environment"
    problems.error(image.at, "undefined-image-argument", message, hint)


def _report_invalid(settings: StageSettings, word: Expanded, edges: Sequence[Edge], problems: Problems) -> None:
    image, name = settings.image, settings.stage.text
    reason = word.fault or _image_fault(word.text) or "blanks, quotes and backslashes cannot stand in it"
    message = f"the image {word.text or image.text!r} of stage {name!r} is not an image reference: {reason}"
    hint = f"write it as [registry/]repository:tag, by image, repository or tag of prebuilt.{name}"
    if edges and names.image_problem(name):
        # a stage's name that is not a repository is at fault in the Dockerfile, and no key of the profile mends it
        related = [("the image is written here", image.at)]
        problems.error(edges[0].reference.at, "invalid-image-reference", message, hint, related)
    else:
        problems.error(image.at, "invalid-image-reference", message, hint)


def _is_invalid(image: str, word: Expanded) -> bool:
    if word.fault or not _NOT_IN_IMAGES.isdisjoint(image):
        return True
    return bool(names.image_problem(word.text))


def _is_stage(graph: Graph, image: str) -> bool:
    return image in graph.names or image == "scratch" or number(image) is not None


def _image_fault(image: str) -> str:
    """Say why Docker refuses an image; a branch's name as tag makes Docker take the image for a registry's name."""
    _, colon, tag = image.rpartition(":")
    port, slash, _ = tag.partition("/")
    if colon and slash and not port.isdecimal():
        return f"{tag!r} is not a tag: a tag holds no '/'"
    return names.image_problem(image)
