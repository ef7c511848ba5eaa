"""The example of a format of one's own: a pipeline of Woodpecker, run in small on one machine with one engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dfrender.diagnostics import DfrenderError
from dfrender.plan.formats import format_of
from tests.plan.agents.machine import LOGGING_DOCKER, in_order, machine
from tests.plan.builds import build_of
from tests.plan.test_pipelines import AFTER, STAND_IN, odd_plan, service_in
from tests.shell import ROOT, schema_faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEMPLATE = ROOT / "examples" / "woodpecker.j2"
NUMBER = "7"
CALL = "-p ci --set registry=r.io/example --set 'publish=[production]'"


def carried_out(text: str, folder: Path) -> list[list[str]]:
    """Run the steps in their order; return how they call Docker."""
    replaced = re.sub(r"\$\{CI_PIPELINE_NUMBER\}", NUMBER, text)  # Woodpecker does so before it reads anything
    steps: Mapping[str, Any] = {each["name"]: each for each in yaml.safe_load(replaced)["steps"]}
    machine_of_all = machine(folder / "machine", LOGGING_DOCKER, STAND_IN)
    for name in in_order({name: step.get("depends_on", []) for name, step in steps.items()}):
        machine_of_all.run(["sh", "-e"], "\n".join(steps[name]["commands"]), folder, {"PASSWORD": "x", "LOGIN": "y"})
    return machine_of_all.calls


def test_it_is_short() -> None:
    assert len(TEMPLATE.read_text("utf-8").splitlines()) <= 60


def test_it_builds_all_stages_and_publishes_one_at_the_end(tmp_path: Path) -> None:
    text = service_in(tmp_path).repository.plan(str(TEMPLATE), CALL)
    (tmp_path / "images.yaml").write_text(text, "utf-8")
    assert schema_faults(tmp_path / "images.yaml", "--builtin-schema", "vendor.woodpecker-ci") == ""
    calls = carried_out(text, tmp_path)
    builds = [build for build in map(build_of, calls) if build]
    assert {build.target: build.tags for build in builds} == {
        stage: (f"r.io/example/{stage}:{NUMBER}",) for stage in AFTER
    }
    assert [call[1:] for call in calls[-1:]] == [[f"r.io/example/production:{NUMBER}"]]
    assert [build.args for build in builds if build.target == "production"] == [{"IMAGE_TAG": NUMBER}]


@pytest.mark.parametrize("value", ["a b", "it's", 'a "quoted" name', "$HOME `x` $(y)", "#: &*!", "naïve"])
def test_odd_values_go_through_it(value: str, tmp_path: Path) -> None:
    chosen = format_of(str(TEMPLATE))
    for kind in ("path", "argument"):
        (call,) = carried_out(chosen.write(odd_plan(value, kind, "artifact", chosen.tag)), tmp_path / kind)
        build = build_of(call)
        assert build
        assert value in (build.file, build.args.get("ODD"))


def test_a_path_that_woodpecker_would_read_is_refused() -> None:
    chosen = format_of(str(TEMPLATE))
    with pytest.raises(DfrenderError, match="unwritable-value"):
        chosen.write(odd_plan("${CI_X}", "path", "artifact", chosen.tag))
