"""A profile to rows for a person to read: each value and the file, variable or option that it is from."""

import json
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.profile import places
from dfrender.profile.bare import data_of
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, Style, ValueType
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, SequenceNode, children
from dfrender.profile.profile import Profile, StageSettings
from dfrender.profile.profiles import Profiles
from dfrender.profile.values import scalar_of
from dfrender.source import At

_DERIVED = {
    Style.ARG: ("style", "image", "arg_default", "arg_name", "alias_name"),
    Style.IMAGE: ("style", "image"),
    Style.CONTEXT: ("style", "image"),
    Style.STAGE: ("style",),
}


class SettingRow(NamedTuple):
    """A key as ``--set`` takes it, its value, and its origin: a place, a variable at a place, other keys, or none."""

    key: str
    value: str
    origin: str


def find(wanted: str, folder: Path, profiles: Profiles) -> tuple[MappingNode, Profile]:
    """Return the tree of the profile that is wanted, by name or path, for a template in a folder, and the profile.

    Raises `CallError` if there is none, and `DfrenderError` with its problems.
    """
    found = places.look_for(wanted, folder, At(wanted))
    profile = profiles.load(found)
    Problems(profile.problems).refuse()
    return profiles.tree(found.path).tree, profile


def setting_rows(tree: MappingNode, profile: Profile, template: Path) -> list[SettingRow]:
    """Return the values of a profile in the order of its keys, for a template."""
    rows: list[SettingRow] = []
    for name, key in PROFILE_KEYS.items():
        default = _default(key, profile, template)
        if key.value_type is ValueType.STAGES:
            for stage in profile.prebuilt:
                rows += _stage_rows(stage, tree.entries)
        elif key.value_type is ValueType.ARGUMENTS:
            rows += _argument_rows(tree.entries)
        elif name in tree.entries:
            _, node = tree.entries[name]
            is_typed = key.value_type is ValueType.VALUES
            rows += _written(name, node, typed=is_typed)
        elif default:
            rows.append(SettingRow(name, default, "default"))
    return rows


def _default(key: Key, profile: Profile, template: Path) -> str:
    """Return what holds without a key; the default of an output is made of the names of template and profile."""
    if key.name == "output" and not profile.name.startswith("_"):
        return places.default_output(template, profile.name)
    return key.default or ""


def _written(name: str, node: Node, *, typed: bool = False) -> list[SettingRow]:
    """Return what is written: of a mapping each value by itself."""
    if not isinstance(node, MappingNode) or not node.entries:
        value = _shown(node, typed=typed)
        return [SettingRow(name, value, _origin(node))]
    rows: list[SettingRow] = []
    for key, (_, inner) in node.entries.items():
        rows += _written(f"{name}.{key}", inner, typed=typed)
    return rows


def _argument_rows(profile: Entries) -> list[SettingRow]:
    """Return the build arguments; the value of one stands at its name."""
    rows: list[SettingRow] = []
    if "build_args" not in profile:
        return rows
    _, arguments = profile["build_args"]
    for name, (_, settings) in children(arguments).items():
        for key, (_, node) in children(settings).items():
            shown = f"build_args.{name}"
            if key != "value":
                shown = f"{shown}.{key}"
            rows += _written(shown, node)
    return rows


def _stage_rows(stage: StageSettings, profile: Entries) -> list[SettingRow]:
    """Return what is written about a stage, and what follows for it."""
    name = stage.stage.text
    _, prebuilt = profile["prebuilt"]
    _, settings = children(prebuilt)[name]
    own = children(settings)
    place = _place(stage.stage.at)
    rows = [SettingRow(f"prebuilt.{name}", "", place)]
    for key in STAGE_KEYS:
        if key in own:
            _, node = own[key]
            rows += _written(f"prebuilt.{name}.{key}", node)
        elif key in _DERIVED[stage.style]:
            rows.append(_derived_row(key, stage, own, profile))
    return rows


def _derived_row(key: str, stage: StageSettings, own: Entries, profile: Entries) -> SettingRow:
    """Return a setting that a stage does not have of its own."""
    origin = "default"
    if key == "style":
        value = stage.style.value
        origin = _inherited_origin(key, profile)
    elif key == "arg_default":
        value = stage.arg_default.value
        origin = _inherited_origin(key, profile)
    elif key == "image":
        value = stage.image.text
        origin = _image_origin(stage.stage.text, own, profile)
    elif key == "arg_name":
        value = stage.arg_name.text
    else:
        value = stage.alias_name.text
    return SettingRow(f"prebuilt.{stage.stage.text}.{key}", value, origin)


def _inherited_origin(key: str, profile: Entries) -> str:
    if key not in profile:
        return "default"
    _, node = profile[key]
    return _origin(node)


def _image_origin(stage: str, own: Entries, profile: Entries) -> str:
    """Name the keys that an image is made of, each of which has a row of its own."""
    made_of: list[str] = []
    for key in ("registry", "repository", "tag", "tag_arg"):
        if key in own:
            made_of.append(f"prebuilt.{stage}.{key}")
        elif key == "tag_arg" and "tag" in own:
            continue  # a tag of its own is not the argument's
        elif key in profile:
            made_of.append(key)
    return ", ".join(made_of) or "default"


def _shown(node: Node, *, typed: bool) -> str:
    """Return a value on one line; text is in quotes only where it could be taken for something else."""
    data = data_of(node, typed=typed)
    if isinstance(data, str) and _is_plain(data):
        plain = ScalarNode(node.at, data, plain=True)
        if not typed or scalar_of(plain) == data:
            return data
        return json.dumps(data)
    return json.dumps(data, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    """Say whether each character of a text would be seen."""
    return text.isprintable() and text.strip() == text != ""


def _place(at: At) -> str:
    return str(at._replace(column=0))


def _origin(node: Node) -> str:
    """Name the place of a node, and the variables of the environment that are in it."""
    place = _place(node.at)
    names = sorted(_variables(node))
    if not names:
        return place
    noun = "variable" if len(names) == 1 else "variables"
    return f"the environment {noun} {' and '.join(names)} at {place}"


def _variables(node: Node) -> set[str]:
    """Return the variables of the environment that were put into the texts of a node."""
    if isinstance(node, ScalarNode):
        return set(node.variables)
    found: set[str] = set()
    if isinstance(node, SequenceNode):
        for item in node.items:
            found |= _variables(item)
    else:
        for _, value in node.entries.values():
            found |= _variables(value)
    return found
