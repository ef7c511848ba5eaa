"""What server and worker say to each other, and how it is sent."""

import enum
import pickle
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from dfrender.lsp.model import Analysis

LENGTH = 8
"""How many bytes say how long a message is."""


class Question(enum.Enum):
    """What is asked of a file: all that is known, with which templates it is analysed, what would take its place."""

    ANALYSIS = "analysis"
    ROOTS = "roots"
    ADOPTION = "adoption"


class Request(NamedTuple):
    """A question about the file at an absolute path, and the unsaved texts."""

    path: str
    texts: Mapping[str, str]
    environ: Mapping[str, str]
    question: Question = Question.ANALYSIS


class Roots(NamedTuple):
    """The absolute paths of the templates that a document is analysed with."""

    paths: tuple[str, ...]


class NewFiles(NamedTuple):
    """The texts of the files that would take a Dockerfile's place, by their absolute paths."""

    texts: Mapping[str, str]


class Failure(NamedTuple):
    """What nobody foresaw, which is a bug of dfrender."""

    text: str


Answer: TypeAlias = Analysis | Roots | NewFiles | Failure


def packed(message: object) -> bytes:
    """Return a message as it is sent: its length and its bytes."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "big") + data


def unpacked(data: bytes) -> object:
    """Return a message without its length. It is from the other process of this program, and nobody else's."""
    return pickle.loads(data)  # noqa: S301 - as said above
