"""The protocol: what an editor sends to session and features, and what these know back to it. Decides nothing."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol as Interface

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from dfrender import __version__
from dfrender.lsp.convert import (
    SOURCE,
    Addresses,
    as_completion,
    as_diagnostics,
    as_hover,
    as_location,
    as_range,
    as_renderings,
    as_symbol,
    as_workspace_edit,
    position,
)
from dfrender.lsp.features import navigation, outline, renaming
from dfrender.lsp.features.actions import Action, actions
from dfrender.lsp.features.adopting import adopted, is_adoptable
from dfrender.lsp.features.completion import Completion, completions
from dfrender.lsp.features.hover import Hover, hover
from dfrender.lsp.features.place import Place
from dfrender.lsp.model import Analysis, Problem
from dfrender.lsp.process import SECONDS, Worker
from dfrender.lsp.protocol import Protocol, quiet_log
from dfrender.lsp.session import Session
from dfrender.lsp.text import EditorText, Location, Range

_WATCHED = ("**/*.j2", "**/*.jinja", "**/*ockerfile*", "**/*ontainerfile*", "**/*ignore", "**/profiles/*.{yaml,yml}")


class _AtPlace(Interface):
    """What a question about a place has."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Server(LanguageServer):
    """The server of one editor."""

    protocol: Protocol

    def __init__(self, environ: Mapping[str, str], seconds: float = SECONDS) -> None:
        """Start nothing yet. Texts come whole: pygls, which would apply parts, counts lines otherwise than editors."""
        super().__init__(SOURCE, __version__, types.TextDocumentSyncKind.Full, protocol_cls=Protocol)
        self.addresses = Addresses()
        self.worker = Worker(seconds)
        self.session = Session(self.worker, environ, self.show, self.log)

    @property
    def takes_versions(self) -> bool:
        """Say whether the editor compares the versions of documents that are edited."""
        return bool(get_capability(self.client_capabilities, "workspace.workspace_edit.document_changes"))

    @property
    def versions(self) -> Mapping[str, int]:
        """Return the versions of the open documents, by paths."""
        found: dict[str, int] = {}
        for document in self.workspace.text_documents.values():
            found[self.addresses.path(document.uri)] = document.version or 0
        return found

    @property
    def takes_watchers(self) -> bool:
        """Say whether the editor reports files that were changed on the disk, if it is asked to."""
        asked = "workspace.did_change_watched_files.dynamic_registration"
        return bool(get_capability(self.client_capabilities, asked))

    async def places(self, params: _AtPlace) -> list[Place]:
        """Return what is asked about, for each template that the document belongs to."""
        path = self.addresses.path(params.text_document.uri)
        known = await self.session.known(path)
        text = self.session.text(path)
        return [Place(each, path, text, position(params.position)) for each in known]

    async def rehearsed(self, place: Place, name: str) -> list[renaming.Edit]:
        """Return the edits that rename a stage, which were tried."""
        texts = {path: self.session.text(path) for path in place.analysis.files}
        edits = renaming.edits(place, name, texts)
        if edits:
            changed: dict[str, str] = {}
            for path, text in texts.items():
                changed[path] = renaming.applied(text, [each for each in edits if each.location.path == path])
            after = await self.session.rehearse(place.analysis.path, changed)
            renaming.refuse_other_meaning(place.analysis, after)
        return edits

    @property
    def makes_files(self) -> bool:
        """Say whether the editor makes files where an edit says so."""
        asked = "workspace.workspace_edit.resource_operations"
        known: Sequence[object] = get_capability(self.client_capabilities, asked) or ()
        return self.takes_versions and types.ResourceOperationKind.Create in known

    def edit(self, edits: Sequence[renaming.Edit], creates: Sequence[str] = ()) -> types.WorkspaceEdit:
        """Return edits as the editor takes them."""
        return as_workspace_edit(edits, self.addresses, self.versions, creates, with_versions=self.takes_versions)

    def quick_fixes(
        self, known: Sequence[Analysis], path: str, text: EditorText, area: Range
    ) -> Iterator[types.CodeAction]:
        """Yield what can be done about the problems in a range."""
        found: dict[Action, None] = {}
        for each in known:
            found |= dict.fromkeys(actions(each, path, text, area, self.session.existing))
        for action in found:
            if action.fix.creates and not self.makes_files:
                continue
            edit = self.edit(action.fix.edits, action.fix.creates)
            kind = types.CodeActionKind.QuickFix
            diagnostics = list(as_diagnostics([action.problem], self.addresses))
            preferred = action.is_preferred or None
            yield types.CodeAction(action.fix.title, kind, diagnostics, is_preferred=preferred, edit=edit)

    async def adoptions(
        self, known: Sequence[Analysis], path: str, text: EditorText, area: Range
    ) -> list[types.CodeAction]:
        """Return the offer to make a template and profiles of a plain Dockerfile, where it has a use for them."""
        found: list[types.CodeAction] = []
        for each in known:
            if not self.makes_files or not is_adoptable(each, text, area):
                continue
            files = await self.session.adoption(path)
            if files:
                fix = adopted(path, files)
                edit = self.edit(fix.edits, fix.creates)
                found.append(types.CodeAction(fix.title, types.CodeActionKind.RefactorRewrite, edit=edit))
        return found

    def locations(self, found: Sequence[Location]) -> list[types.Location]:
        """Return locations as the protocol has them, each once."""
        return [as_location(each, self.addresses) for each in dict.fromkeys(found)]

    def show(self, path: str, problems: Sequence[Problem]) -> None:
        """Show what is wrong with a file."""
        uri = self.addresses.uri(path)
        diagnostics = list(as_diagnostics(problems, self.addresses))
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))

    def log(self, text: str) -> None:
        """Write down what nobody foresaw, where the editor keeps such things."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))


def serve(environ: Mapping[str, str], seconds: float = SECONDS) -> bool:
    """Serve an editor over standard input and output until it is gone; return whether it said so before.

    A rendering that takes more than ``seconds`` is ended.
    """
    quiet_log()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # else the thread that waits for input keeps it from ending
    server = Server(environ, seconds)
    _add_life(server)
    _add_navigation(server)
    _add_renaming(server)
    _add_writing(server)
    _add_outline(server)
    _add_commands(server)
    server.start_io()
    return server.protocol.is_shut_down


def _add_life(server: Server) -> None:
    """Add what begins and ends: the server itself, documents, changes of files."""

    @server.feature(types.INITIALIZED)
    async def _initialized(_params: types.InitializedParams) -> None:
        server.session.start()
        if server.takes_watchers:
            watchers = [types.FileSystemWatcher(each) for each in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            with suppress(JsonRpcException):  # it can, and does not want to
                await server.client_register_capability_async(types.RegistrationParams([wanted]))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _files_changed(_params: types.DidChangeWatchedFilesParams) -> None:
        server.session.refresh()

    @server.feature(types.SHUTDOWN)
    async def _shutdown(_params: None) -> None:
        await server.session.stop()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        _write(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: types.DidChangeTextDocumentParams) -> None:
        _write(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        server.session.close(server.addresses.path(params.text_document.uri))


def _add_navigation(server: Server) -> None:
    """Add what leads from a place to others, and what is said of one."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def _definition(params: types.DefinitionParams) -> list[types.Location]:
        found: list[Location] = []
        for each in await server.places(params):
            found += navigation.definitions(each)
        return server.locations(found)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def _references(params: types.ReferenceParams) -> list[types.Location]:
        found: list[Location] = []
        for each in await server.places(params):
            found += navigation.references(each, with_definition=params.context.include_declaration)
        return server.locations(found)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def _highlights(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found: dict[Range, None] = {}
        for each in await server.places(params):
            found |= dict.fromkeys(navigation.highlights(each))
        return [types.DocumentHighlight(as_range(each)) for each in found]

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def _hover(params: types.HoverParams) -> types.Hover | None:
        found: list[Hover] = []
        for each in await server.places(params):
            said = hover(each)
            if said:
                found.append(said)
        return as_hover(found)


def _add_renaming(server: Server) -> None:
    """Add what renames a stage, or says why it has to keep its name."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def _prepared(params: types.PrepareRenameParams) -> types.Range | None:
        for each in await server.places(params):
            with _refusals_shown():
                found = renaming.renamed(each)
            if found:
                return as_range(found)
        return None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def _renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found: dict[renaming.Edit, None] = {}
        with _refusals_shown():
            for each in await server.places(params):
                edits = await server.rehearsed(each, params.new_name)
                found |= dict.fromkeys(edits)
        if not found:
            return None
        return server.edit(list(found))


def _add_writing(server: Server) -> None:
    """Add what helps to write: completion, and edits that end what is wrong."""
    options = types.CompletionOptions(trigger_characters=['"', "'", "=", " ", ",", "["])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def _completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        found: dict[str, Completion] = {}
        for each in await server.places(params):
            for choice in completions(each):
                found.setdefault(choice.label, choice)
        return [as_completion(each) for each in found.values()]

    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    async def _actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        path = server.addresses.path(params.text_document.uri)
        known = await server.session.known(path)
        text = server.session.text(path)
        area = Range(position(params.range.start), position(params.range.end))
        found: list[types.CodeAction] = []
        if _is_asked_for(types.CodeActionKind.QuickFix, params.context):
            found += server.quick_fixes(known, path, text, area)
        if _is_asked_for(types.CodeActionKind.RefactorRewrite, params.context):
            found += await server.adoptions(known, path, text, area)
        return found


def _is_asked_for(kind: str, context: types.CodeActionContext) -> bool:
    """Say whether actions of a kind are wanted: those of a kind above it, or all, or any."""
    if context.only is None:
        return True
    return any(kind == each or kind.startswith(f"{each}.") for each in context.only)


def _add_outline(server: Server) -> None:
    """Add the parts of a document."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def _symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        path = server.addresses.path(params.text_document.uri)
        found: dict[outline.Symbol, None] = {}
        for each in await server.session.known(path):
            found |= dict.fromkeys(outline.symbols(each, path, server.session.text(path)))
        return [as_symbol(each) for each in found]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def _folds(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        path = server.addresses.path(params.text_document.uri)
        found: dict[tuple[int, int], None] = {}
        for each in await server.session.known(path):
            found |= dict.fromkeys(outline.folds(each, path, server.session.text(path)))
        return [types.FoldingRange(first, last) for first, last in found]


@contextmanager
def _refusals_shown() -> Iterator[None]:
    """Let the editor say why something is refused."""
    try:
        yield
    except renaming.RefusedError as error:
        raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed) from error


def _write(server: Server, uri: str) -> None:
    path = server.addresses.path(uri)
    if path:  # there are documents that are no files
        server.session.write(path, server.workspace.get_text_document(uri).source)


def _add_commands(server: Server) -> None:
    """Add what an editor can call by name."""

    @server.command("dfrender.rendered")
    async def _rendered(uri: str) -> list[dict[str, object]]:
        """Return what a template comes to in each profile, and where each line is from."""
        written: list[dict[str, object]] = []
        for each in await server.session.known(server.addresses.path(uri)):
            written += as_renderings(each.renderings, server.addresses)
        return written
