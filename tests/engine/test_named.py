"""Plans whose images are named by their inputs: what a run executes when registry, archives or images are kept.

The services are small ones, `tests.plan.agents`; the engines, the registry and what they build are real. Each run has
an engine of its own, in whose cache nothing is, and which holds no image but the base; a script's keeps its images.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from tests.engine import registry
from tests.engine.engine import BASE
from tests.engine.machines import docker, environment
from tests.engine.progress import executed
from tests.plan.agents.machine import RENDERING, Machine, machine
from tests.plan.agents.repository import Repository
from tests.plan.test_formats import NAMED
from tests.recipes.test_inputs import SHOWN, project_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.engine.engine import Engine, FreshEngine

pytestmark = pytest.mark.slow  # one engine shows it

ALL = Counter({"builder-base": 1, "development": 1, "unit-tests": 1, "production": 1})
TESTS = Counter({"unit-tests": 1})  # nobody takes their image, so it is built to see whether it can be
CASES = [
    ("sh", "artifact"),
    ("sh", "registry"),
    ("azure", "artifact"),
    ("azure", "registry"),
    ("github", "artifact"),
    ("github", "registry"),
    ("gitlab", "registry"),
]


class Project(NamedTuple):
    """A repository with the small template, and what its service and registry keep."""

    service: Repository
    form: str
    handover: str
    host: str
    fresh: FreshEngine
    kept: Engine | None = None

    def run(self) -> Counter[str]:
        """Carry out the plan; return the steps that it executed."""
        said: list[str] = []
        with self.engine() as engine:

            @contextmanager
            def machines(job: str) -> Iterator[Machine]:
                own = self.service.folder / f"machines-{self.service.runs}" / job.replace(" ", "-")
                found = machine(own, docker(engine), RENDERING, environment(engine))
                yield found
                said.extend(found.said)

            options = f"-p named --set values.base={BASE} --set registry={self.host} --handover {self.handover}"
            options += f" --set repository={self.name}/{{stage}} --set 'ignore=[unpinned-base]'"
            self.service.run(self.form, options, machines)
        return executed("".join(said))

    def engine(self) -> AbstractContextManager[Engine]:
        """Return the engine of a run: a new one, unless it is the images on it that are kept."""
        if self.kept:
            self.kept.run("builder", "prune", "--all", "--force")
            return nullcontext(self.kept)
        return self.fresh()

    @property
    def name(self) -> str:
        """Return what the names of this project's images begin with."""
        return self.service.folder.parent.name.lower()


def edit(sources: Path, name: str) -> None:
    """Change a file of the build context."""
    path = sources / name
    path.write_text(f"{path.read_text('utf-8')}more\n", "utf-8")


@pytest.fixture
def service(tmp_path: Path) -> Repository:
    """Return a repository with the small template."""
    sources = shutil.copytree(NAMED, tmp_path / "sources")
    (sources / ".git").mkdir()
    return Repository(sources, tmp_path / "service")


@pytest.mark.parametrize(("form", "handover"), [pytest.param(*case, id=" by ".join(case)) for case in CASES])
def test_a_run_executes_only_what_reads_what_changed(
    form: str, handover: str, fresh: FreshEngine, host: str, service: Repository
) -> None:
    keeps_engine = (form, handover) == ("sh", "artifact")
    with fresh() if keeps_engine else nullcontext() as kept:
        project = Project(service, form, handover, host, fresh, kept)
        assert project.run() == ALL
        assert project.run() == TESTS
        edit(service.sources, "app/client.txt")
        assert project.run() == TESTS + Counter({"production": 1})
        edit(service.sources, "app/server.txt")
        assert project.run() == TESTS + Counter({"development": 1, "production": 1})
        edit(service.sources, "poetry.lock")
        assert project.run() == ALL


@pytest.mark.parametrize("form", ["azure", "github"])
def test_an_archive_that_is_not_kept_any_more_is_built_again(
    form: str, fresh: FreshEngine, host: str, service: Repository
) -> None:
    project = Project(service, form, "artifact", host, fresh)
    assert project.run() == ALL
    caches = project.service.caches
    (evicted,) = [key for key in caches if "/development:" in key]
    del caches[evicted]
    assert project.run() == TESTS + Counter({"development": 1})
    assert project.run() == TESTS


@pytest.mark.parametrize("form", ["azure", "github", "gitlab"])
def test_a_digest_that_is_in_the_registry_is_published(
    form: str, fresh: FreshEngine, host: str, service: Repository
) -> None:
    """What is published bears the name of its inputs when all jobs are done, and nothing more in a second run."""
    project = Project(service, form, "registry", host, fresh)
    project.run()
    published = registry.tags(host, f"{project.name}/production")
    assert len(published) == len(["the name of the run", "the name by its inputs"])
    project.run()
    assert registry.tags(host, f"{project.name}/production") == published
    assert not registry.tags(host, f"{project.name}/unit-tests")


class Developer(NamedTuple):
    """A developer in a checkout."""

    sources: Path
    folder: Path
    fresh: FreshEngine

    def starts(self) -> Counter[str]:
        """Build what is started, on an engine that holds nothing; return the steps that this executed."""
        args = yaml.safe_load(SHOWN["compose.yaml"])["services"]["api"]["build"]["args"]
        words = ["docker", "build", "--file=Dockerfile.local", "--target=dev"]
        words += [f'"--build-arg={name}={value}"' for name, value in args.items()]
        command = f"./with-images.sh sh -c '{' '.join(words)} .'"
        with self.fresh() as engine:
            own = self.folder / f"developer-{len(list(self.folder.iterdir()))}"
            found = machine(own, docker(engine), RENDERING, environment(engine))
            found.run(["sh"], command, self.sources, {"DOCKER_BUILDKIT": "1"})
        return executed("".join(found.said))


def test_a_developer_starts_from_what_the_pipeline_built_of_the_same_inputs(
    fresh: FreshEngine, host: str, tmp_path: Path
) -> None:
    """As ``docs/inputs.md`` shows it; Docker is called with what its Compose file says."""
    sources = project_in(tmp_path, BASE)
    (sources / ".git").mkdir()
    profile = sources / "profiles" / "local.yaml"
    written = profile.read_text("utf-8").replace("registry.example.com/api", f"{host}/{tmp_path.name.lower()}")
    profile.write_text(f"{written}ignore: [unpinned-base]\n", "utf-8")
    service = Repository(sources, tmp_path / "service")
    with fresh() as engine:

        @contextmanager
        def machines(job: str) -> Iterator[Machine]:
            own = tmp_path / "machines" / job.replace(" ", "-")
            yield machine(own, docker(engine), RENDERING, environment(engine))

        service.run("gitlab", "-p ci", machines)
    developer = Developer(sources, tmp_path, fresh)
    assert developer.starts() == Counter()
    edit(sources, "app/server.txt")
    assert developer.starts() == Counter({"development": 1})
    edit(sources, "poetry.lock")
    assert developer.starts() == Counter({"builder-base": 1, "development": 1})
