"""The table of keys to a JSON schema, for editors that complete and check profiles."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS, Key, Keys, ValueType

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | bool | int"

_VARIABLE: Json = {"type": "string", "pattern": "[$][{]", "description": "a variable of the environment"}
_NAME: Json = {"type": "string", "minLength": 1}
_TEXT: list[Json] = ["string", "number", "boolean"]
_TEXT_OR_NULL: list[Json] = [*_TEXT, "null"]
_COLLECTIONS: Mapping[ValueType, dict[str, Json]] = {
    ValueType.VALUES: {"type": ["object", "null"], "additionalProperties": True},
    ValueType.NAMES: {"type": ["array", "null"], "items": _NAME},
    ValueType.PARENTS: {"anyOf": [_NAME, {"type": ["array", "null"], "items": _NAME}]},
}


def schema() -> dict[str, Json]:
    """Return the schema of a profile, in the draft that editors know best."""
    profile: dict[str, Json] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "a profile of dfrender",
        "description": "what one environment wants of a templated Dockerfile; an empty file is a valid profile",
    }
    return profile | _settings(PROFILE_KEYS)


def schema_json() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema(), indent=2) + "\n"


def _settings(keys: Keys) -> dict[str, Json]:
    """Return the schema of a mapping with these keys, or of nothing."""
    properties: dict[str, Json] = {}
    for name, key in keys.items():
        properties[name] = _described(key.meaning, _value(key))
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _described(meaning: str, value: dict[str, Json]) -> dict[str, Json]:
    described: dict[str, Json] = {"description": meaning}
    return described | value


def _value(key: Key) -> dict[str, Json]:
    """Return the schema of what a key holds; where a text has choices, a variable may stand too."""
    if key.value_type in _COLLECTIONS:
        return _COLLECTIONS[key.value_type]
    if key.value_type is ValueType.STAGES:
        return {"anyOf": [_stage_list(), _stage_mapping()]}
    if key.value_type is ValueType.ARGUMENTS:
        return _arguments()
    if key.value_type is ValueType.BOOLEAN:
        default = key.default == "true"
        return {"anyOf": [{"type": "boolean"}, _VARIABLE], "default": default}
    if key.default == "":
        return {"type": _TEXT_OR_NULL}
    value: dict[str, Json] = {"type": _TEXT, "minLength": 1}
    if key.choices:
        choices: Json = {"enum": list(key.choices)}
        value = {"anyOf": [choices, _VARIABLE]}
    if key.default:
        value["default"] = key.default
    return value


def _arguments() -> dict[str, Json]:
    """Return the schema of build arguments with their values or settings."""
    value: dict[str, Json] = {"type": _TEXT}
    settings = _described("the settings of the argument", _settings(ARGUMENT_KEYS) | {"type": "object"})
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {"anyOf": [value, settings]},
    }


def _stage_list() -> Json:
    meaning = "stages with the settings of the whole profile"
    return {"type": "array", "description": meaning, "items": _NAME, "uniqueItems": True}


def _stage_mapping() -> Json:
    """Return the schema of stages with their styles or settings."""
    style = _described("how references to the stage are written", _value(STAGE_KEYS["style"]))
    settings = _described("the settings of the stage", _settings(STAGE_KEYS))
    return {
        "type": ["object", "null"],
        "description": "each stage with its style or its settings",
        "additionalProperties": {"anyOf": [style, settings]},
    }
