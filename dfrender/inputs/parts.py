"""What a stage is made of to a sha256: a serialisation that is versioned, and means one thing only.

A part is a few words, the first of which says what it is. Each word is written as a netstring (its length in bytes, a
colon, its bytes, a comma), the words of a part one behind the other, and that as a netstring again; the parts of a
stage follow each other in this order:

``version``, always 1; ``platform`` and ``salt`` of the profile; the directives ``syntax`` and ``escape``; each
``builder argument`` by name; ``target`` where a stage can read its own name; ``triggers`` where the base image is said
to have some; then each instruction in its order, and behind it what its references mean; each ``argument`` that the
stage sees, by name; and what it takes from the build context, by the bytes of the paths.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from dfrender.inputs.taking import Input
from dfrender.source import At, encode

VERSION = "1"
FILES = "files"
"""As what a stage is seen that is copied from or mounted."""

_TAG_LENGTH = 20


class Part(NamedTuple):
    """Words that go into a digest; ``at`` is what the part was read from, ``name`` what it is called beside that."""

    words: tuple[str, ...]
    at: At | None = None
    name: str = ""


class Digest(NamedTuple):
    """What a stage, by its index and name, is made of; an unnamed one is ``stage-N``, as BuildKit calls it."""

    stage: int
    name: str
    sha256: str
    parts: tuple[Part, ...]
    inputs: Mapping[str, Input]

    @property
    def tag(self) -> str:
        """Return as much of the digest as stands in the tag of an image."""
        return self.sha256[:_TAG_LENGTH]


def digest_of(parts: Iterable[Part], inputs: Iterable[Input]) -> str:
    """Return the sha256 of all parts and inputs."""
    found = sha256()
    for part in parts:
        found.update(_encoded(part.words))
    for each in sorted(inputs, key=lambda one: encode(one.path)):
        found.update(_encoded((each.kind, each.path, each.what)))
    return found.hexdigest()


def _encoded(words: Iterable[str]) -> bytes:
    written = b"".join(_netstring(encode(word)) for word in words)
    return _netstring(written)


def _netstring(data: bytes) -> bytes:
    return b"%d:%s," % (len(data), data)
