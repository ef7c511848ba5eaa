"""The names of Dockerfiles to the profiles that render them: a pipeline's, a developer's, and all others."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_PIPELINE = ("ci", "azure", "gitlab", "pipeline", "prod", "production")
_DEVELOPER = ("dev", "local", "development")
_ORDER = {"ci": 0, "": 1, "dev": 2}
ABOUT: Mapping[str, str] = {
    "ci": "a pipeline, where earlier jobs have built some of the stages",
    "dev": "a developer's machine",
    "local": "a developer's machine, where every stage is built",
    "": "all others",
}
"""What a profile of each role is for."""


class Role(NamedTuple):
    """What a Dockerfile is for: the name of its profile, and ``ci`` or ``dev``, empty where its name says neither."""

    profile: str
    kind: str


def assigned(files: Sequence[str]) -> list[tuple[int, Role]]:
    """Return for Dockerfiles their roles, a pipeline's first and a developer's last, each with its index.

    Files whose names say nothing are taken for what is missing: the pipeline's, then the developer's.
    """
    kinds = [_kind(_word(Path(file).name)) for file in files]
    ordered = sorted(range(len(files)), key=lambda index: _ORDER[kinds[index]])
    found: list[tuple[int, Role]] = []
    taken: set[str] = set()
    for index in ordered:
        role = _role(Path(files[index]).name, kinds, taken)
        taken.add(role.profile)
        found.append((index, role))
    return found


def without_role(name: str) -> str:
    """Return the name of a file without the word that says its role: Dockerfile for dev.Dockerfile."""
    word = _word(name)
    if not word:
        return name
    left = re.sub(rf"(?:^|[._-]){word}(?=[._-]|$)", "", name, count=1, flags=re.IGNORECASE)
    return left.lstrip("._-")


def _word(name: str) -> str:
    for word in re.split(r"[._-]", name.lower()):
        if word in _PIPELINE or word in _DEVELOPER:
            return word
    return ""


def _kind(word: str) -> str:
    if word in _PIPELINE:
        return "ci"
    if word in _DEVELOPER:
        return "dev"
    return ""


def _role(name: str, kinds: Sequence[str], taken: set[str]) -> Role:
    word = _word(name)
    kind = _kind(word)
    if not kind:
        for missing in ("ci", "dev"):
            if missing not in kinds and missing not in taken:
                return Role(missing, missing)
        return Role(_free("default", taken), "")
    if kind not in taken:
        return Role(kind, kind)
    return Role(_free(word, taken), kind)


def _free(name: str, taken: set[str]) -> str:
    found = name
    number = 2
    while found in taken:
        found = f"{name}{number}"
        number += 1
    return found
