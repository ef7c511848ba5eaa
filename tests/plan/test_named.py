"""Plans whose images are named by their inputs, run in small: what is there is not built again, and nothing is lost.

Docker knows what was pushed, loaded and built, and builds nothing; `tests.engine.test_named` has an engine do it.
"""

from __future__ import annotations

import re
import shutil
from contextlib import chdir, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner

from dfrender.cli.main import main
from tests.plan.agents.machine import LOGGING_DOCKER, RENDERING, Machine, machine
from tests.plan.agents.repository import Repository
from tests.plan.builds import build_of
from tests.plan.test_formats import NAMED
from tests.slow import slow_but

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


NOBODY_SAYS = "images are named by their inputs, and nothing in a run would say what these are"
PREBUILT = ["builder-base", "development"]
ORDER = ["builder-base", "development", "production", "unit-tests"]
ALL = {"builder-base", "development", "unit-tests", "production"}
CASES = {
    "a script": ("sh", "--handover artifact"),
    "a script, by a registry": ("sh", "--handover registry"),
    "a script, by a registry, with the classic builder": ("sh", "--handover registry --set builder=classic"),
    "Azure, by artifacts": ("azure", "--handover artifact"),
    "Azure, by artifacts, with the classic builder": ("azure", "--handover artifact --set builder=classic"),
    "Azure, by artifacts, with images in the file": ("azure", "--handover artifact --set style=image"),
    "Azure, by a registry": ("azure", "--handover registry"),
    "Azure, by a registry, with the classic builder": ("azure", "--handover registry --set builder=classic"),
    "GitHub, by artifacts": ("github", "--handover artifact"),
    "GitHub, by a registry": ("github", "--handover registry"),
    "GitHub, by a registry, with contexts": ("github", "--handover registry --set style=context"),
    "GitHub, by a registry, with the classic builder": ("github", "--handover registry --set builder=classic"),
    "GitLab": ("gitlab", "--handover registry"),
    "GitLab, with the classic builder": ("gitlab", "--handover registry --set builder=classic"),
}
# knows the images of its machine and those of a registry, each by its name in a file
DOCKER = rf"""{LOGGING_DOCKER}
for word in "$@"; do last=$word; done
tags() {{ for word in "$@"; do case "$word" in --tag=*) echo "${{word#--tag=}}" ;; esac; done; }}
created() {{ case "$4" in --tag) echo "$5" ;; --tag=*) echo "${{4#--tag=}}" ;; esac; }}
holds() {{ [ -f "$1" ] && grep -qxF "$2" "$1"; }}
case "$*" in
"buildx imagetools inspect "* | "manifest inspect "*) holds "$REGISTRY" "$last" || {{ echo "no $last" >&2; exit 1; }} ;;
"image inspect "*) holds "$IMAGES" "$3" || exit 1 ;;
"buildx imagetools create "*) holds "$REGISTRY" "$last" && created "$@" >> "$REGISTRY" ;;
"buildx build "*--push*) tags "$@" >> "$REGISTRY"; ! cat "$REFUSING" ;;
"buildx build "*) ;;
"build "*) tags "$@" >> "$IMAGES" ;;
"tag "*) holds "$IMAGES" "$2" && echo "$3" >> "$IMAGES" ;;
"pull "*) holds "$REGISTRY" "$2" && echo "$2" >> "$IMAGES" ;;
"push "*) holds "$IMAGES" "$2" && echo "$2" >> "$REGISTRY" && ! cat "$REFUSING" ;;
"save "*) cp "$IMAGES" "$3" ;;
"load "*) cat "$3" >> "$IMAGES" ;;
esac
"""


class Service(NamedTuple):
    """A repository with the small template whose images are named by their inputs, and a registry."""

    repository: Repository
    form: str
    options: str

    def run(self) -> Mapping[str, Machine]:
        """Write a plan into the repository and run it, each job on a machine without images; a script has its own."""
        return self.repository.run(self.form, f"-p named {self.options}", self.machines)

    def built(self) -> set[str]:
        """Return the stages that a run builds."""
        found: set[str] = set()
        for each in self.run().values():
            builds = [build_of(call) for call in each.calls]
            found.update(build.target for build in builds if build)
        return found

    @contextmanager
    def machines(self, job: str) -> Iterator[Machine]:
        """Return a machine for a job."""
        folder = self.repository.folder
        own = folder / f"machines-{self.repository.runs}" / job.replace(" ", "-")
        images = folder / "images" if self.form == "sh" else own / "images"
        files = {"REGISTRY": self.registry, "REFUSING": self.refusing, "IMAGES": images}
        yield machine(own, DOCKER, RENDERING, {name: str(path) for name, path in files.items()})

    @property
    def registry(self) -> Path:
        """Return the file that lists what is in the registry."""
        return self.repository.folder / "registry"

    @property
    def refusing(self) -> Path:
        """Return the file that is what a registry says which refuses a push: another run was there before."""
        return self.repository.folder / "refusing"

    def pushed(self) -> list[str]:
        """Return the images in the registry, without their tags."""
        names = self.registry.read_text("utf-8").splitlines() if self.registry.exists() else []
        return sorted(name.partition(":")[0].rpartition("/")[2] for name in names)

    def edit(self, name: str) -> None:
        """Change a file of the build context."""
        path = self.repository.sources / name
        path.write_text(f"{path.read_text('utf-8')}more\n", "utf-8")


def service_in(folder: Path, form: str, options: str) -> Service:
    sources = shutil.copytree(NAMED, folder / "sources")
    (sources / ".git").mkdir()
    return Service(Repository(sources, folder / "service"), form, options)


# the others hand over, build and render in another way
QUICK = {"a script"}


@pytest.fixture(params=slow_but(QUICK, {name: (case,) for name, case in CASES.items()}))
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Service:
    """Return a repository for each kind of plan."""
    return service_in(tmp_path, *request.param)


def test_a_run_builds_what_is_missing_and_whatever_nobody_takes(service: Service) -> None:
    assert service.built() == ALL
    assert service.built() == {"unit-tests"}
    service.edit("app/client.txt")
    assert service.built() == {"unit-tests", "production"}
    service.edit("app/server.txt")
    assert service.built() == {"development", "unit-tests", "production"}
    service.edit("poetry.lock")
    assert service.built() == ALL


@pytest.mark.slow
@pytest.mark.parametrize("form", slow_but({"azure"}, ["azure", "github"]))
def test_an_archive_that_is_not_kept_any_more_is_built_again(form: str, tmp_path: Path) -> None:
    service = service_in(tmp_path, form, "--handover artifact")
    service.run()
    caches = service.repository.caches
    (evicted,) = [key for key in caches if "/development:" in key]
    del caches[evicted]
    assert service.built() == {"development", "unit-tests"}


@pytest.mark.slow
def test_an_archive_is_kept_under_the_name_of_its_image(tmp_path: Path) -> None:
    service = service_in(tmp_path, "azure", "--handover artifact")
    service.run()
    assert [key.partition(":")[0] for key in service.repository.caches] == [
        f"dfrender|ghcr.io/example/{stage}" for stage in ("builder-base", "development", "production")
    ]


BY_REGISTRY = {
    "a script": ("sh", "buildkit"),
    "a script, with the classic builder": ("sh", "classic"),
    "Azure": ("azure", "buildkit"),
    "Azure, with the classic builder": ("azure", "classic"),
    "GitHub": ("github", "buildkit"),
    "GitHub, with the classic builder": ("github", "classic"),
    "GitLab": ("gitlab", "buildkit"),
    "GitLab, with the classic builder": ("gitlab", "classic"),
}


@pytest.mark.parametrize(("form", "builder"), slow_but({"a script"}, BY_REGISTRY))
def test_a_push_that_is_refused_is_fine_where_the_image_is_there(form: str, builder: str, tmp_path: Path) -> None:
    service = service_in(tmp_path, form, f"--handover registry --set builder={builder} --set 'publish=[]'")
    service.refusing.parent.mkdir()
    service.refusing.write_text("this tag cannot be overwritten", "utf-8")
    done = service.run()
    said = "".join("".join(each.said) for each in done.values())
    assert said.count("this tag cannot be overwritten") == len(PREBUILT)
    assert service.pushed() == PREBUILT


@pytest.mark.slow
def test_a_run_says_why_it_did_not_find_an_image(tmp_path: Path) -> None:
    service = service_in(tmp_path, "github", "--handover registry")
    said = "".join(service.run()["builder-base"].said)
    assert re.search(r"no ghcr\.io/example/builder-base:[0-9a-f]{20}\n", said)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["azure", "github", "gitlab"])
def test_a_run_renders_once_and_skips_no_job(form: str, tmp_path: Path) -> None:
    service = service_in(tmp_path, form, "--handover registry")
    first, second = service.run(), service.run()
    assert [name for name, each in first.items() if each.log("pip")] == ["render"]
    assert list(first) == list(second) == ["render", *ORDER, "publish"]


@pytest.mark.slow
def test_what_is_published_has_the_name_of_a_run_until_all_jobs_are_done(tmp_path: Path) -> None:
    service = service_in(tmp_path, "github", "--handover registry")
    done = service.run()
    pushing = [build_of(call) for call in done["production"].calls]
    assert [build.tags for build in pushing if build and build.pushes] == [("ghcr.io/example/production:101",)]
    (created,) = [call for call in done["publish"].calls if call[2:3] == ["create"]]
    assert re.fullmatch("ghcr.io/example/production:[0-9a-f]{20}", created[4])
    again = service.run()
    assert not [call for call in again["publish"].calls if call[2:3] == ["create"]]


def test_a_pipeline_of_images_named_by_their_inputs_cannot_build_what_is_committed(tmp_path: Path) -> None:
    service = service_in(tmp_path, "github", "--set install=none")
    with chdir(service.repository.sources):
        seen = CliRunner().invoke(main, ["plan", "-p", "named", "--set", "install=none", "--format", "github"])
    assert seen.exit_code == 1
    assert seen.stderr.splitlines() == [
        f"--set install: error: {NOBODY_SAYS} [install-needed]",
        "   say in install what pip installs, so that a run can call dfrender inputs",
    ]
