"""A stage as it was and as it is to the reasons why its digest is another one."""

from collections import Counter
from collections.abc import Iterator, Mapping

from dfrender.inputs.digests import StageInputs
from dfrender.inputs.parts import FILES, Part

_WRITTEN = frozenset({"instruction", "trigger", "from", "syntax", "escape"})
_OF_ARGUMENTS = frozenset({"argument", "builder argument"})
_OF_PROFILE = ("platform", "salt")


def reasons(old: StageInputs, new: StageInputs) -> list[str]:
    """Return why the digest of a stage changed, each reason once."""
    found = list(_of_profile(old, new))
    found += _of_arguments(old, new)
    found += _of_stages(old, new)
    has_argument = any(each.startswith("build argument") for each in found)
    found += _of_instructions(old, new, has_argument=has_argument)
    found += _of_files(old, new)
    return list(dict.fromkeys(found)) or ["what it is made of stands in another order"]


def _of_profile(old: StageInputs, new: StageInputs) -> Iterator[str]:
    for kind in _OF_PROFILE:
        if _words(old, kind) != _words(new, kind):
            yield f"{kind} changed"
    if _words(old, "triggers") != _words(new, "triggers"):
        yield "onbuild changed"
    if _words(old, "target") != _words(new, "target"):
        yield "the stage's name changed, which it reads"


def _of_arguments(old: StageInputs, new: StageInputs) -> Iterator[str]:
    before = _arguments(old)
    after = _arguments(new)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"build argument {name} changed"


def _of_stages(old: StageInputs, new: StageInputs) -> Iterator[str]:
    digests = {part.name: part.words[1] for part in _parts(old, "stage")}
    bases = {part.name: part.words[2] for part in _parts(old, "stage") if part.words[2] != FILES}
    for part in _parts(new, "stage"):
        name = part.name
        _, digest, kind = part.words
        if digests.get(name, digest) != digest:
            yield f"stage {name} changed"
        if kind != FILES and bases.get(name, kind) != kind:
            yield f"stage {name} is seen as {kind} now, not as {bases[name]}"


def _of_instructions(old: StageInputs, new: StageInputs, *, has_argument: bool) -> Iterator[str]:
    before = Counter(_comparable(part) for part in old.digest.parts)
    has_new = False
    for part in new.digest.parts:
        words = _comparable(part)
        if not words:
            continue
        if before[words]:
            before[words] -= 1
        elif part.at and not (has_argument and "$" in part.name):
            has_new = True
            yield f"instruction changed ({part.at.file}:{part.at.line})"
    left = [words for words, count in before.items() if count and words]
    if left and not has_new and not has_argument:
        yield "instruction removed"


def _comparable(part: Part) -> tuple[str, ...]:
    """Return what two instructions are compared by: of a stage that they name, the name."""
    kind = part.words[0]
    if kind in _WRITTEN or kind == "image":
        return part.words
    if kind == "stage":
        return (kind, part.name)
    return ()


def _of_files(old: StageInputs, new: StageInputs) -> Iterator[str]:
    before = old.digest.inputs
    after = new.digest.inputs
    folders: list[str] = []
    has_file = False
    for path in sorted(before.keys() | after.keys()):
        then, now = before.get(path), after.get(path)
        if then and now and (then.kind, then.what) == (now.kind, now.what):
            continue
        reason = f"{path} changed"
        if then is None:
            is_ignored = old.taker.context.ignored.matches(path)
            reason = "ignore file changed" if is_ignored else f"{path} is new"
        elif now is None:
            is_ignored = new.taker.context.ignored.matches(path)
            reason = "ignore file changed" if is_ignored else f"{path} was removed"
        if "folder" in {each.kind for each in (then, now) if each}:
            folders.append(reason)
        else:
            has_file = True
            yield reason
    if not has_file:
        yield from folders


def _words(inputs: StageInputs, kind: str) -> list[tuple[str, ...]]:
    return [part.words for part in _parts(inputs, kind)]


def _parts(inputs: StageInputs, kind: str) -> list[Part]:
    return [part for part in inputs.digest.parts if part.words[0] == kind]


def _arguments(inputs: StageInputs) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in inputs.digest.parts:
        if part.words[0] in _OF_ARGUMENTS:
            found[part.words[1]] = part.words[2]
    return found
