"""Every mistake in the folder ``mistakes`` is told as written there: all that its user sees, and all that is written.

A mistake is a folder: the files of a project, ``command`` with what the user types (each line is a run), perhaps its
``stdin``, and perhaps ``setup``, a shell script that makes what cannot be a file in a repository. ``expected`` is
written anew by ``pytest tests/test_mistakes.py --update``; its difference is for a person to judge.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dfrender.cli.main import main
from tests.shell import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Run = Callable[[Sequence[str], Mapping[str, str], bytes], tuple[bytes, bytes, int]]

MISTAKES = sorted((Path(__file__).parent / "mistakes").iterdir())
EACH_MISTAKE = pytest.mark.parametrize(
    "mistake", [pytest.param(each, id=each.name.replace("-", " ")) for each in MISTAKES]
)
_NO_PROJECT_FILES = ("command", "expected", "setup", "stdin")
_DIAGNOSTIC = re.compile(r"(?P<file>\S.*?)(?P<place>(?::\d+){0,2}): (?:error|warning): .+ \[(?P<code>[a-z-]+)\]")
_CALLED = ("--set ", "--since ", "--target ", "--context ", "--handover ", "--allow ", "--format ")
_ABOUT_NO_LINE = {
    *("build-error", "outdated-findings", "unknown-findings"),
    *("ambiguous-profile", "file-not-found", "no-profile", "no-stage", "no-template", "not-an-original"),
    "not-a-dockerfile",
    "little-in-common",
    *("not-overwritten", "nothing-to-adopt", "nothing-to-build", "output-folder-missing", "output-is-input"),
    *("outside-repository", "profile-not-found", "shared-output", "unreadable-file", "unwritable-output"),
    *("ignore-file-outside-repository", "template-outside-repository"),
    *("stale-output", "edited-output", "missing-output", "foreign-output", "untracked-output"),
    *("unwritable-record", "no-header", "no-such-line", "unknown-origin", "orphaned-output"),
}


@EACH_MISTAKE
def test_a_mistake_is_told(
    mistake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.chdir(tmp_path)
    seen = "\n".join(transcript(mistake, in_this_process))
    if pytestconfig.getoption("update"):
        (mistake / "expected").write_bytes(seen.encode())
    assert seen == (mistake / "expected").read_bytes().decode()
    assert "Traceback" not in seen
    assert [found for block in diagnostics(seen) for found in flaws(block)] == []


def test_a_process_of_its_own_tells_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = next(each for each in MISTAKES if each.name == "several-mistakes-at-once")
    monkeypatch.chdir(tmp_path)
    assert "\n".join(transcript(mistake, in_a_process_of_its_own)) == (mistake / "expected").read_bytes().decode()


def transcript(mistake: Path, run: Run) -> Iterator[str]:
    """Make the mistake in the working directory; give what is seen, and the files that are other ones then."""
    shutil.copytree(mistake, ".", ignore=shutil.ignore_patterns(*_NO_PROJECT_FILES), dirs_exist_ok=True)
    if (mistake / "setup").exists():
        subprocess.run(["sh", "-eu", mistake / "setup"], check=True)
    stdin = (mistake / "stdin").read_bytes() if (mistake / "stdin").exists() else b""
    for command in (mistake / "command").read_text("utf-8").splitlines():
        words = shlex.split(command)
        name = words.index("dfrender")
        before = files()
        stdout, stderr, code = run(words[name + 1 :], dict(each.split("=", 1) for each in words[:name]), stdin)
        written = " ".join(name for name, data in files().items() if before.get(name) != data)
        yield f"$ {command}"
        for title, text in (("stdout", stdout), ("stderr", stderr)):
            if text:
                yield f"{title}:\n{text.decode().replace(str(Path.cwd()), '/where/this/is')}"
        yield f"exit code: {code}\nfiles written: {written or 'none'}\n"


def files() -> dict[str, bytes]:
    """Give the contents of all files here."""
    return {str(each): each.read_bytes() for each in sorted(Path().rglob("*")) if each.is_file()}


def in_this_process(arguments: Sequence[str], environ: Mapping[str, str], stdin: bytes) -> tuple[bytes, bytes, int]:
    seen = CliRunner(env=environ).invoke(main, arguments, stdin, prog_name="dfrender")
    return seen.stdout_bytes, seen.stderr_bytes, seen.exit_code


def in_a_process_of_its_own(
    arguments: Sequence[str], environ: Mapping[str, str], stdin: bytes
) -> tuple[bytes, bytes, int]:
    command = [sys.executable, "-m", "dfrender", *arguments]
    paths = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
    seen = subprocess.run(command, input=stdin, capture_output=True, env=paths, check=False)
    return seen.stdout, seen.stderr, seen.returncode


def diagnostics(seen: str) -> Iterator[list[str]]:
    """Give each diagnostic with the indented lines below it."""
    block: list[str] = []
    for line in [*seen.splitlines(), ""]:
        if block and line.startswith(" "):
            block.append(line)
            continue
        if block:
            yield block
        block = [line] if _DIAGNOSTIC.fullmatch(line) else []


def flaws(block: Sequence[str]) -> Iterator[str]:
    """Say what a user would miss in a diagnostic: the place, or what to do next."""
    match = _DIAGNOSTIC.fullmatch(block[0])
    if match and match["code"] not in _ABOUT_NO_LINE and not match["file"].startswith(_CALLED):
        if match["place"].count(":") != 2:
            yield f"no line and column: {block[0]}"
        if "|" not in "".join(block[1:2]):
            yield f"the line is not shown: {block[0]}"
    if not re.match(r" {3}\S", block[-1]):
        yield f"nothing to do next: {block[0]}"
