"""Machines of pipelines whose ``docker`` is a private engine."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from tests.engine import daemon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.engine.engine import Engine

FIRST_WITH_CONTEXTS = 23


def docker(engine: Engine) -> str:
    """Return the script that stands for ``docker`` on a machine with this engine."""
    buildx = "buildx" if keeps_caches(engine) else "none"
    words = [sys.executable, "-m", "tests.plan.agents.engine_docker", daemon.CLIENT, buildx]
    return f'exec {shlex.join(words)} "$@"'


def keeps_caches(engine: Engine) -> bool:
    """Say whether the engine's own builder can leave a cache to others: where its images are in containerd."""
    if engine.major < FIRST_WITH_CONTEXTS:
        return False
    return b"containerd.snapshotter" in engine.run("info", "--format", "{{json .DriverStatus}}")


def environment(engine: Engine) -> Mapping[str, str]:
    """Return what the client needs to reach an engine, and to say plainly what it does."""
    kept = {name: value for name, value in daemon.environment(engine.host).items() if name.startswith("DOCKER")}
    return {**kept, "BUILDKIT_PROGRESS": "plain", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
