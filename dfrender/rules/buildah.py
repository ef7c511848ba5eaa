"""Rules about what buildah, and so Podman, reads otherwise than BuildKit."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Severity
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.dockerfile.model import Instruction
from dfrender.profile.keys import Builder
from dfrender.references.decisions import Decisions
from dfrender.rules.builders import empty_arguments, start_of
from dfrender.rules.rule import Finding, When, rule

_HEREDOC = "heredocs"
_OLD, _NEW = "buildah 1.28", "buildah 1.39"
# what buildah 1.28.2, 1.39.3 and 1.43.2 refused when it was tried: the newest of them that did
_REFUSED_BY = {
    _HEREDOC: _OLD,
    "--exclude": _OLD,
    "--checksum": _OLD,
    "--network": _OLD,
    "--link": _NEW,
    "--parents": _NEW,
    "--keep-git-dir": "buildah",
    "--unpack": "buildah",
    "--security": "buildah",
    "--device": "buildah",
}


class _Unknown(NamedTuple):
    """What is not known, and up to which version."""

    what: str
    version: str


@rule(Severity.WARNING, When.LINT)
def buildah_compares_case(output: Graph, decisions: Decisions) -> Iterator[Finding]:
    if decisions.profile.builder is not Builder.BUILDAH:
        return
    written = _written_names(output)
    for stage, spelling in written.items():
        name = output.stages[stage].name
        if spelling != name:
            message = f"buildah finds the stage {spelling!r} only where it is spelled so, and a plan asks for {name!r}"
            yield Finding(output.stages[stage].at, message, f"write AS {name}")
    for edge in output.edges:
        spelling = written.get(edge.stage, "")
        reference = edge.reference
        if not spelling or edge.is_index or not edge.word.literal:
            continue
        if reference.text != spelling:
            message = f"buildah does not find the stage {spelling!r} as {reference.text!r}"
            yield Finding(reference.at, message, f"write {spelling.lower()} in both places")


def _written_names(output: Graph) -> Mapping[int, str]:
    """Return the names of stages as they are spelled."""
    found: dict[int, str] = {}
    for each in output.dockerfile.instructions:
        if each.keyword == "FROM" and output.stages[each.stage].name:
            found[each.stage] = each.value.split()[-1]
    return found


@rule(Severity.WARNING, When.LINT)
def buildah_syntax(output: Graph, decisions: Decisions) -> Iterator[Finding]:
    if decisions.profile.builder is not Builder.BUILDAH:
        return
    users: dict[_Unknown, list[Instruction]] = {}
    for each in output.dockerfile.instructions:
        for unknown in _unknown_to_buildah(each):
            users.setdefault(unknown, []).append(each)
    for unknown, instructions in users.items():
        message = f"{unknown.version} does not know {unknown.what} here"
        others = len(instructions) - 1
        if others == 1:
            message += ", nor in another place"
        elif others:
            message += f", nor in {others} other places"
        hint = "do without"
        if unknown.version != "buildah":
            hint = "build with a newer one, or do without"
        yield Finding(start_of(output, instructions[0]), message, hint)
    yield from _lost(output)


def _unknown_to_buildah(instruction: Instruction) -> Iterator[_Unknown]:
    """Yield what an instruction has that some buildah refuses, each once."""
    seen = set()
    for flag in instruction.flags:
        name, _, _value = flag.partition("=")
        if name in _REFUSED_BY and name not in seen:
            seen.add(name)
            yield _Unknown(name, _REFUSED_BY[name])
    if instruction.heredocs:
        yield _Unknown(_HEREDOC, _REFUSED_BY[_HEREDOC])


def _lost(output: Graph) -> Iterator[Finding]:
    """Yield what older ones lose on the way from stage to stage: arguments, and the stage that an argument names."""
    yield from empty_arguments(output, _NEW)
    for edge in output.bases:
        if edge.stage != NO_STAGE and not edge.word.literal:
            name = output.title(edge.stage)
            message = f"{_OLD} finds the stage {name!r} by a build argument only where the call gives it"
            yield Finding(edge.reference.at, message, "give it with --build-arg, or build with a newer one")
