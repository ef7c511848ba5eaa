"""A folder for the template of each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.template.rendering import Folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return an empty folder to render in."""
    place = tmp_path / "project"
    place.mkdir()
    return Folder(place)
