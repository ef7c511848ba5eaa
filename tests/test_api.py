"""What a program that imports dfrender finds."""

from __future__ import annotations

import importlib
import inspect
import os
import pydoc
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import dfrender
from dfrender import library
from dfrender.api import Reader
from dfrender.diagnostics import DfrenderError
from dfrender.source import At, Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.project import Project


def test_the_public_names_are_those_of_the_library() -> None:
    for name in library.__all__:
        assert getattr(dfrender, name) is getattr(library, name)
    assert set(library.__all__) == set(dfrender.__all__) - {"__version__"}
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        dfrender.no_such_name  # noqa: B018


def test_the_functions_are_not_hidden_by_the_modules_of_their_names() -> None:
    for name in ("lint", "plan", "inputs"):
        assert isinstance(importlib.import_module(f"dfrender.{name}"), ModuleType)
        assert callable(getattr(dfrender, name))


def test_help_shows_every_public_name_and_what_it_does() -> None:
    shown = pydoc.plain(pydoc.render_doc(dfrender))
    for name in library.__all__:
        assert re.search(rf"(?m)^    (class )?{name}\b", shown), name
    for name in ("render_folder", "lint", "plan", "inputs", "load", "read", "render_all"):
        assert "DfrenderError" in (inspect.getdoc(getattr(dfrender, name)) or "")


def test_the_package_lists_its_public_names_and_no_others() -> None:
    assert dir(dfrender) == sorted(dfrender.__all__)


def test_a_name_without_a_value_is_reported_also_where_nobody_knows_other_profiles(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM {{ base }}\n", "profiles/ci.yaml": ""})
    profile = dfrender.load(Path("profiles/ci.yaml"), (), {})
    with pytest.raises(DfrenderError, match="undefined-name"):
        dfrender.render(dfrender.read(Path("Dockerfile.j2")), profile)


def test_a_template_is_rendered_for_a_profile(project: Project) -> None:
    project.write(
        {"Dockerfile.j2": 'FROM a AS base\nFROM {{ stage("base") }}\n', "profiles/ci.yaml": "prebuilt: [base]"}
    )
    profile = dfrender.load(Path("profiles/ci.yaml"), ["tag=7"], {})
    result = dfrender.render(dfrender.read(Path("Dockerfile.j2")), profile)
    assert result.text == "ARG BASE_IMAGE=base:7\nFROM a AS base\nFROM ${BASE_IMAGE}\n"
    assert project.files() == ["Dockerfile.j2", "profiles/ci.yaml"]


def test_a_profile_that_was_loaded_before_is_rendered_with_the_files_that_are_there_now(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"Dockerfile.j2": "{% include 'base' ignore missing %}\n", "profiles/ci.yaml": "{}"})
    profile, template = dfrender.load("profiles/ci.yaml"), dfrender.read("Dockerfile.j2")
    project.write({"base": "FROM one AS base"})
    texts = [dfrender.render(template, profile).text]
    project.write({"base": "FROM two AS base"})
    texts.append(dfrender.render(template, profile).text)
    Path("base").unlink()
    project.write({"other/Dockerfile.j2": "{% include 'base' %}\n", "other/base": "FROM three AS base"})
    with pytest.raises(DfrenderError, match="there is no stage to build"):
        dfrender.render(template, profile)
    monkeypatch.chdir("other")
    texts.append(dfrender.render(dfrender.read("Dockerfile.j2"), profile).text)
    assert [text.split()[1] for text in texts] == ["one", "two", "three"]


def test_what_two_profiles_render_to_the_same_lines_is_read_once() -> None:
    def lines(text: str, number: int) -> tuple[Line, ...]:
        return (Line(text, At("Dockerfile.j2", number)),)

    reader = Reader()
    first = reader.read(lines("FROM a\n", 1), "Dockerfile.j2")
    assert reader.read(lines("FROM a\n", 1), "Dockerfile.j2") is first
    assert reader.read(lines("FROM a\n", 2), "Dockerfile.j2").stages[0].at.line == 2
    assert reader.read(lines("FROM b\n", 2), "Dockerfile.j2").references[0].text == "b"


def test_python_dash_m_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["-m", "--version"])
    monkeypatch.setattr(os, "_exit", sys.exit)
    monkeypatch.delitem(sys.modules, "dfrender.__main__", raising=False)  # another test may have loaded it
    with pytest.raises(SystemExit) as raised:
        runpy.run_module("dfrender", run_name="__main__")
    assert (raised.value.code, capsys.readouterr().out) == (0, f"dfrender, version {dfrender.__version__}\n")


def test_a_profile_that_cannot_be_read_sets_no_name(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM {{ base }}\n", "profiles/ci.yaml": ""})
    Path("profiles/a.yaml").symlink_to("/proc/self/mem")  # its first page cannot be read by anybody
    with pytest.raises(DfrenderError) as raised:
        dfrender.render_all(dfrender.read(Path("Dockerfile.j2")), ["ci"], (), {})
    assert [each.hint for each in raised.value.diagnostics] == [
        "set it under 'values' in the profile or write {{ base | default(\"\") }}"
    ]


SERVICE = {
    "api/Dockerfile.j2": 'FROM alpine AS base\nRUN echo {{ word }}\nFROM {{ stage("base") }} AS app\n',
    "api/Dockerfile.dockerignore": "x\n",
    "api/profiles/ci.yaml": "{prebuilt: [base], tag: '${TAG:-1}', values: {word: a}}\n",
}


def problems(call: Callable[[], object]) -> list[str]:
    """Return each problem of the `DfrenderError` that a call raises, with its hint."""
    with pytest.raises(DfrenderError) as raised:
        call()
    return [f"{each} -> {each.hint}" for each in raised.value.diagnostics]


def test_the_environment_is_that_of_the_process_unless_one_is_given(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(SERVICE)
    monkeypatch.setenv("TAG", "7")
    for environ, tag in ((None, "7"), ({}, "1"), ({"TAG": "8"}, "8")):
        (rendering,) = dfrender.render_folder(environ=environ)
        assert f"ARG BASE_IMAGE=base:{tag}\n" in rendering.text
        assert dfrender.load("api/profiles/ci.yaml", environ=environ).tag.text == tag


def test_a_rendering_is_written_with_its_ignore_file_and_only_if_it_is_not_current(project: Project) -> None:
    project.write(SERVICE)
    (rendering,) = dfrender.render_folder(Path("api"), environ={})
    assert project.files() == sorted(SERVICE)
    assert (rendering.is_current, rendering.write(), rendering.write()) == (False, True, False)
    assert project.files() == sorted([*SERVICE, "api/Dockerfile.ci", "api/Dockerfile.ci.dockerignore"])
    assert rendering.path.read_text("utf-8") == rendering.text
    (again,) = dfrender.render_folder("api", profiles=["ci"], environ={})
    assert again.is_current


def test_what_a_person_wrote_is_replaced_only_by_force(project: Project) -> None:
    project.write({**SERVICE, "api/Dockerfile.ci": "FROM mine\n"})
    (rendering,) = dfrender.render_folder(".", environ={})
    (refused,) = problems(rendering.write)
    assert refused.startswith("api/Dockerfile.ci: error: not written by dfrender [not-overwritten]")
    assert project.files() == sorted([*SERVICE, "api/Dockerfile.ci"])
    assert rendering.write(force=True)
    Path("api/Dockerfile.ci").unlink()
    Path("api/Dockerfile.ci").mkdir()
    (unwritable,) = problems(rendering.write)
    assert "api/Dockerfile.ci cannot be written" in unwritable


def test_findings_are_those_of_a_rendering_and_of_the_run_that_it_is_of(project: Project) -> None:
    shadowed = 'FROM alpine AS base\nFROM {{ stage("base") }}\nCOPY --from=base:x /a /a\n'
    project.write({"a/Dockerfile.j2": shadowed, "b/Dockerfile.j2": shadowed, "c/Dockerfile.j2": "FROM alpine\n"})
    project.write(
        {".git/HEAD": "", "profiles/ci.yaml": "{prebuilt: {base: {optional: true}}, output: Dockerfile.out}\n"}
    )
    found = [[each.code for each in rendering.findings] for rendering in dfrender.render_folder(environ={})]
    own = ["shared-image", "tagged-reference-shadows-stage"]
    assert [sorted(each) for each in found] == [own, own, []]


def test_all_that_is_wrong_with_a_folder_is_raised_at_once(project: Project) -> None:
    project.write(SERVICE)
    project.write({"web/Dockerfile.j2": "FROM {{ image }}\n", "web/profiles/ci.yaml": ""})
    project.write({"x/Dockerfile.j2": "FROM {{\n", "x/profiles/ci.yaml": "prebuild: [a]\n"})
    codes = [each.rpartition("[")[2].partition("]")[0] for each in problems(dfrender.render_folder)]
    assert codes == ["undefined-name", "template-syntax", "unknown-key"]
    assert project.files() == sorted([*SERVICE, *("web/Dockerfile.j2", "web/profiles/ci.yaml"), *X])


X = ("x/Dockerfile.j2", "x/profiles/ci.yaml")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param(
            lambda: dfrender.render_folder("nowhere"),
            "nowhere: error: in this folder and below it there is no template [no-template]",
            id="a folder that is not there",
        ),
        pytest.param(
            lambda: dfrender.render_folder("api/Dockerfile.j2"),
            "api/Dockerfile.j2: error: in this folder and below it there is no template [no-template]",
            id="a template in place of its folder",
        ),
        pytest.param(
            lambda: dfrender.render_folder(profiles="cii"),
            "-p cii: error: no profile is named 'cii' [profile-not-found]",
            id="a profile that is misspelt, and not three with a name of one letter",
        ),
        pytest.param(
            lambda: dfrender.render_folder(overrides="tga=7"),
            "--set tga: error: unknown key 'tga' [unknown-key]",
            id="an override of an unknown key",
        ),
        pytest.param(
            lambda: dfrender.render_folder(target="ap"),
            "--target ap: error: no stage is named 'ap' [unknown-target]",
            id="a misspelt target",
        ),
        pytest.param(
            lambda: dfrender.render_folder(exclude="api"),
            ".: error: all that is in this folder is excluded [no-template]",
            id="a glob that leaves nothing",
        ),
        pytest.param(
            lambda: dfrender.render_folder(overrides=["output=Dockerfile.j2"]),
            "output-is-input",
            id="an output over its template",
        ),
        pytest.param(
            lambda: dfrender.read("api/Dockerfile"),
            "api/Dockerfile: error: no such file [file-not-found]",
            id="a template that is not there",
        ),
        pytest.param(lambda: dfrender.load("api/profiles/c.yaml"), "no such file", id="a profile that is not there"),
        pytest.param(
            lambda: dfrender.lint("Dockerfile"), "Dockerfile: error: no such file [file-not-found]", id="lint nothing"
        ),
        pytest.param(
            lambda: dfrender.lint(profiles="dev"),
            "no profile is named 'dev' [profile-not-found]",
            id="lint for nothing",
        ),
        pytest.param(
            lambda: dfrender.plan(".", "ci"), "neither Dockerfile.j2 nor Dockerfile", id="a plan of a folder of folders"
        ),
        pytest.param(
            lambda: dfrender.plan("api", "ci", handover="registry"),
            "handover-needs-registry",
            id="a plan by a registry that is not named",
        ),
        pytest.param(
            lambda: dfrender.plan("api", "ci", target="ap"), "[unknown-target]", id="a plan for a misspelt target"
        ),
    ],
)
def test_a_mistake_of_a_program_is_told_as_one_of_a_user(
    call: Callable[[], object], expected: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write(SERVICE)
    (problem, *_) = problems(call)
    assert expected in problem
    assert problem.rpartition(" -> ")[2]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param(
            lambda: dfrender.lint("api", rules=["unknown-stag"]),
            "no rule is named 'unknown-stag' did you mean 'unknown-stage'?",
            id="a misspelt rule",
        ),
        pytest.param(lambda: dfrender.lint("api", rules="x"), "no rule is named 'x'", id="a rule like no other"),
        pytest.param(
            lambda: dfrender.plan("api", "ci", handover="post"), "'post' is not a valid Handover", id="no hand-over"
        ),
    ],
)
def test_a_word_that_only_a_program_chooses_is_a_value_error(
    call: Callable[[], object], expected: str, project: Project
) -> None:
    project.write(SERVICE)
    with pytest.raises(ValueError, match=re.escape(expected)):
        call()


def test_two_templates_with_one_output_are_refused(project: Project) -> None:
    project.write(
        {"Dockerfile.j2": "FROM alpine\n", "Containerfile.j2": "FROM alpine\n", "profiles/ci.yaml": "output: x"}
    )
    assert "[shared-output]" in problems(dfrender.render_folder)[0]


def test_an_output_that_its_own_image_is_made_of_is_refused(project: Project) -> None:
    named = "{prebuilt: [base], platform: linux/amd64, tag: '{input_digest}'}"
    template = 'FROM alpine AS base\nCOPY . /\nFROM {{ stage("base") }}\n'
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": named})
    assert "[output-among-inputs]" in "".join(problems(dfrender.render_folder))


def test_lint_returns_what_the_command_prints_for_a_folder(project: Project) -> None:
    project.write(
        {**SERVICE, "Dockerfile.old": "FROM alpine AS base\nFROM Base\n", "b/Dockerfile.j2": "FROM {{ x }}\n"}
    )
    project.write({"b/profiles/ci.yaml": "build_args: {NOBODY: 1}\n"})
    dfrender.render_folder("api")[0].write()
    assert [each.code for each in dfrender.lint()] == ["from-case-mismatch", "undefined-name"]
    assert [each.code for each in dfrender.lint(rules="from-case-mismatch")] == ["from-case-mismatch"]
    assert dfrender.lint("api", profiles="ci", overrides="tag=2", environ={}) == ()


def test_inputs_that_are_not_there_are_raised(project: Project) -> None:
    project.write({"Dockerfile": "FROM alpine\nCOPY src /src\nADD lib /lib\n", "profiles/ci.yaml": ""})
    found = problems(lambda: dfrender.inputs(".", "ci"))
    assert [each.partition(" -> ")[0] for each in found] == [
        "Dockerfile:2:6: error: 'src' is not in the build context '.' [missing-input]",
        "Dockerfile:3:5: error: 'lib' is not in the build context '.' [missing-input]",
    ]


def test_digests_are_those_of_what_a_target_needs(project: Project) -> None:
    project.write(SERVICE)
    digests = dfrender.inputs("api/Dockerfile.j2", "ci", target="base", environ={})
    assert [(each.name, len(each.sha256)) for each in digests] == [("base", 64)]
