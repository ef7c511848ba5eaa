"""What the tests of profiles share."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from dfrender.profile.profile import Profile, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[..., Profile]:
    """Load a profile's text as ``ci.yaml``."""

    def load_text(
        text: str | bytes, overrides: Sequence[str] = (), environ: Mapping[str, str] = MappingProxyType({})
    ) -> Profile:
        path = tmp_path / "ci.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, "ci.yaml", "ci", overrides, environ)

    return load_text
