"""Rules about those who read the output: the classic builder, DevSpace, and the build context."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from dfrender.diagnostics import Severity
from dfrender.dockerfile.graph import Graph
from dfrender.dockerfile.inheritance import lost_args
from dfrender.dockerfile.model import Instruction
from dfrender.profile.keys import Builder
from dfrender.references.decisions import Decisions
from dfrender.rules.rule import Context, Finding, When, rule
from dfrender.source import At, join

_BUILDKIT_FLAGS = ("--mount", "--link", "--chmod", "--network", "--security", "--parents", "--exclude", "--checksum")
_DEVSPACE_FROM = r"(?i)(?:^|\n)[\t\n\f\r ]*FROM[\t\n\f\r ]+\S+[\t\n\f\r ]+AS[\t\n\f\r ]+(\S+)[\t\n\f\r ]*(?=\n|$)"
_NAMED = 3  # stages at most in a message


@rule(Severity.WARNING, When.LINT)
def classic_builds_all_stages(output: Graph, decisions: Decisions) -> Iterator[Finding]:
    if decisions.profile.builder is not Builder.CLASSIC:
        return
    last = output.stages[-1]
    needed = output.needs(last.position)
    others = sorted(output.working.difference(needed))
    if not others:
        return
    named = _enumerated([output.title(stage) for stage in others])
    title = output.title(last.position)
    message = f"for {title!r} the classic builder also builds {named}"
    hint = f"set target: {last.name or 'NAME'} in the profile, so that the output holds no more than it needs"
    if not last.name:
        hint = f"name it FROM … AS NAME, and {hint}"
    yield Finding(last.at, message, hint)


def _enumerated(names: Sequence[str]) -> str:
    """Return the first names with commas between, and how many more there are."""
    text = ", ".join(map(repr, names[:_NAMED]))
    more = len(names) - _NAMED
    if more > 0:
        text += f" and {more} more"
    return text


@rule(Severity.WARNING, When.LINT)
def classic_syntax(output: Graph, decisions: Decisions) -> Iterator[Finding]:
    if decisions.profile.builder is not Builder.CLASSIC:
        return
    users: dict[str, list[Instruction]] = {}
    for each in output.dockerfile.instructions:
        for unknown in _unknown_to_classic(each):
            users.setdefault(unknown, []).append(each)
    for unknown, instructions in users.items():
        message = f"the classic builder does not know {unknown} here"
        others = len(instructions) - 1
        if others:
            message += f", nor in {others} other places"
        hint = "use BuildKit (DevSpace: buildKit: {}, or docker: {useCli: true}), or do without"
        yield Finding(start_of(output, instructions[0]), message, hint)
    yield from empty_arguments(output, "the classic builder")


def empty_arguments(output: Graph, builder: str) -> Iterator[Finding]:
    """Yield instructions that read an ARG of the stage below, for a builder that hands none on."""
    stages = range(len(output.stages))
    for lost in lost_args(output, stages):
        name = lost.arg.name
        message = f"with {builder} {name} is empty here: it hands no ARG from stage to stage"
        related = (("declared", lost.arg.at),)
        yield Finding(start_of(output, lost.instruction), message, f"repeat ARG {name} in this stage", related)


def _unknown_to_classic(instruction: Instruction) -> Iterator[str]:
    """Yield what an instruction has that the classic builder does not know, each once."""
    seen = set()
    for flag in instruction.flags:
        name, _, _value = flag.partition("=")
        if flag.startswith(_BUILDKIT_FLAGS) and name not in seen:
            seen.add(name)
            yield name
    if instruction.heredocs:
        yield "heredocs"


def start_of(graph: Graph, instruction: Instruction) -> At:
    return graph.dockerfile.lines[instruction.first].locate(0)


@rule(Severity.WARNING, When.LINT)
def devspace_target(output: Graph, decisions: Decisions, requested: Collection[str]) -> Iterator[Finding]:
    profile = decisions.profile
    target = ""
    if profile.target:
        target = profile.target.text.lower()
    is_for_devspace = target and profile.builder is Builder.CLASSIC
    if not is_for_devspace and "devspace-target" not in requested:
        return
    text = join(output.dockerfile.lines)
    found = Counter(map(str.lower, re.findall(_DEVSPACE_FROM, text)))
    for stage in output.stages:
        times = found[stage.name]
        is_target = stage.name == target or not target
        if stage.name and is_target and times != 1:
            message = f"DevSpace does not find the stage {stage.name!r}"
            if times:
                message = f"DevSpace finds the stage {stage.name!r} {times} times"
            yield Finding(stage.at, message, f"write FROM IMAGE AS {stage.name} on one line, without --platform")
    yield from _unread_commands(output, target)


def _unread_commands(output: Graph, target: str) -> Iterator[Finding]:
    """Yield what DevSpace cannot read of its target; without a target, of stages without a name."""
    for each in output.dockerfile.instructions:
        keyword = each.keyword
        if keyword not in {"ENTRYPOINT", "CMD"} or output.stages[each.stage].name != target:
            continue
        is_one_line = each.first == each.last
        if not is_one_line or not each.value.startswith("["):
            message = f"DevSpace reads {keyword} of its target from one line of JSON"
            yield Finding(start_of(output, each), message, f'write {keyword} ["…", "…"] on one line')


@rule(Severity.WARNING, When.LINT)
def rendered_file_in_context(output: Graph, context: Context) -> Iterator[Finding]:
    if context.ignored:
        return
    for each in output.dockerfile.instructions:
        if _copies_context(each):
            message = f"this copies {context.output} too, so each change of it runs all that follows again"
            hint = f"add {context.output} to {context.folder}{context.ignore_file}"
            yield Finding(start_of(output, each), message, hint)


def _copies_context(instruction: Instruction) -> bool:
    """Say whether an ADD or COPY takes the whole build context."""
    if instruction.keyword not in {"ADD", "COPY"}:
        return False
    for flag in instruction.flags:
        if flag.startswith("--from="):
            return False
    words = re.findall(r'[^\s",\[\]]+', instruction.value)
    for source in words[:-1]:
        if source.rstrip("/") in {"", ".", "*", "./*"}:
            return True
    return False
