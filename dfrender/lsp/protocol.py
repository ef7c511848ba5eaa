"""The protocol as pygls has it, but for what an editor may do that pygls does not expect."""

import logging
from collections.abc import Generator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol, lsp_method


class Protocol(LanguageServerProtocol):
    """Speaks to one editor.

    Positions are in UTF-16, whatever else an editor would like better: every one has to know it.
    """

    @property
    def is_shut_down(self) -> bool:
        """Say whether the editor said that it is done, before it goes."""
        return self._shutdown

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer what the server can do."""
        general = params.capabilities.general
        if general:
            general.position_encodings = None
        return (yield from super().lsp_initialize(params))

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Take a change, unless the document was never opened."""
        opened = {each.uri for each in self.workspace.text_documents.values()}
        if params.text_document.uri in opened:
            yield from super().lsp_text_document__did_change(params)

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - pygls has no better type for it
        """Return a message; answer a request that is not what the protocol says, which else would wait for ever."""
        try:
            return super().structure_message(data)
        except JsonRpcInvalidParams as error:
            if "method" in data and "id" in data:
                self._send_response(data["id"], None, error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - the same
        """Handle a message; refuse a request that comes when the server is shut down."""
        is_request = hasattr(message, "id") and hasattr(message, "method")
        if self._shutdown and is_request:
            error = types.ErrorCodes.InvalidRequest
            self._send_response(
                message.id, None, JsonRpcException("the server is shut down", error).to_response_error()
            )
        else:
            super().handle_message(message)


def quiet_log() -> None:
    """Let nothing but bugs reach standard error, which editors show to users as errors of the server."""
    logging.getLogger("pygls").setLevel(logging.ERROR)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_bug)


def _is_bug(record: logging.LogRecord) -> bool:
    """Say whether a record is about anything else than an answer that refuses, or an editor that is gone."""
    if record.exc_info is None:
        return True
    return not isinstance(record.exc_info[1], JsonRpcException | BrokenPipeError)
