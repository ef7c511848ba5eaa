"""The parts of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lsp.editor import Editor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("shipped"), pytest.mark.slow]


async def test_the_symbols_of_a_template_are_its_stages(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.symbols("Dockerfile.j2") == [
        "python-base 3-15",
        "builder-base 15-25",
        "development 25-41",
        "unit-tests 41-44",
        "integration-tests 44-48",
        "production 48-55",
    ]


async def test_stages_and_blocks_of_the_template_can_be_folded(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    assert await editor.folds("Dockerfile.j2") == [(3, 12), (15, 22), (25, 39), (34, 39), (41, 42), (44, 45), (48, 54)]
