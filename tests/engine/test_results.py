"""Holds results.json, and so the README's table, to what this run measured."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.engine import daemon, results
from tests.engine.engine import HERE

if TYPE_CHECKING:
    from tests.engine.results import Measured


@pytest.mark.usefixtures("engine")
def test_what_is_recorded_of_this_engine_is_what_it_does(measured: Measured, request: pytest.FixtureRequest) -> None:
    """The last test of a run; DFRENDER_ENGINE_RECORD=1 makes it write what it would compare."""
    unseen = set(HERE.glob("test_*.py")) - {item.path for item in request.session.items}
    deselected = request.config.pluginmanager.getplugin("terminalreporter").stats.get("deselected")
    whole = not (unseen or deselected or daemon.why_not())
    if os.environ.get("DFRENDER_ENGINE_RECORD") == "1":
        assert not request.session.testsfailed, "a failed run is no record"
        results.write(measured, whole=whole)
    assert results.contradictions(measured, whole=whole) == []
