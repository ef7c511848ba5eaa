"""What a program that imports dfrender finds."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dfrender
from dfrender import api, planning
from dfrender.diagnostics import DfrenderError

if TYPE_CHECKING:
    from tests.project import Project


def test_the_public_names_are_those_of_the_package() -> None:
    for name in api.__all__:
        assert getattr(dfrender, name) is getattr(api, name)
    assert dfrender.plan_of is planning.plan_of
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        dfrender.no_such_name  # noqa: B018


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


def test_python_dash_m_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["-m", "--version"])
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
