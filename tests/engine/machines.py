"""Machines of pipelines whose ``docker`` is a private engine."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from tests.engine import daemon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engine.engine import Engine


def docker(engine: Engine, builder: Engine | None = None) -> str:
    """Return the script that stands for ``docker`` on a machine with this engine; it may have a builder elsewhere."""
    buildx = "buildx" if daemon.has_containerd_store(engine.host) else "none"
    words = [sys.executable, "-m", "tests.plan.agents.engine_docker", daemon.CLIENT, buildx, (builder or engine).host]
    return f'exec {shlex.join(words)} "$@"'


def environment(engine: Engine) -> Mapping[str, str]:
    """Return what the client needs to reach an engine, and to report all that it does."""
    kept = {name: value for name, value in daemon.environment(engine.host).items() if name.startswith("DOCKER")}
    return {**kept, "BUILDKIT_PROGRESS": daemon.progress()}
