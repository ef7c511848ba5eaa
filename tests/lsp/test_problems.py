"""What is wrong, while it is typed: in templates, in what they include, and in profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("shipped")]


async def test_nothing_is_wrong_with_the_shipped_template(shipped: Project, editor: Editor) -> None:
    editor.open("Dockerfile.j2", "profiles/ci.yaml")
    assert await editor.problems("Dockerfile.j2") == []
    assert await editor.problems("profiles/ci.yaml") == []
    assert shipped.files() == [".dockerignore", ".git/HEAD", "Dockerfile.j2", "profiles/ci.yaml", "profiles/local.yaml"]


async def test_a_change_is_looked_at_before_it_is_saved(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    text = editor.text("Dockerfile.j2")
    editor.change("Dockerfile.j2", text.replace('stage("development") }} AS unit', 'stage("developmen") }} AS unit'))
    assert await editor.problems("Dockerfile.j2") == [
        "stage [unknown-stage] no stage is named 'developmen'\ndid you mean 'development'?"
    ]
    editor.change("Dockerfile.j2", text)
    assert await editor.problems("Dockerfile.j2") == []
