"""What the tests of profiles share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.profile.profile import Profile
from tests.reading import NOTHING, profile_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Profile]:
    """Load a profile's text as ``ci.yaml``, or what ``name`` says, with other files beside it."""
    monkeypatch.chdir(tmp_path)

    def load_text(
        text: str | bytes,
        overrides: Sequence[str] = (),
        environ: Mapping[str, str] = NOTHING,
        files: Mapping[str, str] = NOTHING,
        name: str = "ci.yaml",
    ) -> Profile:
        for each, content in {**files, name: text}.items():
            Path(each).parent.mkdir(parents=True, exist_ok=True)
            Path(each).write_bytes(content if isinstance(content, bytes) else content.encode())
        return profile_at(Path(name), overrides, environ)

    return load_text
