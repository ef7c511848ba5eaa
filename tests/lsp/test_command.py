"""The command that an editor starts."""

from __future__ import annotations

import subprocess
import sys


def test_without_the_extra_the_command_says_what_to_install() -> None:
    hidden = "import sys; sys.modules['lsprotocol'] = None; from dfrender.cli.main import main; main(['lsp'])"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Error: the editor's server needs lsprotocol, which is not installed: pip install 'dfrender[lsp]'\n"
    )
