"""The document ``official-images.txt`` to the names of Docker Official Images: those that need no ``/``."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

# importlib.resources does the same, and takes 41 ms to import
_read: Callable[[str], bytes] = __loader__.get_data  # type: ignore[name-defined]  # every loader of files has it


@cache
def official_images() -> frozenset[str]:
    """Return the names of all that are or were Docker Official Images."""
    data = _read(str(Path(__file__).with_name("official-images.txt")))
    lines = data.decode().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
