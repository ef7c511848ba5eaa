"""The plan of the shipped template in every format and for every hand-over, as its user sees it.

``expected`` holds what is printed; ``pytest tests/plan --update`` writes it anew, and its difference is for a person to
judge. What is printed is read back by the tool that it is for, or by that tool's own checker.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from dfrender.cli.main import main
from dfrender.plan.formats import NAMES
from tests.shell import ROOT, SCHEMAS, schema_faults, tool

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = Path(__file__).parent / "expected"
CALLS = {
    "artifact": "-p ci",
    "registry": "-p ci --handover registry --set registry=example.azurecr.io",
    "cache": "-p ci --handover cache --set style=stage",
}
VARIANTS = {
    **CALLS,
    "context": "-p ci --set style=context",
    "image": "-p local --set 'prebuilt={builder-base: image, development: image}'",
    "classic": "-p ci --set builder=classic",
    "classic, registry": "-p ci --set builder=classic --handover registry --set registry=example.azurecr.io",
    "one target": "-p ci --target unit-tests",
}
EACH_VARIANT = pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in VARIANTS.items()])


def printed(form: str, call: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give what is printed for the shipped template."""
    monkeypatch.chdir(ROOT)
    seen = CliRunner().invoke(main, ["plan", *shlex.split(call), "--format", form], prog_name="dfrender")
    assert (seen.exit_code, seen.stderr) == (0, "")
    return seen.stdout


def piped(text: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def rows(text: str) -> list[list[str]]:
    """Read a table back; a cell ends where two blanks are."""
    return [re.split(r" {2,}", line) for line in text.splitlines() if not line.startswith("note: ")]


def shell_words(text: str) -> str:
    assert piped(text, "sh", "-n").stderr == ""
    return text


READ_BACK: dict[str, Callable[[str], Any]] = {
    "text": rows,
    "json": json.loads,
    "sh": shell_words,
    "bake": json.loads,
    "azure": yaml.safe_load,
    "azure-template": yaml.safe_load,
    "mermaid": str.splitlines,
}


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("handover", CALLS)
def test_the_shipped_template_has_this_plan(
    form: str, handover: str, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    seen = printed(form, CALLS[handover], monkeypatch)
    file = EXPECTED / f"{handover}.{form}"
    if pytestconfig.getoption("update"):
        file.write_text(seen, "utf-8")
    read = READ_BACK[form]
    assert read(seen) == read(file.read_text("utf-8"))
    assert seen == file.read_text("utf-8")


@EACH_VARIANT
def test_a_script_satisfies_shellcheck(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tool("shellcheck", "-", text=printed("sh", call, monkeypatch))
    assert (found.returncode, found.stdout) == (0, "")


def scripts(template: str) -> list[str]:
    """Give the scripts of a step template."""
    steps = yaml.safe_load(template)["steps"]
    inner = [step for each in steps for steps in each.values() if isinstance(steps, list) for step in steps]
    return [step["bash"] for step in [*steps, *inner] if "bash" in step]


@EACH_VARIANT
def test_the_scripts_of_a_pipeline_satisfy_shellcheck(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for script in scripts(printed("azure-template", call, monkeypatch)):
        found = tool("shellcheck", "--shell=bash", "-", text=script)
        assert (found.returncode, found.stdout) == (0, "")
        assert "${{" not in script, "a parameter reaches a script through its environment"


def azure_faults(folder: Path) -> str:
    """Say what the schema of Azure Pipelines finds wrong; it knows keys by their exact case, Azure does not."""
    schema = ["--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines"]
    return schema_faults(folder, *schema, "--regex-variant", "nonunicode")


def test_every_pipeline_satisfies_the_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, call in VARIANTS.items():
        for form in ("azure", "azure-template"):
            (tmp_path / f"{name}.{form}.yml").write_text(printed(form, call, monkeypatch), "utf-8")
    assert azure_faults(tmp_path) == ""


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        pytest.param("azure", "dependsOn", "dependson", id="a key in another case"),
        pytest.param("azure-template", 'fetchDepth: "1"', "fetchDepth: 1", id="a number where a text belongs"),
        pytest.param(
            "azure-template", "addBaseImageData", "addBaseImagData", id="an input that the task does not know"
        ),
    ],
)
def test_the_schema_finds_mistakes(
    form: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = printed(form, CALLS["artifact"], monkeypatch)
    assert old in text
    (tmp_path / "broken.yml").write_text(text.replace(old, new), "utf-8")
    assert azure_faults(tmp_path)


def test_a_pipeline_uses_what_its_template_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    for call in VARIANTS.values():
        template = yaml.safe_load(printed("azure-template", call, monkeypatch))
        for job in yaml.safe_load(printed("azure", call, monkeypatch))["jobs"]:
            (step,) = job["steps"]
            assert sorted(step["parameters"]) == sorted(each["name"] for each in template["parameters"])
            used = set(re.findall(r"parameters\.(\w+)", yaml.safe_dump(template["steps"])))
            assert used <= step["parameters"].keys()


def test_every_bake_file_satisfies_the_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, call in VARIANTS.items():
        (tmp_path / f"{name}.json").write_text(printed("bake", call, monkeypatch), "utf-8")
    assert schema_faults(tmp_path, "--schemafile", str(SCHEMAS / "docker-bake.schema.json")) == ""


def baked(text: str) -> dict[str, Any]:
    """Give what bake makes of a file, without building."""
    try:
        known = piped("", "docker", "buildx", "version").returncode == 0
    except FileNotFoundError:
        known = False
    if not known:
        pytest.skip("docker buildx is not installed")
    found = piped(text, "docker", "buildx", "bake", "--file", "-", "--print")
    assert found.returncode == 0, found.stderr
    read: dict[str, Any] = json.loads(found.stdout)
    return read


@EACH_VARIANT
def test_bake_reads_what_was_written(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = json.loads(text := printed("bake", call, monkeypatch))
    read = baked(text)
    assert sorted(read["group"]["default"]["targets"]) == sorted(written["group"]["default"]["targets"])
    for name, target in written["target"].items():
        for key in ("dockerfile", "target", "tags", "args"):
            assert read["target"][name].get(key) == target.get(key)
        assert sorted(read["target"][name].get("contexts", {}).values()) == sorted(target.get("contexts", {}).values())


def test_mermaid_reads_every_chart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not shutil.which("node") or not (ROOT / "node_modules" / "mermaid").is_dir():
        pytest.skip("mermaid is not installed here: npm install --no-save mermaid jsdom")
    for name, call in VARIANTS.items():
        (tmp_path / name).write_text(printed("mermaid", call, monkeypatch), "utf-8")
    found = piped("", "node", str(Path(__file__).with_name("mermaid.mjs")), *map(str, tmp_path.iterdir()))
    assert found.stdout.splitlines() == ["flowchart-v2"] * len(VARIANTS), found.stderr


ATTEMPTS = """\
mkdir -p work/image-a-9 work/image-a-10 work/image-a-b-11
touch work/image-a-9/a.tar work/image-a-10/a.tar work/image-a-b-11/a-b.tar
"""


def carried_out(script: str, environment: dict[str, str], prepared: str, folder: Path) -> list[str]:
    """Run a script of a pipeline with a ``docker`` that prints its arguments and leaves a cache where it is told to."""
    docker = folder / "docker"
    leaves = r"s/.*dest=\([^,]*\),.*/\1/p"
    docker.write_text(f'#!/bin/sh\necho "$*"\nnew=$(echo "$*" | sed -n \'{leaves}\')\n[ -z "$new" ] || mkdir "$new"\n')
    docker.chmod(0o755)
    subprocess.run(["sh", "-eu", "-c", prepared], cwd=folder, check=True)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": f"{folder}:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_job_loads_the_image_of_the_last_attempt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (script,) = [
        each for each in scripts(printed("azure-template", CALLS["artifact"], monkeypatch)) if "docker load" in each
    ]
    environment = {"FOLDER": "work", "STAGE": "a", "IMAGE": "r.io/a:7"}
    assert carried_out(script, environment, ATTEMPTS, tmp_path) == ["load --input work/image-a-10/a.tar"]


def test_a_job_takes_from_all_caches_and_leaves_a_new_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    call = CALLS["cache"]
    (script,) = [each for each in scripts(printed("azure-template", call, monkeypatch)) if "--cache-to" in each]
    environment = {
        "DOCKERFILE": "Dockerfile",
        "CONTEXT": ".",
        "ARGUMENTS": "--target app --load",
        "CACHES": "caches",
        "NEW": "new",
        "STAGE": "app",
    }
    prepared = "mkdir -p caches/app caches/dev caches/none && touch caches/app/index.json caches/dev/index.json"
    *_, build = carried_out(script, environment, prepared, tmp_path)
    assert build.split()[2:] == [
        *("--builder", "dfrender", "--file", "Dockerfile", "--target", "app", "--load"),
        *("--cache-from", "type=local,src=caches/app", "--cache-from", "type=local,src=caches/dev"),
        *("--cache-to", "type=local,dest=new,mode=max", "."),
    ]
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "caches/app/index.json").exists()
    assert (tmp_path / "caches/app").is_dir()
