"""The table of keys as a JSON schema, for editors that complete and check profiles."""

from collections.abc import Mapping
from typing import TypeAlias

from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, Keys, Kind

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | bool"


def schema() -> dict[str, Json]:
    """Give the schema of a profile, without the keys of later versions."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_settings(PROFILE_KEYS)}


def _settings(keys: Keys) -> dict[str, Json]:
    """Give the schema of a mapping with these keys, or of nothing."""
    properties: dict[str, Json] = {key.name: {"description": key.meaning, **_value(key)} for key in keys.values()}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _value(key: Key) -> dict[str, Json]:
    """Give the schema of what a key holds; where a text has choices, a variable may stand too."""
    variable: Json = {"type": "string", "pattern": "[$][{]"}
    if key.kind is Kind.VALUES:
        return {"type": ["object", "null"]}
    if key.kind is Kind.STAGES:
        names: Json = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
        stage: Json = {"anyOf": [_value(STAGE_KEYS["style"]), _settings(STAGE_KEYS)]}
        return {"anyOf": [names, {"type": ["object", "null"], "additionalProperties": stage}]}
    if key.kind is Kind.NAMES:
        return {"type": ["array", "null"], "items": {"type": "string"}}
    if key.kind is Kind.BOOLEAN:
        return {"anyOf": [{"type": "boolean"}, variable]}
    if key.choices:
        return {"anyOf": [{"enum": [*key.choices]}, variable]}
    return {"type": ["string", "number", "boolean"], **({"default": key.default} if key.default else {})}
