"""Plans for buildah, carried out as they are written, and what is claimed of it; Podman builds with it too.

Each storage is a folder of its own, another machine's to the test. Nothing is fetched: base and registry are local.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.engine.conftest import unavailable
from tests.engine.engine import BASE, copy_of
from tests.engine.progress import printed
from tests.engine.test_plan import PROFILES, STEPS, job_alone, plan
from tests.plan.agents.machine import RENDERING, machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BUILDAH = "--set builder=buildah"
STYLES = ["arg", *(pytest.param(style, marks=pytest.mark.slow) for style in ("image", "either", "context"))]
TRIED = ((1, 28), (1, 39), (1, 43))
NEVER = (99, 0)
STORAGE = """\
[storage]
driver = "vfs"
graphroot = "{folder}/images"
runroot = "{folder}/run"
"""
# newer ones raise the limits of a step, which is not everywhere allowed
LIMITS = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
_STEP = re.compile(r"(?:\[\d+/\d+\] )?STEP \d+/\d+: (?:RUN .*?\bran (?P<stage>[a-z-]+))?")
REGISTRY = '[[registry]]\nlocation = "{host}"\ninsecure = true\n'


@dataclass(frozen=True)
class Storage:
    """A storage of images, and buildah with it."""

    folder: Path
    version: tuple[int, int]
    host: str = ""

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """Return the variables by which buildah finds the storage, and needs neither network nor daemon."""
        texts = {
            "CONTAINERS_STORAGE_CONF": STORAGE.format(folder=self.folder),
            "CONTAINERS_CONF": LIMITS,
            "CONTAINERS_REGISTRIES_CONF": REGISTRY.format(host=self.host) if self.host else "",
        }
        found = {"BUILDAH_ISOLATION": "chroot"}
        for name, text in texts.items():
            file = self.folder / name
            file.write_text(text, "utf-8")
            found[name] = str(file)
        return found

    def call(self, *words: str) -> tuple[bool, str]:
        """Call buildah; return whether that worked, and all that it said."""
        done = subprocess.run(
            ["buildah", *words],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout

    def run(self, *words: str) -> str:
        """Call buildah, which must work, and return what it said."""
        worked, said = self.call(*words)
        assert worked, said
        return said

    def build(self, folder: Path, dockerfile: str, *options: str) -> tuple[bool, str]:
        """Build a text on the base image, in a folder."""
        file = folder / "Dockerfile"
        file.write_text(dockerfile.replace("BASE", BASE), "utf-8")
        return self.call("build", f"--file={file}", *options, str(folder))


def executed(said: str) -> Counter[str]:
    """Count by stage the RUN steps that were executed: 1.39 was seen to lose what one printed, but not its step."""
    found: Counter[str] = Counter()
    stage = ""
    for line in said.splitlines():
        if step := _STEP.match(line):
            stage = step["stage"] or ""
            if stage:
                found[stage] += 1
        elif stage and line.startswith("--> Using cache"):
            found[stage] -= 1
    return printed(said) | found


Fresh: TypeAlias = "Callable[[str], Storage]"


@pytest.fixture(scope="session")
def version() -> tuple[int, int]:
    """Return the version of buildah."""
    if not shutil.which("buildah"):
        unavailable("buildah is not installed (on Debian: apt-get install buildah)")
    said = subprocess.run(["buildah", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"buildah version (\d+)\.(\d+)", said)
    assert found
    return int(found[1]), int(found[2])


def new_storage(base: Path, version: tuple[int, int], folder: Path, name: str, host: str = "") -> Storage:
    """Make a storage that holds the base image only."""
    own = folder / "storages" / name
    own.mkdir(parents=True)
    storage = Storage(own, version, host)
    worker = storage.run("from", "scratch").split()[-1]
    storage.run("add", "--quiet", worker, str(base), "/")
    storage.run("commit", "--quiet", "--rm", worker, BASE)
    return storage


@pytest.fixture(scope="session")
def base_file(base: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive of the base image's file system."""
    file = tmp_path_factory.mktemp("base") / "base.tar"
    file.write_bytes(base)
    return file


@pytest.fixture
def fresh_storage(version: tuple[int, int], base_file: Path, tmp_path: Path) -> Fresh:
    """Return what makes further storages."""
    return partial(new_storage, base_file, version, tmp_path)


@pytest.fixture(scope="module")
def storage(version: tuple[int, int], base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Storage:
    """Return one storage for all that leaves nothing in it that others could find."""
    return new_storage(base_file, version, tmp_path_factory.mktemp("buildah"), "shared")


def scripted(storage: Storage, folder: Path, script: str) -> Counter[str]:
    """Run a script with a storage; return the steps that were executed."""
    found = machine(storage.folder / "machine", "exit 97", RENDERING, storage.environment)
    found.run(["sh"], script, folder, {})
    return executed("".join(found.said))


@pytest.mark.parametrize("style", STYLES)
def test_a_script_runs_every_step_once(style: str, fresh_storage: Fresh, tmp_path: Path) -> None:
    options, _ = PROFILES[style]
    folder = copy_of("project", tmp_path)
    storage = fresh_storage("one")
    assert scripted(storage, folder, plan(folder, f"{options} {BUILDAH}", "sh")) == STEPS


@pytest.mark.parametrize("style", STYLES)
def test_every_job_runs_the_steps_of_its_stage_with_what_earlier_ones_saved(
    style: str, fresh_storage: Fresh, tmp_path: Path
) -> None:
    options, _ = PROFILES[style]
    folder = copy_of("project", tmp_path)
    script = plan(folder, f"{options} {BUILDAH}", "sh")
    found = {}
    for job in json.loads(plan(folder, f"{options} {BUILDAH}", "json"))["jobs"]:
        storage = fresh_storage(job["id"])
        for stage in job["images"]:
            storage.run("pull", f"docker-archive:{folder / stage}.tar")
        found[job["stage"]] = scripted(storage, folder, job_alone(script, job["stage"]))
        (made,) = job["tags"]
        storage.run("push", made, f"docker-archive:{folder / job['stage']}.tar")
    assert found == {stage: {stage: count} for stage, count in STEPS.items()}


def test_every_job_runs_the_steps_of_its_stage_with_what_earlier_ones_pushed(
    fresh_storage: Callable[[str, str], Storage], host: str, tmp_path: Path
) -> None:
    options = f"-p ci {BUILDAH} --handover registry --set registry={host} --set repository={tmp_path.name}/{{stage}}"
    folder = copy_of("project", tmp_path)
    script = plan(folder, options, "sh")
    found = {}
    for job in json.loads(plan(folder, options, "json"))["jobs"]:
        storage = fresh_storage(job["id"], host)
        found[job["stage"]] = scripted(storage, folder, job_alone(script, job["stage"]))
    assert found == {stage: {stage: count} for stage, count in STEPS.items()}


def test_a_job_stops_before_it_builds_where_an_image_is_not_there(fresh_storage: Fresh, tmp_path: Path) -> None:
    folder = copy_of("project", tmp_path)
    script = job_alone(plan(folder, f"-p ci {BUILDAH}", "sh"), "development")
    with pytest.raises(AssertionError, match="builder-base:latest: image not known"):
        scripted(fresh_storage("empty"), folder, script)


@pytest.mark.parametrize(
    ("line", "since"),
    [
        pytest.param("RUN <<E\ntrue\nE", (1, 39), id="heredocs"),
        pytest.param("COPY --exclude=*.md d /d", (1, 39), id="COPY --exclude"),
        pytest.param("ADD --exclude=*.md d /d", (1, 39), id="ADD --exclude"),
        pytest.param("RUN --network=host true", (1, 39), id="RUN --network"),
        pytest.param("COPY --link d /d", (1, 43), id="COPY --link"),
        pytest.param("ADD --link d /d", (1, 43), id="ADD --link"),
        pytest.param("COPY --parents d /d", (1, 43), id="COPY --parents"),
        pytest.param("ADD --keep-git-dir=true d /d", NEVER, id="ADD --keep-git-dir"),
        pytest.param("ADD --unpack=true d /d", NEVER, id="ADD --unpack"),
        pytest.param("RUN --security=insecure true", NEVER, id="RUN --security"),
        pytest.param("RUN --device=vendor.com/device true", NEVER, id="RUN --device"),
        pytest.param("COPY --chmod=755 d /d", (1, 28), id="COPY --chmod"),
        pytest.param("RUN --mount=type=cache,target=/c true", (1, 28), id="RUN --mount"),
    ],
)
def test_what_the_rule_says_of_versions_is_so(
    line: str, since: tuple[int, int], storage: Storage, tmp_path: Path
) -> None:
    if storage.version not in TRIED:
        pytest.skip(f"nothing is said of buildah {storage.version}")
    (tmp_path / "d").mkdir()
    worked, said = storage.build(tmp_path, f"FROM BASE\n{line}\n")
    assert worked == (storage.version >= since), said


@pytest.mark.parametrize(
    ("dockerfile", "options"),
    [
        pytest.param("FROM BASE AS tools\nFROM BASE\nCOPY --from=TOOLS /nonce /\n", [], id="COPY --from in capitals"),
        pytest.param(
            "FROM BASE AS tools\nFROM BASE\nRUN --mount=from=TOOLS,target=/m true\n", [], id="a mount in capitals"
        ),
        pytest.param("FROM BASE AS Tools\nFROM BASE\nCOPY --from=tools /nonce /\n", [], id="a stage in capitals"),
        pytest.param("FROM BASE AS Tools\nFROM tools\n", [], id="FROM of a stage in capitals"),
        pytest.param("FROM BASE AS Tools\nFROM BASE\n", ["--target=tools"], id="a target in capitals"),
    ],
)
def test_it_compares_the_case_of_names(dockerfile: str, options: list[str], storage: Storage, tmp_path: Path) -> None:
    worked, said = storage.build(tmp_path, dockerfile, *options)
    assert not worked, said


def test_newer_ones_let_an_argument_go_from_stage_to_stage(storage: Storage, tmp_path: Path) -> None:
    if storage.version not in TRIED:
        pytest.skip(f"nothing is said of buildah {storage.version}")
    worked, said = storage.build(tmp_path, "FROM BASE AS b\nARG A=1\nFROM b\nRUN test $A\n")
    assert worked == (storage.version >= (1, 43)), said


def test_newer_ones_find_the_stage_that_an_argument_names(storage: Storage, tmp_path: Path) -> None:
    """Others do not wait for that stage, and so find it only where they happened to build it first."""
    if storage.version not in TRIED:
        pytest.skip(f"nothing is said of buildah {storage.version}")
    worked, said = storage.build(tmp_path, "ARG B=b\nFROM BASE AS b\nFROM $B\n")
    assert worked or (storage.version < (1, 39) and 'short-name "b" did not resolve' in said), said


def test_nothing_is_built_but_what_the_target_needs(storage: Storage, tmp_path: Path) -> None:
    lines = [f"FROM BASE AS {name}\nRUN echo ran {name}\n" for name in ("above", "needed", "target", "below")]
    dockerfile = "".join(lines).replace("FROM BASE AS target", "FROM needed AS target")
    worked, said = storage.build(tmp_path, dockerfile, "--target=target")
    assert worked, said
    assert executed(said) == {"needed": 1, "target": 1}


def test_an_image_in_its_own_format_loses_its_triggers_and_one_in_dockers_does_not(
    fresh_storage: Fresh, tmp_path: Path
) -> None:
    storage = fresh_storage("one")
    found = {}
    for form in ("oci", "docker"):
        worked, said = storage.build(
            tmp_path, "FROM BASE\nONBUILD RUN echo ran trigger\n", f"--format={form}", f"--tag=dfrender-engine/{form}"
        )
        assert worked, said
        _, said = storage.build(tmp_path, f"FROM dfrender-engine/{form}\n")
        found[form] = executed(said)
    assert found == {"oci": {}, "docker": {"trigger": 1}}


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        pytest.param([".dockerignore"], ".dockerignore", id="Docker's"),
        pytest.param([".dockerignore", ".containerignore"], ".containerignore", id="its own before Docker's"),
        pytest.param(
            [".containerignore", "Dockerfile.containerignore"],
            "Dockerfile.containerignore",
            id="that of the Dockerfile before that of the context",
        ),
        pytest.param(
            ["Dockerfile.dockerignore", "Dockerfile.containerignore", ".containerignore"],
            "Dockerfile.dockerignore",
            id="of those of the Dockerfile, Docker's before its own",
        ),
    ],
)
def test_one_ignore_file_counts(names: list[str], counts: str, storage: Storage, tmp_path: Path) -> None:
    dockerfile = "FROM BASE\nCOPY . /d\n"
    for name in names:
        (tmp_path / name).write_text(f"left-out-by{name}\n", "utf-8")
        (tmp_path / f"left-out-by{name}").touch()
        # what a step prints may be lost, and whether it fails is not
        dockerfile += f"RUN test {'!' if name == counts else ''} -e /d/left-out-by{name}\n"
    worked, said = storage.build(tmp_path, dockerfile)
    assert worked, said


def test_the_ignore_file_of_a_dockerfile_whose_path_is_relative_is_looked_for_in_the_context(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "some-file").touch()
    (tmp_path / "Dockerfile.dockerignore").write_text("some-file\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    for file, condition in (("Dockerfile", "-e"), (f"{tmp_path}/Dockerfile", "! -e")):
        Path("Dockerfile").write_text(f"FROM {BASE}\nCOPY . /d\nRUN test {condition} /d/some-file\n", "utf-8")
        storage.run("build", f"--file={file}", "context")


def test_an_image_without_a_registry_is_found_and_handed_on_by_either_name(storage: Storage, tmp_path: Path) -> None:
    worked, said = storage.build(tmp_path, "FROM BASE\n", "--tag=short:1")
    assert worked, said
    archive = f"docker-archive:{tmp_path}/short.tar"
    storage.run("push", "short:1", archive)
    storage.run("rmi", "localhost/short:1")
    storage.run("pull", archive)
    for name in ("short:1", "localhost/short:1"):
        worked, said = storage.build(tmp_path, f"FROM {name}\nFROM BASE\nCOPY --from={name} /nonce /n\n")
        assert worked, said
