"""What a profile's text comes to: settings and their defaults, values and their types, variables, overrides."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from dfrender.profile.keys import Builder, Handover
from dfrender.profile.profile import Profile, StageSettings, Style, Text
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Value


def stage_of(profile: Profile) -> StageSettings:
    (stage,) = profile.prebuilt
    return stage


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# nothing\n\n  # yet", id="comments only"),
        pytest.param("\ufeff", id="a byte order mark only"),
        pytest.param("\ufeff\ufeff# two byte order marks\n", id="two byte order marks"),
        pytest.param("---\n", id="an empty document"),
        pytest.param("null\n", id="a null"),
        pytest.param("values:\nprebuilt:\nregistry:\ndescription: ~\n", id="sections with their lines commented out"),
    ],
)
def test_a_profile_without_settings_has_the_defaults(text: str, load_text: Callable[..., Profile]) -> None:
    at = At("ci.yaml")
    profile = load_text(text)
    assert profile.registry.text == ""
    assert profile == Profile(
        name="ci",
        file="ci.yaml",
        files=(Path("ci.yaml"),),
        description="",
        output=None,
        values={},
        value_places={},
        prebuilt=(),
        tag_arg=None,
        tag=Text("latest", at),
        registry=profile.registry,
        repository=Text("{stage}", at),
        target=None,
        build=None,
        builder=Builder.BUILDKIT,
        handover=Handover.ARTIFACT,
        handover_at=at,
        ignore=(),
        recorder=profile.recorder,
        overrides=(),
    )


def test_every_key_is_obeyed(load_text: Callable[..., Profile]) -> None:
    text = """\
description: What the pipeline builds
output: build/Dockerfile
values: {debug: false}
registry: registry.example.com:5000
repository: team/{stage}
tag: '7'
tag_arg: IMAGE_TAG
prebuilt:
  Builder:
  dev: {tag: nightly, arg_name: DEV, alias_name: dev-from-ci, optional: true}
  test: {style: image, image: tests:1}
  base: {style: stage, repository: own}
target: dev
build: [app, docs]
builder: classic
handover: registry
ignore: [empty-from]
"""
    builder = At("ci.yaml", 9, 3)
    profile = load_text(text)
    assert profile == Profile(
        recorder=profile.recorder,
        name="ci",
        file="ci.yaml",
        files=(Path("ci.yaml"),),
        description="What the pipeline builds",
        output=Text("build/Dockerfile", At("ci.yaml", 2, 9)),
        values={"debug": False},
        value_places={"debug": At("ci.yaml", 3, 10)},
        prebuilt=(
            StageSettings(
                stage=Text("builder", builder),
                style=Style.ARG,
                image=Text("registry.example.com:5000/team/builder:${IMAGE_TAG}", At("ci.yaml", 5, 13)),
                arg_name=Text("BUILDER_IMAGE", builder),
                alias_name=Text("builder-image", builder),
                arg_default=Style.IMAGE,
                optional=False,
                shares_tag=True,
            ),
            StageSettings(
                stage=Text("dev", At("ci.yaml", 10, 3)),
                style=Style.ARG,
                image=Text("registry.example.com:5000/team/dev:nightly", At("ci.yaml", 10, 14)),
                arg_name=Text("DEV", At("ci.yaml", 10, 33)),
                alias_name=Text("dev-from-ci", At("ci.yaml", 10, 50)),
                arg_default=Style.IMAGE,
                optional=True,
                shares_tag=False,
            ),
            StageSettings(
                stage=Text("test", At("ci.yaml", 11, 3)),
                style=Style.IMAGE,
                image=Text("tests:1", At("ci.yaml", 11, 31)),
                arg_name=Text("TEST_IMAGE", At("ci.yaml", 11, 3)),
                alias_name=Text("test-image", At("ci.yaml", 11, 3)),
                arg_default=Style.IMAGE,
                optional=False,
                shares_tag=False,
            ),
            StageSettings(
                stage=Text("base", At("ci.yaml", 12, 3)),
                style=Style.STAGE,
                image=Text("registry.example.com:5000/own:7", At("ci.yaml", 12, 36)),
                arg_name=Text("BASE_IMAGE", At("ci.yaml", 12, 3)),
                alias_name=Text("base-image", At("ci.yaml", 12, 3)),
                arg_default=Style.IMAGE,
                optional=False,
                shares_tag=True,
            ),
        ),
        tag_arg=Text("IMAGE_TAG", At("ci.yaml", 7, 10)),
        tag=Text("7", At("ci.yaml", 6, 6)),
        registry=Text("registry.example.com:5000", At("ci.yaml", 4, 11)),
        repository=Text("team/{stage}", At("ci.yaml", 5, 13)),
        target=Text("dev", At("ci.yaml", 13, 9)),
        build=(Text("app", At("ci.yaml", 14, 9)), Text("docs", At("ci.yaml", 14, 14))),
        builder=Builder.CLASSIC,
        handover=Handover.REGISTRY,
        handover_at=At("ci.yaml", 16, 11),
        ignore=(Text("empty-from", At("ci.yaml", 17, 10)),),
        overrides=(),
    )


@pytest.mark.parametrize(
    ("text", "image", "at"),
    [
        pytest.param("prebuilt: [base]", "base:latest", At("ci.yaml", 1, 12), id="by default at the stage"),
        pytest.param("tag: 3.10\nprebuilt: [base]", "base:3.10", At("ci.yaml", 1, 6), id="the profile's tag"),
        pytest.param("registry: r.io\nprebuilt: [base]", "r.io/base:latest", At("ci.yaml", 1, 11), id="a registry"),
        pytest.param("prebuilt:\n  base: {tag: 0777}", "base:0777", At("ci.yaml", 2, 15), id="the stage's tag"),
        pytest.param(
            "values: {v: 3, team: a}\nrepository: '{team}/{stage}/{v}'\nprebuilt: [base]",
            "a/base/3:latest",
            At("ci.yaml", 2, 13),
            id="values in the repository",
        ),
        pytest.param("tag_arg: T\nprebuilt: [base]", "base:${T}", At("ci.yaml", 1, 10), id="the tag is an argument"),
        pytest.param(
            "tag_arg: T\ntag: 1\nprebuilt: {base: {tag: 2}}", "base:2", At("ci.yaml", 3, 24), id="but one tag"
        ),
        pytest.param(
            "tag_arg: T\nprebuilt: {base: stage}", "base:latest", At("ci.yaml", 2, 12), id="no ARG, no argument"
        ),
        pytest.param("prebuilt: {base: {image: 'a:$${T}'}}", "a:${T}", At("ci.yaml", 1, 26), id="a dollar of Docker's"),
        pytest.param(
            "repository: 'x/$${T}'\nprebuilt: [base]", "x/${T}:latest", At("ci.yaml", 1, 13), id="not a placeholder"
        ),
    ],
)
def test_the_image_of_a_stage_stands_where_it_is_decided(
    text: str, image: str, at: At, load_text: Callable[..., Profile]
) -> None:
    assert stage_of(load_text(text)).image == Text(image, at)


@pytest.mark.parametrize(
    ("stage", "arg_name", "alias_name"),
    [
        pytest.param("builder-base", "BUILDER_BASE_IMAGE", "builder-base-image", id="a dash becomes an underscore"),
        pytest.param("py3.12_x", "PY3_12_X_IMAGE", "py3.12_x-image", id="a dot too, and digits stay"),
        pytest.param("Dev", "DEV_IMAGE", "dev-image", id="stages are in lower case"),
    ],
)
def test_generated_names_come_from_the_stage(
    stage: str, arg_name: str, alias_name: str, load_text: Callable[..., Profile]
) -> None:
    settings = stage_of(load_text(f"prebuilt: [{stage}]"))
    assert (settings.arg_name.text, settings.alias_name.text) == (arg_name, alias_name)


def test_arg_default_is_the_stages_own_or_the_profiles(load_text: Callable[..., Profile]) -> None:
    profile = load_text("arg_default: stage\nprebuilt: {base: , dev: {arg_default: image}}")
    assert [stage.arg_default for stage in profile.prebuilt] == [Style.STAGE, Style.IMAGE]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("true", True, id="true"),
        pytest.param("false", False, id="false"),
        pytest.param("yes", "yes", id="yes is text"),
        pytest.param("True", "True", id="so is True"),
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="a tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("0", 0, id="zero"),
        pytest.param("-12", -12, id="a negative integer"),
        pytest.param("-0", "-0", id="what would print otherwise is text"),
        pytest.param("0777", "0777", id="a mode is text"),
        pytest.param("3.10", "3.10", id="a version is text"),
        pytest.param("12:30", "12:30", id="a time is text"),
        pytest.param("1e3", "1e3", id="an exponent is text"),
        pytest.param("1_000", "1_000", id="an underscore is text"),
        pytest.param("2024-01-01", "2024-01-01", id="a date is text"),
        pytest.param("1" * 19, "1" * 19, id="many digits are text"),
        pytest.param("'5'", "5", id="quotes make text"),
        pytest.param('"true"', "true", id="double quotes too"),
        pytest.param("!!str 5", "5", id="a tag for text too"),
        pytest.param("|\n    a\n    b\n", "a\nb\n", id="a block is text"),
        pytest.param("[1, [x], {}]", (1, ("x",), {}), id="lists, nested"),
        pytest.param("{a b: {c.d: 1}}", {"a b": {"c.d": 1}}, id="mappings, nested, with any key"),
        pytest.param("$$5 and {x}", "$5 and {x}", id="braces are text"),
        pytest.param("${NUMBER}", "7", id="what a variable gives is text"),
        pytest.param("${NONE:-true}", "true", id="and a default too"),
        pytest.param("${EMPTY}${EMPTY:-}", "", id="and the empty text"),
    ],
)
def test_a_value_is_text_as_written_unless_it_is_plainly_something_else(
    written: str, value: Value, load_text: Callable[..., Profile]
) -> None:
    found = load_text(f"values:\n  name: {written}\n", environ={"NUMBER": "7", "EMPTY": ""}).values["name"]
    assert found == value
    assert type(found) is type(value) or isinstance(value, dict)


def test_values_cannot_be_changed(load_text: Callable[..., Profile]) -> None:
    profile = load_text("values: {a: {b: 1}}")
    assert {type(each) for each in (profile.values, profile.values["a"], profile.value_places)} == {MappingProxyType}


def test_an_anchor_repeats_a_text_at_the_place_of_its_alias(load_text: Callable[..., Profile]) -> None:
    profile = load_text("output: &name x\nprebuilt: [*name]\nvalues: {a: *name}\n")
    assert (stage_of(profile).stage, profile.values) == (Text("x", At("ci.yaml", 2, 12)), {"a": "x"})


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(load_text: Callable[..., Profile]) -> None:
    profile = load_text("\ufefftag: 3.10\r\noutput: out\r\n")
    assert profile.tag == Text("3.10", At("ci.yaml", 1, 6))
    assert profile.output == Text("out", At("ci.yaml", 2, 9))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param("${SET}", "value", id="a variable"),
        pytest.param("a${SET}b${SET}c", "avaluebvaluec", id="several in a text"),
        pytest.param("'${SET}'", "value", id="in quotes"),
        pytest.param("${SET:-x}${SET:?x}", "valuevalue", id="a default and a message that do not apply"),
        pytest.param("${UNSET:-x y}${EMPTY:-z}", "x yz", id="a default for what is unset or empty"),
        pytest.param("x${UNSET:-}", "x", id="an empty default"),
        pytest.param("x${EMPTY}", "x", id="empty is set"),
        pytest.param("$$ $${SET} ${UNSET:-$$5}", "$ ${SET} $5", id="two dollars are one"),
        pytest.param("'${UNSET:-{x}}'", "{x}", id="braces in a default"),
        pytest.param("${DOLLAR}", "${SET}$", id="one pass"),
    ],
)
def test_variables_of_the_environment_are_expanded(written: str, text: str, load_text: Callable[..., Profile]) -> None:
    environ = {"SET": "value", "EMPTY": "", "DOLLAR": "${SET}$"}
    assert load_text(f"tag: {written}", environ=environ).tag.text == text


def test_keys_are_not_expanded_and_listed_stages_are(load_text: Callable[..., Profile]) -> None:
    profile = load_text("prebuilt: ['${A}']\nvalues: {a: {'${A}': '${A}'}}", environ={"A": "Base"})
    assert (stage_of(profile).stage.text, profile.values) == ("base", {"a": {"${A}": "Base"}})


def test_only_the_names_that_are_written_are_looked_up(load_text: Callable[..., Profile]) -> None:
    class Environ(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            raise AssertionError(name)

        def get(self, name: str, default: object = None) -> str:
            assert (name, default) == ("A", None)
            return "x"

    assert load_text("tag: ${A}${A:-b}$${B}", environ=Environ()).tag.text == "xx${B}"
