"""A profile to rows for a person to read: each value and the file, variable or option that it is from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.profile import places
from dfrender.profile.bare import data_of
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Kind, Style
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


class Row(NamedTuple):
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


def rows(tree: MappingNode, profile: Profile, template: Path) -> Iterator[Row]:
    """Give the values of a profile in the order of its keys, for a template."""
    output = "" if profile.name.startswith("_") else places.default_output(template, profile.name)
    defaults = {key.name: key.default for key in PROFILE_KEYS.values()} | {"output": output}
    for key in PROFILE_KEYS.values():
        if key.kind is Kind.STAGES:
            for each in profile.prebuilt:
                yield from _stage_rows(each, tree.entries)
        elif key.name in tree.entries:
            yield from _written(key.name, tree.entries[key.name][1], typed=key.kind is Kind.VALUES)
        elif default := defaults[key.name]:
            yield Row(key.name, default, "default")


def _written(name: str, node: Node, *, typed: bool = False) -> Iterator[Row]:
    """Give what is written: of a mapping each value by itself."""
    if isinstance(node, MappingNode) and node.entries:
        for key, (_, value) in node.entries.items():
            yield from _written(f"{name}.{key}", value, typed=typed)
    else:
        yield Row(name, _shown(node, typed=typed), _origin(node))


def _stage_rows(stage: StageSettings, profile: Entries) -> Iterator[Row]:
    """Give what is written about a stage, and what follows for it."""
    name = stage.stage.text
    own = children(children(profile["prebuilt"][1])[name][1])
    derived = {
        "style": (stage.style.value, _inherited_origin("style", profile)),
        "image": (stage.image.text, _image_origin(name, own, profile)),
        "arg_default": (stage.arg_default.value, _inherited_origin("arg_default", profile)),
        "arg_name": (stage.arg_name.text, "default"),
        "alias_name": (stage.alias_name.text, "default"),
    }
    yield Row(f"prebuilt.{name}", "", _place(stage.stage.at))
    for key in STAGE_KEYS:
        if key in own:
            yield from _written(f"prebuilt.{name}.{key}", own[key][1])
        elif key in _DERIVED[stage.style]:
            yield Row(f"prebuilt.{name}.{key}", *derived[key])


def _inherited_origin(key: str, profile: Entries) -> str:
    return _origin(profile[key][1]) if key in profile else "default"


def _image_origin(stage: str, own: Entries, profile: Entries) -> str:
    """Name the keys that an image is made of, each of which has a row of its own."""
    tag = ("tag",) if "tag" in own else ("tag", "tag_arg")
    parts = ("registry", "repository", *tag)
    made_of = [f"prebuilt.{stage}.{key}" if key in own else key for key in parts if key in own or key in profile]
    return ", ".join(made_of) or "default"


def _shown(node: Node, *, typed: bool) -> str:
    """Give a value on one line; text is in quotes only where it could be taken for something else."""
    data = data_of(node, typed=typed)
    if isinstance(data, str) and data.isprintable() and data.strip() == data != "":
        is_text = not typed or scalar_of(ScalarNode(node.at, data, plain=True)) == data
        return data if is_text else json.dumps(data)
    return json.dumps(data, ensure_ascii=False)


def _place(at: At) -> str:
    return str(at._replace(column=0))


def _origin(node: Node) -> str:
    names = sorted(set(_variables(node)))
    if not names:
        return _place(node.at)
    return f"the environment variable{'s' * (len(names) > 1)} {' and '.join(names)} at {_place(node.at)}"


def _variables(node: Node) -> Iterator[str]:
    if isinstance(node, ScalarNode):
        yield from node.variables
        return
    inner = node.items if isinstance(node, SequenceNode) else (value for _, value in node.entries.values())
    for each in inner:
        yield from _variables(each)
