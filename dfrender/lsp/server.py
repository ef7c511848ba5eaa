"""The protocol: what an editor sends to session and features, and what these know back to it. Decides nothing."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from dfrender import __version__
from dfrender.lsp.convert import SOURCE, Addresses, as_diagnostics, as_renderings
from dfrender.lsp.model import Problem
from dfrender.lsp.process import Worker
from dfrender.lsp.session import Session


class _Protocol(LanguageServerProtocol):
    """The protocol, with positions in UTF-16 whatever else an editor would like better: every one has to know it."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        general = params.capabilities.general
        if general:
            general.position_encodings = None
        return (yield from super().lsp_initialize(params))


class Server(LanguageServer):
    """The server of one editor."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Start nothing yet. Texts come whole: pygls, which would apply parts, counts lines otherwise than editors."""
        super().__init__(SOURCE, __version__, types.TextDocumentSyncKind.Full, protocol_cls=_Protocol)
        self.addresses = Addresses()
        self.worker = Worker()
        self.session = Session(self.worker, environ, self.show, self.log)
        self.task: asyncio.Task[None] | None = None

    def show(self, path: str, problems: Sequence[Problem]) -> None:
        """Show what is wrong with a file."""
        uri = self.addresses.uri(path)
        diagnostics = list(as_diagnostics(problems, self.addresses))
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))

    def log(self, text: str) -> None:
        """Write down what nobody foresaw, where the editor keeps such things."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))


def serve(environ: Mapping[str, str]) -> None:
    """Serve an editor over standard input and output until it says that it is done."""
    server = Server(environ)
    _add_life(server)
    _add_commands(server)
    server.start_io()


def _add_life(server: Server) -> None:
    """Add what begins and ends: the server itself, documents, changes of files."""

    @server.feature(types.INITIALIZED)
    async def _initialized(_params: types.InitializedParams) -> None:
        server.task = asyncio.create_task(server.session.run())

    @server.feature(types.SHUTDOWN)
    async def _shutdown(_params: None) -> None:
        if server.task:
            server.task.cancel()
        await server.worker.stop()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        _write(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: types.DidChangeTextDocumentParams) -> None:
        _write(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        server.session.close(server.addresses.path(params.text_document.uri))


def _write(server: Server, uri: str) -> None:
    path = server.addresses.path(uri)
    if path:
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
