"""A client that sends what it likes: also what no client should."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from tests.lsp.editor import PATIENT_COMMAND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HERE = {"line": 0, "character": 0}


class RawClient:
    """A server in a process, and the pipes to it; messages are what JSON makes of them."""

    def __init__(self, folder: Path, command: Sequence[str] = PATIENT_COMMAND) -> None:
        """Start a server in a folder."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe)
        self.count = 0
        self.notes: list[dict[str, Any]] = []
        capabilities = {"general": {"positionEncodings": ["utf-8"]}}
        self.server = self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities})
        self.tell("initialized", {})

    def tell(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401 - it is JSON
        """Send a request; return its result, or else its error."""
        self.count += 1
        self._send({"id": self.count, "method": method, "params": params})
        while True:
            answer = self._received()
            if answer.get("id") == self.count:
                return answer.get("result", answer.get("error"))
            self.notes.append(answer)

    def open(self, uri: str, text: str) -> None:
        """Open a document."""
        self.tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "dockerfile", "version": 1, "text": text}},
        )

    def change(self, uri: str, text: str) -> None:
        """Change a document."""
        self.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]},
        )

    def rendered(self, uri: str) -> Any:  # noqa: ANN401 - the same
        """Ask what a template comes to, which waits for all that is to be said."""
        return self.ask("workspace/executeCommand", {"command": "dfrender.rendered", "arguments": [uri]})

    def end(self) -> tuple[int, str]:
        """Wait for the server and all that it started, which have its standard error too; return what is left of it."""
        _, errors = self.process.communicate(timeout=120)
        return self.process.returncode, errors.decode()

    def _send(self, message: dict[str, object]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self.process.stdin
        assert stream
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        stream.flush()

    def _received(self) -> dict[str, Any]:
        stream = self.process.stdout
        assert stream
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        message: dict[str, Any] = json.loads(stream.read(length))
        return message
