"""The worker process, seen from the server: asked one question after the other, ended if it takes too long."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from typing import cast

from dfrender.lsp.messages import LENGTH, Answer, Request, packed, unpacked

SECONDS = 2.0
"""How long an answer may take. A template of a thousand lines takes half a second."""

_STARTING = 30.0  # the first answer of a process, which has to load all of dfrender on a busy machine


class EndedError(Exception):
    """The worker took too long, or ended by itself; another one is started."""


class Worker:
    """One process that is warm for the next question."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Start nothing yet."""
        self.seconds = seconds
        self._process: Process | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start the process, and wait until it can answer."""
        async with self._lock:
            await self._started()

    async def ask(self, request: Request) -> Answer:
        """Return the answer; raise `EndedError` if there is none in time."""
        async with self._lock:
            try:
                process = await self._started()
                return await asyncio.wait_for(_exchange(process, request), self.seconds)
            except (TimeoutError, OSError, EOFError) as error:
                await self._end()
                raise EndedError from error

    async def stop(self) -> None:
        """Let the process come to its end, which it does when nothing more can be asked."""
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), self.seconds)
            except TimeoutError:
                process.kill()

    async def _started(self) -> Process:
        if self._process is None:
            # -P: a folder of the user may hold files that are named as modules of Python are
            command = (sys.executable, "-P", "-m", "dfrender.lsp.worker")
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
            await asyncio.wait_for(_exchange(self._process, Request("", {}, {}, wants_roots=True)), _STARTING)
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.kill()
            await process.wait()


async def _exchange(process: Process, request: Request) -> Answer:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(packed(request))
    await process.stdin.drain()
    length = await process.stdout.readexactly(LENGTH)
    data = await process.stdout.readexactly(int.from_bytes(length, "big"))
    return cast("Answer", unpacked(data))
