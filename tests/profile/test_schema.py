"""The schema and the table of keys say the same as `load`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from dfrender.diagnostics import DfrenderError
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS
from dfrender.profile.schema import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Profile

VALID = [
    pytest.param("", id="an empty profile"),
    pytest.param("tag: 3.10\ntag_arg: T\nprebuilt: [base, dev]\n", id="the list form"),
    pytest.param("prebuilt: {base: image, dev: , test: {style: arg, optional: true, tag: 1}}\n", id="the mapping form"),
    pytest.param("values: {a: [1, {b: null}]}\nstyle: ${STYLE:-arg}\ndescription: x\n", id="values and a variable"),
    pytest.param("build: [app]\nignore: []\ntarget: app\nbuilder: classic\n", id="lists of names"),
]
INVALID = [
    pytest.param("tga: 1\n", id="an unknown key"),
    pytest.param("prebuilt: {base: imag}\n", id="a misspelt style"),
    pytest.param("prebuilt: {base: {registry: x}}\n", id="an unknown setting"),
    pytest.param("prebuilt: {base: {optional: maybe}}\n", id="no boolean"),
    pytest.param("prebuilt: [base, base]\n", id="a stage listed twice"),
    pytest.param("tag: [a]\n", id="a list for a text"),
    pytest.param("build: app\n", id="a text for a list"),
    pytest.param("build: [[app]]\n", id="a list in a list of names"),
    pytest.param("values: [a]\n", id="a list for values"),
]


@pytest.mark.parametrize("text", VALID)
def test_the_schema_takes_what_load_takes(text: str, load_text: Callable[..., Profile]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    load_text(text)
    jsonschema.validate(yaml.safe_load(text), schema())


@pytest.mark.parametrize("text", INVALID)
def test_the_schema_refuses_what_load_refuses(text: str, load_text: Callable[..., Profile]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    with pytest.raises(DfrenderError):
        load_text(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), schema())


def test_the_schema_is_json_and_has_every_key_with_its_meaning() -> None:
    properties = json.loads(json.dumps(schema()))["properties"]
    stage = properties["prebuilt"]["anyOf"][1]["additionalProperties"]["anyOf"][1]["properties"]
    for keys, described in ((PROFILE_KEYS, properties), (STAGE_KEYS, stage)):
        assert {name: each["description"] for name, each in described.items()} == {
            key.name: key.meaning for key in keys.values()
        }


def test_no_name_is_tried_for_two_keys() -> None:
    for keys in (PROFILE_KEYS, STAGE_KEYS):
        tried = [name for key in keys.values() for name in (key.name, *key.tried)]
        assert len(tried) == len(set(tried))
