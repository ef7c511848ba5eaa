"""Where a long run is, on a line of the terminal that is gone at its end."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dfrender.cli.printing import echo_bytes, is_terminal
from dfrender.source import encode, visible

_QUIET = 0.5  # seconds in which nobody asks
_OFTEN = 0.1
_ERASE = b"\r\x1b[K"
_WIDTH = 80


@contextmanager
def progress(total: int, *, is_wanted: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that says what is done next; it shows that after half a second, where a person watches."""
    shown = _Line(total)
    is_shown = is_wanted and total > 1 and is_terminal(err=True) and os.environ.get("TERM") != "dumb"
    try:
        yield shown.next if is_shown else _nothing
    finally:
        shown.erase()


def _nothing(_: str) -> None:
    return


class _Line:
    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._due = time.monotonic() + _QUIET
        self._is_there = False

    def next(self, name: str) -> None:
        """Say what is done next."""
        self._done += 1
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _OFTEN
        text = visible(f"{self._done} of {self._total}: {name}")
        echo_bytes(_ERASE + encode(text[: _width() - 1]), err=True)
        self._is_there = True

    def erase(self) -> None:
        """Leave nothing on the terminal."""
        if self._is_there:
            echo_bytes(_ERASE, err=True)


def _width() -> int:
    return os.get_terminal_size(2).columns or _WIDTH  # 0 where it does not say
