"""An editor: documents that are opened and changed, and a cursor that is written as ``|`` in a piece of their text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_lsp import LanguageClient

COMMAND = [sys.executable, "-m", "dfrender", "lsp"]


def uri(name: str) -> str:
    """Return the address of a file in the working directory."""
    return Path(name).absolute().as_uri()


def position_in(text: str, piece: str) -> types.Position:
    """Return the position of the ``|`` in a piece of a text, in UTF-16 as every editor knows it."""
    before, _, behind = piece.partition("|")
    assert text.count(before + behind) == 1, f"{piece!r} is not there once"
    start = text.index(before + behind) + len(before)
    lines = text[:start].split("\n")
    return types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


def text_in(text: str, found: types.Range) -> str:
    """Return the text of a range, which must be in the text."""
    lines = text.splitlines(keepends=True) or [""]
    if not text or text.endswith("\n"):
        lines.append("")
    offsets = []
    for place in (found.start, found.end):
        units = lines[place.line].rstrip("\r\n").encode("utf-16-le")
        assert 0 <= place.character * 2 <= len(units), f"{place} is outside of the text"
        before = units[: place.character * 2].decode("utf-16-le")
        offsets.append(sum(map(len, lines[: place.line])) + len(before))
    assert offsets[0] <= offsets[1]
    return text[offsets[0] : offsets[1]]


class Editor:
    """The documents of one client, by names that are relative to the working directory."""

    def __init__(self, client: LanguageClient) -> None:
        """Begin with nothing open."""
        self.client = client
        self.texts: dict[str, str] = {}

    def open(self, *names: str) -> None:
        """Open files as they are on the disk."""
        for name in names:
            text = Path(name).read_bytes().decode()
            self.texts[name] = text
            document = types.TextDocumentItem(uri(name), "dockerfile", 1, text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    def change(self, name: str, text: str) -> None:
        """Change an open document."""
        self.texts[name] = text
        document = types.VersionedTextDocumentIdentifier(2, uri(name))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def close(self, name: str) -> None:
        """Close a document."""
        document = types.TextDocumentIdentifier(uri(name))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def text(self, name: str) -> str:
        """Return a text as the editor has it, else as it is on the disk."""
        return self.texts.get(name) or Path(name).read_bytes().decode()

    async def rendered(self, name: str) -> Sequence[Mapping[str, object]]:
        """Ask what a template comes to."""
        params = types.ExecuteCommandParams("dfrender.rendered", [uri(name)])
        found = await self.client.workspace_execute_command_async(params)
        return [dict(each) for each in found or ()]

    async def problems(self, name: str) -> list[str]:
        """Return what is wrong with a file, once everything is looked at: what is marked, and what is said of it."""
        await self.rendered(name)
        text = self.text(name)
        found = []
        for each in self.client.diagnostics.get(uri(name), ()):
            found.append(f"{text_in(text, each.range)} [{each.code}] {each.message}")
        return found
