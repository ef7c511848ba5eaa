"""One plan for a base image and three services that begin from it: no step runs twice, on whichever machines."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.engine import registry
from tests.engine.engine import BASE
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.plan.agents.machine import RENDERING, Machine, machine
from tests.plan.agents.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.engine import FreshEngine

pytestmark = pytest.mark.slow  # one engine shows it

SERVICES = ("api", "web", "worker")
NAMES = ("base", *SERVICES)
PLANS = [
    ("sh", "artifact"),
    ("azure", "artifact"),
    ("github", "artifact"),
    ("azure", "registry"),
    ("gitlab", "registry"),
]


def write(sources: Path, host: str) -> None:
    """Write the base and the services."""
    files = {
        ".git/HEAD": "",
        "profiles/ci.yaml": f"registry: {host}\nrepository: '{{folder}}/{{stage}}'\n",
        "base/Dockerfile.j2": f'FROM {BASE} AS base\nRUN echo "ran base" && echo tools > /tools\n',
    }
    for service in SERVICES:
        template = (
            f'FROM {host}/base/base:latest AS {service}\nRUN echo "ran {service}" && cat /tools\nCOPY main.txt /\n'
        )
        files[f"services/{service}/Dockerfile.j2"] = template
        files[f"services/{service}/main.txt"] = service
    for path, text in files.items():
        file = sources / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@pytest.mark.parametrize(("form", "handover"), PLANS, ids=[f"{form} by {handover}" for form, handover in PLANS])
def test_a_base_image_is_built_once_for_all_services(
    form: str, handover: str, fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    write(tmp_path / "sources", host)
    steps: dict[str, Counter[str]] = {}

    @contextmanager
    def machines(job: str) -> Iterator[Machine]:
        with fresh() as engine:
            folder = tmp_path / "machines" / job.replace(" ", "-")
            found = machine(folder, docker(engine), RENDERING, environment(engine))
            yield found
            steps[job] = executed("".join(found.said))

    service = Repository(tmp_path / "sources", tmp_path / "service")
    service.run(form, f"-p ci --handover {handover} .", machines)
    executed_steps = [each for each in steps.values() if each]
    assert sum(executed_steps, Counter()) == dict.fromkeys(NAMES, 1)
    if form != "sh":
        assert executed_steps == [{name: 1} for name in NAMES]
    assert bool(registry.tags(host, "base/base")) == (handover == "registry")
