"""The table of keys to a JSON schema, for editors that complete and check profiles."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, Keys, ValueType

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | bool | int"

_VARIABLE: Json = {"type": "string", "pattern": "[$][{]", "description": "a variable of the environment"}
_NAME: Json = {"type": "string", "minLength": 1}
_TEXT: list[Json] = ["string", "number", "boolean"]
_COLLECTIONS: Mapping[ValueType, dict[str, Json]] = {
    ValueType.VALUES: {"type": ["object", "null"], "additionalProperties": True},
    ValueType.NAMES: {"type": ["array", "null"], "items": _NAME},
    ValueType.PARENTS: {"anyOf": [_NAME, {"type": ["array", "null"], "items": _NAME}]},
}


def schema() -> dict[str, Json]:
    """Give the schema of a profile, in the draft that editors know best."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "a profile of dfrender",
        "description": "what one environment wants of a templated Dockerfile; an empty file is a valid profile",
        **_settings(PROFILE_KEYS),
    }


def schema_json() -> str:
    """Write the schema."""
    return json.dumps(schema(), indent=2) + "\n"


def _settings(keys: Keys) -> dict[str, Json]:
    """Give the schema of a mapping with these keys, or of nothing."""
    properties: dict[str, Json] = {key.name: {"description": key.meaning, **_value(key)} for key in keys.values()}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _value(key: Key) -> dict[str, Json]:
    """Give the schema of what a key holds; where a text has choices, a variable may stand too."""
    default: dict[str, Json] = {"default": key.default} if key.default else {}
    if key.value_type in _COLLECTIONS:
        return _COLLECTIONS[key.value_type]
    if key.value_type is ValueType.STAGES:
        return {"anyOf": [_stage_list(), _stage_mapping()]}
    if key.value_type is ValueType.BOOLEAN:
        return {"anyOf": [{"type": "boolean"}, _VARIABLE], "default": key.default == "true"}
    if key.choices:
        return {"anyOf": [{"enum": [*key.choices]}, _VARIABLE], **default}
    if key.default == "":
        return {"type": [*_TEXT, "null"]}
    return {"type": _TEXT, "minLength": 1, **default}


def _stage_list() -> Json:
    meaning = "stages with the settings of the whole profile"
    return {"type": "array", "description": meaning, "items": _NAME, "uniqueItems": True}


def _stage_mapping() -> Json:
    """Give the schema of stages with their styles or settings."""
    style: Json = {"description": "how references to the stage are written", **_value(STAGE_KEYS["style"])}
    settings: Json = {"description": "the settings of the stage", **_settings(STAGE_KEYS)}
    return {
        "type": ["object", "null"],
        "description": "each stage with its style or its settings",
        "additionalProperties": {"anyOf": [style, settings]},
    }
