"""One plan for a base and services whose images are named by their inputs: what is there is not built."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import BASE
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.plan.agents.machine import RENDERING, Machine, machine
from tests.plan.agents.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.engine import Engine, FreshEngine

pytestmark = pytest.mark.slow  # one engine shows it

SERVICES = ("api", "web")
ALL = Counter({"base": 1, "api": 1, "web": 1})
PLANS = [("sh", "artifact"), ("azure", "artifact"), ("github", "registry"), ("gitlab", "registry")]


def write(sources: Path, registry: str) -> None:
    """Write the base and the services; the stage of the base stands in each of them."""
    stage = f'FROM {BASE} AS base\nCOPY base/lock.txt /\nRUN echo "ran base" && echo tools > /tools\n'
    shared = f"registry: {registry}\ntag: '{{input_digest}}'\ncontext: ..\nplatform: linux/amd64\n"
    shared += "repository: '{folder}/{stage}'\nignore: [unpinned-base]\n"
    files = {
        ".git/HEAD": "",
        "base/Dockerfile.j2": stage,
        "base/profiles/ci.yaml": f"{shared}publish: [base]\n",
        "base/lock.txt": "poetry",
    }
    for name in SERVICES:
        steps = f'COPY {name}/main.txt /\nRUN echo "ran {name}" && cat /tools\n'
        files[f"{name}/Dockerfile.j2"] = f'{stage}FROM {{{{ stage("base") }}}} AS {name}\n{steps}'
        own = f"prebuilt: {{base: {{repository: base/base}}}}\ntarget: {name}\npublish: [{name}]\n"
        files[f"{name}/profiles/ci.yaml"] = shared + own
        files[f"{name}/main.txt"] = name
    for path, text in files.items():
        file = sources / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def run(service: Repository, form: str, handover: str, fresh: FreshEngine, kept: Engine | None) -> Counter[str]:
    """Carry out the plan, each job on an engine that holds nothing but the base image; return the executed steps."""
    said: list[str] = []

    @contextmanager
    def machines(job: str) -> Iterator[Machine]:
        with nullcontext(kept) if kept else fresh() as engine:
            own = service.folder / f"machines-{service.runs}" / re.sub("[ /]", "-", job)
            found = machine(own, docker(engine), RENDERING, environment(engine))
            yield found
            said.extend(found.said)

    service.run(form, f"-p ci --handover {handover} .", machines)
    return executed("".join(said))


@pytest.mark.parametrize(("form", "handover"), PLANS, ids=[" by ".join(each) for each in PLANS])
def test_a_run_executes_what_changed_in_whichever_template(
    form: str, handover: str, fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    write(tmp_path / "sources", f"{host}/{tmp_path.name.lower()}")
    service = Repository(tmp_path / "sources", tmp_path / "service")
    with fresh() if form == "sh" else nullcontext() as kept:
        assert run(service, form, handover, fresh, kept) == ALL
        assert run(service, form, handover, fresh, kept) == Counter()
        (service.sources / "api" / "main.txt").write_text("more", "utf-8")
        assert run(service, form, handover, fresh, kept) == Counter({"api": 1})
