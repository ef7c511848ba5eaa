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
PATIENT = "import os, sys; from dfrender.lsp.server import serve; sys.exit(not serve(dict(os.environ), seconds=120))"
PATIENT_COMMAND = [sys.executable, "-c", PATIENT]
"""The same server, with all the time for a rendering that a busy machine may need."""


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


def offset(text: str, place: types.Position) -> int:
    """Return the offset of a position, which must be in the text."""
    lines = text.split("\n")
    units = lines[place.line].rstrip("\r").encode("utf-16-le")
    assert 0 <= place.character * 2 <= len(units), f"{place} is outside of the text"
    before = units[: place.character * 2].decode("utf-16-le")
    return sum(len(line) + 1 for line in lines[: place.line]) + len(before)


def text_in(text: str, found: types.Range) -> str:
    """Return the text of a range, which must be in the text."""
    start, stop = offset(text, found.start), offset(text, found.end)
    assert start <= stop
    return text[start:stop]


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
        del self.texts[name]
        document = types.TextDocumentIdentifier(uri(name))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def close_all(self) -> None:
        """Close all documents, and wait until the server has done so."""
        for name in tuple(self.texts):
            self.close(name)
        await self.rendered("nothing")

    def text(self, name: str) -> str:
        """Return a text as the editor has it, else as it is on the disk."""
        if name in self.texts:
            return self.texts[name]
        return Path(name).read_bytes().decode()

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

    def place(self, name: str, piece: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        """Return the cursor in a document."""
        return types.TextDocumentIdentifier(uri(name)), position_in(self.text(name), piece)

    async def definition(self, name: str, piece: str) -> list[str]:
        """Return the lines that a jump from the cursor leads to."""
        params = types.DefinitionParams(*self.place(name, piece))
        found = await self.client.text_document_definition_async(params)
        assert isinstance(found, list)
        return [self._shown(each) for each in found if isinstance(each, types.Location)]

    async def references(self, name: str, piece: str, *, with_definition: bool = True) -> list[str]:
        """Return the places that name what the cursor is on."""
        context = types.ReferenceContext(include_declaration=with_definition)
        params = types.ReferenceParams(context, *self.place(name, piece))
        found = await self.client.text_document_references_async(params)
        return [self._shown(each) for each in found or ()]

    async def highlights(self, name: str, piece: str) -> list[str]:
        """Return the places of the same document that name what the cursor is on, by lines."""
        params = types.DocumentHighlightParams(*self.place(name, piece))
        found = await self.client.text_document_document_highlight_async(params)
        return [f"{each.range.start.line + 1}: {text_in(self.text(name), each.range)}" for each in found or ()]

    async def hover(self, name: str, piece: str) -> str:
        """Return what is said of what the cursor is on."""
        found = await self.client.text_document_hover_async(types.HoverParams(*self.place(name, piece)))
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        assert found.range
        assert text_in(self.text(name), found.range)
        return found.contents.value

    async def rename(self, name: str, piece: str, new_name: str) -> dict[str, str]:
        """Return what renaming makes of the files that it changes."""
        document, position = self.place(name, piece)
        found = await self.client.text_document_rename_async(types.RenameParams(document, position, new_name))
        return self.edited(found)

    async def renamed(self, name: str, piece: str) -> str:
        """Return the name that a rename would change."""
        found = await self.client.text_document_prepare_rename_async(
            types.PrepareRenameParams(*self.place(name, piece))
        )
        return text_in(self.text(name), found) if isinstance(found, types.Range) else ""

    def edited(self, edit: types.WorkspaceEdit | None) -> dict[str, str]:
        """Return what an edit makes of the files that it changes."""
        by_uri: dict[str, list[types.TextEdit]] = {}
        made: set[str] = set()
        for address, edits in (edit.changes if edit and edit.changes else {}).items():
            by_uri[address] = list(edits)
        for change in edit.document_changes if edit and edit.document_changes else ():
            if isinstance(change, types.CreateFile):
                made.add(self._name(change.uri))
                continue
            assert isinstance(change, types.TextDocumentEdit)
            by_uri[change.text_document.uri] = [each for each in change.edits if isinstance(each, types.TextEdit)]
        found = {}
        for address, edits in by_uri.items():
            name = self._name(address)
            text = "" if name in made else self.text(name)
            ordered = sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True)
            for each in ordered:
                start, stop = offset(text, each.range.start), offset(text, each.range.end)
                text = text[:start] + each.new_text + text[stop:]
            found[name] = text
        return found

    def _name(self, address: str) -> str:
        return address.removeprefix(f"{uri('.')}/")

    def _shown(self, found: types.Location) -> str:
        name = self._name(found.uri)
        return f"{name}:{found.range.start.line + 1}: {text_in(self.text(name), found.range)}"

    async def completion(self, name: str, piece: str) -> list[str]:
        """Return what may be written at the cursor, as the whole line would be then."""
        document, place = self.place(name, piece)
        found = await self.client.text_document_completion_async(types.CompletionParams(document, place))
        lines = []
        for each in found if isinstance(found, list) else ():
            assert isinstance(each.text_edit, types.TextEdit)
            edit = types.WorkspaceEdit({uri(name): [each.text_edit]})
            lines.append(self.edited(edit)[name].split("\n")[place.line].rstrip("\r"))
        return lines

    async def actions(self, name: str, piece: str, *kinds: str) -> dict[str, dict[str, str]]:
        """Return what can be done at the cursor: titles, and what that makes of the files that it changes."""
        document, place = self.place(name, piece)
        context = types.CodeActionContext([], kinds or None)
        params = types.CodeActionParams(document, types.Range(place, place), context)
        found = await self.client.text_document_code_action_async(params)
        return {each.title: self.edited(each.edit) for each in found or () if isinstance(each, types.CodeAction)}

    async def symbols(self, name: str) -> list[str]:
        """Return the stages of a document, each with its first and last line."""
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri(name)))
        found = await self.client.text_document_document_symbol_async(params)
        shown = []
        for each in found or ():
            assert isinstance(each, types.DocumentSymbol)
            assert text_in(self.text(name), each.range)
            shown.append(f"{each.name} {each.range.start.line + 1}-{each.range.end.line + 1}")
        return shown

    async def folds(self, name: str) -> list[tuple[int, int]]:
        """Return what can be folded, first and last line."""
        params = types.FoldingRangeParams(types.TextDocumentIdentifier(uri(name)))
        found = await self.client.text_document_folding_range_async(params)
        return [(each.start_line + 1, each.end_line + 1) for each in found or ()]
