"""The files of one template, read when Jinja first asks for them: never one outside the template's folder.

Knows nothing of Jinja; each include is checked for traps before Jinja sees it.
"""

from collections.abc import Iterable
from pathlib import Path, PurePath

from dfrender.diagnostics import DfrenderError, Problems, reason
from dfrender.recorder import Recorder
from dfrender.source import At, decode
from dfrender.template.syntax import Source, scan
from dfrender.template.traps import report_traps


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

    def source(self, file: str) -> Source:
        """Return the file of this name, else the template itself."""
        return self._sources.get(file, self.root)

    def line(self, at: At) -> str:
        """Return the line of the template at a place."""
        source = self.source(at.file)
        return source.line(at.line)

    def texts(self) -> Iterable[str]:
        """Return the texts of all files that were read."""
        return [source.text for source in self._sources.values()]

    def defined(self) -> set[str]:
        """Return the names of the macros and variables that the files define."""
        names: set[str] = set()
        for source in self._sources.values():
            names |= source.defined()
        return names

    def include(self, name: str, at: At) -> Source | None:
        """Return an included file, None if there is no such file.

        Raise `DfrenderError`: at ``at``, the tag, if the file may not or cannot be read; in the file for its traps.
        """
        path = self.folder / name
        real, real_folder = path.resolve(), self.folder.resolve()
        if not real.is_relative_to(real_folder):
            message = f"{name!r} is outside the folder of {self.root.file}"
            hint = "move it there: neither '..' nor a symbolic link may lead out of the folder"
            raise DfrenderError.of(at, "include-outside-folder", message, hint)
        folder = PurePath(self.root.file).parent
        file = str(folder / name)
        if file not in self._sources:
            source = self._read(path, file, at)
            if source is None:
                return None
            self._sources[file] = source
        return self._sources[file]

    def names_near(self, name: str) -> Iterable[str]:
        """Return the names of the files in the folder that a name points into, written as that name is."""
        folder = PurePath(name).parent
        found = self.recorder.names(self.folder / folder)
        return [str(folder / each) for each in found]

    def _read(self, path: Path, file: str, at: At) -> Source | None:
        try:
            if not self.recorder.is_file(path):
                return None
            text = decode(self.recorder.read(path))
        except OSError as error:
            message = f"{file!r} cannot be read: {reason(error)}"
            raise DfrenderError.of(at, "unreadable-file", message, "check its name and permissions") from error
        source = scan(text, file)
        problems = Problems()
        report_traps(source, self.root, problems)
        problems.refuse()
        return source
