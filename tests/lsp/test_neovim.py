"""A session in a real editor, set up as docs/editor.md says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lsp.editor import PATIENT_COMMAND
from tests.shell import ROOT

if TYPE_CHECKING:
    from tests.project import Project

SESSION = Path(__file__).with_name("neovim.lua")


@pytest.fixture
def neovim() -> tuple[str, Path]:
    """Give the editor, and the file that sets it up."""
    found = shutil.which("nvim")
    if found is None:
        pytest.skip("NEOVIM IS NOT INSTALLED, so no editor was tried: apt-get install neovim")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = map(int, re.findall(r"v(\d+)\.(\d+)", version)[0])
    name = "neovim-0.7.lua" if (major, minor) < (0, 11) else "neovim.lua"
    return found, ROOT / "examples" / "editors" / name


@pytest.mark.slow  # it starts an editor
def test_neovim_shows_problems_jumps_and_renames(shipped: Project, neovim: tuple[str, Path], tmp_path: Path) -> None:
    editor, setup = neovim
    before = {name: shipped.read(name).decode() for name in ("Dockerfile.j2", "profiles/ci.yaml")}
    command = tmp_path / "bin" / "dfrender"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\nexec {shlex.join(PATIENT_COMMAND)}\n", encoding="utf-8")
    command.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SEEN": str(tmp_path / "seen"),
    }
    session = [editor, "--headless", "-n", "-u", "NONE", "-c", f"luafile {setup}", "-c", f"luafile {SESSION}"]
    subprocess.run(session, env=env, check=True, timeout=240, stdin=subprocess.DEVNULL, capture_output=True)
    seen = json.loads((tmp_path / "seen").read_text(encoding="utf-8"))
    assert seen == {
        "problems": ["41: no stage is named 'developmen'\ndid you mean 'development'?"],
        "jump": [15, 36],
    }
    for name, text in before.items():
        renamed = text.replace("builder-base", "toolchain").replace("# toolchain", "# builder-base")
        assert shipped.read(name).decode() == renamed
