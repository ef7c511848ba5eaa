"""Questions to git about a folder, asked so that no configuration of a repository runs a command.

A repository may come from anywhere, as an archive with its ``.git`` in it; looking at it is not to run what it says.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

_LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
_TRACKED = ("ls-files", "-z", "--cached")
_STAGED = ("ls-files", "--stage", "-z")
_FILE_MODES = ("config", "--type=bool", "--get", "core.fileMode")
_IGNORED = ("check-ignore", "-z", "--stdin")
# fsmonitor is asked for what changed; empty turns it off in every version
_NO_COMMANDS = ("-c", "core.fsmonitor=", "-c", f"core.hooksPath={os.devnull}")
# a clone may leave objects at their origin, and fetch one when it is looked at: by a command of its configuration
_NO_FETCHES = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_REPOSITORY = "not a git repository (or any"  # of the folders above it; that of a broken one ends otherwise
_NONE = 1  # no name is ignored, no such key, no such commit


class RefusedError(Exception):
    """Git is there and gives no answer; the text is its reason."""


def listed(folder: Path, is_wanted: Callable[[str], bool]) -> list[Path] | None:
    """Return the files of such names in a folder and below it that git knows or would add.

    None where there is not a repository.

    Raise `RefusedError` where git does not answer.
    """
    names = listed_names(folder)
    if names is None:
        return None
    found: list[Path] = []
    for name in names:  # a repository may have very many
        if is_wanted(name.rpartition("/")[2]):
            found.append(folder / name)
    return found


def listed_names(folder: Path) -> list[str] | None:
    """Return the names of all files that git knows or would add, relative to the folder."""
    return ask(folder, _LISTED)


def files_below(folder: Path, is_wanted: Callable[[str], bool]) -> Iterable[Path]:
    """Return the files of such names that git knows or would add; without git, all in all but hidden folders.

    Raise `RefusedError` where git does not answer.
    """
    paths = listed(folder, is_wanted)
    if paths is None:
        return walk(folder)
    return paths


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it, in all but hidden folders."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield Path(parent, name)


def ignored(folder: Path, names: Iterable[str]) -> set[str]:
    """Return those of the names that git ignores in a repository, be they there or not; none without git."""
    try:
        return set(ask(folder, _IGNORED, names) or ())
    except RefusedError:
        return set()


def tracked(folder: Path) -> set[str] | None:
    """Return the names of the files that git tracks in a folder and below it; None where it cannot answer."""
    try:
        names = ask(folder, _TRACKED)
    except RefusedError:
        return None
    return None if names is None else set(names)


def staged(folder: Path) -> tuple[list[str] | None, list[str] | None]:
    """Return what git tracks in a folder, as ``ls-files --stage`` lists it, and whether the modes of files count.

    Each is None where git cannot answer.
    """
    try:
        return ask(folder, _STAGED), ask(folder, _FILE_MODES)
    except RefusedError:
        return None, None


def ask(
    folder: Path,
    command: Sequence[str],
    names: Iterable[str] = (),
    variables: Mapping[str, str] = _NOTHING,
    *,
    may_be_none: bool = True,
) -> list[str] | None:
    """Return what git answers, split at NUL; None where there is not a repository, or no git.

    ``variables`` are laid over the environment. Raise `RefusedError` where git does not answer; unless ``may_be_none``,
    also where it found nothing.
    """
    import subprocess  # 6 ms of start-up that only a folder needs

    asked = ["git", "-C", str(folder), *_NO_COMMANDS, *command]
    stdin = os.fsencode("\0".join(names))
    environ = {**os.environ, **_NO_FETCHES, **variables}
    try:
        done = subprocess.run(asked, input=stdin, capture_output=True, env=environ, check=False)  # noqa: S603 - no user text
    except OSError:
        return None
    if done.returncode == 0 or (may_be_none and done.returncode == _NONE):
        answers = os.fsdecode(done.stdout).split("\0")
        return [name for name in answers if name]
    reason = os.fsdecode(done.stderr)
    if _NO_REPOSITORY in reason:
        return None
    raise RefusedError(reason.partition("\n")[0].removeprefix("fatal: "))
