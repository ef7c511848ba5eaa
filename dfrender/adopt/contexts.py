"""Builds that the files of a repository name to the build contexts of Dockerfiles, and what to say about these.

Whatever is wrong with a file of another tool is said, and stops nothing.
"""

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender.adopt import roles
from dfrender.adopt.builds import ANYWHERE, Build, UnreadableError, read_builds
from dfrender.adopt.variables import UNKNOWN
from dfrender.boundary import boundary_of
from dfrender.diagnostics import Problems
from dfrender.profile import folders
from dfrender.recorder import Recorder
from dfrender.source import At

_SHOWN = 3
_IGNORE_FILE = ".dockerignore"
_NO_REPOSITORY = ", and there is no .git here or above"
_SET = "set context: FOLDER in each profile, relative to the template's folder"


class Contexts(NamedTuple):
    """The build context of each Dockerfile, by its path as the user wrote it, and what to say of them, a line each."""

    folders: Mapping[str, Path]
    lines: Sequence[str]
    warnings: Problems


class _Match(NamedTuple):
    """A build of a Dockerfile, and its context as seen from the root; ``is_exact``: all of the path is known."""

    at: At
    context: str
    is_exact: bool


class _Splitted(NamedTuple):
    unknown: str
    end: str


def root_of(dockerfile: Path) -> Path:
    """Return the folder whose files may name a Dockerfile: the root of its repository, else where the call is made."""
    root = folders.upward(dockerfile.parent)[-1]
    here = Path()
    if not (root / ".git").exists() and folders.real(root).is_relative_to(folders.real(here)):
        return here
    return root


def find(dockerfiles: Sequence[Path], files: Iterable[Path], root: Path) -> Contexts:
    """Look for the build contexts of Dockerfiles, which are to have one template, in files below a root.

    Those that no file names have the one that the others have, else what is usual.
    """
    lines: list[str] = []
    builds = _read(files, root, lines)
    first, _ = roles.assigned([str(each) for each in dockerfiles])[0]
    search = _Search(root, dockerfiles[first].parent, lines)
    for dockerfile in dockerfiles:
        search.look_for(dockerfile, builds)
    search.complete(dockerfiles)
    return Contexts(search.found, lines, search.warnings)


def _read(files: Iterable[Path], root: Path, lines: list[str]) -> list[Build]:
    """Return the builds of all files; say which files could not be read."""
    boundary = boundary_of(root, Recorder())
    builds: list[Build] = []
    unreadable: list[str] = []
    for path in files:
        folder = os.path.relpath(path.parent, root)
        try:
            builds += read_builds(path, Path(folder).as_posix(), boundary)
        except UnreadableError as error:
            unreadable.append(f"passed over {error}")
    lines += unreadable[:_SHOWN]
    if len(unreadable) > _SHOWN:
        lines.append(f"passed over {len(unreadable) - _SHOWN} more files that cannot be read")
    return builds


class _Search:
    """Finds the build contexts of Dockerfiles; ``home`` is the folder of the template, the usual context."""

    def __init__(self, root: Path, home: Path, lines: list[str]) -> None:
        self.root = root
        self.home = home
        self.lines = lines
        self.found: dict[str, Path] = {}
        self.unclear: set[str] = set()
        self.warnings = Problems()
        self.boundary = folders.real(folders.upward(home)[-1])
        self.is_repository = (self.boundary / ".git").exists()

    def look_for(self, dockerfile: Path, builds: Iterable[Build]) -> None:
        """Take the context that all builds of a Dockerfile agree on; report where they do not, or none can be."""
        name = _seen_from(self.root, dockerfile)
        by_folder: dict[Path, list[At]] = {}
        useless: list[_Match] = []
        for match in _matches(builds, name):
            if self._objection(match.context):
                useless.append(match)
            else:
                by_folder.setdefault(self._folder(match.context), []).append(match.at)
        if len(by_folder) == 1:
            folder, places = by_folder.popitem()
            self.found[str(dockerfile)] = folder
            self.lines.append(f"the build context of {dockerfile} is {folder}, {_sources(places)}")
        elif by_folder:
            self._report_several(dockerfile, by_folder)
        elif useless:
            self._report_useless(dockerfile, useless[0])

    def complete(self, dockerfiles: Sequence[Path]) -> None:
        """Assume the contexts of Dockerfiles that no file names, and say so once."""
        known = set(self.found.values())
        unnamed = [str(each) for each in dockerfiles if str(each) not in self.found]
        assumed, why = self._usual()
        if len(known) == 1:
            assumed = known.pop()
        elif unnamed and not self.unclear:
            self.lines.append(
                f"no file names the build context of {' and '.join(unnamed)}; assuming {assumed} ({why}); "
                "to change it, set context: FOLDER in each profile"
            )
        for each in unnamed:
            self.found[each] = self.home if each in self.unclear else assumed

    def _usual(self) -> tuple[Path, str]:
        """Return what is the context if nobody says so, and why: an ignore file has an effect nowhere else."""
        for each in folders.upward(self.home):
            if (each / _IGNORE_FILE).is_file():
                return each, "where .dockerignore is"
        return self.home, "the folder of the template"

    def _folder(self, context: str) -> Path:
        """Return a folder that is seen from the root as it is seen from here."""
        return Path(os.path.relpath(self.root / context))

    def _objection(self, context: str) -> str:
        """Say why a folder cannot be a context; empty where it can."""
        if UNKNOWN in context:
            return "holds a variable that this file does not set"
        folder = folders.real(self.root / context)
        if folder.is_relative_to(self.boundary):
            is_there = os.path.isdir(folder)  # noqa: PTH112 - a path raises for a name that is too long
            return "" if is_there else "is not a folder here"
        if self.is_repository:
            return "is outside the repository"
        return f"is outside {self.home}{_NO_REPOSITORY}"

    def _report_several(self, dockerfile: Path, by_folder: Mapping[Path, Sequence[At]]) -> None:
        texts = [f"{folder} in {_place(places[0])}" for folder, places in by_folder.items()]
        related: list[tuple[str, At]] = []
        for folder, places in by_folder.items():
            related.append((f"{folder} is the context", places[0]))
        _, at = related.pop(0)
        message = f"{dockerfile} has several build contexts: {', '.join(texts)}"
        self.unclear.add(str(dockerfile))
        self.warnings.warning(at, "several-contexts", message, self._hint(_SET), related)

    def _report_useless(self, dockerfile: Path, match: _Match) -> None:
        context = match.context.replace(UNKNOWN, "")
        objection = self._objection(match.context)
        message = f"the build context {context!r} of {dockerfile} {objection}"
        hint = _SET
        if objection.endswith(_NO_REPOSITORY):
            hint = "run git init at the root of the repository, and then this again"
        self.unclear.add(str(dockerfile))
        self.warnings.warning(match.at, "unusable-context", message, self._hint(hint))

    def _hint(self, what: str) -> str:
        return f"{what}; until then it is {self.home}"


def _matches(builds: Iterable[Build], name: str) -> list[_Match]:
    """Return the builds of a Dockerfile: those that name it for certain, else those whose path ends as its does."""
    exact: list[_Match] = []
    others: list[_Match] = []
    for build in builds:
        match = _match(build, name)
        if match and match.is_exact:
            exact.append(match)
        elif match:
            others.append(match)
    return exact or others


def _match(build: Build, name: str) -> _Match | None:
    unknown, end = _split(build.dockerfile)
    if not unknown:
        if build.dockerfile != name:
            return None
        return _Match(build.at, _context(build.context, unknown, "", name), is_exact=True)
    if end and f"/{name}".endswith(f"/{end}"):
        above = name.removesuffix(end)
        return _Match(build.at, _context(build.context, unknown, above, name), is_exact=False)
    return None


def _context(context: str, unknown: str, above: str, dockerfile: str) -> str:
    """Return a context as seen from the root; with its marks where it is not known.

    ``above`` is what the unknown beginning of the Dockerfile's path must be: the context's may be the same.
    """
    beginning, end = _split(context)
    if not beginning:
        return context
    if beginning == unknown and beginning != ANYWHERE:
        return posixpath.normpath(f"{above}{end}")
    folder = posixpath.dirname(dockerfile)
    while end and folder:
        if f"/{folder}".endswith(f"/{end}"):
            return folder
        folder = posixpath.dirname(folder)
    return context


def _split(path: str) -> _Splitted:
    """Return what nobody knows of a path, empty where all is known, and what it ends in."""
    unknown, mark, end = path.rpartition(UNKNOWN)
    if not mark:
        return _Splitted("", path)
    rest, _, end = end.partition("/")
    if end:
        end = posixpath.normpath(end)
    return _Splitted(f"{unknown}{mark}{rest}", end)


def _seen_from(root: Path, file: Path) -> str:
    folder = folders.real(file.parent)
    return Path(os.path.relpath(folder / file.name, folders.real(root))).as_posix()


def _sources(places: Sequence[At]) -> str:
    shown = [_place(each) for each in places[:_SHOWN]]
    if len(places) > _SHOWN:
        shown.append(f"{len(places) - _SHOWN} places more")
    if len(shown) == 1:
        return f"as {shown[0]} says"
    last = shown.pop()
    return f"as {', '.join(shown)} and {last} say"


def _place(at: At) -> str:
    return f"{at.file}:{at.line}"
