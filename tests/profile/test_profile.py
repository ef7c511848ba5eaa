"""What a profile's text comes to: settings and their defaults, values and their types, variables, overrides."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.profile.building import BuildArg, Builds
from dfrender.profile.keys import Builder, Handover
from dfrender.profile.profile import Profile, StageSettings, Style, Text
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Value


VARIABLES = {"NUMBER": "7", "FALSE": "false", "OFF": "off", "NULL": "null", "EMPTY": ""}


def stage_of(profile: Profile) -> StageSettings:
    (stage,) = profile.prebuilt
    return stage


DEFAULTS: dict[str, object] = {
    "description": "",
    "output": None,
    "values": {},
    "prebuilt": (),
    "tag": Text("latest", At("ci.yaml")),
    "tag_arg": None,
    "repository": Text("{stage}", At("ci.yaml")),
    "target": None,
    "build": None,
    "builder": Builder.BUILDKIT,
    "handover": Handover.ARTIFACT,
    "builds": Builds(Path(), At("ci.yaml"), (), None, (), Text("", At("ci.yaml"))),
    "ignore": (),
}


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
    profile = load_text(text)
    assert {key: getattr(profile, key) for key in DEFAULTS} == DEFAULTS
    assert profile.registry.text == ""


def text_at(column: int, text: str, line: int = 1) -> Text:
    return Text(text, At("ci.yaml", line, column))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("description: what it is for", "what it is for", id="a description"),
        pytest.param("output: build/Dockerfile", text_at(9, "build/Dockerfile"), id="the file that is written"),
        pytest.param("values: {debug: false}", {"debug": False}, id="the variables of the template"),
        pytest.param("registry: r.example:5000", text_at(11, "r.example:5000"), id="a registry with its port"),
        pytest.param("repository: team/{stage}", text_at(13, "team/{stage}"), id="a repository for each stage"),
        pytest.param("tag: '7'", text_at(6, "7"), id="a tag"),
        pytest.param("tag_arg: TAG", text_at(10, "TAG"), id="a build argument for the tag"),
        pytest.param("target: dev", text_at(9, "dev"), id="a target"),
        pytest.param("build: [app, docs]", (text_at(9, "app"), text_at(14, "docs")), id="the jobs of a plan"),
        pytest.param("builder: classic", Builder.CLASSIC, id="a builder"),
        pytest.param("builder: buildah", Builder.BUILDAH, id="another builder"),
        pytest.param("handover: registry", Handover.REGISTRY, id="how jobs hand stages over"),
        pytest.param("ignore: [empty-from]", (text_at(10, "empty-from"),), id="rules that are ignored"),
    ],
)
def test_a_setting_is_obeyed(text: str, value: object, load_text: Callable[..., Profile]) -> None:
    assert getattr(load_text(text), text.partition(":")[0]) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("publish: [App]\nregistry: r.io", (text_at(11, "App"),), id="what a plan publishes"),
        pytest.param(
            "build_args: {A: 1.0, b_2: true}",
            (
                BuildArg(text_at(14, "A"), text_at(17, "1.0")),
                BuildArg(text_at(22, "b_2"), text_at(27, "true")),
            ),
            id="build arguments are text",
        ),
        pytest.param("build_args: {A: ''}", (BuildArg(text_at(14, "A"), text_at(17, "")),), id="an empty one"),
        pytest.param(
            "build_args: {A: {value: x, optional: True}}",
            (BuildArg(text_at(14, "A"), text_at(25, "x"), optional=True),),
            id="a build argument that the Dockerfile may lack",
        ),
        pytest.param("platform: linux/arm64/v8", text_at(11, "linux/arm64/v8"), id="a platform"),
        pytest.param("platform: $$(platform)", text_at(11, "$(platform)"), id="a platform that a pipeline fills in"),
        pytest.param("salt: 007", text_at(7, "007"), id="a salt is text"),
    ],
)
def test_a_setting_of_builds_is_obeyed(text: str, value: object, load_text: Callable[..., Profile]) -> None:
    assert getattr(load_text(text).builds, text.partition(":")[0]) == value


def test_the_places_of_values_and_of_the_handover_are_known(load_text: Callable[..., Profile]) -> None:
    profile = load_text("values: {debug: false}\nhandover: registry\n")
    assert profile.value_places == {"debug": At("ci.yaml", 1, 10)}
    assert profile.handover_at == At("ci.yaml", 2, 11)


@pytest.mark.parametrize(
    ("text", "setting", "value"),
    [
        pytest.param("Dev:", "stage", text_at(3, "dev", 2), id="its name is in lower case"),
        pytest.param("dev:", "style", Style.ARG, id="its style is arg"),
        pytest.param("dev: {style: image}", "style", Style.IMAGE, id="unless it has one"),
        pytest.param("dev: stage", "style", Style.STAGE, id="which may be all that it has"),
        pytest.param("dev: {tag: nightly}", "image", text_at(14, "dev:nightly", 2), id="its tag"),
        pytest.param("dev: {image: tests:1}", "image", text_at(16, "tests:1", 2), id="its image"),
        pytest.param("dev: {repository: own}", "image", text_at(21, "own:latest", 2), id="its repository"),
        pytest.param("dev:", "arg_name", text_at(3, "DEV_IMAGE", 2), id="its argument is named after it"),
        pytest.param("dev: {arg_name: D}", "arg_name", text_at(19, "D", 2), id="unless it has a name"),
        pytest.param("dev:", "alias_name", text_at(3, "dev-image", 2), id="so is its alias stage"),
        pytest.param("dev: {alias_name: d}", "alias_name", text_at(21, "d", 2), id="unless that has a name"),
        pytest.param("dev:", "arg_default", Style.IMAGE, id="its argument defaults to the image"),
        pytest.param("dev: {arg_default: stage}", "arg_default", Style.STAGE, id="unless it is to default to itself"),
        pytest.param("dev:", "optional", False, id="it has to be there"),
        pytest.param("dev: {optional: true}", "optional", True, id="unless it is optional"),
        pytest.param("dev:", "onbuild", False, id="its base image has no triggers"),
        pytest.param("dev: {onbuild: true}", "onbuild", True, id="unless it has"),
        pytest.param("dev:", "shares_tag", True, id="it has the tag of all"),
        pytest.param("dev: {tag: nightly}", "shares_tag", False, id="unless it has one of its own"),
    ],
)
def test_a_setting_of_a_stage_is_obeyed(
    text: str, setting: str, value: object, load_text: Callable[..., Profile]
) -> None:
    assert getattr(stage_of(load_text(f"prebuilt:\n  {text}\n")), setting) == value


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
        pytest.param("True", True, id="True"),
        pytest.param("TRUE", True, id="TRUE"),
        pytest.param("false", False, id="false"),
        pytest.param("False", False, id="False"),
        pytest.param("FALSE", False, id="FALSE"),
        pytest.param("tRUE", "tRUE", id="any other case of true is text"),
        pytest.param("yes", "yes", id="yes is text"),
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="a tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("Null", None, id="Null"),
        pytest.param("NULL", None, id="NULL"),
        pytest.param("nULL", "nULL", id="any other case of null is text"),
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
        pytest.param("${NUMBER}", 7, id="a variable is read as if its value stood there"),
        pytest.param("${FALSE}", False, id="a variable that is false is false"),
        pytest.param("${NONE:-true}", True, id="a default is read as if it stood there"),
        pytest.param("${NONE:-0777}", "0777", id="a default that is a mode is text"),
        pytest.param("${EMPTY}", "", id="a variable that is empty is the empty text"),
        pytest.param("${NONE:-}", "", id="a default that is empty is the empty text"),
        pytest.param("${NULL}", "", id="a variable that is null is the empty text"),
        pytest.param("\n  - ${NUMBER}", (7,), id="a variable in a list too"),
        pytest.param('"${NUMBER}"', "7", id="a variable in quotes is text"),
        pytest.param("${EMPTY}${NUMBER}", "7", id="two variables are text"),
        pytest.param("${NUMBER}0", "70", id="a variable with a digit behind it is text"),
        pytest.param("$$", "$", id="a dollar sign is text"),
    ],
)
def test_a_value_is_text_as_written_unless_it_is_plainly_something_else(
    written: str, value: Value, load_text: Callable[..., Profile]
) -> None:
    found = load_text(f"values:\n  name: {written}\n", environ=VARIABLES).values["name"]
    assert found == value
    assert type(found) is type(value) or isinstance(value, dict)


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        pytest.param(
            "values:\n  debug: no\n",
            At("ci.yaml", 2, 10),
            "'no' is text, which is true in a condition",
            "write false, or put the text in quotes",
            id="no is not false",
        ),
        pytest.param(
            "values:\n  debug: On\n",
            At("ci.yaml", 2, 10),
            "'On' is text, which is true in a condition",
            "write true, or put the text in quotes",
            id="on is true, and prints as it is written",
        ),
        pytest.param(
            "values: {a: [x, {b: Y}]}\n",
            At("ci.yaml", 1, 21),
            "'Y' is text, which is true in a condition",
            "write true, or put the text in quotes",
            id="a letter, far down",
        ),
        pytest.param(
            "values:\n  debug: ${OFF}\n",
            At("ci.yaml", 2, 10),
            "'off' is text, which is true in a condition",
            "set the variable to false, or put it in quotes here",
            id="a variable that is off",
        ),
        pytest.param(
            "values:\n  debug: ${NONE:-N}\n",
            At("ci.yaml", 2, 10),
            "'N' is text, which is true in a condition",
            "set the variable to false, or put it in quotes here",
            id="a default that is no",
        ),
    ],
)
def test_a_word_that_others_take_for_a_boolean_is_a_warning(
    text: str, at: At, message: str, hint: str, load_text: Callable[..., Profile]
) -> None:
    (problem,) = load_text(text, environ=VARIABLES).problems
    assert problem == Diagnostic(at, "ambiguous-boolean", message, Severity.WARNING, hint)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("values: {debug: 'no'}\n", id="in quotes"),
        pytest.param("values: {debug: !!str no}\n", id="with a tag for text"),
        pytest.param('values: {debug: "${OFF}"}\n', id="a variable in quotes"),
        pytest.param("values: {debug: none}\n", id="a longer word"),
        pytest.param("values: {no: 1}\n", id="a name"),
        pytest.param("tag: no\ndescription: on\nprebuilt: [y]\n", id="what is always text"),
    ],
)
def test_other_words_are_no_warning(text: str, load_text: Callable[..., Profile]) -> None:
    assert load_text(text, environ=VARIABLES).problems == ()


def test_a_boolean_setting_is_read_like_a_boolean_value(load_text: Callable[..., Profile]) -> None:
    profile = load_text("prebuilt: {a: {optional: TRUE}, b: {optional: False}, c: {optional: 'true'}}\n")
    assert [stage.optional for stage in profile.prebuilt] == [True, False, True]


def test_a_text_of_the_environment_stays_text_where_text_is_needed(load_text: Callable[..., Profile]) -> None:
    profile = load_text("tag: ${NULL}\nrepository: ${FALSE}\ndescription: ${OFF}\n", environ=VARIABLES)
    assert (profile.tag.text, profile.repository.text, profile.description) == ("null", "false", "off")
    assert profile.problems == ()


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
