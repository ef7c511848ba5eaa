"""What lies outside the repository is not read, unless the user names it."""

from pathlib import Path

import pytest

from dfrender.boundary import ROOT
from tests.project import Project

MACROS = {"shared/macros.j2": "{% macro apk(name) %}RUN apk add {{ name }}{% endmacro %}\n"}
TEMPLATE = '{% from "/shared/macros.j2" import apk %}\nFROM alpine:3.22\n{{ apk("git") }}\n'
SERVICE = {"api/profiles/ci.yaml": "", "api/Dockerfile.j2": TEMPLATE}
OUTPUT = "FROM alpine:3.22\nRUN apk add git\n"


@pytest.fixture(params=["--root", ROOT])
def named(request: pytest.FixtureRequest, project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Name the root in one of the two ways, in a project without a repository; return the options for it."""
    project.write(MACROS | SERVICE)
    if request.param == ROOT:
        monkeypatch.setenv(ROOT, ".")
        return []
    return ["--root", "."]


def test_the_root_is_named_by_an_option_or_a_variable(project: Project, named: list[str]) -> None:
    project.render("-q", "-p", "ci", *named, "api")
    assert project.read("api/Dockerfile.ci").decode().endswith(OUTPUT)
    assert "--root" not in project.read("api/Dockerfile.ci").decode()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["lint", "-q", "api"], id="lint"),
        pytest.param(["plan", "-p", "ci", "api"], id="plan"),
        pytest.param(["compare", "api", "ci", "ci"], id="compare"),
        pytest.param(["explain", "api/Dockerfile.ci:3"], id="explain"),
    ],
)
def test_every_command_that_renders_knows_the_root(project: Project, named: list[str], arguments: list[str]) -> None:
    project.render("-q", *named, "api")
    command, *words = arguments
    done = project.dfrender(command, *named, *words)
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_template_that_was_found_must_not_lead_out(project: Project) -> None:
    project.write({"app/.git/HEAD": "", "app/profiles/ci.yaml": "", "secret": "PASSWORD=1\n"})
    Path("app/Dockerfile.j2").symlink_to("../secret")
    for command in ("render", "lint", "plan"):
        done = project.dfrender(command, "app")
        assert "template-outside-repository" in done.output
        assert "PASSWORD" not in done.output
    assert "PASSWORD" in project.dfrender("lint", "app/Dockerfile.j2").output


def test_a_header_leads_to_no_template_outside(project: Project) -> None:
    project.write({"app/.git/HEAD": "", "app/profiles/ci.yaml": "", "app/Dockerfile.j2": OUTPUT, "secret": OUTPUT})
    project.render("-q", "app")
    Path("app/Dockerfile.j2").unlink()
    Path("app/Dockerfile.j2").symlink_to("../secret")
    assert "template-outside-repository" in project.dfrender("explain", "app/Dockerfile.ci:4").output
