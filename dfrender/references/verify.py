"""Source and output to nothing, or to `BugError`: the two nets that hold every rendering, not only those of the tests.

Stable: rewriting the output once more changes nothing. Same: but for references and generated lines, source and
output are equal, and every reference means what was decided or what it meant before.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest

from dfrender.diagnostics import BugError, Diagnostic
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph, graph
from dfrender.dockerfile.model import Dockerfile, ReferenceKind
from dfrender.profile.profile import Profile
from dfrender.references.prebuilt import Prebuilt, decide
from dfrender.references.rewrite import removed_lines, rewritten, spliced
from dfrender.source import BOM, At, join


def verify(
    source: Graph, output: Dockerfile, prebuilt: Sequence[Prebuilt], kept: Collection[int], profile: Profile
) -> Graph:
    """Give the output's graph; raise `BugError` if one of the nets holds something back."""
    result = graph(output)
    again, _ = decide(result, profile)
    if join(rewritten(result, again, range(len(result.stages)))) != join(output.lines):
        raise _bug(At(profile.file), "rewriting the output once more changes it")
    for before, after, line in _different_lines(source.dockerfile, output, kept):
        raise _bug(line, f"a line changed outside its references: {before!r} became {after!r}")
    for edge, expected, found in _different_meanings(source, result, prebuilt, kept):
        raise _bug(edge.reference.at, f"{edge.reference.text!r} should mean {expected} and means {found}")
    return result


def _bug(at: At, message: str) -> BugError:
    hint = "this is a bug in dfrender and nothing was written; please report it with the template and the profile"
    return BugError([Diagnostic(at, "not-verified", message, hint=hint)])


def blanked(dockerfile: Dockerfile, removed: Collection[int] = ()) -> Iterator[tuple[str, At]]:
    """Give the text of each line of the template without what its references say, but for those that are removed."""
    edits: dict[int, list[tuple[int, int, str]]] = {}
    for reference in dockerfile.references:
        for piece in reference.segments:
            edits.setdefault(piece.line, []).append((piece.start, piece.stop, ""))
    for index, line in enumerate(dockerfile.lines):
        if not line.why and index not in removed:
            text = spliced(line.text, edits.get(index, ()))
            yield text.removeprefix(BOM) if index == 0 else text, line.at


def paired(source: Graph, result: Graph, kept: Collection[int]) -> Iterator[tuple[Edge, Edge]]:
    """Give each reference of the stages that are kept, as the user wrote it and as the output has it."""
    before = (edge for edge in source.edges if edge.reference.stage in kept)
    return zip(before, (edge for edge in result.edges if not _is_added(result, edge)), strict=True)


def _different_lines(source: Dockerfile, output: Dockerfile, kept: Collection[int]) -> Iterator[tuple[str, str, At]]:
    end = ("", source.lines[-1].at)
    pairs = zip_longest(blanked(source, removed_lines(source, kept)), blanked(output), fillvalue=end)
    return ((old, new, at) for (old, at), (new, _) in pairs if old != new)


def _different_meanings(
    source: Graph, result: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]
) -> Iterator[tuple[Edge, str, str]]:
    own = (stage.position for stage in result.stages if not result.dockerfile.lines[stage.first].why)
    moved = dict(zip(sorted(kept), own, strict=True))
    decided = {edge.reference: each for each in prebuilt if each.is_written for edge in each.edges}
    for before, after in paired(source, result, kept):
        expected = _meaning(before, moved.get(before.stage))
        if before.reference in decided:
            expected = _decided(before, decided[before.reference], result, moved)
        if (found := _meaning(after, after.stage)) != expected and not before.reference.onbuild:
            yield before, expected, found


def _is_added(result: Graph, edge: Edge) -> bool:
    return bool(result.dockerfile.lines[edge.reference.segments[0].line].why) if edge.reference.segments else False


def _meaning(edge: Edge, stage: int | None) -> str:
    return f"image {edge.word.text}" if edge.stage == NO_STAGE else f"stage {stage}"


def _decided(edge: Edge, prebuilt: Prebuilt, result: Graph, moved: Mapping[int, int]) -> str:
    if prebuilt.alias and edge.reference.kind is not ReferenceKind.FROM:
        return f"stage {result.names.get(prebuilt.alias, NO_STAGE)}"
    if not prebuilt.is_image:
        return f"stage {moved[prebuilt.stage]}"
    return f"image {replace_variables(prebuilt.image, result.args, result.dockerfile.escape).text}"
