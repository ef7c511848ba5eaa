"""A profile's tree to the text of a profile that means the same, and needs neither other files nor variables."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.profile.composer import dump
from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS, Key, Keys, ValueType
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, SequenceNode, children
from dfrender.profile.values import BOOLEANS, scalar_of

Data: TypeAlias = "Mapping[str, Data] | list[Data] | str | int | bool | None"

_NO_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def as_yaml(tree: MappingNode) -> str:
    """Return the profile as YAML."""
    return dump(_bare(tree))


def as_json(tree: MappingNode) -> str:
    """Return the profile as JSON, which is YAML too where characters that YAML cannot hold are escaped."""
    text = json.dumps(_bare(tree), ensure_ascii=False, indent=2)
    return _NO_YAML.sub(_escaped, text) + "\n"


def _escaped(match: re.Match[str]) -> str:
    codepoint = ord(match[0])
    return f"\\u{codepoint:04x}"


def _bare(tree: MappingNode) -> dict[str, Data]:
    """Return what is written for a profile, in the order of the keys."""
    data: dict[str, Data] = {}
    for name, key in PROFILE_KEYS.items():
        if name in tree.entries:
            _, node = tree.entries[name]
            data[name] = _entry(key, node)
    return data


def _entry(key: Key, node: Node) -> Data:
    if key.value_type is ValueType.STAGES and isinstance(node, MappingNode):
        return _stages(node.entries)
    if key.value_type is ValueType.ARGUMENTS and isinstance(node, MappingNode):
        return _arguments(node.entries)
    if key.value_type is ValueType.BOOLEAN and isinstance(node, ScalarNode):
        return BOOLEANS[node.text]
    is_typed = key.value_type is ValueType.VALUES
    return data_of(node, typed=is_typed, dollar="$$")


def _stages(stages: Entries) -> Data:
    data: dict[str, Data] = {}
    for stage, (_, settings) in stages.items():
        data[stage] = _settings(children(settings), STAGE_KEYS)
    return data


def _arguments(arguments: Entries) -> Data:
    """Return build arguments; one that has no settings but its value, in the short form."""
    data: dict[str, Data] = {}
    for name, (_, settings) in arguments.items():
        full = _settings(children(settings), ARGUMENT_KEYS)
        data[name] = full
        if full.keys() == {"value"}:
            data[name] = full["value"] or ""
    return data


def _settings(settings: Entries, keys: Keys) -> dict[str, Data]:
    data: dict[str, Data] = {}
    for name, (_, value) in settings.items():
        data[name] = _entry(keys[name], value)
    return data


def data_of(node: Node, *, typed: bool, dollar: str = "$") -> Data:
    """Return a node as data; ``typed``: unquoted text may be more than that. ``dollar`` is how a dollar is written."""
    if isinstance(node, SequenceNode):
        return [data_of(item, typed=typed, dollar=dollar) for item in node.items]
    if isinstance(node, MappingNode):
        entries: dict[str, Data] = {}
        for name, (_, value) in node.entries.items():
            entries[name] = data_of(value, typed=typed, dollar=dollar)
        return entries
    data: Data = node.text
    if typed or node.is_null:
        data = scalar_of(node)
    if isinstance(data, str):
        data = data.replace("$", dollar)
    return data
