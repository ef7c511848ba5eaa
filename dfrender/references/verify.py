"""`Decisions` and output to nothing, or to `BugError`: the two nets that hold every rendering, not only those of tests.

Stable: rewriting the output once more changes nothing. Same: but for references and generated lines, source and
output are equal, and every reference means what was decided or what it meant before.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest

from dfrender.diagnostics import BugError
from dfrender.dockerfile.edits import Edits
from dfrender.dockerfile.expand import replace_variables
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph, graph
from dfrender.dockerfile.model import Dockerfile, ReferenceKind
from dfrender.references.arguments import graph_for
from dfrender.references.decisions import Decisions, decide
from dfrender.references.prebuilt import Prebuilt
from dfrender.references.rewrite import removed_lines, rewritten_lines
from dfrender.source import BOM, At, join


def verify(decisions: Decisions, output: Dockerfile) -> Graph:
    """Return the output's graph; raise `BugError` if one of the nets holds something back.

    Of an output that is the source itself, in which nothing was to be written, there is nothing to show.
    """
    if output is decisions.source.dockerfile:
        return decisions.source
    result = graph_for(output, decisions.profile)
    _verify_stable(decisions, result)
    _verify_lines(decisions, output)
    _verify_meanings(decisions, result)
    _verify_defaults(decisions, output)
    return result


def blanked(dockerfile: Dockerfile, removed: Collection[int] = ()) -> Iterator[tuple[str, At]]:
    """Yield the text of each line of the template without what its references say, but for those that are removed."""
    edits = Edits()
    for reference in dockerfile.references:
        edits.remove(reference)
    for index, line in enumerate(dockerfile.lines):
        if line.why or index in removed:
            continue
        text = edits.text(index, line.text)
        if index == 0:
            text = text.removeprefix(BOM)
        yield text, line.at


def paired(decisions: Decisions, result: Graph) -> Iterator[tuple[Edge, Edge]]:
    """Return pairs of each reference of the kept stages, as the user wrote it and as the output has it."""
    before = [edge for edge in decisions.source.edges if edge.reference.stage in decisions.kept]
    after = [edge for edge in result.edges if not _is_added(result, edge)]
    return zip(before, after, strict=True)


def _verify_stable(decisions: Decisions, result: Graph) -> None:
    everything = range(len(result.stages))
    again = decide(result, decisions.profile)._replace(kept=everything)
    if join(rewritten_lines(again)) != join(result.dockerfile.lines):
        raise _bug(At(decisions.profile.file), "rewriting the output once more changes it")


def _verify_lines(decisions: Decisions, output: Dockerfile) -> None:
    source = decisions.source.dockerfile
    before = blanked(source, removed_lines(decisions))
    end = ("", source.lines[-1].at)
    for (old, at), (new, _) in zip_longest(before, blanked(output), fillvalue=end):
        if old != new:
            raise _bug(at, f"a line changed outside its references: {old!r} became {new!r}")


def _verify_meanings(decisions: Decisions, result: Graph) -> None:
    own = [stage.position for stage in result.stages if not result.dockerfile.lines[stage.first].why]
    moved = dict(zip(sorted(decisions.kept), own, strict=True))
    decided: dict[object, Prebuilt] = {}
    for each in decisions.prebuilt:
        if each.is_written:
            decided.update((edge.reference, each) for edge in each.edges)
    for before, after in paired(decisions, result):
        reference = before.reference
        if reference in decided:
            expected = _decided(before, decided[reference], result, moved)
        else:
            expected = _meaning(before, moved.get(before.stage))
        found = _meaning(after, after.stage)
        if found != expected and not reference.onbuild:
            raise _bug(reference.at, f"{reference.text!r} should mean {expected} and means {found}")


def _verify_defaults(decisions: Decisions, output: Dockerfile) -> None:
    """Verify that a build without the arguments by which stages were taken out finds the same ones."""
    pinned = decisions.pinned()
    if not pinned:
        return
    args = graph(output).args
    for name, value in pinned.items():
        found = args.get(name)
        if found != value:
            at = At(decisions.profile.file)
            raise _bug(at, f"the default of {name} should be {value!r} and is {found!r}")


def _bug(at: At, message: str) -> BugError:
    hint = "this is a bug in dfrender and nothing was written; please report it with the template and the profile"
    return BugError.of(at, "not-verified", message, hint)


def _is_added(result: Graph, edge: Edge) -> bool:
    pieces = edge.reference.segments
    return bool(pieces) and bool(result.dockerfile.lines[pieces[0].line].why)


def _meaning(edge: Edge, stage: int | None) -> str:
    if edge.stage == NO_STAGE:
        return f"image {edge.word.text}"
    return f"stage {stage}"


def _decided(edge: Edge, prebuilt: Prebuilt, result: Graph, moved: Mapping[int, int]) -> str:
    if prebuilt.alias and edge.reference.kind is not ReferenceKind.FROM:
        return f"stage {result.names.get(prebuilt.alias, NO_STAGE)}"
    if not prebuilt.is_image:
        return f"stage {moved[prebuilt.stage]}"
    image = replace_variables(prebuilt.image, result.args, result.dockerfile.escape)
    return f"image {image.text}"
