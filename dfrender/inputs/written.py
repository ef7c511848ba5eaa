"""A `Graph` to the instructions of its stages as BuildKit joins them, with what their references say taken out.

Comments, and blank lines between instructions, are nothing here. Reads no file.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.dockerfile import syntax
from dfrender.dockerfile.edits import Edits
from dfrender.dockerfile.graph import Edge, Graph
from dfrender.dockerfile.lexer import SPACES
from dfrender.dockerfile.model import Dockerfile
from dfrender.dockerfile.scan import LogicalLine, scan
from dfrender.dockerfile.statement import Statement
from dfrender.source import At, Line, join

_ANY = "@"  # in place of a reference: no builder takes it for one


class Written(NamedTuple):
    """An instruction: its text without references, the bodies of its heredocs, and what its references mean."""

    statement: Statement
    text: str
    bodies: str
    edges: Sequence[Edge]
    at: At

    @property
    def trigger(self) -> Statement | None:
        """Return what an ``ONBUILD`` stores; None for any other instruction."""
        if self.statement.keyword != "ONBUILD":
            return None
        keyword, start = syntax.split_keyword(self.statement.text, self.statement.arguments)
        return self.statement.trigger(keyword, start)


def declared_by(statement: Statement) -> Iterator[tuple[str, bool]]:
    """Yield the names that an ``ARG`` declares, each with whether it has a default there."""
    if statement.keyword == "ARG":
        for word, _ in syntax.quoted_words(statement.text, statement.arguments, statement.scanned.escape):
            name, equals, _default = word.partition("=")
            yield name, bool(equals)


def written_of(graph: Graph) -> list[list[Written]]:
    """Return the instructions of each stage, its ``FROM`` the first of them."""
    dockerfile = graph.dockerfile
    scanned = scan(dockerfile.lines)
    texts = [_text(each) for each in scan(_without_references(dockerfile)).instructions]
    found: list[list[Written]] = [[] for _ in graph.stages]
    for index, instruction in enumerate(dockerfile.instructions):
        if instruction.stage < 0:
            continue
        logical = scanned.instructions[index]
        _, start = syntax.split_keyword(logical.text, 0)
        statement = Statement(scanned, logical, instruction.keyword, start)
        edges = [each for each in graph.edges if _stands_in(each, logical)]
        bodies = join(dockerfile.lines[logical.end + 1 : logical.last + 1])
        at = statement.at(syntax.skip_blanks(logical.text, 0))
        text = f"{instruction.keyword} {texts[index]}"
        if instruction.keyword == "ONBUILD":
            # its references are text, for the stages that begin from this one
            text = f"{instruction.keyword} {_text(logical)}"
        found[instruction.stage].append(Written(statement, text, bodies, edges, at))
    return found


def _without_references(dockerfile: Dockerfile) -> Sequence[Line]:
    edits = Edits()
    for reference in dockerfile.references:
        if reference.segments:
            edits.replace(reference, _ANY)
    return [edits.line(index, line) for index, line in enumerate(dockerfile.lines)]


def _text(logical: LogicalLine) -> str:
    """Return what stands behind the keyword, without the blanks around it."""
    _, start = syntax.split_keyword(logical.text, 0)
    return logical.text[start:].strip(SPACES)


def _stands_in(edge: Edge, logical: LogicalLine) -> bool:
    places = edge.reference.segments
    return bool(places) and logical.first <= places[0].line <= logical.last
