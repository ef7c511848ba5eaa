"""The Python of this machine as the base of an image, which cannot be pulled where there is no network."""

import io
import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

from tests.engine.engine import BUSYBOX

APPLETS = ("sh", "ls", "id")
LEFT_OUT = {"test", "idlelib", "tkinter", "turtledemo", "lib2to3", "site-packages", "dist-packages", "__pycache__"}
DEBIAN_WHEELS = Path("/usr/share/python-wheels")  # of which Debian's venv takes pip
PIP_SETTINGS = "[global]\nno-index = true\nfind-links = /wheels\ndisable-pip-version-check = true\n"


def file_system(wheels: Path) -> bytes:
    """Return the archive of a root with this Python, a shell, and wheels from which its pip installs."""
    python = Path(os.path.realpath(sys.executable))
    library = Path(sysconfig.get_path("stdlib"))
    library = Path(sys.base_prefix) / library.relative_to(sys.prefix) if library.is_relative_to(sys.prefix) else library
    files = {python, *_files(library), *_files(DEBIAN_WHEELS)}
    binaries = {python, *(each for each in files if each.suffix == ".so" or ".so." in each.name)}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", dereference=True) as image:
        for path in sorted(files | _libraries(binaries)):
            image.add(path, str(path).lstrip("/"))
        for wheel in wheels.iterdir():
            image.add(wheel, f"wheels/{wheel.name}")
        image.add(BUSYBOX, "bin/busybox")
        for name in APPLETS:
            _link(image, f"bin/{name}", "/bin/busybox")
        _link(image, "bin/python3", str(python))
        _text(image, "etc/pip.conf", PIP_SETTINGS)
        _folder(image, "tmp", 0o1777)
    return archive.getvalue()


def _files(folder: Path) -> set[Path]:
    found: set[Path] = set()
    for path in folder.rglob("*"):
        if path.is_file() and LEFT_OUT.isdisjoint(path.relative_to(folder).parts):
            found.add(path)
    return found


def _libraries(binaries: set[Path]) -> set[Path]:
    """Return the shared libraries that programs are linked with, and what loads them."""
    command = ["ldd", *map(str, sorted(binaries))]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {Path(word) for word in listed.split() if word.startswith("/") and not word.endswith(":")}


def _link(image: tarfile.TarFile, name: str, to: str) -> None:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, to
    image.addfile(link)


def _text(image: tarfile.TarFile, name: str, text: str) -> None:
    file = tarfile.TarInfo(name)
    file.size = len(text)
    image.addfile(file, io.BytesIO(text.encode()))


def _folder(image: tarfile.TarFile, name: str, mode: int) -> None:
    folder = tarfile.TarInfo(name)
    folder.type, folder.mode = tarfile.DIRTYPE, mode
    image.addfile(folder)
