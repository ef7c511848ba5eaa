"""The prebuilt stages of a profile: from what is written about them to what holds for each, defaults filled in."""

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Problems
from dfrender.dockerfile.names import image_problem
from dfrender.profile.check import check_entries, report_wrong_type
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Style
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, items
from dfrender.profile.values import BOOLEANS, Placeholders
from dfrender.source import At

Settings: TypeAlias = Mapping[str, "Text"]

INPUT_DIGEST = "{input_digest}"
"""What stands in a tag for the digest of all that the stage is made of."""

_IMAGE_PARTS = ("repository", "tag", "registry")


class Text(NamedTuple):
    """A text and the place that the user wrote it at; a default has the place of what it is a default for."""

    text: str
    at: At

    def after(self, prefix: str) -> "Text":
        """Return the text behind a prefix, at the same place."""
        return Text(f"{prefix}{self.text}", self.at)


class StageSettings(NamedTuple):
    """One prebuilt stage.

    ``stage`` is in lower case, at its key or list item. ``image`` is the whole reference, at the setting that made it
    so; where a build argument sets the tag it ends in ``${NAME}``. ``arg_default`` is `Style.IMAGE` or `Style.STAGE`.
    ``onbuild``: its base image has triggers. ``shares_tag``: the tag is the profile's and not one of its own.
    """

    stage: Text
    style: Style
    image: Text
    arg_name: Text
    alias_name: Text
    arg_default: Style
    optional: bool
    onbuild: bool
    shares_tag: bool

    @property
    def is_named_by_inputs(self) -> bool:
        """Say whether the digest of the stage's inputs is to stand in its image."""
        return INPUT_DIGEST in self.image.text

    def with_digest(self, digest: str) -> "StageSettings":
        """Return the settings with a digest in the image."""
        image = self.image.text.replace(INPUT_DIGEST, digest)
        return self._replace(image=Text(image, self.image.at))


def texts(entries: Mapping[str, Node]) -> Settings:
    """Return the texts among checked entries."""
    found: dict[str, Text] = {}
    for name, node in entries.items():
        if isinstance(node, ScalarNode):
            text = "" if node.is_null else node.text
            found[name] = Text(text, node.at)
    return found


def listed(node: Node | None) -> tuple[Text, ...]:
    """Return the texts of a list, none of anything else."""
    return tuple(Text(item.text, item.at) for item in items(node))


def with_defaults(settings: Settings, at: At) -> Settings:
    """Return settings of the whole profile, the others with their defaults as if written at ``at``."""
    complete: dict[str, Text] = {}
    for name, key in PROFILE_KEYS.items():
        default = Text(key.default or "", at)
        complete[name] = settings.get(name, default)
    return complete


def is_true(setting: Text | None) -> bool:
    """Say whether a checked boolean is written and true."""
    return setting is not None and BOOLEANS[setting.text]


def chosen(name: str, at: At, *settings: Settings) -> Text:
    """Return a setting of the first that has it, else the default of the profile's key as if written at ``at``."""
    for each in settings:
        if name in each:
            return each[name]
    default = PROFILE_KEYS[name].default
    return Text(default or "", at)


def resolve(
    stages: Entries, profile: Settings, placeholders: Placeholders, problems: Problems
) -> tuple[StageSettings, ...]:
    """Return the stages of a ``prebuilt`` in plain form; report settings that do not fit the table or each other."""
    resolved: list[StageSettings] = []
    for name, (at, value) in stages.items():
        if isinstance(value, MappingNode):
            own = texts(check_entries(value, STAGE_KEYS, problems))
            stage = Text(name, at)
            resolved.append(_resolve_stage(stage, own, profile, placeholders, problems))
        else:
            report_wrong_type(value, name, "a style or a mapping of settings", "write STAGE: STYLE", problems)
    return tuple(resolved)


def _resolve_stage(
    stage: Text, own: Settings, profile: Settings, placeholders: Placeholders, problems: Problems
) -> StageSettings:
    style = chosen("style", stage.at, own, profile)
    arg_default = chosen("arg_default", stage.at, own, profile)
    shares_tag = "image" not in own and "tag" not in own
    _report_image_conflicts(own, problems)
    if shares_tag and "tag_arg" in profile:
        tag_arg = profile["tag_arg"]
        _report_tag_arg_conflicts(style, arg_default, tag_arg, problems)
        if style.text == "arg":
            tag = Text(f"${{{tag_arg.text}}}", tag_arg.at)
            profile = {**profile, "tag": tag}
    image = own.get("image")
    if image is None:
        image = image_of(stage, own, profile, placeholders)
    arg_name = Text(argument_name(stage.text), stage.at)
    alias_name = Text(f"{stage.text}-image", stage.at)
    return StageSettings(
        stage=stage,
        style=Style(style.text),
        image=image,
        arg_name=own.get("arg_name", arg_name),
        alias_name=own.get("alias_name", alias_name),
        arg_default=Style(arg_default.text),
        optional=is_true(own.get("optional")),
        onbuild=is_true(own.get("onbuild")),
        shares_tag=shares_tag,
    )


def argument_name(stage: str) -> str:
    """Return what the build argument that holds the image of a stage is called, if nothing else is said."""
    capitals = re.sub(r"[^A-Z0-9_]", "_", stage.upper())
    return f"{capitals}_IMAGE"


def image_of(stage: Text, own: Settings, profile: Settings, placeholders: Placeholders) -> Text:
    """Return ``[registry/]repository:tag``, at the part that cannot be one, or else at the first that is written.

    A part's place is that of the stage's own setting before the profile's.
    """
    repository = chosen("repository", stage.at, own, profile)
    tag = chosen("tag", stage.at, own, profile)
    registry = chosen("registry", stage.at, own, profile)
    path = placeholders.fill(repository.text, stage.text, repository.at)
    image = f"{registry.text}/{path}:{tag.text}"
    image = image.removeprefix("/")
    if INPUT_DIGEST in tag.text or _is_faulty(f"x/x:{tag.text}"):
        return Text(image, tag.at)
    if _is_faulty(f"{registry.text}/x".removeprefix("/")):
        return Text(image, registry.at)
    if _is_faulty(path):
        return Text(image, repository.at)
    return Text(image, _first_written(own, profile, stage.at))


def _is_faulty(reference: str) -> bool:
    """Say whether a reference can be no image; one with a variable may be."""
    return "$" not in reference and bool(image_problem(reference))


def _first_written(own: Settings, profile: Settings, at: At) -> At:
    """Return the place of the first part of an image that is written, ``at`` if none is."""
    for settings in (own, profile):
        for key in _IMAGE_PARTS:
            if key in settings:
                return settings[key].at
    return at


def _report_tag_arg_conflicts(style: Text, arg_default: Text, tag_arg: Text, problems: Problems) -> None:
    """Report what cannot go with a tag that is a build argument."""
    name = tag_arg.text
    related = [("the build argument", tag_arg.at)]
    if style.text == "image":
        message = f"style 'image' cannot take its tag from {name}: COPY --from takes no build argument"
        hint = "use style: arg, or give the stage a tag of its own"
        problems.error(style.at, "tag-arg-conflict", message, hint, related)
    if style.text == "arg" and arg_default.text == "stage":
        message = f"arg_default 'stage' leaves no image whose tag {name} could be"
        hint = "remove tag_arg, or use arg_default: image"
        problems.error(arg_default.at, "tag-arg-conflict", message, hint, related)


def _report_image_conflicts(own: Settings, problems: Problems) -> None:
    """Report parts of an image that stand beside a whole one and would be ignored."""
    if "image" not in own:
        return
    if INPUT_DIGEST in own["image"].text:
        message = f"{INPUT_DIGEST} stands in a tag and not in a whole image"
        problems.error(own["image"].at, "image-conflict", message, f"write repository: … and tag: '{INPUT_DIGEST}'")
    related = [("the image", own["image"].at)]
    for key in ("repository", "tag"):
        if key in own:
            message = f"{key!r} has no effect, since 'image' is the whole reference"
            at = own[key].at
            problems.error(at, "image-conflict", message, "remove one of them", related)
