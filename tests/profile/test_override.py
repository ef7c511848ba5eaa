"""``--set KEY=VALUE`` lays a value over the file before anything is derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.profile.profile import Style, Text
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Profile, Value


def test_a_tag_reaches_every_image(load_text: Callable[..., Profile]) -> None:
    profile = load_text("tag: ${NOT_SET}\nprebuilt: [base]\n", ["tag=1", "tag=3.10"])
    at = At("--set tag")
    assert profile.tag == Text("3.10", at)
    assert [stage.image for stage in profile.prebuilt] == [Text("base:3.10", at)]
    assert profile.overrides == ("tag=1", "tag=3.10")


@pytest.mark.parametrize(
    ("override", "values"),
    [
        pytest.param("values.a=2", {"a": 2, "b": {"c": 1}}, id="a value, typed as in the file"),
        pytest.param("values.a='2'", {"a": "2", "b": {"c": 1}}, id="quotes make text"),
        pytest.param("values.a=", {"a": None, "b": {"c": 1}}, id="nothing is null"),
        pytest.param("values.a=x=y", {"a": "x=y", "b": {"c": 1}}, id="the first equals sign counts"),
        pytest.param("values.a=--- x", {"a": "--- x", "b": {"c": 1}}, id="dashes are text"),
        pytest.param("values.a=[x, {y: 3}]", {"a": ("x", {"y": 3}), "b": {"c": 1}}, id="a list"),
        pytest.param("values.a=${UNSET:-x}", {"a": "x", "b": {"c": 1}}, id="a variable"),
        pytest.param("values.b.c=2", {"a": 1, "b": {"c": 2}}, id="a nested value"),
        pytest.param("values.b.d.e=2", {"a": 1, "b": {"c": 1, "d": {"e": 2}}}, id="a new nested value"),
        pytest.param("values.b={d: 2}", {"a": 1, "b": {"c": 1, "d": 2}}, id="mappings merge"),
        pytest.param("values.b=2", {"a": 1, "b": 2}, id="a mapping is replaced"),
        pytest.param("values.d=2", {"a": 1, "b": {"c": 1}, "d": 2}, id="a new value"),
    ],
)
def test_values_are_set_by_their_path(override: str, values: Value, load_text: Callable[..., Profile]) -> None:
    assert load_text("values: {a: 1, b: {c: 1}}", [override]).values == values


def test_a_value_stands_where_it_was_set_last(load_text: Callable[..., Profile]) -> None:
    profile = load_text("values: {a: 1, b: {c: 1}}", ["values.a=2", "values.b.c=2"])
    assert profile.value_places == {"a": At("--set values.a"), "b": At("ci.yaml", 1, 16)}


@pytest.mark.parametrize(
    ("override", "stages"),
    [
        pytest.param(
            "prebuilt.base=image", {"base": (Style.IMAGE, "base:1"), "py.dev": (Style.ARG, "py.dev:1")}, id="a style"
        ),
        pytest.param(
            "prebuilt.Base.tag=2", {"base": (Style.ARG, "base:2"), "py.dev": (Style.ARG, "py.dev:1")}, id="a setting"
        ),
        pytest.param(
            "prebuilt.py.dev=stage",
            {"base": (Style.ARG, "base:1"), "py.dev": (Style.STAGE, "py.dev:1")},
            id="a dot in a name",
        ),
        pytest.param(
            "prebuilt.py.dev.image=x",
            {"base": (Style.ARG, "base:1"), "py.dev": (Style.ARG, "x")},
            id="a setting behind a dot",
        ),
        pytest.param(
            "prebuilt.tag=arg",
            {"base": (Style.ARG, "base:1"), "py.dev": (Style.ARG, "py.dev:1"), "tag": (Style.ARG, "tag:1")},
            id="a stage with a setting's name",
        ),
        pytest.param(
            "prebuilt=[base, new]",
            {"base": (Style.ARG, "base:1"), "py.dev": (Style.ARG, "py.dev:1"), "new": (Style.ARG, "new:1")},
            id="lists of stages merge",
        ),
        pytest.param(
            "registry=r.io",
            {"base": (Style.ARG, "r.io/base:1"), "py.dev": (Style.ARG, "r.io/py.dev:1")},
            id="a registry",
        ),
    ],
)
def test_stages_are_set_by_their_name(
    override: str, stages: dict[str, tuple[Style, str]], load_text: Callable[..., Profile]
) -> None:
    profile = load_text("tag: 1\nprebuilt: [base, py.dev]", [override])
    assert {each.stage.text: (each.style, each.image.text) for each in profile.prebuilt} == stages


def test_a_stage_stands_where_it_is_listed_and_its_settings_where_they_are_set(
    load_text: Callable[..., Profile],
) -> None:
    (stage,) = load_text("prebuilt: [base]", ["prebuilt.base.image=x"]).prebuilt
    assert (stage.stage.at, stage.image.at) == (At("ci.yaml", 1, 12), At("--set prebuilt.base.image"))


@pytest.mark.parametrize(
    ("overrides", "argument"),
    [
        pytest.param(["build_args.A=y"], ("y", True), id="its value, the rest stays"),
        pytest.param(["build_args.A.value=y"], ("y", True), id="its value by its key"),
        pytest.param(["build_args.A.optional=false"], ("x", False), id="a setting"),
        pytest.param(['build_args.A=""'], ("", True), id="an empty text"),
    ],
)
def test_a_build_argument_is_set_by_its_name(
    overrides: list[str], argument: tuple[str, bool], load_text: Callable[..., Profile]
) -> None:
    (found,) = load_text("build_args: {A: {value: x, optional: true}}", overrides).builds.build_args
    assert (found.value.text, found.optional) == argument


def test_an_empty_value_takes_the_registry_away(load_text: Callable[..., Profile]) -> None:
    (stage,) = load_text("registry: r.io\nprebuilt: [base]", ["registry="]).prebuilt
    assert stage.image.text == "base:latest"
