"""What server and worker say to each other, and how it is sent."""

import pickle
from collections.abc import Mapping
from typing import TypeAlias

from dfrender.lsp.model import Analysis
from dfrender.tuples import NamedTuple

LENGTH = 8
"""How many bytes say how long a message is."""


class Request(NamedTuple):
    """A question about the file at an absolute path: what is known of it, or with which templates it is analysed."""

    path: str
    texts: Mapping[str, str]
    environ: Mapping[str, str]
    wants_roots: bool = False


class Failure(NamedTuple):
    """What nobody foresaw, which is a bug of dfrender."""

    text: str


Answer: TypeAlias = "Analysis | tuple[str, ...] | Failure"


def packed(message: object) -> bytes:
    """Return a message as it is sent: its length and its bytes."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "big") + data


def unpacked(data: bytes) -> object:
    """Return a message without its length. It is from the other process of this program, and nobody else's."""
    return pickle.loads(data)  # noqa: S301 - as said above
