"""What editors and git are told of the template and its outputs is true of those that are rendered."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from dfrender.adopt.profiles import SCHEMA
from tests.recipes.conftest import checkout_in
from tests.shell import environment, git, run


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout in which everything is rendered, in a repository that git made; no test changes it."""
    parent = tmp_path_factory.mktemp("rendered")
    checkout = checkout_in(parent)
    git("init", "--quiet", folder=checkout)
    (checkout / "api.image").touch()
    done = run("dfrender render --quiet", checkout, environment(parent / "bin"))
    assert (done.returncode, done.stdout) == (0, "")
    return checkout


def outputs(folder: Path) -> set[str]:
    return {each.name for each in folder.glob("Dockerfile.*")} - {"Dockerfile.j2"}


def test_git_ignores_what_is_rendered_where_it_is_needed(rendered: Path) -> None:
    new = git("ls-files", "--others", "--exclude-standard", "--", "Dockerfile*", "*.image", folder=rendered)
    assert new == "Dockerfile.ci\nDockerfile.j2\n"


def test_git_keeps_one_kind_of_line_ends_and_knows_what_is_generated(rendered: Path) -> None:
    asked = ("eol", "linguist-generated", "linguist-language", "--", "Dockerfile.j2", "Dockerfile.ci")
    attributes = git("check-attr", *asked, folder=rendered).splitlines()
    assert attributes == [
        "Dockerfile.j2: eol: lf",
        "Dockerfile.j2: linguist-generated: unspecified",
        "Dockerfile.j2: linguist-language: Dockerfile",
        "Dockerfile.ci: eol: lf",
        "Dockerfile.ci: linguist-generated: set",
        "Dockerfile.ci: linguist-language: unspecified",
    ]


def test_a_checkout_with_the_line_ends_of_another_system_is_current(rendered: Path, tmp_path: Path) -> None:
    """Git writes CRLF with core.autocrlf, as on Windows; a rendering would differ from that in every line."""
    rendered = shutil.copytree(rendered, tmp_path / "windows")
    git("add", ".", folder=rendered)
    git("commit", "--quiet", "--message=all", folder=rendered)
    git("config", "core.autocrlf", "true", folder=rendered)
    git("rm", "--quiet", "--cached", "-r", ".", folder=rendered)
    git("reset", "--quiet", "--hard", folder=rendered)
    done = run("dfrender render -p ci --check", rendered, environment(tmp_path / "bin"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_editor_knows_the_template_and_lets_nobody_edit_an_output(rendered: Path) -> None:
    settings = setting(rendered, "settings.json")
    assert set(settings["files.associations"]) == {"Dockerfile.j2", *outputs(rendered)}
    (pattern,) = settings["files.readonlyInclude"]
    alternatives = re.fullmatch(r"\*\*/Dockerfile\.\{(.*)\}", pattern)
    assert alternatives
    assert {f"Dockerfile.{each}" for each in alternatives[1].split(",")} == outputs(rendered)


def test_the_editor_checks_profiles_by_the_schema_that_init_writes(rendered: Path) -> None:
    ((schema, profiles),) = setting(rendered, "settings.json")["yaml.schemas"].items()
    assert Path(schema) == Path("profiles") / SCHEMA
    assert {each.name for each in rendered.glob(profiles)} == {"ci.yaml", "local.yaml"}


def test_the_editor_proposes_what_its_settings_take(rendered: Path) -> None:
    recommended = setting(rendered, "extensions.json")["recommendations"]
    assert recommended == ["redhat.vscode-yaml", "samuelcolvin.jinjahtml"], "yaml.schemas, and jinja-dockerfile"


def setting(folder: Path, name: str) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder / ".vscode" / name).read_text(encoding="utf-8"))
    return settings
