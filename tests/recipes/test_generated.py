"""The files that ``dfrender plan`` wrote are what it writes now, and they say themselves how."""

import json
import re
import shlex

import pytest
import yaml
from click.testing import CliRunner

from dfrender.cli.main import main
from tests.shell import ROOT

_OF_A_REGISTRY = "--set 'publish=[production]' Dockerfile.j2 --handover registry --format"
WRITTEN = {
    "azure-pipelines.yml": "dfrender plan -p ci Dockerfile.j2 --format azure",
    "azure-build-stage.yml": "dfrender plan -p ci Dockerfile.j2 --format azure-template",
    "examples/docker-bake.json": "dfrender plan -p ci Dockerfile.j2 --format bake",
    "examples/github.yml": f"dfrender plan -p ci --set registry=ghcr.io/example/api {_OF_A_REGISTRY} github",
    "examples/gitlab-ci.yml": (
        f"dfrender plan -p ci --set registry=registry.gitlab.com/example/api {_OF_A_REGISTRY} gitlab"
    ),
}


@pytest.mark.parametrize(("name", "command"), WRITTEN.items())
def test_a_generated_file_is_current(name: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT)
    _, *arguments = shlex.split(command)
    assert CliRunner().invoke(main, arguments, prog_name="dfrender").stdout == text, f"run make docs: {command}"
    if name.endswith(".yml"):
        assert text.startswith(f"# Update: {command}\n")


def test_the_pipeline_runs_what_the_page_says_of_it() -> None:
    jobs = yaml.safe_load((ROOT / "azure-pipelines.yml").read_text(encoding="utf-8"))["jobs"]
    steps = {job["displayName"]: job["steps"][0]["parameters"] for job in jobs}
    found = [
        (job["displayName"], [load["stage"] for load in steps[job["displayName"]]["loads"]], job.get("dependsOn", []))
        for job in jobs
    ]
    _, _, table = (ROOT / "docs" / "azure.md").read_text(encoding="utf-8").partition("\n| job | loads | beside |\n")
    table = table.partition("\n\n")[0]
    told = re.findall(r"^\| `([a-z-]+)` \| (?:`([a-z-]+)`|nothing) \|", table, re.MULTILINE)
    assert [(name, loads) for name, loads, _ in found] == [(name, [load] if load else []) for name, load in told]
    assert all(after == [load.replace("-", "_") for load in loads] for _, loads, after in found)


def test_bake_builds_each_job_once_and_all_of_them() -> None:
    bake = json.loads((ROOT / "examples" / "docker-bake.json").read_text(encoding="utf-8"))
    assert bake["group"]["default"]["targets"] == list(bake["target"])
