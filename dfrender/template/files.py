"""The files of one template, read when Jinja first asks for them: never one outside the template's folder.

Knows nothing of Jinja; each include is checked for traps before Jinja sees it.
"""

from pathlib import Path, PurePath
from types import CodeType
from typing import NamedTuple, TypeAlias

from dfrender.diagnostics import DfrenderError, Diagnostic, reason, refuse
from dfrender.source import At, decode
from dfrender.template import traps
from dfrender.template.origins import Tags
from dfrender.template.syntax import Source, scan

Compiled: TypeAlias = dict[Tags | None, tuple[dict[tuple[str, str], CodeType], list[At]]]
"""By the tags in it the code of files, by name and text, and the template lines that the tags count."""


def siblings(path: Path) -> list[str]:
    """Give the names in the folder that a path points into, for a suggestion; none where they cannot be had."""
    try:
        return sorted(each.name for each in path.parent.iterdir())
    except OSError:
        return []


class Files(NamedTuple):
    """The template itself, and its includes by their real paths: these come in while it is rendered.

    ``compiled`` holds what was compiled of them, also for other profiles: code does not depend on values.
    """

    root: Source
    folder: Path
    included: dict[Path, Source]
    compiled: Compiled

    def source(self, file: str) -> Source:
        """Give the file that goes by this name towards the user."""
        return next((each for each in self.included.values() if each.file == file), self.root)

    def line(self, at: At) -> str:
        """Give the line of the template at a place."""
        return self.source(at.file).line(at.line)

    def texts(self) -> list[str]:
        """Give the texts of all files that were read."""
        return [self.root.text, *(each.text for each in self.included.values())]

    def defined(self) -> set[str]:
        """Give the names of the macros and variables that the files define."""
        return {name for source in (self.root, *self.included.values()) for name in source.defined()}

    def include(self, name: str, at: At) -> Source | None:
        """Give an included file, none if there is no such file.

        Raises `DfrenderError`: at ``at``, the tag, if the file may not or cannot be read; in the file for its traps.
        """
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            message = f"{name!r} is outside the folder of {self.root.file}"
            hint = "move it there: neither '..' nor a symbolic link may lead out of the folder"
            raise DfrenderError([Diagnostic(at, "include-outside-folder", message, hint=hint)])
        file = str(PurePath(self.root.file).parent / name)
        if file == self.root.file:
            return self.root
        if path not in self.included and (source := self._read(path, file, at)):
            self.included[path] = source
        return self.included.get(path)

    def names_near(self, name: str) -> list[str]:
        """Give the names of the files in the folder that a name points into, written as that name is."""
        return [str(PurePath(name).parent / each) for each in siblings(self.folder / name)]

    def _read(self, path: Path, file: str, at: At) -> Source | None:
        try:
            source = scan(decode(path.read_bytes()), file) if path.is_file() else None
        except OSError as error:
            message = f"{file!r} cannot be read: {reason(error)}"
            raise DfrenderError(
                [Diagnostic(at, "unreadable-file", message, hint="check its name and permissions")]
            ) from error
        refuse(traps.check(source, self.root) if source else ())
        return source
