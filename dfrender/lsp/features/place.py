"""A place in a document: what is mentioned there, and what the cursor is in."""

import re
from functools import cached_property
from typing import NamedTuple

from dfrender.lsp.model import Analysis, Mention, Setting
from dfrender.lsp.text import EditorText, Location, Position, Range
from dfrender.profile.folders import SUFFIXES
from dfrender.template.syntax import Segment, scan

_FILES = frozenset({"include", "import", "extends", "from"})
_STRING = re.compile(r"""(?P<quote>['"])(?P<name>[^'"]*)(?P=quote)""")


class Word(NamedTuple):
    """A word and where it stands."""

    text: str
    range: Range


class Place:
    """A position in a document, as the editor has it now, and what is known of one template that it belongs to."""

    def __init__(self, analysis: Analysis, path: str, text: EditorText, position: Position) -> None:
        """Look at nothing yet."""
        self.analysis = analysis
        self.path = path
        self.text = text
        self.position = position

    @property
    def is_profile(self) -> bool:
        """Say whether the document is a profile."""
        return self.path.endswith(SUFFIXES)

    @cached_property
    def offset(self) -> int:
        """Return the character at the position."""
        return self.text.offset(self.position)

    @property
    def before(self) -> str:
        """Return what stands in the line before the position."""
        return self.text.text[: self.offset].rpartition("\n")[2]

    @cached_property
    def mention(self) -> Mention | None:
        """Return what names a stage or an image at the position."""
        for each in self.analysis.mentions:
            if each.location.path == self.path and each.location.range.holds(self.position):
                return each
        return None

    @cached_property
    def code(self) -> Segment | None:
        """Return the tag or print that the position is in."""
        if self.is_profile:
            return None
        for segment in scan(self.text.text, self.path).segments:
            if segment.is_code and segment.start < self.offset <= segment.stop:
                return segment
        return None

    @cached_property
    def name(self) -> Word | None:
        """Return the name at the position in a tag or a print."""
        if self.code is None:
            return None
        for start, word in scan(self.text.text, self.path).words(self.code):
            if start <= self.offset <= start + len(word):
                return Word(word, self.text.range(start, start + len(word)))
        return None

    @cached_property
    def settings(self) -> list[Setting]:
        """Return what the name at the position is in each profile that sets it."""
        if self.name is None:
            return []
        return [each for each in self.analysis.settings if each.name == self.name.text]

    @cached_property
    def included(self) -> list[Location]:
        """Return the beginnings of the files that a tag at the position includes."""
        if self.code is None:
            return []
        source = scan(self.text.text, self.path)
        if source.tag(self.code) not in _FILES:
            return []
        beginning = Range(Position(0, 0), Position(0, 0))
        found: list[Location] = []
        for match in _STRING.finditer(source.of(self.code)):
            name = match["name"].removeprefix("./").lstrip("/.")
            for file in sorted(self.analysis.files):
                if name and file.replace("\\", "/").endswith(f"/{name}"):
                    found.append(Location(file, beginning))
        return found
