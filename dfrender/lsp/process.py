"""The worker process, seen from the server: asked one question after the other, ended if it takes too long."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import NamedTuple, cast

from dfrender.lsp.messages import LENGTH, Answer, Question, Request, packed, unpacked

SECONDS = 2.0
"""How long an answer may take. A template of a thousand lines takes half a second."""

_STARTING = 30.0  # the first answer of a process, which has to load all of dfrender on a busy machine


class EndedError(Exception):
    """The worker took too long, or ended by itself; another one is started."""


class _Running(NamedTuple):
    """A process, and the pipes to it and from it."""

    process: Process
    questions: asyncio.StreamWriter
    answers: asyncio.StreamReader

    async def ask(self, request: Request) -> Answer:
        self.questions.write(packed(request))
        await self.questions.drain()
        length = await self.answers.readexactly(LENGTH)
        data = await self.answers.readexactly(int.from_bytes(length, "big"))
        return cast("Answer", unpacked(data))


class Worker:
    """One process that is warm for the next question."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Start nothing yet."""
        self.seconds = seconds
        self._running: _Running | None = None
        self._starting: asyncio.Task[_Running] | None = None
        self._lock = asyncio.Lock()

    async def warm_up(self) -> None:
        """Start the process, so that the first question need not wait for it."""
        async with self._lock:
            with suppress(TimeoutError, OSError, EOFError):  # which the first question will meet again
                await self._start()

    async def ask(self, request: Request) -> Answer:
        """Return the answer; raise `EndedError` if there is none in time."""
        async with self._lock:
            try:
                running = self._running or await self._start()
                return await asyncio.wait_for(running.ask(request), self.seconds)
            except (TimeoutError, OSError, EOFError) as error:
                await self._end()
                raise EndedError from error

    async def stop(self) -> None:
        """Let the process come to its end, which it does when nothing more can be asked; end one that is busy."""
        if self._starting:
            with suppress(TimeoutError, OSError, EOFError):
                await self._starting
        if self._running:
            self._running.questions.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._running.process.wait(), self.seconds)
            await self._end()

    async def _start(self) -> _Running:
        """Start the process, to the end even if nobody waits for it any more: half a process cannot be ended."""
        self._starting = asyncio.create_task(self._started())
        return await asyncio.shield(self._starting)

    async def _started(self) -> _Running:
        # -P: a folder of the user may hold files that are named as modules of Python are
        command = (sys.executable, "-P", "-m", "dfrender.lsp.worker")
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        questions = cast("asyncio.StreamWriter", process.stdin)
        answers = cast("asyncio.StreamReader", process.stdout)
        self._running = _Running(process, questions, answers)
        await asyncio.wait_for(self._running.ask(Request("", {}, {}, Question.ROOTS)), _STARTING)
        return self._running

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running:
            with suppress(ProcessLookupError):
                running.process.kill()
            await running.process.wait()
