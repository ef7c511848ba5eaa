"""What builds on a developer's machine runs what its recipe says; Docker, and the tools themselves, are stand-ins."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.recipes.edit import edit
from tests.shell import ROOT, environment, run

EXAMPLES = ROOT / "examples"
BUILD = "build --file Dockerfile.local --target development --tag"


class Machine(NamedTuple):
    """A checkout, and a shell in it in which Docker writes down how it is called."""

    checkout: Path
    environ: dict[str, str]

    def run(self, command: str, **variables: str) -> tuple[int, list[str]]:
        """Run a command; give its exit code and the calls of Docker."""
        log = self.checkout.parent / "docker.log"
        log.write_text("", encoding="utf-8")
        exit_code = run(command, self.checkout, self.environ | variables).returncode
        return exit_code, log.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def machine(checkout: Path, tmp_path: Path) -> Machine:
    """Give a machine whose Docker insists on a rendering for developers."""
    docker = 'grep -q "COPY --from=builder-base " Dockerfile.local && echo "$*" >> ../docker.log'
    return Machine(checkout, environment(tmp_path / "bin", docker=docker))


@pytest.mark.slow
def test_make_builds_an_image_for_a_real_change_only(machine: Machine) -> None:
    built = [f"{BUILD} api ."]
    assert machine.run("make api.image") == (0, built)
    assert machine.run("make api.image") == (0, [])
    edit(machine.checkout, "Dockerfile.j2", "{#", "{# soon:")
    assert machine.run("make api.image") == (0, []), "an edit that renders the same bytes"
    edit(machine.checkout, "Dockerfile.j2", "EXPOSE 8000", "EXPOSE 8001")
    assert machine.run("make api.image") == (0, built)
    assert machine.run("make api.image") == (0, [])
    edit(machine.checkout, "api/main.py", "None", "1")
    assert machine.run("make api.image") == (0, built)
    edit(machine.checkout, "Dockerfile.j2", 'stage("builder-base")', 'stage("bulider-base")')
    assert machine.run("make api.image") == (2, []), "make's exit code for a command that failed"


@pytest.mark.slow
def test_make_sees_what_a_template_includes(machine: Machine) -> None:
    (machine.checkout / "port").write_text("EXPOSE 8000\n", encoding="utf-8")
    edit(machine.checkout, "Dockerfile.j2", "EXPOSE 8000\n", '{% include "port" %}\n')
    assert machine.run("make api.image") == (0, [f"{BUILD} api ."])
    edit(machine.checkout, "port", "8000", "8001")
    assert machine.run("make api.image") == (0, [f"{BUILD} api ."])


def test_compose_builds_what_was_rendered_before(machine: Machine) -> None:
    text = (EXAMPLES / "compose.yaml").read_text(encoding="utf-8")
    build = yaml.safe_load(text)["services"]["api"]["build"]
    assert build == {"context": ".", "dockerfile": "Dockerfile.local", "target": "development"}
    assert machine.run(text.partition("before a build: ")[2].partition("\n")[0]) == (0, ["compose up --build"])


@pytest.mark.parametrize(
    ("push", "calls"),
    [
        pytest.param("false", [f"{BUILD} api:7 ."], id="for a cluster on this machine", marks=pytest.mark.slow),
        pytest.param("true", [f"{BUILD} api:7 .", "push api:7"], id="for another one"),
    ],
)
def test_skaffold_renders_builds_and_pushes(machine: Machine, push: str, calls: list[str]) -> None:
    custom = yaml.safe_load((EXAMPLES / "skaffold.yaml").read_text(encoding="utf-8"))["build"]["artifacts"][0]["custom"]
    assert machine.run(custom["buildCommand"], IMAGE="api:7", PUSH_IMAGE=push) == (0, calls)
    watched = custom["dependencies"]["paths"]
    assert {"Dockerfile.j2", "profiles", "api"} <= set(watched)
    assert all((machine.checkout / each).exists() for each in watched), "Skaffold stops at one that is not there"


def test_skaffold_stops_at_a_mistake(machine: Machine) -> None:
    custom = yaml.safe_load((EXAMPLES / "skaffold.yaml").read_text(encoding="utf-8"))["build"]["artifacts"][0]["custom"]
    edit(machine.checkout, "Dockerfile.j2", 'stage("builder-base")', 'stage("bulider-base")')
    assert machine.run(custom["buildCommand"], IMAGE="api:7", PUSH_IMAGE="true") == (1, [])


def test_tilt_builds_what_is_rendered_while_it_reads(machine: Machine) -> None:
    watched: list[str] = []
    built: dict[str, str] = {}

    def local(command: str, *, quiet: bool) -> str:
        assert quiet, "Tilt prints what it reads otherwise"
        return run(command, machine.checkout, machine.environ).stdout

    def docker_build(image: str, context: str, *, dockerfile_contents: str, target: str) -> None:
        built.update(image=image, context=context, contents=dockerfile_contents, target=target)

    tilt = {"watch_file": watched.append, "local": local, "docker_build": docker_build, "k8s_yaml": watched.append}
    exec((EXAMPLES / "Tiltfile").read_text(encoding="utf-8"), tilt)  # noqa: S102 - Tilt's language is a part of Python
    assert watched == ["Dockerfile.j2", "profiles", "k8s.yaml"]
    assert not (machine.checkout / "Dockerfile.local").exists()
    assert machine.run("dfrender render -p local && docker build")[0] == 0
    contents = (machine.checkout / "Dockerfile.local").read_text(encoding="utf-8")
    assert built == {"image": "api", "context": ".", "contents": contents, "target": "development"}
