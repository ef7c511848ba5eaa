"""What a shell offers while a person types."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from dfrender.cli.main import main
from tests.project import Project
from tests.shell import ROOT

FILES = {
    "Dockerfile.j2": '{% set v = 1 %}\nFROM alpine AS base\nFROM {{ stage("base") }} AS build-app\nFROM scratch\n',
    "profiles/ci.yaml": "",
    "profiles/local.yaml": "",
    "api/Dockerfile": "FROM alpine AS api\n",
    "api/profiles/prod.yaml": "",
    "broken/profiles/ci.yaml": "",
    "broken/profiles/ci.yml": "",
    "broken/Dockerfile": "FROM a",
    "hostile/Dockerfile": "FROM a",
    **{
        f"hostile/profiles/{name}.yaml": ""
        for name in ("$(x)", "`x`", "a;b", "a b", "a\nb", "x>y", "'", "~", "*", "é-1")
    },
}


def offered(line: str) -> list[str]:
    """Press the tabulator behind a line."""
    _, *arguments, incomplete = line.split(" ")
    found = ShellComplete(main, {}, "dfrender", "_DFRENDER_COMPLETE").get_completions(arguments, incomplete)
    return [each.value for each in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("dfrender render -p ", ["ci", "local"], id="the profiles of this folder's template"),
        pytest.param("dfrender render -p l", ["local"], id="those that begin so"),
        pytest.param("dfrender render api/Dockerfile -p ", ["prod"], id="the profiles of the template that is named"),
        pytest.param("dfrender render broken -p ", [], id="nothing where profiles are ambiguous"),
        pytest.param("dfrender render hostile -p ", ["é-1"], id="no name of which a shell would run a part"),
        pytest.param("dfrender render none/x -p ", [], id="nothing where there is no such folder"),
        pytest.param("dfrender render --target b", ["base", "build-app"], id="the stages that have names"),
        pytest.param("dfrender render api --target ", ["api"], id="the stages of the template in a folder"),
        pytest.param("dfrender render none/x --target ", [], id="no stages where there is no template"),
        pytest.param("dfrender lint --rule from-case", ["from-case-mismatch"], id="the rules"),
        pytest.param("dfrender lint --rule yaml", [], id="no code that is not a rule"),
        pytest.param("dfrender explain yaml", ["yaml-syntax"], id="all codes that can be explained"),
        pytest.param("dfrender plan --format mer", ["mermaid"], id="the formats of a plan"),
        pytest.param("dfrender plan --format own", ["own"], id="files, which may be formats too"),
        pytest.param("dfrender render api/", ["api/"], id="files, which it finds itself"),
        pytest.param("dfrender completion ", ["bash", "zsh", "fish"], id="the shells"),
    ],
)
def test_a_shell_offers(line: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Project().write(FILES)
    assert offered(line) == expected


def test_the_command_answers_the_script(tmp_path: Path) -> None:
    environ = {"_DFRENDER_COMPLETE": "bash_complete", "COMP_WORDS": "dfrender lint --rule empty", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "dfrender"],
        cwd=tmp_path,
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "plain,empty-platform\nplain,empty-from\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_for(shell: str) -> None:
    result = Project().dfrender("completion", shell)
    assert result.exit_code == 0
    assert f"_DFRENDER_COMPLETE={shell}_complete" in result.stdout


def test_bash_takes_the_script() -> None:
    script = Project().dfrender("completion", "bash").stdout
    subprocess.run(["bash", "--norc", "-eu", "-c", f"{script}\ncomplete -p dfrender"], check=True)
