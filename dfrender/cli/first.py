"""The first steps of a new user: the Dockerfile to begin with, and the one thing to do next in a folder."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from dfrender import discover
from dfrender.diagnostics import CallError
from dfrender.source import At

_NAMES = ("Dockerfile", "Containerfile")
_WRITE = "write a Dockerfile of two stages, as FROM alpine:3.22 AS base and FROM base AS app, then: dfrender init"


def next_step(folder: Path) -> str:
    """Say what there is to do next in a folder: one command that can be typed, if there is any file to name in it."""
    found = discover.look_around(folder)
    if found.templates:
        return _command("render", _own(found.templates, folder) or [folder])
    if found.dockerfiles:
        return _command("init", _own(found.dockerfiles, folder) or found.dockerfiles[:1])
    return _WRITE


def dockerfile_of(folder: Path) -> Path:
    """Return the Dockerfile of a folder that is to be adopted; raise `CallError` that names the others there are."""
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    found = discover.look_around(folder)
    message = "there is no Dockerfile in this folder and below it"
    hint = _WRITE
    if found.templates and not found.dockerfiles:
        message = f"there is no Dockerfile here that is not rendered; templates: {discover.listed(found.templates)}"
        hint = f"render them: {next_step(folder)}"
    elif found.dockerfiles:
        own = _own(found.dockerfiles, folder)
        message = f"there is no Dockerfile here; there are: {discover.listed(found.dockerfiles)}"
        begin = _command("init", found.dockerfiles[:1])
        hint = f"name it: {begin}"
        if len(found.dockerfiles) > 1:
            hint = f"make a template of each, one after the other: {begin}"
        if own:
            hint = f"make one template of what is built from one application: {_command('init', own)}"
    raise CallError.of(At(str(folder)), "file-not-found", message, hint)


def _own(paths: Sequence[Path], folder: Path) -> list[Path]:
    return [path for path in paths if path.parent == folder]


def _command(name: str, paths: Sequence[Path]) -> str:
    return shlex.join(["dfrender", name, *map(str, paths)])
