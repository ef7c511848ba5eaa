"""A real client that talks to a real server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import client_capabilities, make_test_lsp_client

from tests.lsp.editor import COMMAND, Editor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.project import Project

FILES = Path(__file__).parents[2]
SHIPPED = (".dockerignore", "Dockerfile.j2", "profiles/ci.yaml", "profiles/local.yaml")


@pytest.fixture
def shipped(project: Project) -> Project:
    """Give the template that the repository shows, in a repository of its own."""
    project.write({".git/HEAD": "", **{name: (FILES / name).read_bytes() for name in SHIPPED}})
    return project


@pytest_asyncio.fixture
async def editor(project: Project) -> AsyncIterator[Editor]:  # noqa: ARG001 - it is the working directory
    """Give an editor in which nothing is open yet."""
    client = make_test_lsp_client()
    await client.start_io(*COMMAND, env=dict(os.environ))
    await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=[types.WorkspaceFolder(Path.cwd().as_uri(), "project")],
        )
    )
    yield Editor(client)
    await client.shutdown_session()
    assert [each.message for each in client.log_messages] == []
    await client.stop()  # type: ignore[no-untyped-call]  # pygls types most of its client
