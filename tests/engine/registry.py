"""Gives tests a registry on this machine, which forgets everything when they are done."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = "docker-registry"  # of Debian's package of that name
STARTING = 10  # seconds
CONFIGURATION = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: "{folder}"}}, delete: {{enabled: true}}}}
http: {{addr: "{host}"}}
"""


def why_not() -> str:
    """Say why there is not a registry, or nothing where there is one."""
    return "" if shutil.which(COMMAND) else f"{COMMAND} is not installed (on Debian: apt-get install {COMMAND})"


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Return the host of a registry that keeps its images in a folder; Docker trusts one of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = folder / "config.yml"
    configuration.write_text(CONFIGURATION.format(folder=folder / "images", host=host), "utf-8")
    with (folder / "log").open("wb") as log, subprocess.Popen([COMMAND, "serve", configuration], stderr=log) as process:
        try:
            deadline = time.monotonic() + STARTING
            while not answers(host):
                assert process.poll() is None, (folder / "log").read_text("utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield host
        finally:
            process.terminate()


def answers(host: str) -> bool:
    """Say whether a registry is ready."""
    try:
        with urlopen(f"http://{host}/v2/") as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def tags(host: str, repository: str) -> set[str]:
    """Return the tags that a repository of a registry has."""
    try:
        with urlopen(f"http://{host}/v2/{repository}/tags/list") as answer:
            return set(json.load(answer)["tags"] or [])
    except HTTPError as error:
        error.close()
        return set()
