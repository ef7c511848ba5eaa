"""DevSpace: the rendering is there when its build begins, and what did not change is not built anew."""

import os
import re
import shlex
import zlib
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from dfrender.dockerfile.ignore import is_ignored
from tests.recipes.edit import edit
from tests.shell import ROOT, environment, run
from tests.slow import slow_but

TEMPLATE = "Dockerfile.j2"
PAGE_BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "devspace.md").read_text(encoding="utf-8"), re.DOTALL)
CONFIGURATIONS = {
    "a function of DevSpace 6": (ROOT / "devspace.yaml").read_text(encoding="utf-8"),
    "a hook of DevSpace 6": (ROOT / "examples" / "devspace-hook.yaml").read_text(encoding="utf-8"),
    "a hook of DevSpace 5": next(block for block in PAGE_BLOCKS if "version: v1beta11" in block),
}


class Key(NamedTuple):
    """What DevSpace compares with the last build, ``pkg/devspace/build/builder/helper/helper.go``.

    The Dockerfile counts by path, size and time to the nanosecond, and once more as a file of the context; of that the
    paths and contents count that the ignore file leaves.
    """

    dockerfile: str
    context: str


def key(checkout: Path) -> Key:
    dockerfile = checkout / "Dockerfile.local"
    found = dockerfile.stat()
    ignored = [*(checkout / ".dockerignore").read_text(encoding="utf-8").splitlines(), f"!{dockerfile.name}"]
    context = sha256()
    for path in sorted(checkout.rglob("*")):
        if not is_ignored(path.relative_to(checkout).as_posix(), ignored):
            context.update(os.fsencode(path))
            context.update(b"" if path.is_dir() else b";%08x" % zlib.crc32(path.read_bytes()))
    of_file = f"{dockerfile};{found.st_size};{found.st_mtime_ns}"
    return Key(sha256(of_file.encode()).hexdigest(), context.hexdigest())


def editing(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Give the edit as something that is done to a checkout."""
    return partial(edit, name=name, old=old, new=new)


class DevSpace(NamedTuple):
    """DevSpace as far as it goes here: it does what comes before a build, and a build that looks at the Dockerfile."""

    configuration: dict[str, Any]
    checkout: Path
    environ: dict[str, str]

    def build(self) -> tuple[int, str]:
        """Build all images; give the exit code and the Dockerfile that the builder saw."""
        seen = self.checkout.parent / "seen"
        seen.unlink(missing_ok=True)
        functions, hooks = (self.configuration.get(each, {}) for each in ("functions", "hooks"))
        before = [shlex.join([hook["command"], *hook["args"]]) for hook in hooks if hook["events"] == ["before:build"]]
        script = functions.get("build_images", '__build_images "$@"')
        exit_code = run("\n".join(["set -e", *before, script]), self.checkout, self.environ, "--all").returncode
        return exit_code, seen.read_text(encoding="utf-8") if seen.exists() else ""


# the others only call dfrender in another way
EACH = slow_but([each for each in CONFIGURATIONS if "function" in each], CONFIGURATIONS.keys())


@pytest.fixture(params=EACH)
def devspace(request: pytest.FixtureRequest, checkout: Path, tmp_path: Path) -> DevSpace:
    """Give DevSpace in a checkout in which nothing has been rendered."""
    configuration = yaml.safe_load(CONFIGURATIONS[request.param])
    dockerfile = configuration["images"]["api"]["dockerfile"]
    build = f'test "$*" = --all && cp {dockerfile} ../seen'
    return DevSpace(configuration, checkout, environment(tmp_path / "bin", __build_images=build))


def test_the_rendering_is_there_when_the_build_begins(devspace: DevSpace) -> None:
    exit_code, seen = devspace.build()
    assert exit_code == 0
    assert seen == (devspace.checkout / "Dockerfile.local").read_text(encoding="utf-8")
    assert "\nFROM python-base AS development\nCOPY --from=builder-base $POETRY_HOME $POETRY_HOME\n" in seen


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Path.exists, id="nothing", marks=pytest.mark.slow),
        pytest.param(lambda checkout: (checkout / TEMPLATE).touch(), id="the time of the template"),
        pytest.param(editing(TEMPLATE, "{#", "{# soon:"), id="a comment that is not rendered", marks=pytest.mark.slow),
        pytest.param(editing("profiles/ci.yaml", "false", "true"), id="another profile", marks=pytest.mark.slow),
        pytest.param(
            lambda checkout: (checkout / "Dockerfile.ci").touch(), id="another rendering", marks=pytest.mark.slow
        ),
        pytest.param(
            lambda checkout: (checkout / ".devspace").mkdir(), id="what DevSpace keeps", marks=pytest.mark.slow
        ),
        pytest.param(lambda checkout: (checkout / ".git").mkdir(), id="what git keeps", marks=pytest.mark.slow),
    ],
)
def test_devspace_does_not_build_anew_for(devspace: DevSpace, change: Callable[[Path], object]) -> None:
    devspace.build()
    before = key(devspace.checkout)
    change(devspace.checkout)
    assert devspace.build()[0] == 0
    assert key(devspace.checkout) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(editing(TEMPLATE, "EXPOSE 8000", "EXPOSE 8001"), id="a line of the template"),
        pytest.param(
            editing("profiles/local.yaml", "3.13", "3.14"), id="a value of the profile", marks=pytest.mark.slow
        ),
    ],
)
def test_devspace_builds_anew_for(devspace: DevSpace, change: Callable[[Path], object]) -> None:
    _, seen_before = devspace.build()
    before = key(devspace.checkout)
    change(devspace.checkout)
    _, seen = devspace.build()
    after = key(devspace.checkout)
    assert seen != seen_before
    assert (after.dockerfile != before.dockerfile, after.context != before.context) == (True, True)


@pytest.mark.slow
def test_a_source_of_the_image_is_the_context_alone(devspace: DevSpace) -> None:
    devspace.build()
    before = key(devspace.checkout)
    edit(devspace.checkout, "api/main.py", "None", "1")
    devspace.build()
    after = key(devspace.checkout)
    assert (after.dockerfile == before.dockerfile, after.context == before.context) == (True, False)


@pytest.mark.slow
def test_a_rendering_that_was_removed_comes_back_with_the_same_bytes(devspace: DevSpace) -> None:
    _, seen = devspace.build()
    before = key(devspace.checkout)
    (devspace.checkout / "Dockerfile.local").unlink()
    assert devspace.build() == (0, seen)
    assert key(devspace.checkout).context == before.context


def test_a_template_with_a_mistake_stops_the_build(devspace: DevSpace) -> None:
    devspace.build()
    before = key(devspace.checkout)
    edit(devspace.checkout, TEMPLATE, 'stage("builder-base")', 'stage("bulider-base")')
    assert devspace.build() == (1, "")
    assert key(devspace.checkout) == before


def test_the_target_is_a_stage_that_devspace_finds(devspace: DevSpace) -> None:
    image = devspace.configuration["images"]["api"]
    target = image.get("target") or image["build"]["docker"]["options"]["target"]
    _, seen = devspace.build()
    assert re.findall(rf"(?i)(?:^|\n)\s*FROM\s+\S+\s+AS\s+({target})\s*(?:$|\n)", seen) == ["development"]


def test_devspace_finds_the_version_that_it_requires(checkout: Path, tmp_path: Path) -> None:
    (required,) = yaml.safe_load(CONFIGURATIONS["a function of DevSpace 6"])["require"]["commands"]
    command = shlex.join([required["name"], *required["versionArgs"]])
    version = re.search(required["versionRegEx"], run(command, checkout, environment(tmp_path / "bin")).stdout)
    assert version
    least = required["version"].removeprefix(">=")
    assert [int(each) for each in version[1].split(".")] >= [int(each) for each in least.split(".")]
