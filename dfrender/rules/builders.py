"""Rules about those who read the output: the classic builder, DevSpace, and the build context."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from dfrender.diagnostics import Severity
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.inheritance import lost_args
from dfrender.dockerfile.model import Instruction
from dfrender.profile.keys import Builder
from dfrender.profile.profile import Profile
from dfrender.rules.rule import Context, Finding, rule
from dfrender.source import At, join

_BUILDKIT_FLAGS = ("--mount", "--link", "--chmod", "--network", "--security", "--parents", "--exclude", "--checksum")
_DEVSPACE_FROM = r"(?i)(?:^|\n)[\t\n\f\r ]*FROM[\t\n\f\r ]+\S+[\t\n\f\r ]+AS[\t\n\f\r ]+(\S+)[\t\n\f\r ]*(?=\n|$)"
_WORKS = frozenset({"RUN", "ADD", "COPY"})


@rule(Severity.WARNING)
def classic_builds_all_stages(output: Graph, profile: Profile) -> Iterator[Finding]:
    """The classic builder builds every stage above its target, needed or not.

    Tried on Docker 20.10 with DOCKER_BUILDKIT=0, which is how DevSpace builds unless told otherwise.

    Bad (builder: classic):
        FROM alpine:3.22 AS tests
        RUN true
        FROM alpine:3.22 AS app
    Good (builder: classic):
        FROM alpine:3.22 AS base
        RUN true
        FROM base AS app
    """
    if profile.builder is not Builder.CLASSIC:
        return
    last = len(output.stages) - 1
    needed = output.needs(last)
    working = {each.stage for each in output.dockerfile.instructions if each.keyword in _WORKS}
    others = [output.title(stage) for stage in sorted(working.difference(needed))]
    if others:
        named = ", ".join(map(repr, others[:3])) + (f" and {len(others) - 3} more" if others[3:] else "")
        message = f"for {output.title(last)!r} the classic builder also builds {named}"
        name = output.stages[last].name or "NAME"
        naming = "" if output.stages[last].name else "name it FROM … AS NAME, and "
        hint = f"{naming}set target: {name} in the profile, so that the output holds no more than it needs"
        yield Finding(output.stages[last].at, message, hint)


@rule(Severity.WARNING)
def classic_syntax(output: Graph, profile: Profile) -> Iterator[Finding]:
    """The classic builder knows neither mounts nor heredocs nor newer flags, and hands no ARG from stage to stage.

    Tried on Docker 20.10 with DOCKER_BUILDKIT=0; the ARG is empty there without a word.

    Bad (builder: classic):
        FROM alpine:3.22
        RUN --mount=type=cache,target=/cache true
    Good (builder: classic):
        FROM alpine:3.22
        RUN true
    """
    if profile.builder is not Builder.CLASSIC:
        return
    users: dict[str, list[Instruction]] = {}
    for each in output.dockerfile.instructions:
        for unknown in {flag.partition("=")[0] for flag in each.flags if flag.startswith(_BUILDKIT_FLAGS)}:
            users.setdefault(unknown, []).append(each)
        if each.heredocs:
            users.setdefault("heredocs", []).append(each)
    for unknown, (first, *others) in users.items():
        also = f", nor in {len(others)} other places" if others else ""
        hint = "use BuildKit (DevSpace: buildKit: {}, or docker: {useCli: true}), or do without"
        yield Finding(_at(output, first), f"the classic builder does not know {unknown} here{also}", hint)
    for lost in lost_args(output, range(len(output.stages))):
        message = f"with the classic builder {lost.arg.name} is empty here: it hands no ARG from stage to stage"
        related = (("declared", lost.arg.at),)
        yield Finding(_at(output, lost.instruction), message, f"repeat ARG {lost.arg.name} in this stage", related)


def _at(graph: Graph, instruction: Instruction) -> At:
    return graph.dockerfile.lines[instruction.first].locate(0)


@rule(Severity.WARNING)
def devspace_target(output: Graph, profile: Profile, requested: Collection[str]) -> Iterator[Finding]:
    """DevSpace finds its target by a pattern: FROM IMAGE AS NAME on one line, and once.

    It looks where a target stands beside entrypoint, cmd or appendDockerfileInstructions in devspace.yaml
    (``pkg/devspace/build/builder/helper/util.go``), and takes ENTRYPOINT and CMD from one line of JSON. Checked is the
    target of a profile for the classic builder; on request every stage that may be one.

    Bad ({builder: classic, target: app}):
        FROM --platform=linux/amd64 alpine:3.22 AS app
    Good ({builder: classic, target: app}):
        FROM alpine:3.22 AS app
    """
    target = profile.target.text.lower() if profile.target else ""
    if "devspace-target" not in requested and not (target and profile.builder is Builder.CLASSIC):
        return
    found = Counter(name.lower() for name in re.findall(_DEVSPACE_FROM, join(output.dockerfile.lines)))
    for stage in output.stages:
        if stage.name == (target or stage.name) and stage.name and found[stage.name] != 1:
            times = f"{found[stage.name]} times" if found[stage.name] else "not at all"
            message = f"DevSpace finds the stage {stage.name!r} {times}"
            yield Finding(stage.at, message, f"write FROM IMAGE AS {stage.name} on one line, without --platform")
    for each in output.dockerfile.instructions:
        is_read = output.stages[each.stage].name == target and each.keyword in {"ENTRYPOINT", "CMD"}
        if is_read and not (each.first == each.last and each.value.startswith("[")):
            message = f"DevSpace reads {each.keyword} of its target from one line of JSON"
            yield Finding(_at(output, each), message, f'write {each.keyword} ["…", "…"] on one line')


@rule(Severity.WARNING)
def rendered_file_in_context(output: Graph, context: Context) -> Iterator[Finding]:
    """A rendered file that COPY takes along makes every later step run again when it changes.

    Tried: a changed comment in the file, or a changed mode, and ``COPY . .`` is not taken from the cache. For the
    context counts the nearest folder upward with a .dockerignore, else the template's.

    Bad:
        FROM alpine:3.22
        COPY . /app
    Good:
        FROM alpine:3.22
        COPY src /app
    """
    for each in output.dockerfile.instructions if not context.ignored else ():
        if _copies_context(each):
            message = f"this copies {context.output} too, so each change of it runs all that follows again"
            hint = f"add {context.output} to {context.folder}.dockerignore"
            yield Finding(_at(output, each), message, hint)


def _copies_context(instruction: Instruction) -> bool:
    """Say whether an ADD or COPY takes the whole build context."""
    from_elsewhere = any(flag.startswith("--from=") for flag in instruction.flags)
    *sources, _target = re.findall(r'[^\s",\[\]]+', instruction.value) or [""]
    whole = any(source.rstrip("/") in {"", ".", "*", "./*"} for source in sources)
    return instruction.keyword in {"ADD", "COPY"} and whole and not from_elsewhere
