"""A ``docker`` that does on a private engine what a pipeline's machine would do with buildx and a network.

Builds get no network. A builder of the docker-container driver is an image of its own, which cannot be had here: the
engine's own builder stands for it, which knows less of caches, and pushes what it has built.
"""

from __future__ import annotations

import os
import subprocess
import sys

# what an engine without buildx, or with the images' classic store, does not know
_CACHES = ("--cache-from=", "--cache-to=")
_NOWHERE = ("--load", "--output=type=cacheonly")


def commands(words: list[str], *, buildx: bool) -> list[list[str]]:
    """Return what to call the engine's client with, for what a script calls ``docker`` with."""
    match words:
        case ["buildx", "inspect" | "create" | "rm", *_] | ["context", *_] | ["login", *_]:
            found = []
        case ["buildx", "imagetools", *_] if buildx:
            found = [words]
        case ["buildx", "imagetools", "inspect", image] | ["manifest", "inspect", image]:
            found = [["manifest", "inspect", "--insecure", image]]  # the registry of these tests speaks no TLS
        case ["buildx", "imagetools", "create", *rest]:
            option, *others = rest
            tag = option.partition("=")[2] or others.pop(0)
            (image,) = others
            found = [["pull", image], ["tag", image, tag], ["push", tag]]
        case ["buildx", "build", *rest]:
            found = _built(rest, buildx=buildx)
        case ["build", *rest]:
            found = [["build", "--network=none", *rest]]
        case _:
            found = [words]
    return found


def _built(words: list[str], *, buildx: bool) -> list[list[str]]:
    if words[0] == "--builder":
        words = words[2:]
    words = [word for word in words if not word.startswith("--builder=")]
    if buildx:
        return [["buildx", "build", "--builder=default", "--network=none", *words]]
    return _built_and_pushed(words)


def _built_and_pushed(words: list[str]) -> list[list[str]]:
    """Build without what only buildx knows; push the images afterwards, which another machine takes."""
    left = [word for word in words if word not in {*_NOWHERE, "--push"} and not word.startswith(_CACHES)]
    pushed: list[list[str]] = []
    if "--push" in words:
        pushed = [["push", word.partition("=")[2]] for word in words if word.startswith("--tag=")]
    return [["build", "--network=none", *left], *pushed]


def main(client: str, buildx: str, builder: str, *words: str) -> int:
    """Call the client until it fails; it builds on the engine at the address ``builder``."""
    environ = dict(os.environ)
    if words[0] == "buildx":
        environ["DOCKER_BUILDKIT"] = "1"  # buildx has no other builder, and an old client has another one first
    for command in commands(list(words), buildx=buildx == "buildx"):
        if command[0] in {"build", "buildx"}:
            environ["DOCKER_HOST"] = builder
        done = subprocess.run([client, *command], env=environ, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
