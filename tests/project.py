"""A project in the working directory, and its user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from dfrender.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.testing import Result

TWO_STAGES = "FROM alpine:3.22 AS base\nFROM base AS app\nCOPY --from=base /etc/os-release /\n"


class Project:
    """Files are named relative to the working directory, which the test owns."""

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, and the folders that they need."""
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, name: str) -> bytes:
        """Give what a file holds."""
        return Path(name).read_bytes()

    def files(self) -> list[str]:
        """Give the names of all files."""
        return sorted(str(each) for each in Path().rglob("*") if not each.is_dir())

    def dfrender(self, *arguments: str, stdin: bytes = b"") -> Result:
        """Type ``dfrender`` and these arguments."""
        return CliRunner().invoke(main, arguments, stdin, prog_name="dfrender")

    def render(self, *arguments: str, stdin: bytes = b"") -> str:
        """Type ``dfrender render`` and see what is said, which must be nothing but the result."""
        result = self.dfrender("render", *arguments, stdin=stdin)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout
