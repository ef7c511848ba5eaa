"""The short forms of a profile to the full ones, which can be laid over each other: lists of stages, styles, values."""

from collections.abc import Mapping
from typing import TypeAlias

from dfrender.diagnostics import Problems
from dfrender.profile.check import report_wrong_type
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, SequenceNode, mapping
from dfrender.profile.values import substitute
from dfrender.source import At

_Entry: TypeAlias = tuple[str, At, Node]  # of a mapping: name, place and value


def plain_form(tree: MappingNode, environ: Mapping[str, str], problems: Problems) -> MappingNode:
    """Return a profile's tree with its stages, in lower case, and its build arguments as mappings of settings."""
    entries = dict(tree.entries)
    at, node = entries.get("prebuilt", (tree.at, None))
    if isinstance(node, SequenceNode):
        entries["prebuilt"] = (at, mapping(node.at, _of_list(node, environ, problems), problems))
    elif isinstance(node, MappingNode):
        entries["prebuilt"] = (at, mapping(node.at, _of_styles(node), problems))
    at, node = entries.get("build_args", (tree.at, None))
    if isinstance(node, MappingNode):
        entries["build_args"] = (at, _of_arguments(node))
    return MappingNode(tree.at, entries)


def _of_list(node: SequenceNode, environ: Mapping[str, str], problems: Problems) -> list[_Entry]:
    """Return the stages of the list form, without settings; report an item that names none."""
    stages: list[_Entry] = []
    for item in node.items:
        name = substitute(item, environ, problems)
        if name is None:
            continue
        if isinstance(name, ScalarNode) and name.text and not name.is_null:
            stage = name.text.lower()
            settings = MappingNode(name.at, {})
            stages.append((stage, name.at, settings))
        else:
            hint = "settings need the form STAGE: {SETTING: …}"
            report_wrong_type(name, "prebuilt", "names of stages in its list", hint, problems)
    return stages


def _of_styles(node: MappingNode) -> list[_Entry]:
    """Return the stages of the mapping form, each with its settings as a mapping where they are a style or nothing."""
    stages: list[_Entry] = []
    for name, (at, value) in node.entries.items():
        settings = _as_setting("style", value)
        if isinstance(value, ScalarNode) and value.is_null:
            settings = MappingNode(value.at, {})
        stages.append((name.lower(), at, settings))
    return stages


def _of_arguments(node: MappingNode) -> MappingNode:
    arguments: dict[str, tuple[At, Node]] = {}
    for name, (at, value) in node.entries.items():
        arguments[name] = (at, _as_setting("value", value))
    return MappingNode(node.at, arguments)


def _as_setting(key: str, value: Node) -> Node:
    """Return the mapping that a text stands for; anything else as it is."""
    if isinstance(value, ScalarNode):
        return MappingNode(value.at, {key: (value.at, value)})
    return value
