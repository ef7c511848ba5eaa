"""The files of one template, read when Jinja first asks for them: never one outside the template's boundary.

Knows nothing of Jinja; each include is checked for traps before Jinja sees it.
"""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePath
from typing import NamedTuple

from dfrender.boundary import Boundary, boundary_of
from dfrender.diagnostics import DfrenderError, Problems, reason
from dfrender.recorder import Recorder
from dfrender.source import At, decode, is_utf16
from dfrender.template.syntax import Source, scan
from dfrender.template.traps import report_traps

_NUL = "\0"  # no file system has it in a name


class _Asked(NamedTuple):
    """A file that is included: the name that it goes by towards the user, and where it lies."""

    file: str
    path: Path


class Files:
    """The template itself and its includes, by the names that they go by towards the user.

    The includes come in while the template is rendered, and ``recorder`` notes them.
    """

    def __init__(self, root: Source, folder: Path, recorder: Recorder) -> None:
        """Begin with the template alone."""
        self.root = root
        self.folder = folder
        self.recorder = recorder
        self._sources = {root.file: root}
        self._folders = {root.file: folder}

    @cached_property
    def boundary(self) -> Boundary:
        """Return what the includes must not leave."""
        return boundary_of(self.folder, self.recorder)

    def holds(self, file: str) -> bool:
        """Say whether a file goes by this name."""
        return file in self._sources

    def source(self, file: str) -> Source:
        """Return the file of this name, else the template itself."""
        return self._sources.get(file, self.root)

    def line(self, at: At) -> str:
        """Return the line of the template at a place."""
        source = self.source(at.file)
        return source.line(at.line)

    def names(self) -> Iterable[str]:
        """Return the names of all files that were read."""
        return self._sources

    def texts(self) -> Iterable[str]:
        """Return the texts of all files that were read."""
        return [source.text for source in self._sources.values()]

    def defined(self) -> set[str]:
        """Return the names of the macros and variables that the files define."""
        names: set[str] = set()
        for source in self._sources.values():
            names |= source.defined()
        return names

    def include(self, name: str, parent: str, at: At) -> Source | None:
        """Return the file that another one includes by a name, None if there is no such file.

        A name is relative to the template's folder, with ``./`` or ``../`` to the file that includes, and with ``/`` to
        the root. Raise `DfrenderError`: at ``at``, the tag, if the file may not or cannot be read; in the file for its
        traps.
        """
        if _NUL in name:
            return None
        if name.startswith("/") and not self.boundary.is_repository:
            message = f"{name!r} begins at the root of a repository, and {self.root.file} is in none"
            hint = "name the root with --root DIR, or leave out the / for what is in the template's folder"
            raise DfrenderError.of(at, "include-without-root", message, hint)
        asked = self._asked(name, parent)
        objection = self.boundary.objection(asked.path)
        if objection:
            hint = "move it inside; a link counts as what it leads to, and --root DIR names a folder that holds more"
            raise DfrenderError.of(at, "include-outside-repository", f"{name!r} {objection}", hint)
        if asked.file not in self._sources:
            source = self._read(asked, at)
            if source is None:
                return None
            self._sources[asked.file] = source
            self._folders[asked.file] = asked.path.parent
        return self._sources[asked.file]

    def names_near(self, name: str, parent: str) -> Iterable[str]:
        """Return the names of the files in the folder that a name points into, written as that name is."""
        if _NUL in name:
            return []
        folder, slash, _ = name.rpartition("/")
        asked = self._asked(f"{folder}{slash}", parent)
        names = self.recorder.names(asked.path)
        return [f"{folder}{slash}{each}" for each in names]

    def _asked(self, name: str, parent: str) -> _Asked:
        shown = PurePath(self.root.file).parent
        folder = self.folder
        if name.startswith("/"):
            shown, folder = self._shown_root(), self.boundary.root
            name = name.lstrip("/")
        elif name.startswith(("./", "../")):
            shown, folder = PurePath(parent).parent, self._folders[parent]
        file, path = shown / name, folder / name
        normal = Path(os.path.normpath(path))
        real = os.path.realpath(path)
        if os.path.realpath(normal) == real:  # else `..` leads out of where a link leads to
            return _Asked(os.path.normpath(file), normal)
        return _Asked(str(file), path)

    def _shown_root(self) -> PurePath:
        """Return the root as the user would write it: as far from the template as it is in truth."""
        real_folder = os.path.realpath(self.folder)
        above = os.path.relpath(self.boundary.root, real_folder)
        return PurePath(self.root.file).parent / above

    def _read(self, asked: _Asked, at: At) -> Source | None:
        try:
            if not self.recorder.is_file(asked.path):
                return None
            data = self.recorder.read(asked.path)
        except OSError as error:
            message = f"{asked.file!r} cannot be read: {reason(error)}"
            raise DfrenderError.of(at, "unreadable-file", message, "check its name and permissions") from error
        if is_utf16(data):
            message = f"{asked.file!r} is UTF-16, not UTF-8"
            raise DfrenderError.of(at, "unreadable-file", message, "save the file as UTF-8")
        source = scan(decode(data), asked.file)
        problems = Problems()
        report_traps(source, self.root, problems)
        problems.refuse()
        return source
