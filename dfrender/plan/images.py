"""Stages to the images that jobs make of them: what they are called in the profile, in this run, and when published."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph
from dfrender.plan.named import Named
from dfrender.plan.plan import Location, Published
from dfrender.profile.profile import Handover, Profile, StageSettings, Text
from dfrender.profile.stages import INPUT_DIGEST, image_of
from dfrender.profile.values import Placeholders
from dfrender.references.images import image_word

_LATEST = "latest"


def images_of(graph: Graph, profile: Profile, stages: Collection[int], problems: Problems) -> Mapping[int, Text]:
    """Return the images of those stages that have a name, as the profile calls them when no build argument is given.

    Report what Docker would refuse.
    """
    settings = _settings(profile)
    placeholders = Placeholders(profile.values, profile.folder, problems)
    found: dict[int, Text] = {}
    for index in stages:
        stage = graph.stages[index].name
        if stage in settings:
            written = settings[stage].image
        elif stage:
            written = _default(graph, profile, index, placeholders)
        else:
            continue
        word = image_word(graph, profile, written.text)
        found[index] = Text(word.text, written.at)
    if not problems:
        _check_names(graph, found, problems)
    return found


def _check_names(graph: Graph, images: Mapping[int, Text], problems: Problems) -> None:
    for index, image in images.items():
        fault = names.image_problem(image.text)
        if fault:
            stage = graph.title(index)
            message = f"the image {image.text!r} of stage {stage!r} is not an image reference: {fault}"
            hint = "write registry, repository and tag so that they make [registry/]repository:tag"
            problems.error(image.at, "invalid-image-reference", message, hint)


def _default(graph: Graph, profile: Profile, index: int, placeholders: Placeholders) -> Text:
    """Return the image of a stage that has no settings."""
    stage = graph.stages[index]
    digest = profile.digests.get(stage.name, INPUT_DIGEST)
    tag = Text(profile.tag.text.replace(INPUT_DIGEST, digest), profile.tag.at)
    parts = {"registry": profile.registry, "repository": profile.repository, "tag": tag}
    name = Text(stage.name, stage.at)
    return image_of(name, {}, parts, placeholders)


def check_shared_images(graph: Graph, images: Mapping[int, Text], problems: Problems) -> None:
    """Report an image that would be made of two stages."""
    first: dict[str, int] = {}
    for stage, image in images.items():
        other = first.setdefault(image.text, stage)
        if other != stage:
            one, two = graph.title(other), graph.title(stage)
            message = f"{image.text!r} would be the image of {one!r} and of {two!r}"
            hint = "let {stage} stand in repository, or name under build what is to be built"
            problems.error(image.at, "shared-image", message, hint)


class InRun(NamedTuple):
    """What is known of a run when its images are named.

    ``taken`` are the stages whose images other jobs take, ``by_inputs`` those that are named by their inputs, and
    ``location`` says how tag and images are called where it takes place.
    """

    taken: Collection[int]
    by_inputs: Mapping[int, Named]
    location: Location


def in_run(graph: Graph, profile: Profile, own: Mapping[int, Text], run: InRun) -> Mapping[int, str]:
    """Return what images are called in a run that has a tag: those with the profile's tag have that one instead.

    So have those that are published and not taken by other jobs: their own name is for when all jobs are done. What is
    named by its inputs has that name in every run.
    """
    settings = _settings(profile)
    published = _published_stages(graph, profile)
    tag = run.location.tag
    found: dict[int, str] = {}
    for index, image in own.items():
        stage = graph.stages[index].name
        shares_tag = stage not in settings or settings[stage].shares_tag
        is_last = index in published and index not in run.taken
        found[index] = image.text
        if index in run.by_inputs:
            is_pushed_last = is_last and profile.handover is Handover.REGISTRY
            found[index] = _named_in_run(run, index, image.text, is_pushed_last=is_pushed_last)
        elif tag and (shares_tag or is_last):
            found[index] = _with_tag(image.text, tag)
    return found


def _named_in_run(run: InRun, index: int, image: str, *, is_pushed_last: bool) -> str:
    """Return what an image that is named by its inputs is called in a run.

    One that is pushed when all jobs are done has another name before, and so has one whose name no command prints.
    """
    named, location = run.by_inputs[index], run.location
    if location.tag and is_pushed_last:
        return _with_tag(image, location.tag)
    if location.image and not named.variable:
        return _with_tag(image, location.tag or _LATEST)
    return named.written(location.image, image)


def _with_tag(image: str, tag: str) -> str:
    repository = names.without_tag(image)
    return f"{repository}:{tag}"


def _settings(profile: Profile) -> Mapping[str, StageSettings]:
    return {each.stage.text: each for each in profile.prebuilt}


def _published_stages(graph: Graph, profile: Profile) -> Mapping[int, Text]:
    """Return the stages under ``publish``, with where they are written."""
    found: dict[int, Text] = {}
    for wanted in profile.builds.publish:
        name = wanted.text.lower()
        found[graph.names[name]] = wanted
    return found


def check_published(graph: Graph, profile: Profile, own: Mapping[int, Text], problems: Problems) -> None:
    """Report what is under ``publish`` and cannot be pushed."""
    for stage, wanted in _published_stages(graph, profile).items():
        if stage not in own:
            continue
        image = own[stage].text
        if "@" in image:
            message = f"the image {image!r} of {wanted.text!r} has a digest: it is in its registry already"
            problems.error(wanted.at, "cannot-publish", message, "remove it from publish")


def published(  # noqa: PLR0913, PLR0917 - all that is known of the images
    graph: Graph,
    profile: Profile,
    own: Mapping[int, Text],
    of_run: Mapping[int, str],
    run: InRun,
    makers: Mapping[int, str],
) -> Mapping[int, Published]:
    """Return the images that are pushed at the end of a plan, by their stages; ``makers`` are the names of their jobs.

    With artifacts nothing is in a registry before; with a registry the image is there under its name in the run, if
    that is another one than it is published under, or if other jobs take it.
    """
    found: dict[int, Published] = {}
    by_registry = profile.handover is Handover.REGISTRY
    for stage in _published_stages(graph, profile):
        if stage not in own:
            continue
        tag = own[stage].text
        probe = ""
        if stage in run.by_inputs:
            tag = probe = run.by_inputs[stage].written(run.location.image, tag)
        tags = [tag]
        image = of_run[stage]
        if not by_registry and image not in tags:
            tags.append(image)
        is_there = by_registry and image in tags and stage in run.taken
        if not is_there:
            found[stage] = Published(makers[stage], graph.title(stage), image, tuple(tags), probe)
    return found
