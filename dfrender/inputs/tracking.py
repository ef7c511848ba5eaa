"""A folder, or a commit, to what git tracks of it. Asks git, and changes nothing in a repository."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dfrender import git
from dfrender.inputs.context import Tracked
from dfrender.recorder import Recorder

_LIST = ("ls-files", "--stage", "-z")
_EXECUTABLE = "100755"


def tracked(folder: Path, recorder: Recorder | None = None, *, hides: bool = False) -> Tracked | None:
    """Return what git tracks in a folder; None where it cannot answer. What a submodule tracks is its own affair.

    ``hides``: nothing else is to count. The recorder notes what git says.
    """
    listed, modes = git.staged(folder)
    if recorder:
        recorder.tracked[folder] = (listed, modes)
    if listed is None:
        return None
    return Tracked(_files(listed), decides=_line(modes) == "false", hides=hides)


def root_of(folder: Path) -> Path | None:
    """Return the top folder of the repository that a folder lies in; None where git knows none."""
    root = _line(_ask(folder, ("rev-parse", "--show-toplevel")))
    if not root:
        return None
    return Path(root)


def commit(folder: Path, revision: str) -> str:
    """Return the id of the commit that a revision names; empty if it names none."""
    name = f"{revision}^{{commit}}"
    return _line(_ask(folder, ("rev-parse", "--verify", "--quiet", "--end-of-options", name)))


def check_out(root: Path, commit_id: str, target: Path) -> Mapping[str, bool] | None:
    """Write the files of a commit into the folder ``tree`` of an empty one, by an index of its own.

    Return whether each may be executed, by the paths from the root of the repository; None where git could not do it.
    Filters are not run: a repository may name any command as one.
    """
    index = {"GIT_INDEX_FILE": str(target / "index")}
    (target / "tree").mkdir()
    filters = _without_filters(root)
    writing = (*filters, "checkout-index", "--all", f"--prefix={target}/tree/")
    try:
        git.ask(root, ("read-tree", commit_id), (), index, may_be_none=False)
        git.ask(root, writing, (), index, may_be_none=False)
    except git.RefusedError:
        return None
    return _files(git.ask(root, _LIST, (), index) or ())


def _without_filters(root: Path) -> Sequence[str]:
    """Return the options that leave out the filters of the configuration."""
    found: list[str] = []
    for name in _ask(root, ("config", "--name-only", "-z", "--get-regexp", r"^filter\.")) or ():
        value = "false" if name.endswith(".required") else ""
        found += ("-c", f"{name}={value}")
    return found


def _files(listed: Sequence[str]) -> dict[str, bool]:
    """Return whether each file may be executed, of what ``ls-files --stage`` lists."""
    files: dict[str, bool] = {}
    for line in listed:
        facts, _, path = line.partition("\t")
        files[path] = facts.startswith(_EXECUTABLE)
    return files


def _line(answer: Sequence[str] | None) -> str:
    return "".join(answer or ()).removesuffix("\n")


def _ask(folder: Path, command: Sequence[str]) -> list[str] | None:
    with suppress(git.RefusedError):
        return git.ask(folder, command)
    return None
