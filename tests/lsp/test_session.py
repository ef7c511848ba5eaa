"""Documents that are opened, changed and closed; a worker that takes too long, or finds a bug."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import pytest_asyncio

from dfrender.lsp.messages import Question, Request
from dfrender.lsp.process import EndedError, Worker
from dfrender.lsp.session import DELAY, Session
from tests.lsp.known import absolute

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from dfrender.lsp.messages import Answer
    from dfrender.lsp.model import Problem
    from tests.project import Project

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]  # each starts a server of its own

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n"
BASE = "FROM alpine:3.22 AS base\n"
SOON = 0.1  # seconds until what has no end is ended
WRONG = "FROM alpine:3.22 AS base\nFROM {{ stage('bas') }}\n"


class WatchedWorker(Worker):
    """A worker that says when it is asked, and has all the time that a busy machine may need."""

    def __init__(self) -> None:
        """Start nothing yet."""
        super().__init__(seconds=120)
        self.asked = asyncio.Event()

    async def ask(self, request: Request) -> Answer:
        """Answer as any worker does."""
        self.asked.set()
        return await super().ask(request)


class Shown:
    """A session, and what it shows."""

    def __init__(self, worker: WatchedWorker) -> None:
        """Begin with nothing shown."""
        self.worker = worker
        self.problems: dict[str, list[str]] = {}
        self.logged: list[str] = []
        self.session = Session(worker, {}, self.publish, self.logged.append)

    def publish(self, path: str, problems: Sequence[Problem]) -> None:
        """Show what is wrong with a file."""
        self.problems[Path(path).name] = [f"{each.location.range.start.line + 1} {each.code}" for each in problems]

    def write(self, name: str, text: str | None = None) -> None:
        """Open a document, or change it."""
        self.session.write(absolute(name), Path(name).read_text(encoding="utf-8") if text is None else text)

    async def stages(self, name: str) -> list[str]:
        """Return the stages that are known, once all is looked at."""
        known = await self.session.known(absolute(name))
        return [f"{stage.name} {stage.location.range.start.line + 1}" for each in known for stage in each.stages]


def save(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


@pytest_asyncio.fixture
async def shown(project: Project) -> AsyncIterator[Shown]:
    project.write({".git/HEAD": "", "profiles/ci.yaml": "", "Dockerfile.j2": BASE})
    found = Shown(WatchedWorker())
    found.session.start()
    yield found
    await found.session.stop()


async def test_a_template_without_an_end_is_ended_and_what_was_known_stays(shown: Shown) -> None:
    shown.write("Dockerfile.j2", f"{BASE}RUN :\nFROM base AS app\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 3"]
    shown.worker.seconds = SOON
    shown.write("Dockerfile.j2", f"{BASE}{ENDLESS}RUN :\nFROM base AS app\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 4"]
    assert shown.problems == {"Dockerfile.j2": ["2 rendering-too-slow"]}
    shown.write("Dockerfile.j2", f"{BASE}{ENDLESS}RUN true\nFROM base AS app\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 4"]
    assert shown.problems == {"Dockerfile.j2": ["2 rendering-too-slow"]}
    shown.worker.seconds = 120
    shown.write("Dockerfile.j2", f"{BASE}RUN :\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1"]
    assert shown.problems == {"Dockerfile.j2": []}


async def test_a_stage_whose_line_is_broken_is_known_still(shown: Shown) -> None:
    shown.write("Dockerfile.j2", f"{BASE}FROM base AS app\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 2"]
    shown.write("Dockerfile.j2", f"{BASE}FROM base AS {{{{ app\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 1"]


async def test_a_change_is_looked_at_with_the_templates_that_it_is_for(shown: Shown) -> None:
    save("Containerfile.j2", WRONG)
    shown.write("Containerfile.j2")
    shown.write("Dockerfile.j2")
    await shown.stages("Dockerfile.j2")
    shown.problems.clear()
    shown.write("Dockerfile.j2", "FROM {{ stage(")
    assert await shown.stages("Dockerfile.j2") == ["base 1"]
    assert shown.problems == {"Dockerfile.j2": ["1 template-syntax"]}


async def test_the_newest_of_many_changes_is_shown(shown: Shown) -> None:
    for index in range(50):
        shown.write("Dockerfile.j2", f"{BASE}RUN {index}\n" + "FROM base AS app\n" * (index % 2))
        if index % 10 == 0:
            await asyncio.sleep(DELAY)
    assert await shown.stages("Dockerfile.j2") == ["base 1", "app 3"]


async def test_what_is_closed_is_shown_no_longer_unless_something_open_needs_it(shown: Shown) -> None:
    shown.write("Dockerfile.j2", WRONG)
    shown.write("profiles/ci.yaml")
    assert await shown.stages("profiles/ci.yaml") == ["base 1", " 2"]
    assert shown.problems == {"Dockerfile.j2": ["2 unknown-stage"]}
    save("Dockerfile.j2", WRONG)
    shown.session.close(absolute("Dockerfile.j2"))
    assert await shown.stages("profiles/ci.yaml") == ["base 1", " 2"]
    assert shown.problems == {"Dockerfile.j2": ["2 unknown-stage"]}
    shown.session.close(absolute("profiles/ci.yaml"))
    assert shown.problems == {"Dockerfile.j2": []}
    assert await shown.stages("profiles/ci.yaml") == []


async def test_files_that_are_changed_on_the_disk_count(shown: Shown) -> None:
    shown.write("Dockerfile.j2", f"{BASE}FROM base AS app\n")
    await shown.stages("Dockerfile.j2")
    assert shown.problems == {}
    save("profiles/ci.yaml", "target: ap\n")
    shown.session.refresh()
    await shown.stages("Dockerfile.j2")
    assert shown.problems == {"ci.yaml": ["1 unknown-target"]}


async def test_a_bug_is_logged_and_the_next_question_answered(shown: Shown) -> None:
    impossible = cast("dict[str, str]", {"X": 1})
    session = Session(Worker(), impossible, shown.publish, shown.logged.append)
    session.start()
    path = absolute("Dockerfile.j2")
    session.write(absolute("profiles/ci.yaml"), "tag: ${X}\n")
    session.write(path, BASE)
    assert await session.known(path) == []
    assert "TypeError" in "".join(shown.logged)
    session.write(absolute("profiles/ci.yaml"), "")
    session.write(path, BASE)
    assert len(await session.known(path)) == 1
    await session.stop()


async def test_an_editor_that_is_gone_ends_nothing(shown: Shown) -> None:
    def broken(_path: str, _problems: Sequence[Problem]) -> None:
        raise BrokenPipeError

    session = Session(Worker(), {}, broken, shown.logged.append)
    session.start()
    session.write(absolute("Dockerfile.j2"), WRONG)
    assert len(await session.known(absolute("Dockerfile.j2"))) == 1
    assert shown.logged == ["BrokenPipeError()"]
    await session.stop()


async def test_a_rename_that_takes_too_long_knows_nothing(shown: Shown) -> None:
    path = absolute("Dockerfile.j2")
    assert (await shown.session.rehearse(path, {path: BASE})).stages
    shown.worker.seconds = SOON
    assert not (await shown.session.rehearse(path, {path: ENDLESS})).stages


async def test_an_adoption_that_takes_too_long_has_no_files(shown: Shown) -> None:
    path = absolute("web/Dockerfile")
    shown.session.write(path, f"{BASE}FROM registry/base:1\n")
    assert await shown.session.adoption(path)
    shown.worker.seconds = 0
    assert await shown.session.adoption(path) == {}


async def test_a_file_is_read_from_the_disk_where_it_is_not_open(shown: Shown) -> None:
    assert shown.session.text(absolute("Dockerfile.j2")).text == BASE
    assert shown.session.text(absolute("missing")).text == ""


async def test_a_change_while_the_worker_is_busy_makes_its_answer_an_old_one(shown: Shown) -> None:
    shown.write("Dockerfile.j2")
    await shown.stages("Dockerfile.j2")
    shown.worker.asked.clear()
    shown.worker.seconds = SOON
    shown.write("Dockerfile.j2", f"{BASE}{ENDLESS}")
    await shown.worker.asked.wait()
    shown.worker.seconds = 120
    shown.write("Dockerfile.j2", f"{BASE}RUN :\n")
    assert await shown.stages("Dockerfile.j2") == ["base 1"]
    assert shown.problems == {}


async def test_a_document_that_is_closed_at_once_is_not_looked_at(shown: Shown) -> None:
    shown.write("Dockerfile.j2", WRONG)
    shown.write("profiles/ci.yaml")
    await shown.worker.asked.wait()
    shown.session.close(absolute("Dockerfile.j2"))
    shown.session.close(absolute("profiles/ci.yaml"))
    assert await shown.stages("Dockerfile.j2") == []
    assert shown.problems == {}


@pytest.mark.usefixtures("shown")
async def test_a_worker_that_is_busy_is_ended_with_the_server() -> None:
    worker = Worker(seconds=120)
    path = absolute("Dockerfile.j2")
    await worker.ask(Request("", {}, {}, Question.ROOTS))
    question = asyncio.create_task(worker.ask(Request(path, {path: ENDLESS}, {})))
    await asyncio.sleep(0)
    worker.seconds = SOON
    await worker.stop()
    with pytest.raises(EndedError):
        await question
    await worker.stop()


async def test_a_session_that_never_began_can_end(shown: Shown) -> None:
    await Session(Worker(), {}, shown.publish, shown.logged.append).stop()


class Text(str):
    """A text of which one can say whether anybody has it still; a plain one cannot be asked."""

    __slots__ = ("__weakref__",)


async def test_a_document_that_is_closed_is_forgotten_with_all_that_was_known_of_it(shown: Shown) -> None:
    for index in range(20):
        save(f"Dockerfile.{index}.j2", BASE)
    kept = []
    for index in range(20):
        name = f"Dockerfile.{index}.j2"
        text = Text(f"{WRONG}# {index}\n")
        kept.append(weakref.ref(text))
        shown.write(name, text)
        del text
        assert await shown.stages(name)
        assert kept[-1]()
        shown.session.close(absolute(name))
    await shown.stages("Dockerfile.j2")
    gc.collect()
    assert [each() for each in kept if each()] == []
    assert set(map(tuple, shown.problems.values())) == {()}


async def test_a_text_that_was_changed_is_forgotten(shown: Shown) -> None:
    first = Text(WRONG)
    kept = weakref.ref(first)
    shown.write("Dockerfile.j2", first)
    del first
    assert await shown.stages("Dockerfile.j2")
    for index in range(10_000):
        shown.write("Dockerfile.j2", f"{WRONG}# {index}\n")
    assert await shown.stages("Dockerfile.j2")
    gc.collect()
    assert kept() is None
