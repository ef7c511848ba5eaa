"""Reads what builders say of the steps of a build: which of them were executed, and not found in a cache.

Each step of the small templates prints its stage. What it prints could be lost or cut off; what the builder says of it
could be misread, since a step that is cached elsewhere is also done once its layer is fetched. So both are read, and
have to agree.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Update = Mapping[str, Any]  # a line of --progress rawjson: BuildKit's client.SolveStatus

# BuildKit puts step and seconds before what a command prints, the classic builder nothing.
_PRINTED = re.compile(r"^(?:#\d+ [\d.]+ )?ran ([a-z-]+)\r?$", re.MULTILINE)
_UPDATE = re.compile(r"^\{\s*(?:\"(?:vertexes|statuses|logs|warnings)\"|\}$)", re.MULTILINE)
_OF_BUILDKIT = re.compile(r"#(?P<step>\d+) (?:\[(?P<name>.*)|(?P<end>DONE|CACHED|ERROR|CANCELED)\b)")
_OF_CLASSIC = re.compile(r"Step \d+/\d+ : (?P<name>.*)| ---> (?P<end>Running in|Using cache)")
_RUN = re.compile(r"\bRUN .*?\bran ([a-z-]+)")
_FAILED = re.compile(r"^(?:#\d+ (?:ERROR|CANCELED)|ERROR: |The command '.*' returned a non-zero code)", re.MULTILINE)


def executed(output: str, *, is_baked: bool = False) -> Counter[str]:
    """Count the executed RUN steps by stage, in all that builds said; where one fails, its steps may say either.

    What bake builds shares steps: each target that needs one reports it, at times of its own.
    """
    text = plain(output, is_baked=is_baked)
    prints = printed(text)
    reported = Counter(_reported(text))
    if _FAILED.search(text):
        return prints | reported
    assert prints == reported, f"steps printed {prints}, and the builder reported {reported}:\n{text}"
    return reported


def printed(text: str) -> Counter[str]:
    """Count by stage what steps printed: a cached one prints nothing."""
    return Counter(_PRINTED.findall(text))


def _reported(text: str) -> Iterator[str]:
    """Yield the stage of each RUN step of which the builder says that it was executed."""
    stages: dict[str, str] = {}  # by BuildKit's number of the step; the classic builder takes one after the other
    for line in text.splitlines():
        match = _OF_BUILDKIT.match(line) or _OF_CLASSIC.match(line)
        if not match:
            continue
        step = match.groupdict().get("step", "")
        if match["end"] is None:
            run = _RUN.search(match["name"])
            stages[step] = run[1] if run else ""
            continue
        stage = stages.pop(step, "")
        if stage and match["end"] in {"DONE", "Running in"}:
            yield stage


def plain(output: str, *, is_baked: bool = False) -> str:
    """Return what was said with the updates of ``--progress rawjson`` as ``--progress plain`` has them."""
    parts = list(_parts(output))
    reader = _Reader([part for part in parts if not isinstance(part, str)], is_baked=is_baked)
    said: list[str] = []
    for part in parts:
        if isinstance(part, str):
            said.append(part)
        else:
            said.extend(f"{line}\n" for line in reader.lines(part))
    return "".join(said)


def _parts(output: str) -> Iterator[str | Update]:
    """Yield the updates, and what stands between them."""
    decoder = json.JSONDecoder()
    at = 0
    while match := _UPDATE.search(output, at):
        yield output[at : match.start()]
        update, at = decoder.raw_decode(output, match.start())
        at += 1  # the end of its line
        yield update
    yield output[at:]


class _Reader:
    """Numbers what BuildKit does as it begins, of which updates say the digest and when that was."""

    def __init__(self, updates: Iterable[Update], *, is_baked: bool) -> None:
        """Begin with nothing done; ``updates`` are all that will be read."""
        self.is_baked = is_baked
        self.numbers: dict[tuple[str, str], int] = {}
        self.latest: dict[str, int] = {}
        self.ended: set[int] = set()
        self.begun_lines: dict[int, str] = {}  # a command may write a line in pieces
        self.fetched: dict[str, list[str]] = defaultdict(list)
        for update in updates:
            for vertex in update.get("vertexes") or ():
                if vertex.get("cached") and vertex.get("completed"):
                    self.fetched[vertex["digest"]].append(_started(vertex))

    def lines(self, update: Update) -> Iterator[str]:
        """Yield the lines that ``--progress plain`` has for an update."""
        for vertex in update.get("vertexes") or ():
            if vertex.get("started"):
                yield from self._of_vertex(vertex)
        for log in update.get("logs") or ():
            number = self.latest[log["vertex"]]
            text = self.begun_lines.pop(number, "") + b64decode(log["data"]).decode(errors="replace")
            *lines, begun = text.split("\n")
            for line in lines:
                yield f"#{number} 0.0 {line}"
            self.begun_lines[number] = begun

    def _of_vertex(self, vertex: Update) -> Iterator[str]:
        begun = (vertex["digest"], "" if self.is_baked else vertex["started"])
        if begun not in self.numbers:
            self.numbers[begun] = len(self.numbers) + 1
            self.latest[vertex["digest"]] = self.numbers[begun]
            yield f"#{self.numbers[begun]} {vertex['name']}"
        number = self.numbers[begun]
        is_elsewhere = self.is_baked and vertex.get("cached")  # of a step that another target executes
        if vertex.get("completed") and number not in self.ended and not is_elsewhere:
            self.ended.add(number)
            if begun_line := self.begun_lines.pop(number, ""):
                yield f"#{number} 0.0 {begun_line}"
            yield f"#{number} {self._end_of(vertex)}"

    def _end_of(self, vertex: Update) -> str:
        if vertex.get("error"):
            return f"ERROR: {vertex['error']}"
        if self.is_baked:
            return "DONE 0.0s"
        # Each layer of a cached step that is fetched, at once or to be exported, reports as if the step were executed.
        # A later build that did execute it would have printed too.
        is_fetched = any(since <= _started(vertex) for since in self.fetched[vertex["digest"]])
        return "CACHED" if is_fetched else "DONE 0.0s"


def _started(vertex: Update) -> str:
    """Return when something started, so that texts compare as times do."""
    seconds, _, fraction = vertex["started"].removesuffix("Z").partition(".")
    return f"{seconds}.{fraction:0<9}"
