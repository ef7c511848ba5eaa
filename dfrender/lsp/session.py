"""Open documents to what is known of them: asks the worker after each change, and says what is wrong where.

Knows neither the protocol nor who speaks it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dfrender.lsp.analysis import ended, unknown
from dfrender.lsp.messages import Failure, NewFiles, Question, Request, Roots
from dfrender.lsp.model import Analysis, Problem
from dfrender.lsp.process import EndedError, Worker
from dfrender.lsp.stale import carried
from dfrender.lsp.text import EditorText
from dfrender.source import decode

DELAY = 0.05
"""Seconds from a change to the question about it, in which others may come."""


class _Template:
    """What is known of a template: with which texts, and which problems are shown in which files.

    ``rendered`` is its text when it was last rendered to the end.
    """

    def __init__(self) -> None:
        self.analysis: Analysis | None = None
        self.texts: Mapping[str, str] = {}
        self.rendered = ""
        self.shown: dict[str, list[Problem]] = {}


Publish = Callable[[str, Sequence[Problem]], None]
Log = Callable[[str], None]


class Session:
    """The documents of one editor.

    ``publish`` takes the path of a file and all problems in it, ``log`` what nobody foresaw.
    """

    def __init__(self, worker: Worker, environ: Mapping[str, str], publish: Publish, log: Log) -> None:
        """Begin without documents."""
        self.documents: dict[str, str] = {}
        self._worker = worker
        self._environ = environ
        self._publish = publish
        self._log = log
        self._roots: dict[str, tuple[str, ...]] = {}
        self._templates: dict[str, _Template] = {}
        self._new: set[str] = set()
        self._pending: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def write(self, path: str, text: str) -> None:
        """Take the text of a document that was opened or changed."""
        self.documents[path] = text
        self._touch(path)

    def close(self, path: str) -> None:
        """Forget a document: what is on the disk counts again, and nobody asks about a template any more."""
        self.documents.pop(path, None)
        self._touch(path)
        self._roots.pop(path, None)
        self._new.discard(path)
        self._forget_unwanted()

    def refresh(self) -> None:
        """Analyse everything again, since files were changed on the disk."""
        for path in self.documents:
            self._roots.pop(path, None)
            self._touch(path)

    def text(self, path: str) -> EditorText:
        """Return the text of a file; an empty one for what cannot be read."""
        return self.existing(path) or EditorText("")

    def existing(self, path: str) -> EditorText | None:
        """Return the text of a file: of the document, else what is on the disk; None for what cannot be read."""
        if path in self.documents:
            return EditorText(self.documents[path])
        try:
            return EditorText(decode(Path(path).read_bytes()))
        except OSError:
            return None

    async def known(self, path: str) -> list[Analysis]:
        """Return what is known of a document as it is now, of each template that it belongs to."""
        await self._idle.wait()
        found: list[Analysis] = []
        for root in self._roots.get(path, ()):
            template = self._templates.get(root)
            if template and template.analysis:
                found.append(template.analysis)
        return found

    async def rehearse(self, root: str, texts: Mapping[str, str]) -> Analysis:
        """Return what would be known of a template with other texts; nothing if that takes too long."""
        answer: object = None
        with suppress(EndedError):
            answer = await self._worker.ask(Request(root, {**self.documents, **texts}, self._environ))
        if isinstance(answer, Analysis):
            return answer
        return unknown(root)

    async def adoption(self, path: str) -> Mapping[str, str]:
        """Return the texts of the files that would take a Dockerfile's place, by paths; none if there are none."""
        answer: object = None
        with suppress(EndedError):
            answer = await self._ask(path, Question.ADOPTION)
        if isinstance(answer, NewFiles):
            return answer.texts
        return {}

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the work, and the worker."""
        if self._task:
            self._task.cancel()
        await self._worker.stop()

    async def _run(self) -> None:
        await self._worker.warm_up()
        while True:
            await self._changed.wait()
            await asyncio.sleep(DELAY)
            self._changed.clear()
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - a bug must not end it: every later question would wait for ever
                self._log(repr(error))
            if not self._changed.is_set():
                self._idle.set()

    async def _work(self) -> None:
        while self._new or self._pending:
            if self._new:
                await self._place(self._new.pop())
            else:
                await self._analyse(self._pending.pop())

    def _touch(self, path: str) -> None:
        self._idle.clear()
        self._changed.set()
        if path not in self._roots:
            self._new.add(path)
        self._pending.update(self._roots.get(path, ()))
        for root, template in self._templates.items():
            if template.analysis and path in template.analysis.files:
                self._pending.add(root)

    async def _place(self, path: str) -> None:
        """Find the templates that a document belongs to."""
        answer: object = ()
        with suppress(EndedError):  # a repository of very many files: then it belongs to none
            answer = await self._ask(path, Question.ROOTS)
        if path in self.documents and isinstance(answer, Roots):
            self._roots[path] = answer.paths
            self._pending.update(answer.paths)
        if not self._new:  # else what others belong to is not known yet
            self._forget_unwanted()

    async def _analyse(self, root: str) -> None:
        texts = dict(self.documents)
        known = self._templates.get(root, _Template())
        try:
            answer = await self._ask(root)
            known.rendered = texts.get(root, "")
        except EndedError:
            answer = self._ended(root, known, texts)
        if root in self._pending or not self._is_wanted(root):
            return  # it was changed since
        if isinstance(answer, Analysis):
            known.analysis = carried(answer, known.analysis or answer, known.texts, texts)
            known.texts = texts
            self._templates[root] = known
            self._show(known, answer.problems)

    def _ended(self, root: str, known: _Template, texts: Mapping[str, str]) -> Analysis:
        files = (known.analysis or unknown(root)).files
        return ended(root, files, self._worker.seconds, texts.get(root, ""), known.rendered)

    def _forget_unwanted(self) -> None:
        """Forget the templates that no document belongs to any more."""
        wanted = {root for found in self._roots.values() for root in found}
        self._pending &= wanted
        for root in self._templates.keys() - wanted:
            forgotten = self._templates.pop(root)
            self._show(forgotten, ())

    def _is_wanted(self, root: str) -> bool:
        return any(root in found for found in self._roots.values())

    async def _ask(self, path: str, question: Question = Question.ANALYSIS) -> object:
        """Return the worker's answer; None, and a line in the log, for what nobody foresaw."""
        answer = await self._worker.ask(Request(path, dict(self.documents), self._environ, question))
        if isinstance(answer, Failure):
            self._log(answer.text)
            return None
        return answer

    def _show(self, template: _Template, problems: Sequence[Problem]) -> None:
        """Say what is wrong with the files of a template, and no longer what was."""
        before, template.shown = template.shown, {}
        for each in problems:
            template.shown.setdefault(each.location.path, []).append(each)
        for path in {*before, *template.shown}:
            found: dict[Problem, None] = dict.fromkeys(template.shown.get(path, ()))
            for other in self._templates.values():
                found |= dict.fromkeys(other.shown.get(path, ()))
            self._publish(path, list(found))
