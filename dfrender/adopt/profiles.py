"""The images of stages to the text of a profile that gives them back."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile import names

SCHEMA = "schema.json"
"""The file beside the profiles that their first line names to editors; they look for it relative to the profile."""

_PLAIN = r"[A-Za-z_/](?:[\w./:@-]*[\w./@-])?"
_YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
# so that the profile gives back the very Dockerfile that pipelines build; what could be better is for its owner to say
_STYLE = "style: image # as they were named; arg, with tag_arg: IMAGE_TAG, gives every run a tag of its own\n"


class _Image(NamedTuple):
    """An image; ``repository`` has ``{stage}`` for the stage's name."""

    registry: str
    repository: str
    tag: str

    def of(self, stage: str) -> str:
        """Give the image of a stage."""
        return f"{self.registry}/{self.repository.replace('{stage}', stage)}:{self.tag}".removeprefix("/")


def text(description: str, output: str, images: Mapping[str, str], candidates: Sequence[str] = ()) -> str:
    """Write a profile.

    ``output`` is empty for the default name. ``images`` has the image of each prebuilt stage; where there are none,
    ``candidates`` are the stages that might be.
    """
    lines = [f"# yaml-language-server: $schema={SCHEMA}\n", f"description: {description}\n"]
    lines += [f"output: {_scalar(output)}\n"] if output else []
    if images:
        lines += _prebuilt(images)
    elif candidates:
        listed = ", ".join(map(_scalar, candidates))
        lines += [f"# prebuilt: [{listed}] # those that an earlier job builds and hands on\n"]
        lines += ["# tag_arg: IMAGE_TAG # docker build --build-arg IMAGE_TAG=…\n"]
    return "".join(lines)


def _prebuilt(images: Mapping[str, str]) -> Iterator[str]:
    common = _common(images)
    settings = {stage: dict(_settings(stage, image, common)) for stage, image in images.items()}
    if any(settings.values()):
        yield "prebuilt:\n"
        yield from (f"  {_scalar(stage)}:{_flow(own)}\n" for stage, own in settings.items())
    else:
        yield f"prebuilt: [{', '.join(map(_scalar, settings))}]\n"
    yield _STYLE
    parts = {key: part for key, part in common._asdict().items() if part not in {"", "{stage}"}}
    yield from (f"{key}: {_scalar(part)}\n" for key, part in parts.items())


def _image(image: str) -> _Image:
    registry = names.registry_of(image)
    repository, _, tag = image.removeprefix(f"{registry}/").partition(":")
    folder, slash, _ = repository.rpartition("/")
    return _Image(registry, f"{folder}{slash}{{stage}}", tag)


def _common(images: Mapping[str, str]) -> _Image:
    """Give what most images have, each part for itself; nothing where none is made of parts."""
    of_parts = [own for stage, image in images.items() if (own := _image(image)).of(stage) == image]
    parts = zip(*(of_parts or [_Image("", "", "")]), strict=True)
    return _Image(*(Counter(part).most_common(1)[0][0] for part in parts))


def _settings(stage: str, image: str, common: _Image) -> Iterator[tuple[str, str]]:
    """Give what a stage's image has for its own."""
    own = _image(image)
    if own.registry != common.registry or own.of(stage) != image:
        yield "image", image
        return
    if own.repository != common.repository:
        yield "repository", own.repository
    if own.tag != common.tag:
        yield "tag", own.tag


def _flow(settings: Mapping[str, str]) -> str:
    listed = ", ".join(f"{key}: {_scalar(value)}" for key, value in settings.items())
    return f" {{{listed}}}" if listed else ""


def _scalar(written: str) -> str:
    """Write a text so that it is read as that text, in a list too."""
    is_plain = re.fullmatch(_PLAIN, written, re.ASCII) and written.lower() not in _YAML_WORDS
    return written if is_plain else json.dumps(written.replace("$", "$$"), ensure_ascii=False)
