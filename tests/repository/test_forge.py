"""The files that a forge reads: they fit its schemas, ask for little, and call what developers call."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dfrender import __version__
from tests.shell import ROOT, schema_faults, tool

WORKFLOWS = ROOT / ".github" / "workflows"
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"


def workflow(name: str) -> dict[str, Any]:
    found = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


@pytest.mark.parametrize(
    ("file", "schema", "right", "wrong"),
    [
        pytest.param(".github/workflows/ci.yml", "github-workflows", "runs-on:", "runs:", id="CI"),
        pytest.param(".github/workflows/publish.yml", "github-workflows", "needs:", "need:", id="publishing"),
        pytest.param(".github/dependabot.yml", "dependabot", "directory:", "folder:", id="updates"),
        pytest.param(".github/ISSUE_TEMPLATE/bug.yml", "github-issue-forms", "label:", "title:", id="bugs"),
        pytest.param(".github/ISSUE_TEMPLATE/idea.yml", "github-issue-forms", "label:", "title:", id="ideas"),
        pytest.param(".github/ISSUE_TEMPLATE/config.yml", "github-issue-config", "true", "perhaps", id="the choice"),
        pytest.param("action.yml", "github-actions", "using:", "use:", id="the action"),
    ],
)
def test_a_file_fits_its_schema(file: str, schema: str, right: str, wrong: str, tmp_path: Path) -> None:
    options = ["--builtin-schema", f"vendor.{schema}"]
    text = (ROOT / file).read_text(encoding="utf-8")
    assert right in text
    assert schema_faults(ROOT / file, *options) == ""
    broken = tmp_path / "broken.yml"
    broken.write_text(text.replace(right, wrong), encoding="utf-8")
    assert schema_faults(broken, *options)


def test_zizmor_finds_nothing_however_closely_it_looks() -> None:
    files = [str(each) for each in [*sorted(WORKFLOWS.iterdir()), ROOT / "action.yml", ROOT / ".github/dependabot.yml"]]
    found = tool("zizmor", "--offline", "--no-progress", "--persona=pedantic", "--format=json", *files)
    assert json.loads(found.stdout) == []


@pytest.mark.parametrize("name", ["ci.yml", "publish.yml"])
def test_each_action_is_pinned_to_a_commit_beside_its_version(name: str) -> None:
    uses = re.findall(r"uses: (.*)", (WORKFLOWS / name).read_text(encoding="utf-8"))
    assert uses
    assert [each for each in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_ci_runs_what_a_developer_runs() -> None:
    job = workflow("ci.yml")["jobs"]["all"]
    assert commands(job).endswith("\n.ci/run")
    assert job["container"]["image"] == "debian:12"
    assert "as root on Debian 12" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_only_the_job_that_publishes_may_say_who_it_is() -> None:
    found = workflow("publish.yml")
    assert found["permissions"] == {}
    assert found["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert found["jobs"]["publish"]["permissions"] == {"id-token": "write"}
    assert found["jobs"]["publish"]["environment"] == "release"
    assert "run" not in {key for step in found["jobs"]["publish"]["steps"] for key in step}


def test_what_is_published_is_what_was_tested() -> None:
    build = commands(workflow("publish.yml")["jobs"]["build"])
    assert build.splitlines() == ['.ci/release "$GITHUB_REF_NAME"', "make lint test dist"]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return a checkout of version 1.2.0, as far as a release is checked."""
    for name in (".ci", "dfrender"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / ".ci" / "release", tmp_path / ".ci")
    (tmp_path / "dfrender" / "__init__.py").write_text('__version__ = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("## Unreleased\n\n## 1.2.0 - 2026-11-27\n", encoding="utf-8")
    return tmp_path


def refusal(folder: Path, tag: str) -> str:
    return subprocess.run([folder / ".ci" / "release", tag], capture_output=True, text=True, check=False).stderr


def test_this_version_can_be_released() -> None:
    assert refusal(ROOT, f"v{__version__}") == ""


def test_the_tag_of_this_version_is_released(release: Path) -> None:
    assert refusal(release, "v1.2.0") == ""


def test_the_tag_of_another_version_is_refused(release: Path) -> None:
    assert refusal(release, "v1.3.0") == "the tag is v1.3.0, and the version in dfrender/__init__.py is 1.2.0\n"


def test_changes_without_a_date_are_not_released(release: Path) -> None:
    (release / "CHANGELOG.md").write_text("## Unreleased\n", encoding="utf-8")
    assert refusal(release, "v1.2.0") == "CHANGELOG.md has no heading: ## 1.2.0 - YEAR-MONTH-DAY\n"
