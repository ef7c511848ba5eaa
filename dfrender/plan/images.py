"""A stage to the image that a job makes of it: its name as it is when no build argument is given, and its tag."""

from collections.abc import Collection, Iterator, Mapping

from dfrender.diagnostics import Diagnostic, Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.profile.profile import Profile, StageSettings, Text
from dfrender.profile.stages import image_of
from dfrender.profile.values import Placeholders
from dfrender.references.images import image_word


def images_of(graph: Graph, profile: Profile, stages: Collection[int], problems: Problems) -> Mapping[int, Text]:
    """Give the images of those stages that have a name; report what Docker would refuse."""
    settings = _settings(profile)
    placeholders = Placeholders(profile.values, profile.folder, problems)
    found = {}
    for index in stages:
        if stage := graph.stages[index].name:
            written = settings[stage].image if stage in settings else _default(graph, profile, index, placeholders)
            found[index] = Text(image_word(graph, profile, written.text).text, written.at)
    for index, image in found.items() if not problems else ():
        if fault := names.image_problem(image.text):
            message = f"the image {image.text!r} of stage {graph.title(index)!r} is no image reference: {fault}"
            hint = "write registry, repository and tag so that they make [registry/]repository:tag"
            problems.append(Diagnostic(image.at, "invalid-image-reference", message, hint=hint))
    return found


def _default(graph: Graph, profile: Profile, index: int, placeholders: Placeholders) -> Text:
    """Give the image of a stage that has no settings."""
    stage = graph.stages[index]
    parts = {"registry": profile.registry, "repository": profile.repository, "tag": profile.tag}
    return image_of(Text(stage.name, stage.at), {}, parts, placeholders)


def shared_images(graph: Graph, images: Mapping[int, Text]) -> Iterator[Diagnostic]:
    """Report an image that would be made of two stages."""
    first: dict[str, int] = {}
    for stage, image in images.items():
        other = first.setdefault(image.text, stage)
        if other != stage:
            message = f"{image.text!r} would be the image of {graph.title(other)!r} and of {graph.title(stage)!r}"
            hint = "let {stage} stand in repository, or name under build what is to be built"
            yield Diagnostic(image.at, "shared-image", message, hint=hint)


def for_run(graph: Graph, profile: Profile, images: Mapping[int, Text], tag: str) -> Mapping[int, str]:
    """Give the names of images; those whose tag is the profile's have that of the run, if the run has one."""
    settings = _settings(profile)

    def name(stage: str, image: str) -> str:
        own = stage in settings and not settings[stage].shares_tag
        return f"{names.without_tag(image)}:{tag}" if tag and not own else image

    return {index: name(graph.stages[index].name, image.text) for index, image in images.items()}


def _settings(profile: Profile) -> Mapping[str, StageSettings]:
    return {each.stage.text: each for each in profile.prebuilt}
