"""A real client that talks to a real server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import client_capabilities, make_test_lsp_client

from tests.lsp.editor import PATIENT_COMMAND, Editor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_lsp import LanguageClient

    from tests.project import Project

FILES = Path(__file__).parents[2]
SHIPPED = (".dockerignore", "Dockerfile.j2", "profiles/ci.yaml", "profiles/local.yaml")


@pytest.fixture
def shipped(project: Project) -> Project:
    """Give the template that the repository shows, in a repository of its own."""
    project.write({".git/HEAD": "", **{name: (FILES / name).read_bytes() for name in SHIPPED}})
    return project


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client() -> AsyncIterator[LanguageClient]:
    """Give a client whose server is the one of all tests: it takes a second to start."""
    started = make_test_lsp_client()

    @started.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]  # pygls types most of its client
    def _registered(_params: types.RegistrationParams) -> None:
        """Agree to report changed files."""

    await started.start_io(*PATIENT_COMMAND, env=dict(os.environ), cwd=FILES)
    await started.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=[types.WorkspaceFolder(FILES.as_uri(), "project")],
        )
    )
    yield started
    await started.shutdown_session()
    await started.stop()  # type: ignore[no-untyped-call]  # the same


@pytest_asyncio.fixture(loop_scope="session")
async def editor(client: LanguageClient, project: Project) -> AsyncIterator[Editor]:  # noqa: ARG001 - it is where it works
    """Give an editor in which nothing is open yet, and see that the server leaves nothing behind in it."""
    found = Editor(client)
    yield found
    await found.close_all()
    assert {address: shown for address, shown in client.diagnostics.items() if shown} == {}
    assert [each.message for each in client.log_messages] == []
    assert [each.message for each in client.messages] == []
