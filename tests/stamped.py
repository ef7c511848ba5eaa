"""A user whose calls are answered by stamps where nothing has changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner

from dfrender.cli.main import main
from dfrender.stamp import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


class Outcome(NamedTuple):
    """What a call comes to."""

    exit_code: int
    stdout: str
    stderr: str


class Stamped:
    """Types calls as the installed command is called, in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        """Begin with no call."""
        self.capture = capture
        self.replays = 0

    def dfrender(self, *words: str) -> Outcome:
        """Type a call."""
        this_call = call.of_words(list(words))
        if this_call and this_call.replay():
            self.replays += 1
            said = self.capture.readouterr()
            return Outcome(0, said.out, said.err)
        result = CliRunner().invoke(main, words, prog_name="dfrender", obj=this_call)
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def is_replayed(self, words: Sequence[str]) -> bool:
        """Type a call, and say whether a stamp answered it."""
        before = self.replays
        self.dfrender(*words)
        return self.replays > before


def keeping_times(path: str, text: str) -> None:
    """Write a file so that no time tells."""
    before = os.stat(path)  # noqa: PTH116 - what stands there
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - the same file, not a new one
        file.write(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
