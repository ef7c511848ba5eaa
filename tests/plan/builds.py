"""What a pipeline comes to: the builds that its jobs call Docker for, read from how they call it or from its text."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, NamedTuple

import yaml

from tests.plan.agents.azure import task_words

if TYPE_CHECKING:
    from collections.abc import Sequence


class Build(NamedTuple):
    """A call of ``docker build``, with the options that a plan gives."""

    target: str
    tags: tuple[str, ...]
    args: dict[str, str]
    contexts: dict[str, str]
    file: str
    context: str
    pushes: bool


def build_of(call: Sequence[str]) -> Build | None:
    """Return the build that a call of Docker is; None for other calls."""
    words = list(call)
    if words[:1] == ["buildx"]:
        words = words[1:]
    if words[:1] != ["build"]:
        return None
    given = _options().parse_args(words[1:])
    return Build(
        target=given.target,
        tags=tuple(given.tag),
        args=dict(each.split("=", 1) for each in given.build_arg),
        contexts=dict(each.split("=", 1) for each in given.build_context),
        file=given.file,
        context=given.context,
        pushes=given.push,
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument("context")
    parser.add_argument("--file", "-f")
    parser.add_argument("--target", default="")
    parser.add_argument("--push", action="store_true")
    parser.add_argument("--load", action="store_true")
    for name in ("--builder", "--output", "--platform"):
        parser.add_argument(name)
    parser.add_argument("--tag", "-t", action="append", default=[])
    for name in ("--build-arg", "--build-context", "--cache-from", "--cache-to", "--label"):
        parser.add_argument(name, action="append", default=[])
    return parser


def from_sh(text: str) -> list[Build]:
    """Return the builds of a script, as a shell splits it."""
    commands = [shlex.split(line, comments=True) for line in text.replace("\\\n", "").splitlines()]
    return _builds([words[1:] for words in commands if words[:1] == ["docker"]])


def from_azure(text: str) -> list[Build]:
    """Return the builds of a pipeline, whose options are parameters of its step template."""
    found = []
    for job in yaml.safe_load(text)["jobs"]:
        for step in job["steps"]:
            if "template" in step:
                given = step["parameters"]
                options = task_words(given["arguments"]) if "arguments" in given else given["options"].splitlines()
                found.append(["build", *options, "."])
    return _builds(found)


def from_github(text: str) -> list[Build]:
    """Return the builds of a workflow, whose options are lines of a variable."""
    found = []
    for job in yaml.safe_load(text)["jobs"].values():
        for step in job["steps"]:
            if "OPTIONS" in step.get("env", {}):
                found.append(["build", *step["env"]["OPTIONS"].splitlines(), "."])
    return _builds(found)


def from_gitlab(text: str) -> list[Build]:
    """Return the builds of a pipeline, whose scripts call Docker."""
    found: list[Build] = []
    for job in yaml.safe_load(text).values():
        for script in job.get("script", []):
            found += from_sh(script)
    return found


def _builds(calls: Sequence[Sequence[str]]) -> list[Build]:
    found = [build_of(call) for call in calls]
    return [build for build in found if build]


READERS = {"sh": from_sh, "azure": from_azure, "github": from_github, "gitlab": from_gitlab}
