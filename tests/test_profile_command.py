"""``dfrender profile``: which profiles there are, what one comes to and why, and what an editor is told about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from dfrender.profile.schema import schema
from tests.project import Project

FILES = {
    ".git/HEAD": "",
    "profiles/_base.yaml": """\
description: what all share
values:
  python: 3.13
  debug: false
  nested: {a: 1, b: '2'}
registry: ${REGISTRY:-r.example}
prebuilt: [builder, dev]
""",
    "profiles/ci.yaml": """\
description: a job
  a stage
output: Dockerfile.pipeline
extends: _base
tag_arg: IMAGE_TAG
prebuilt: {dev: {tag: 'v${BUILD_ID:-0}'}}
""",
    "profiles/local.yaml": "",
    "api/profiles/ci.yaml": """\
extends: ci
values: {debug: true, list: [a, 'true', '${BUILD_ID:-}', '${REGISTRY:-}']}
prebuilt: {dev: image, tests: {style: stage, optional: true}}
build: []
build_args: {MODE: fast, DEBUG: {value: '${BUILD_ID:-}', optional: true}}
""",
    "api/Dockerfile.j2": "FROM a\n",
}


def table(text: str) -> list[list[str]]:
    """Give the cells of a table: two blanks or more are between them."""
    head, *lines = text.splitlines()
    starts = [index for index, char in enumerate(head) if char != " " and f"  {head}"[index : index + 2] == "  "]
    cells = [list(zip(starts, [*starts[1:], None], strict=True)) for _ in lines]
    return [[line[start:stop].strip() for start, stop in row] for line, row in zip(lines, cells, strict=True)]


@pytest.mark.parametrize(
    "path", [pytest.param("api", id="a folder"), pytest.param("api/Dockerfile.j2", id="a template")]
)
def test_a_list_has_the_profiles_of_a_template_and_what_they_hide_or_extend(project: Project, path: str) -> None:
    project.write(FILES)
    result = project.dfrender("profile", "list", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "NAME   PROFILE               OUTPUT                          EXTENDS"
        "                                DESCRIPTION\n"
        "ci     api/profiles/ci.yaml  api/Dockerfile.ci               profiles/_base.yaml, profiles/ci.yaml\n"
        "ci     profiles/ci.yaml      hidden by api/profiles/ci.yaml  profiles/_base.yaml"
        "                    a job a stage\n"
        "local  profiles/local.yaml   api/Dockerfile.local\n"
        "_base  profiles/_base.yaml   only extended                   "
        "                                       what all share\n"
    )


def test_a_list_is_of_this_folder_where_no_path_is_given(project: Project) -> None:
    project.write({"Dockerfile": "FROM a\n", "profiles/ci.yaml": "output: ../out/${NAME}\ndescription: ${UNSET}\n"})
    assert table(project.dfrender("profile", "list").stdout) == [
        ["ci", "profiles/ci.yaml", "../out/${NAME}", "", "${UNSET}"]
    ]


def test_a_list_needs_no_variables_of_the_environment(project: Project) -> None:
    project.write({"Dockerfile": "", "profiles/ci.yaml": "tag: ${UNSET}\nprebuilt: ['${UNSET}']\nextends: ${UNSET}\n"})
    result = project.dfrender("profile", "list")
    assert (result.exit_code, table(result.stdout)) == (0, [["ci", "profiles/ci.yaml", "Dockerfile.ci", "", ""]])


def test_what_is_wrong_with_a_profile_does_not_keep_others_from_being_listed(project: Project) -> None:
    project.write(
        {
            "Dockerfile": "",
            "profiles/a.yaml": "extends: b\n",
            "profiles/b.yaml": "extends: c\n",
            "profiles/d.yaml": "required_version: <0.1\n",
            "profiles/e.yaml": "description: [x]\n",
        }
    )
    result = project.dfrender("profile", "list")
    assert result.exit_code == 1
    assert [row[0] for row in table(result.stdout)] == ["a", "b", "e"]
    assert [line for line in result.stderr.splitlines() if ": error: " in line] == [
        "profiles/b.yaml:1:10: error: no profile here or further out is named 'c' [parent-not-found]",
        *(line for line in result.stderr.splitlines() if "[required-version]" in line),
    ]


def shown(project: Project, *arguments: str) -> dict[str, tuple[str, str]]:
    result = project.dfrender("profile", "show", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return {key: (value, origin) for key, value, origin in table(result.stdout)}


def test_each_value_is_shown_with_its_origin(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(FILES)
    monkeypatch.setenv("BUILD_ID", "77")
    monkeypatch.setenv("REGISTRY", "x.example")
    assert shown(project, "ci", "api", "--set", "values.nested.c=9", "--set", "repository=${BUILD_ID}/{stage}") == {
        "output": ("Dockerfile.ci", "default"),
        "values.python": ("3.13", "profiles/_base.yaml:3"),
        "values.debug": ("true", "api/profiles/ci.yaml:2"),
        "values.nested.a": ("1", "profiles/_base.yaml:5"),
        "values.nested.b": ('"2"', "profiles/_base.yaml:5"),
        "values.nested.c": ("9", "--set values.nested.c"),
        "values.list": (
            '["a", "true", "77", "x.example"]',
            "the environment variables BUILD_ID and REGISTRY at api/profiles/ci.yaml:2",
        ),
        "prebuilt.builder": ("", "profiles/_base.yaml:7"),
        "prebuilt.builder.style": ("arg", "default"),
        "prebuilt.builder.image": ("x.example/77/builder:${IMAGE_TAG}", "registry, repository, tag_arg"),
        "prebuilt.builder.arg_default": ("image", "default"),
        "prebuilt.builder.arg_name": ("BUILDER_IMAGE", "default"),
        "prebuilt.builder.alias_name": ("builder-image", "default"),
        "prebuilt.dev": ("", "profiles/_base.yaml:7"),
        "prebuilt.dev.style": ("image", "api/profiles/ci.yaml:3"),
        "prebuilt.dev.image": ("x.example/77/dev:v77", "registry, repository, prebuilt.dev.tag"),
        "prebuilt.dev.tag": ("v77", "the environment variable BUILD_ID at profiles/ci.yaml:6"),
        "prebuilt.tests": ("", "api/profiles/ci.yaml:3"),
        "prebuilt.tests.style": ("stage", "api/profiles/ci.yaml:3"),
        "prebuilt.tests.optional": ("true", "api/profiles/ci.yaml:3"),
        "style": ("arg", "default"),
        "registry": ("x.example", "the environment variable REGISTRY at profiles/_base.yaml:6"),
        "repository": ("77/{stage}", "the environment variable BUILD_ID at --set repository"),
        "tag": ("latest", "default"),
        "tag_arg": ("IMAGE_TAG", "profiles/ci.yaml:5"),
        "arg_default": ("image", "default"),
        "build": ("[]", "api/profiles/ci.yaml:4"),
        "builder": ("buildkit", "default"),
        "handover": ("artifact", "default"),
        "build_args.MODE": ("fast", "api/profiles/ci.yaml:5"),
        "build_args.DEBUG": ("77", "the environment variable BUILD_ID at api/profiles/ci.yaml:5"),
        "build_args.DEBUG.optional": ("true", "api/profiles/ci.yaml:5"),
    }


def test_a_default_of_a_variable_is_from_the_file(project: Project) -> None:
    project.write(FILES)
    rows = shown(project, "ci", "api")
    assert rows["registry"] == ("r.example", "profiles/_base.yaml:6")
    assert rows["prebuilt.dev.tag"] == ("v0", "profiles/ci.yaml:6")


def test_settings_of_the_whole_profile_hold_for_its_stages(project: Project) -> None:
    text = "style: context\narg_default: stage\nprebuilt: {a: , b: arg, c: {image: x:1}}\n"
    project.write({"Dockerfile": "", "profiles/ci.yaml": text})
    rows = {key: value for key, value in shown(project, "ci").items() if key.startswith("prebuilt")}
    assert rows == {
        "prebuilt.a": ("", "profiles/ci.yaml:3"),
        "prebuilt.a.style": ("context", "profiles/ci.yaml:1"),
        "prebuilt.a.image": ("a:latest", "default"),
        "prebuilt.b": ("", "profiles/ci.yaml:3"),
        "prebuilt.b.style": ("arg", "profiles/ci.yaml:3"),
        "prebuilt.b.image": ("b:latest", "default"),
        "prebuilt.b.arg_default": ("stage", "profiles/ci.yaml:2"),
        "prebuilt.b.arg_name": ("B_IMAGE", "default"),
        "prebuilt.b.alias_name": ("b-image", "default"),
        "prebuilt.c": ("", "profiles/ci.yaml:3"),
        "prebuilt.c.style": ("context", "profiles/ci.yaml:1"),
        "prebuilt.c.image": ("x:1", "profiles/ci.yaml:3"),
    }


@pytest.mark.parametrize(
    ("written", "shown_as"),
    [
        pytest.param("a b", "a b", id="text"),
        pytest.param("true", "true", id="true"),
        pytest.param("'true'", '"true"', id="the text true"),
        pytest.param("7", "7", id="a number"),
        pytest.param("'7'", '"7"', id="a text of digits"),
        pytest.param("3.10", "3.10", id="what is text anyway"),
        pytest.param("", "null", id="nothing"),
        pytest.param("''", '""', id="an empty text"),
        pytest.param("' a'", '" a"', id="blanks around"),
        pytest.param('"a\\nb"', '"a\\nb"', id="several lines"),
        pytest.param('"a\\e"', '"a\\u001b"', id="what a terminal would obey"),
        pytest.param("ä", "ä", id="a letter"),
        pytest.param("{}", "{}", id="an empty mapping"),
        pytest.param("[{a: [1]}]", '[{"a": [1]}]', id="a list"),
    ],
)
def test_a_value_is_shown_on_one_line_for_what_it_is(project: Project, written: str, shown_as: str) -> None:
    project.write({"Dockerfile": "", "profiles/ci.yaml": f"values:\n  name: {written}\n"})
    assert shown(project, "ci")["values.name"] == (shown_as, "profiles/ci.yaml:2")


def test_bytes_of_the_environment_that_are_no_text_are_shown_as_question_marks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"Dockerfile": "", "profiles/ci.yaml": "tag: ${TAG}\nprebuilt: [a]\n"})
    monkeypatch.setenv("TAG", "x\udcff\x1b")
    assert shown(project, "ci")["prebuilt.a.image"] == ("a:x??", "tag")


def test_a_base_can_be_shown_and_has_no_output(project: Project) -> None:
    project.write(FILES)
    for name in ("_base", "profiles/_base.yaml"):
        rows = shown(project, name, "api")
        assert rows["description"] == ("what all share", "profiles/_base.yaml:1")
        assert "output" not in rows


def test_a_very_long_value_does_not_move_the_others(project: Project) -> None:
    project.write({"Dockerfile": "", "profiles/ci.yaml": f"description: {'x' * 90}\ntag: y\n"})
    lines = project.dfrender("profile", "show", "ci").stdout.splitlines()
    assert lines[1] == f"description  {'x' * 90}  profiles/ci.yaml:1"
    assert lines[5] == "tag          y              profiles/ci.yaml:2"


def test_the_bare_result_is_a_profile_that_comes_to_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(FILES)
    monkeypatch.setenv("BUILD_ID", "$7")
    result = project.dfrender("profile", "show", "ci", "api", "--format", "yaml", "--set", "prebuilt.dev.optional=true")
    assert (
        result.stdout
        == """\
values:
  python: '3.13'
  debug: true
  nested:
    a: 1
    b: '2'
  list:
  - a
  - 'true'
  - $$7
  - ''
prebuilt:
  builder: {}
  dev:
    tag: v$$7
    style: image
    optional: true
  tests:
    style: stage
    optional: true
registry: r.example
tag_arg: IMAGE_TAG
build: []
build_args:
  MODE: fast
  DEBUG:
    value: $$7
    optional: true
"""
    )
    as_json = project.dfrender(
        "profile", "show", "ci", "api", "--format", "json", "--set", "prebuilt.dev.optional=true"
    )
    assert json.loads(as_json.stdout) == yaml.safe_load(result.stdout)
    project.write({"alone/profiles/ci.yaml": result.stdout, "alone/Dockerfile": "FROM a\n", "alone/.git/HEAD": ""})
    rows, again = shown(project, "ci", "api", "--set", "prebuilt.dev.optional=true"), shown(project, "ci", "alone")
    assert {key: value for key, (value, _) in again.items()} == {key: value for key, (value, _) in rows.items()}


def test_an_empty_profile_comes_to_an_empty_one(project: Project) -> None:
    project.write(FILES)
    for form in ("yaml", "json"):
        assert project.dfrender("profile", "show", "local", "api", "--format", form).stdout == "{}\n"


def test_the_schema_is_printed_for_a_file_beside_the_profiles(project: Project) -> None:
    project.write(FILES)
    printed = project.dfrender("profile", "schema").stdout
    assert json.loads(printed) == schema()
    Path("profiles/schema.json").write_text(printed, "utf-8")
    assert "schema" not in project.dfrender("profile", "list", "api").stdout


def test_a_schema_needs_no_template(project: Project) -> None:
    assert project.dfrender("profile", "schema").exit_code == 0
    assert project.files() == []
