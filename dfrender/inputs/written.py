"""A `Graph` to the instructions of its stages as BuildKit joins them, with what their references say taken out.

Comments, and blank lines between instructions, are nothing here. Reads no file.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    without = scan(_without_references(dockerfile))
    edges = _edges_by_line(graph)
    found: list[list[Written]] = [[] for _ in graph.stages]
    for index, instruction in enumerate(dockerfile.instructions):
        if instruction.stage < 0:
            continue
        logical = scanned.instructions[index]
        _, start = syntax.split_keyword(logical.text, 0)
        statement = Statement(scanned, logical, instruction.keyword, start)
        text = _text(without.instructions[index])
        if instruction.keyword == "ONBUILD":
            # its references are text, for the stages that begin from this one
            text = _text(logical)
        text = f"{instruction.keyword} {text}"
        own: list[Edge] = []
        for line in range(logical.first, logical.end + 1):
            own += edges.get(line, ())
        written = Written(statement, text, _bodies(dockerfile, logical), own, statement.at(0))
        found[instruction.stage].append(written)
    return found


def _bodies(dockerfile: Dockerfile, logical: LogicalLine) -> str:
    """Return the bodies of an instruction's heredocs, with the lines that end them."""
    first = logical.end + 1
    lines = dockerfile.lines[first : logical.last + 1]
    return join(lines)


def _edges_by_line(graph: Graph) -> Mapping[int, list[Edge]]:
    """Return what the references mean, by the lines in which they begin."""
    found: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        for segment in edge.reference.segments[:1]:
            found.setdefault(segment.line, []).append(edge)
    return found


def _without_references(dockerfile: Dockerfile) -> Sequence[Line]:
    edits = Edits()
    for reference in dockerfile.references:
        if reference.segments:
            edits.replace(reference, _ANY)
    lines: list[Line] = []
    for index, line in enumerate(dockerfile.lines):
        lines.append(edits.line(index, line))
    return lines


def _text(logical: LogicalLine) -> str:
    """Return what stands behind the keyword, without the blanks around it."""
    _, start = syntax.split_keyword(logical.text, 0)
    return logical.text[start:].strip(SPACES)
