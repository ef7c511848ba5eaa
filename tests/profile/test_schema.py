"""The schema and the table of keys say the same as `load`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from dfrender.diagnostics import DfrenderError
from dfrender.profile.keys import ARGUMENT_KEYS, PROFILE_KEYS, STAGE_KEYS
from dfrender.profile.schema import schema
from tests.cases import load_cases
from tests.reading import profile_at
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Profile

VALID = [
    pytest.param("", id="an empty profile"),
    pytest.param("tag: 3.10\ntag_arg: T\nprebuilt: [base, dev]\n", id="the list form"),
    pytest.param("prebuilt: {base: image, dev: , test: {style: arg, optional: true, tag: 1}}\n", id="the mapping form"),
    pytest.param("values: {a: [1, {b: null}]}\nstyle: ${STYLE:-arg}\ndescription: x\n", id="values and a variable"),
    pytest.param("build: [app]\nignore: []\ntarget: app\nbuilder: classic\n", id="lists of names"),
    pytest.param("registry: r.io\npublish: [app]\n", id="what is published"),
    pytest.param("context: .\nplatform: linux/amd64\nsalt:\n", id="context, platform and an empty salt"),
    pytest.param("build_args: {A: 1, B: '', C: true, D: {value: x, optional: true}}\n", id="build arguments"),
    pytest.param("build_args:\n", id="build arguments that are all commented out"),
    pytest.param("prebuilt: {a: {onbuild: true}}\n", id="a stage with triggers"),
    pytest.param("extends: _base\nrequired_version: '>=0.1'\n", id="a parent, and a version"),
    pytest.param("extends: [_base, ./_base.yaml]\n", id="several parents"),
    pytest.param("extends:\nbuild:\nvalues:\nprebuilt:\nregistry:\ndescription:\n", id="keys that hold nothing"),
]
INVALID = [
    pytest.param("tga: 1\n", id="an unknown key"),
    pytest.param("prebuilt: {base: imag}\n", id="a misspelt style"),
    pytest.param("prebuilt: {base: {registry: x}}\n", id="an unknown setting"),
    pytest.param("prebuilt: {base: {optional: maybe}}\n", id="no boolean"),
    pytest.param("prebuilt: [base, base]\n", id="a stage listed twice"),
    pytest.param("tag: [a]\n", id="a list for a text"),
    pytest.param("build: app\n", id="a text for a list"),
    pytest.param("publish: {app: latest}\n", id="a mapping for a list"),
    pytest.param("build_args: [A]\n", id="a list for build arguments"),
    pytest.param("build_args: {A: }\n", id="a build argument without a value"),
    pytest.param("build_args: {A: [x]}\n", id="a list for a build argument"),
    pytest.param("build_args: {A-B: x}\n", id="a dash in the name of a build argument"),
    pytest.param("build_args: {A: {vale: x}}\n", id="an unknown setting of a build argument"),
    pytest.param("prebuilt: {a: {onbuild: x}}\n", id="triggers that are no boolean"),
    pytest.param("salt: [x]\n", id="a list for a salt"),
    pytest.param("context: ''\n", id="an empty context"),
    pytest.param("build: [[app]]\n", id="a list in a list of names"),
    pytest.param("values: [a]\n", id="a list for values"),
    pytest.param("extends: {a: b}\n", id="a mapping for parents"),
    pytest.param("extends: ['']\n", id="a parent without a name"),
    pytest.param("extends: ''\n", id="no parent's name"),
    pytest.param("required_version: ['>=1']\n", id="a list for a version"),
    pytest.param("tag:\n", id="nothing for a text"),
    pytest.param("tag: ''\n", id="an empty text"),
]


BASE = {"_base.yaml": ""}


def refused(texts: dict[str, str], folder: Path) -> set[str]:
    """Return the names of the profiles that check-jsonschema refuses."""
    (folder / "schema.json").write_text(json.dumps(schema()), "utf-8")
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json", "--schemafile", "schema.json"]
    files = [f"{name}.yaml" for name in texts]
    done = subprocess.run([*command, *files], cwd=folder, capture_output=True, check=False)
    reported = json.loads(done.stdout)
    assert not reported.get("parse_errors")
    return {Path(each["filename"]).stem for each in reported["errors"]}


def shipped() -> dict[str, str]:
    """Return the profiles of the repository itself, of the engine's tests and of the cases."""
    files = [*ROOT.glob("profiles/*.yaml"), *ROOT.glob("tests/engine/*/profiles/*.yaml")]
    cases = {case.id: yaml.safe_dump(case.profile) for case in load_cases()}
    return {f"{each.parts[-3]}-{each.stem}": each.read_text("utf-8") for each in files} | cases


def of_mistakes() -> dict[str, str]:
    """Return the profiles of the mistakes that are no mistakes themselves."""
    found = {}
    for path in ROOT.glob("tests/mistakes/*/**/profiles/*.yaml"):
        try:
            profile_at(path)
        except DfrenderError:
            continue
        found[f"{path.parts[-3]}-{path.stem}"] = path.read_text("utf-8")
    return found


@pytest.mark.slow
def test_check_jsonschema_takes_all_profiles_that_are_right(tmp_path: Path) -> None:
    valid = {f"valid-{number}": str(each.values[0]) for number, each in enumerate(VALID)}
    profiles = {**shipped(), **of_mistakes(), **valid}
    assert len(profiles) > 200
    assert refused(profiles, tmp_path) == set()


def test_check_jsonschema_refuses_all_profiles_that_are_wrong(tmp_path: Path) -> None:
    invalid = {f"invalid-{number}": str(each.values[0]) for number, each in enumerate(INVALID)}
    assert refused(invalid, tmp_path) == set(invalid)


@pytest.mark.parametrize("text", VALID)
def test_load_takes_what_the_schema_takes(text: str, load_text: Callable[..., Profile]) -> None:
    load_text(text, files=BASE)


@pytest.mark.parametrize("text", INVALID)
def test_load_refuses_what_the_schema_refuses(text: str, load_text: Callable[..., Profile]) -> None:
    with pytest.raises(DfrenderError):
        load_text(text, files=BASE)


def test_the_schema_is_json_and_has_every_key_with_its_meaning() -> None:
    properties = json.loads(json.dumps(schema()))["properties"]
    stage = properties["prebuilt"]["anyOf"][1]["additionalProperties"]["anyOf"][1]["properties"]
    argument = properties["build_args"]["additionalProperties"]["anyOf"][1]["properties"]
    for keys, described in ((PROFILE_KEYS, properties), (STAGE_KEYS, stage), (ARGUMENT_KEYS, argument)):
        assert {name: each["description"] for name, each in described.items()} == {
            key.name: key.meaning for key in keys.values()
        }


def test_no_name_is_tried_for_two_keys() -> None:
    for keys in (PROFILE_KEYS, STAGE_KEYS, ARGUMENT_KEYS):
        tried = [name for key in keys.values() for name in (key.name, *key.tried)]
        assert len(tried) == len(set(tried))
