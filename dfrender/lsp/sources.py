"""Files, and the unsaved texts that stand in for them, to places as editors count them."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dfrender.lsp.text import NOWHERE, EditorText, Location, without_halves
from dfrender.profile import folders
from dfrender.recorder import Recorder
from dfrender.source import At, Line, decode, encode

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")


def home_of(path: str) -> Path:
    """Return the folder in which a file is looked at, to which messages are relative: the root of its repository.

    A folder that is not there yet is not one to be in: then it is the nearest above that is.
    """
    root = folders.upward(Path(path).parent)[-1]
    while not os.path.isdir(root):  # noqa: PTH112 - that of pathlib raises an error for a name that is too long
        root = root.parent
    return root


class Unsaved(Mapping[Path, bytes]):
    """The texts of open documents, by whatever path leads to them; ``asked`` are those that were asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts by absolute paths."""
        self.asked: set[str] = set()
        self._paths: dict[str, str] = {}
        self._data: dict[str, bytes] = {}
        for path, text in texts.items():
            real = os.path.realpath(path)
            self._paths[real] = path
            self._data[real] = encode(without_halves(text))

    def __getitem__(self, path: Path) -> bytes:
        real = os.path.realpath(path)
        data = self._data[real]
        self.asked.add(self._paths[real])
        return data

    def __iter__(self) -> Iterator[Path]:
        return map(Path, self._data)

    def __len__(self) -> int:
        return len(self._data)


class Sources:
    """The files that places name, which are relative to ``root``, the folder that the analysis is made in."""

    def __init__(self, root: str, template: str, unsaved: Unsaved) -> None:
        """Read nothing yet; ``template`` has the problems of what is not a file."""
        self.root = root
        self.template = template
        self.unsaved = unsaved
        self._texts: dict[str, EditorText] = {}

    def path(self, file: str) -> str:
        """Return the absolute path of a file that a place names."""
        return os.path.normpath(Path(self.root, file))

    def text(self, file: str) -> EditorText:
        """Return the text of a file; nothing for what cannot be read."""
        if file not in self._texts:
            try:
                text = decode(Recorder({}, self.unsaved).read(Path(file)))
            except (OSError, ValueError):
                text = ""
            self._texts[file] = EditorText(text)
        return self._texts[file]

    def is_file(self, file: str) -> bool:
        """Say whether a place names a file, not an option or a variable."""
        try:
            return Recorder({}, self.unsaved).is_file(Path(file))
        except (OSError, ValueError):
            return False

    def location(self, at: At) -> Location:
        """Return the word at a place; the beginning of the template for what is in no file."""
        if not self.is_file(at.file):
            return Location(self.path(self.template), NOWHERE)
        return Location(self.path(at.file), self.text(at.file).word_at(at))

    def line(self, at: At) -> Location:
        """Return the whole line of a place."""
        text = self.text(at.file)
        start, stop = text.line_of(at)
        return Location(self.path(at.file), text.range(start, stop))

    def written(self, line: Line, start: int, stop: int) -> Location | None:
        """Return where the user wrote a part of a rendered line; None for what the template made.

        It is in what both lines begin with, or end with, or it is a word that is there once.
        """
        source = self.text(line.at.file)
        first = source.offset_of(At(line.at.file, line.at.line))
        begin = _written_at(line, source.text[first:].partition("\n")[0], start, stop)
        if begin < 0:
            return None
        return Location(self.path(line.at.file), source.range(first + begin, first + begin + stop - start))

    def name_in(self, at: At, name: str) -> Location | None:
        """Return where a name stands that a place is the beginning of, perhaps in quotes; None if it does not."""
        text = self.text(at.file)
        start = text.offset_of(at)
        if text.text[start : start + 1] in {'"', "'"}:
            start += 1
        stop = start + len(name)
        if text.text[start:stop].lower() != name.lower():
            return None
        return Location(self.path(at.file), text.range(start, stop))

    def called(self, at: At, name: str) -> Location | None:
        """Return where the name stands in the call of ``stage`` at a place; None where it is not literally there."""
        text = self.text(at.file)
        call = re.compile(r"""stage\s*\(\s*(?P<quote>['"])(?P<name>[^'"\\]*)(?P=quote)""")
        match = call.match(text.text, text.offset_of(at))
        if match is None or match["name"].lower() != name:
            return None
        return Location(self.path(at.file), text.range(match.start("name"), match.end("name")))


def _written_at(line: Line, source: str, start: int, stop: int) -> int:
    """Return where in a line of the template a part of a rendered line is written; -1 where that is not known."""
    if stop <= line.exact:
        return start
    text = line.text.rstrip("\r\n")
    source = source.rstrip("\r")
    behind = 0
    while behind < min(len(text), len(source)) and text[-behind - 1] == source[-behind - 1]:
        behind += 1
    if start >= len(text) - behind:
        return start + len(source) - len(text)
    word = re.escape(text[start:stop])
    plain = _CODE.sub(lambda code: " " * len(code[0]), source)
    found = [match.start() for match in re.finditer(rf"(?<![\w.-]){word}(?![\w.-])", plain)]
    if len(found) == 1:
        return found[0]
    return -1
