"""Builds, saves, loads and looks into images on one engine; its answers are read, never its times."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tests.engine import daemon
from tests.engine.progress import executed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from tests.engine.results import Measured, Rows

HERE = Path(__file__).parent
PREFIX = "dfrender-engine/"
BASE = f"{PREFIX}python:3.13-slim"
LABEL = "dfrender.engine=tests"  # of the base, so every image that is built on it inherits the label
# the small templates' profiles, in the README's words
STYLES = {
    "local": "bare names",
    "ci": "style arg",
    "image": "style image",
    "either": "style arg, arg_default stage",
}
BUSYBOX = Path("/bin/busybox")
BUILDERS = {"buildkit": "1", "classic": "0"}

_ASKED_FOR = re.compile(r"^#\d+ (?:\[internal\] load metadata for|\[[^]]+\] FROM|FROM) ([^\s@]+[^\s@:])", re.MULTILINE)
# BuildKit's own additions to a name: the registry's host, and "library/".
_COMPLETED = re.compile(r"^[\w-]+\.[\w.-]+/(?:library/)?")


@dataclass(frozen=True)
class Engine:
    """A Docker engine: its address (empty: where the client looks by itself), one of its builders, what it did."""

    host: str
    version: str
    rows: Rows
    builder: str = "buildkit"

    @property
    def major(self) -> int:
        """Give the first number of the version."""
        return int(self.version.partition(".")[0])

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        """Run a command of the client that must succeed, and give what it prints."""
        asked = [daemon.CLIENT, *words]
        done = subprocess.run(asked, env=daemon.environment(self.host), input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def try_build(self, folder: Path, dockerfile: str, *flags: str) -> tuple[bool, str]:
        """Build without a network; return whether that worked, and what the builder said, as plain progress has it."""
        chosen = {"DOCKER_BUILDKIT": BUILDERS[self.builder], "BUILDKIT_PROGRESS": daemon.progress()}
        tidy = ["--force-rm"] if self.builder == "classic" else []  # else a failed step leaves its container behind
        done = subprocess.run(
            [daemon.CLIENT, "build", "--network=none", f"--file={dockerfile}", *tidy, *flags, "."],
            cwd=folder,
            env=daemon.environment(self.host) | chosen,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode == 0, plain(done.stdout.decode(errors="replace"))

    def export(self, folder: Path, dockerfile: str) -> tuple[bool, bytes]:
        """Build, and give whether that worked, and the archive of all that is in the image."""
        chosen = {"DOCKER_BUILDKIT": "1"}
        done = subprocess.run(
            [daemon.CLIENT, "build", f"--file={dockerfile}", "--output=type=tar,dest=-", "."],
            cwd=folder,
            env=daemon.environment(self.host) | chosen,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0, done.stdout

    def build(self, folder: Path, dockerfile: str, *flags: str) -> str:
        """Build, which must work, and give what the builder said."""
        worked, output = self.try_build(folder, dockerfile, *flags)
        assert worked, output
        return output

    def refuse(self, folder: Path, dockerfile: str, *flags: str) -> str:
        """Build, which must fail, and give what the builder said."""
        worked, output = self.try_build(folder, dockerfile, *flags)
        assert not worked, output
        return output

    def record(self, what: str, found: str) -> None:
        """Note for results.json what the builder made of something."""
        self.rows.setdefault(what, {})[self.builder] = found

    def images(self) -> set[str]:
        """Give the tagged images that the engine holds."""
        listed = self.run("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").decode().split()
        return {image for image in listed if "<none>" not in image}

    def import_base(self, base: bytes) -> None:
        """Make the base image from its file system."""
        self.run("import", f"--change=LABEL {LABEL}", "-", BASE, stdin=base)

    def remove_images(self) -> None:
        """Remove the base and all that was built on it, tagged or not, and nothing else.

        Children must go before their parents, and no listing says which is which.
        """
        left: set[str] = set()
        while (made := self.labelled()) != left:
            left = made
            for image in made:
                with suppress(AssertionError):
                    self.run("image", "rm", "--force", image)

    def labelled(self) -> set[str]:
        """Give the ids of the images that were built on the base."""
        return set(self.run("image", "ls", "--quiet", f"--filter=label={LABEL}").decode().split())

    def tree(self, image: str, path: str) -> dict[str, tuple[str, int, bytes]]:
        """Give kind, mode and content (a link's: where it leads) of everything below a path of an image."""
        container = self.run("container", "create", "--network=none", image, "none").decode().strip()
        try:
            archive = self.run("container", "cp", f"{container}:{path}", "-")
        finally:
            self.run("container", "rm", container)
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            return {file.name: (kind(file), file.mode & 0o7777, content(files, file)) for file in files}


def kind(file: tarfile.TarInfo) -> str:
    """Name what a member of an archive is."""
    return "link" if file.issym() else "folder" if file.isdir() else "file"


def content(files: tarfile.TarFile, file: tarfile.TarInfo) -> bytes:
    """Give a file's bytes, or where a link leads."""
    stream = files.extractfile(file) if file.isfile() else None
    return stream.read() if stream else os.fsencode(file.linkname)


@contextmanager
def fresh_engine(base: bytes, measured: Measured, builder: str = "buildkit") -> Iterator[Engine]:
    """Give an engine that holds the base image only, from an archive of it, and no build cache.

    When an image was imported is part of it, so machines that import one each by itself have different ones.
    """
    with daemon.private_engine() as host:
        version = daemon.version(host)
        engine = Engine(host, version, measured.setdefault(daemon.label(host), {}), builder)
        engine.run("load", stdin=base)
        yield engine


class FreshEngine(Protocol):
    """Starts a further engine: another machine's, to the test."""

    def __call__(self, builder: str = "buildkit") -> AbstractContextManager[Engine]:
        """Give the engine for as long as the context lasts."""


def base_image(nonce: str) -> bytes:
    """Give a root file system with busybox; the nonce keeps the build cache of one run apart from all others'."""
    texts = {"nonce": nonce, "etc/passwd": "root:x:0:0::/:/bin/sh\n", "etc/group": "root:x:0:\n"}
    archive = io.BytesIO()
    applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()
    with tarfile.open(fileobj=archive, mode="w") as files:
        for path in (".", "bin", "etc"):  # a folder that is not named is root's alone on some storage drivers
            folder = tarfile.TarInfo(path)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            files.addfile(folder)
        files.add(BUSYBOX.resolve(), "bin/busybox")
        for applet in set(applets) - {"busybox"}:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            files.addfile(link)
        for path, text in texts.items():
            file = tarfile.TarInfo(path)
            file.size = len(text)
            files.addfile(file, io.BytesIO(text.encode()))
    return archive.getvalue()


def copy_of(name: str, to: Path) -> Path:
    """Copy a folder of this suite, where a render may write beside the template."""
    return shutil.copytree(HERE / name, to / name)


def image(stage: str, tag: str = "latest") -> str:
    """Name the image of a stage as the profiles do."""
    return f"{PREFIX}{stage}:{tag}"


def steps(output: str) -> str:
    """Say which RUN steps were executed, as a cell of the README's table."""
    return ", ".join(f"{stage} {count}" for stage, count in executed(output).items()) or "none"


def asked_for(output: str, *, in_full: bool = False) -> set[str]:
    """Give the images that BuildKit looked for."""
    names = set(_ASKED_FOR.findall(output))
    return names if in_full else {_COMPLETED.sub("", name) for name in names}


def dfrender(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run dfrender in a folder as a user does, with nothing in the environment that could steer it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    asked = [sys.executable, "-m", "dfrender", *words]
    return subprocess.run(asked, cwd=folder, env=kept, capture_output=True, text=True, check=False)


def render(folder: Path, profile: str, *flags: str) -> str:
    """Render the template of a folder and give the name of the Dockerfile."""
    done = dfrender(folder, "render", "-p", profile, *flags, "Dockerfile.j2")
    assert done.returncode == 0, done.stderr
    return f"Dockerfile.{profile}"
