"""The images of stages to the text of a profile that gives them back."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile import names

SCHEMA = "schema.json"
"""The file beside the profiles that their first line names to editors; they look for it relative to the profile."""

_PLAIN = r"(?:\.\.|[A-Za-z_/])(?:[\w./:@-]*[\w./@-])?"
_YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
# so that the profile gives back the very Dockerfile that pipelines build; what could be better is for its owner to say
_STYLE = "style: image # as they were named; arg, with tag_arg: IMAGE_TAG, gives every run a tag of its own\n"


class _Image(NamedTuple):
    """An image; ``repository`` has ``{stage}`` for the stage's name."""

    registry: str
    repository: str
    tag: str

    def of(self, stage: str) -> str:
        """Return the image of a stage."""
        repository = self.repository.replace("{stage}", stage)
        if not self.registry:
            return f"{repository}:{self.tag}"
        return f"{self.registry}/{repository}:{self.tag}"


class Build(NamedTuple):
    """What an environment builds.

    ``output`` and ``context`` are empty for the usual ones. ``images`` has the image of each prebuilt stage; where
    there are none, ``candidates`` are the stages that might be.
    """

    output: str
    context: str
    images: Mapping[str, str]
    candidates: Sequence[str] = ()


def text(description: str, build: Build) -> str:
    """Write a profile."""
    lines = [f"# yaml-language-server: $schema={SCHEMA}\n", f"description: {description}\n"]
    if build.output:
        lines.append(f"output: {_scalar(build.output)}\n")
    if build.context:
        lines.append(f"context: {_scalar(build.context)}\n")
    if build.images:
        lines.extend(_prebuilt(build.images))
    elif build.candidates:
        lines.append(f"# prebuilt: {_list(build.candidates)} # those that an earlier job builds and hands on\n")
        lines.append("# tag_arg: IMAGE_TAG # docker build --build-arg IMAGE_TAG=…\n")
    return "".join(lines)


def _prebuilt(images: Mapping[str, str]) -> Iterator[str]:
    common = _common(images)
    settings: dict[str, str] = {}
    for stage, image in images.items():
        settings[stage] = _settings(stage, image, common)
    if any(settings.values()):
        yield "prebuilt:\n"
        for stage, own in settings.items():
            yield f"  {_scalar(stage)}:{own}\n"
    else:
        yield f"prebuilt: {_list(images)}\n"
    yield _STYLE
    if common.registry:
        yield f"registry: {_scalar(common.registry)}\n"
    if common.repository not in {"", "{stage}"}:
        yield f"repository: {_scalar(common.repository)}\n"
    if common.tag:
        yield f"tag: {_scalar(common.tag)}\n"


def _image(image: str) -> _Image:
    registry = names.registry_of(image)
    repository, _, tag = image.removeprefix(f"{registry}/").partition(":")
    folder, slash, _ = repository.rpartition("/")
    return _Image(registry, f"{folder}{slash}{{stage}}", tag)


def _common(images: Mapping[str, str]) -> _Image:
    """Return what most images have, each part for itself; nothing where none is made of parts."""
    registries: Counter[str] = Counter()
    repositories: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    for stage, image in images.items():
        own = _image(image)
        if own.of(stage) == image:
            registries[own.registry] += 1
            repositories[own.repository] += 1
            tags[own.tag] += 1
    return _Image(_commonest(registries), _commonest(repositories), _commonest(tags))


def _commonest(parts: Counter[str]) -> str:
    for part, _ in parts.most_common(1):
        return part
    return ""


def _settings(stage: str, image: str, common: _Image) -> str:
    """Write what a stage's image has for its own; empty where that is nothing."""
    own = _image(image)
    if own.registry != common.registry or own.of(stage) != image:
        return f" {{image: {_scalar(image)}}}"
    found: list[str] = []
    if own.repository != common.repository:
        found.append(f"repository: {_scalar(own.repository)}")
    if own.tag != common.tag:
        found.append(f"tag: {_scalar(own.tag)}")
    if not found:
        return ""
    return f" {{{', '.join(found)}}}"


def _list(written: Iterable[str]) -> str:
    listed = ", ".join(map(_scalar, written))
    return f"[{listed}]"


def _scalar(written: str) -> str:
    """Write a text so that it is read as that text, in a list too."""
    if re.fullmatch(_PLAIN, written, re.ASCII) and written.lower() not in _YAML_WORDS:
        return written
    return json.dumps(written.replace("$", "$$"), ensure_ascii=False)
