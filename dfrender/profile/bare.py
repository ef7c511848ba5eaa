"""A profile's tree to the text of a profile that means the same, and needs neither other files nor variables."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.profile.composer import dump
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, ValueType
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, SequenceNode, children
from dfrender.profile.values import scalar_of

Data: TypeAlias = "Mapping[str, Data] | list[Data] | str | int | bool | None"

_NO_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def as_yaml(tree: MappingNode) -> str:
    """Give the profile as YAML."""
    return dump(_bare(tree))


def as_json(tree: MappingNode) -> str:
    """Give the profile as JSON, which is YAML too where characters that YAML cannot hold are escaped."""
    text = json.dumps(_bare(tree), ensure_ascii=False, indent=2)
    return _NO_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _bare(tree: MappingNode) -> dict[str, Data]:
    """Give what is written for a profile, in the order of the keys."""
    written = [(key, tree.entries[key.name][1]) for key in PROFILE_KEYS.values() if key.name in tree.entries]
    return {key.name: _entry(key, node) for key, node in written}


def _entry(key: Key, node: Node) -> Data:
    if key.value_type is ValueType.STAGES and isinstance(node, MappingNode):
        return {stage: _settings(children(settings)) for stage, (_, settings) in node.entries.items()}
    if key.value_type is ValueType.BOOLEAN and isinstance(node, ScalarNode):
        return node.text == "true"
    return data_of(node, typed=key.value_type is ValueType.VALUES, dollar="$$")


def _settings(settings: Entries) -> Data:
    return {name: _entry(STAGE_KEYS[name], value) for name, (_, value) in settings.items()}


def data_of(node: Node, *, typed: bool, dollar: str = "$") -> Data:
    """Give a node as data; ``typed``: unquoted text may be more than that. ``dollar`` is how a dollar is written."""
    if isinstance(node, MappingNode):
        return {name: data_of(value, typed=typed, dollar=dollar) for name, (_, value) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [data_of(item, typed=typed, dollar=dollar) for item in node.items]
    data = scalar_of(node) if typed or node.is_null else node.text
    return data.replace("$", dollar) if isinstance(data, str) else data
