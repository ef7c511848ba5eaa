"""The prebuilt stages of a profile: from what is written about them to what holds for each, defaults filled in."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import Diagnostic
from dfrender.dockerfile.names import image_problem
from dfrender.profile.check import check_entries, wrong_type
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Style
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, SequenceNode, mapping
from dfrender.profile.values import fill, substitute
from dfrender.source import At

Settings: TypeAlias = Mapping[str, "Text"]
Problems: TypeAlias = list[Diagnostic]


class Text(NamedTuple):
    """A text and the place that the user wrote it at; a default has the place of what it is a default for."""

    text: str
    at: At


class StageSettings(NamedTuple):
    """One prebuilt stage.

    ``stage`` is in lower case, at its key or list item. ``image`` is the whole reference, at the setting that made it
    so; where a build argument sets the tag it ends in ``${NAME}``. ``arg_default`` is `Style.IMAGE` or `Style.STAGE`.
    ``shares_tag``: the tag is the profile's and not one of its own.
    """

    stage: Text
    style: Style
    image: Text
    arg_name: Text
    alias_name: Text
    arg_default: Style
    optional: bool
    shares_tag: bool


def plain_form(tree: MappingNode, environ: Mapping[str, str], problems: Problems) -> MappingNode:
    """Give a profile's tree with ``prebuilt`` as a mapping of lower-case stages to settings, which can be merged."""
    at, node = tree.entries.get("prebuilt", (tree.at, None))
    if isinstance(node, SequenceNode):
        entries = _listed(node, environ, problems)
    elif isinstance(node, MappingNode):
        entries = ((stage.lower(), place, _settings(value)) for stage, (place, value) in node.entries.items())
    else:
        return tree
    return MappingNode(tree.at, {**tree.entries, "prebuilt": (at, mapping(node.at, entries, problems))})


def _listed(node: SequenceNode, environ: Mapping[str, str], problems: Problems) -> Iterator[tuple[str, At, Node]]:
    """Give the stages of the list form; report an item that names none."""
    for item in node.items:
        name = substitute(item, environ, problems)
        if isinstance(name, ScalarNode) and name.text and not name.is_null:
            yield name.text.lower(), name.at, MappingNode(name.at, {})
        elif name is not None:
            hint = "settings need the form STAGE: {SETTING: …}"
            problems.append(wrong_type("prebuilt", "names of stages in its list", name, hint))


def _settings(value: Node) -> Node:
    """Give the short form of a stage's settings, a style or nothing, as a mapping."""
    if not isinstance(value, ScalarNode):
        return value
    return MappingNode(value.at, {} if value.is_null else {"style": (value.at, value)})


def texts(entries: Mapping[str, Node]) -> Settings:
    """Give the texts among checked entries."""
    return {
        name: Text("" if node.is_null else node.text, node.at)
        for name, node in entries.items()
        if isinstance(node, ScalarNode)
    }


def chosen(name: str, at: At, *settings: Settings) -> Text:
    """Give a setting of the first that has it, else the default of the profile's key as if written at ``at``."""
    return next((each[name] for each in settings if name in each), Text(PROFILE_KEYS[name].default or "", at))


def resolve(
    stages: Entries, profile: Settings, values: Mapping[str, object], problems: Problems
) -> Iterator[StageSettings]:
    """Give the stages of a ``prebuilt`` in plain form; report settings that do not fit the table or each other."""
    for name, (at, value) in stages.items():
        if isinstance(value, MappingNode):
            own = texts(check_entries(value, STAGE_KEYS, problems))
            yield _stage(Text(name, at), own, profile, values, problems)
        else:
            problems.append(wrong_type(name, "a style or a mapping of settings", value, "write STAGE: STYLE"))


def _stage(
    stage: Text, own: Settings, profile: Settings, values: Mapping[str, object], problems: Problems
) -> StageSettings:
    style, arg_default = (chosen(key, stage.at, own, profile) for key in ("style", "arg_default"))
    problems += _image_conflicts(own)
    if "tag_arg" in profile and not own.keys() & {"image", "tag"}:
        tag_arg = profile["tag_arg"]
        problems += _tag_arg_conflicts(style, arg_default, tag_arg)
        if style.text == "arg":
            profile = {**profile, "tag": Text(f"${{{tag_arg.text}}}", tag_arg.at)}
    return StageSettings(
        stage=stage,
        style=Style(style.text),
        image=own.get("image") or image_of(stage, own, profile, values, problems),
        arg_name=own.get("arg_name") or Text(re.sub(r"[^A-Z0-9_]", "_", stage.text.upper()) + "_IMAGE", stage.at),
        alias_name=own.get("alias_name") or Text(f"{stage.text}-image", stage.at),
        arg_default=Style(arg_default.text),
        optional="optional" in own and own["optional"].text == "true",
        shares_tag=not own.keys() & {"image", "tag"},
    )


def image_of(stage: Text, own: Settings, profile: Settings, values: Mapping[str, object], problems: Problems) -> Text:
    """Give ``[registry/]repository:tag``, at the part that cannot be one, or else at the first that is written.

    A part's place is that of the stage's own setting before the profile's.
    """
    parts = ("repository", "tag", "registry")
    repository, tag, registry = (chosen(key, stage.at, own, profile) for key in parts)
    path = fill(repository.text, {**values, "stage": stage.text}, repository.at, problems)
    alone = ((tag, f"x/x:{tag.text}"), (registry, f"{registry.text}/x".removeprefix("/")), (repository, path))
    faulty = (part.at for part, reference in alone if "$" not in reference and image_problem(reference))
    written = (settings[key].at for settings in (own, profile) for key in parts if key in settings)
    at = next(faulty, next(written, stage.at))
    return Text(f"{registry.text}/{path}:{tag.text}".removeprefix("/"), at)


def _tag_arg_conflicts(style: Text, arg_default: Text, tag_arg: Text) -> Iterator[Diagnostic]:
    """Report what cannot go with a tag that is a build argument."""
    name, related = tag_arg.text, (("the build argument", tag_arg.at),)
    if style.text == "image":
        message = f"style 'image' cannot take its tag from {name}: COPY --from takes no build argument"
        hint = "use style: arg, or give the stage a tag of its own"
        yield Diagnostic(style.at, "tag-arg-conflict", message, hint=hint, related=related)
    if style.text == "arg" and arg_default.text == "stage":
        message = f"arg_default 'stage' leaves no image whose tag {name} could be"
        hint = "remove tag_arg, or use arg_default: image"
        yield Diagnostic(arg_default.at, "tag-arg-conflict", message, hint=hint, related=related)


def _image_conflicts(own: Settings) -> Iterator[Diagnostic]:
    """Report parts of an image that stand beside a whole one and would be ignored."""
    for key in ("repository", "tag"):
        if key in own and "image" in own:
            message = f"{key!r} has no effect, since 'image' is the whole reference"
            related = (("the image", own["image"].at),)
            yield Diagnostic(own[key].at, "image-conflict", message, hint="remove one of them", related=related)
