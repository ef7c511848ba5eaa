"""Stages to the images that jobs make of them: what they are called in the profile, in this run, and when published."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.plan.plan import Published
from dfrender.profile.profile import Handover, Profile, StageSettings, Text
from dfrender.profile.stages import image_of
from dfrender.profile.values import Placeholders
from dfrender.references.images import image_word


class Images(NamedTuple):
    """The images of stages: ``own`` names are those of the profile when no build argument is given.

    ``of_run`` are the names in this run, whose tag is another one where a format has a tag for each run.
    """

    own: Mapping[int, Text]
    of_run: Mapping[int, str]


def images_of(graph: Graph, profile: Profile, stages: Collection[int], problems: Problems) -> Mapping[int, Text]:
    """Return the images of those stages that have a name; report what Docker would refuse."""
    settings = _settings(profile)
    placeholders = Placeholders(profile.values, problems)
    found: dict[int, Text] = {}
    for index in stages:
        stage = graph.stages[index].name
        if stage in settings:
            written = settings[stage].image
        elif stage:
            written = _default(graph, profile, index, placeholders)
        else:
            continue
        found[index] = Text(image_word(graph, profile, written.text).text, written.at)
    if not problems:
        _check_names(graph, found, problems)
    return found


def _check_names(graph: Graph, images: Mapping[int, Text], problems: Problems) -> None:
    for index, image in images.items():
        fault = names.image_problem(image.text)
        if fault:
            message = f"the image {image.text!r} of stage {graph.title(index)!r} is no image reference: {fault}"
            hint = "write registry, repository and tag so that they make [registry/]repository:tag"
            problems.error(image.at, "invalid-image-reference", message, hint)


def _default(graph: Graph, profile: Profile, index: int, placeholders: Placeholders) -> Text:
    """Return the image of a stage that has no settings."""
    stage = graph.stages[index]
    parts = {"registry": profile.registry, "repository": profile.repository, "tag": profile.tag}
    return image_of(Text(stage.name, stage.at), {}, parts, placeholders)


def check_shared_images(graph: Graph, images: Mapping[int, Text], problems: Problems) -> None:
    """Report an image that would be made of two stages."""
    first: dict[str, int] = {}
    for stage, image in images.items():
        other = first.setdefault(image.text, stage)
        if other != stage:
            message = f"{image.text!r} would be the image of {graph.title(other)!r} and of {graph.title(stage)!r}"
            hint = "let {stage} stand in repository, or name under build what is to be built"
            problems.error(image.at, "shared-image", message, hint)


def in_run(graph: Graph, profile: Profile, own: Mapping[int, Text], renamed: Collection[int], tag: str) -> Images:
    """Return the images with their names in a run: those that have the profile's tag get the run's, if there is one.

    So do the ``renamed``, whatever their tag is.
    """
    settings = _settings(profile)
    found: dict[int, str] = {}
    for index, image in own.items():
        stage = graph.stages[index].name
        has_own_tag = stage in settings and not settings[stage].shares_tag
        if tag and (index in renamed or not has_own_tag):
            found[index] = f"{names.without_tag(image.text)}:{tag}"
        else:
            found[index] = image.text
    return Images(own, found)


def _settings(profile: Profile) -> Mapping[str, StageSettings]:
    return {each.stage.text: each for each in profile.prebuilt}


def check_published(graph: Graph, profile: Profile, own: Mapping[int, Text], problems: Problems) -> None:
    """Report what is under ``publish`` and cannot be pushed."""
    for wanted in profile.publish:
        stage = graph.names[wanted.text.lower()]
        image = own[stage].text if stage in own else ""
        if "@" in image:
            message = f"the image {image!r} of {wanted.text!r} has a digest: it is in its registry already"
            problems.error(wanted.at, "cannot-publish", message, "remove it from publish")
        elif image and not names.registry_of(image):
            message = f"no registry is named in {image!r}, and what is published is pushed to one"
            problems.error(wanted.at, "cannot-publish", message, "set registry: HOST")


def published(graph: Graph, profile: Profile, images: Images, taken: Collection[int]) -> Mapping[int, Published]:
    """Return the images that are pushed at the end of a plan, by their stages.

    With artifacts nothing is in a registry before; with a registry the image is there under its name in the run, if
    that is another one than it is published under, or if other jobs take it.
    """
    found: dict[int, Published] = {}
    for wanted in profile.publish:
        stage = graph.names[wanted.text.lower()]
        if stage not in images.own:
            continue
        own = images.own[stage].text
        of_run = images.of_run[stage]
        tags = [own]
        if profile.handover is not Handover.REGISTRY and of_run != own:
            tags.append(of_run)
        is_there = profile.handover is Handover.REGISTRY and of_run == own and stage in taken
        if not is_there:
            found[stage] = Published(graph.title(stage), of_run, tuple(tags))
    return found
