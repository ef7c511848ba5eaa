"""A folder to what git says of it. Asks git, and changes nothing in a repository."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dfrender.inputs.context import Tracked

_NO_MODES = "false"
_EXECUTABLE = "100755"
_QUIET = ("-c", "core.fsmonitor=false")  # else a repository may name a program that is run


def tracked(folder: Path, *, hides: bool = False) -> Tracked | None:
    """Return what git tracks in a folder; None where it cannot answer. What a submodule tracks is its own affair."""
    listed = ask(folder, ("ls-files", "--stage", "-z"))
    if listed is None:
        return None
    modes = ask(folder, ("config", "--type=bool", "--get", "core.fileMode")) or ""
    return Tracked(_files(listed), decides=modes.strip() == _NO_MODES, hides=hides)


def root_of(folder: Path) -> Path | None:
    """Return the top folder of the repository that a folder lies in; None where git knows none."""
    answer = ask(folder, ("rev-parse", "--show-toplevel"))
    if answer is None:
        return None
    return Path(answer.rstrip("\n"))


def commit(folder: Path, revision: str) -> str | None:
    """Return the id of the commit that a revision names; None if it names none."""
    answer = ask(folder, ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"))
    if answer is None:
        return None
    return answer.strip()


def check_out(root: Path, commit_id: str, target: Path) -> Mapping[str, bool] | None:
    """Write the files of a commit into the folder ``tree`` of an empty one, by an index of its own.

    Return whether each may be executed, by the paths from the root of the repository; None where git could not do it.
    """
    index = {"GIT_INDEX_FILE": str(target / "index")}
    (target / "tree").mkdir()
    written = ask(root, ("read-tree", commit_id), index)
    if written is not None:
        written = ask(root, ("checkout-index", "--all", f"--prefix={target}/tree/"), index)
    if written is None:
        return None
    return _files(ask(root, ("ls-files", "--stage", "-z"), index) or "")


def _files(listed: str) -> dict[str, bool]:
    """Return whether each file may be executed, of a list as ``ls-files --stage -z`` prints it."""
    files: dict[str, bool] = {}
    for line in listed.split("\0"):
        facts, tab, path = line.partition("\t")
        if tab:
            files[path] = facts.startswith(_EXECUTABLE)
    return files


def ask(folder: Path, command: Sequence[str], variables: Mapping[str, str] | None = None) -> str | None:
    """Return what git answers, None if it cannot answer."""
    import subprocess  # 6 ms of start-up that only digests need

    asked = ["git", *_QUIET, "-C", str(folder), *command]
    environ = {**os.environ, **(variables or {})}
    try:
        done = subprocess.run(asked, capture_output=True, check=True, env=environ)  # noqa: S603 - no shell reads it
    except (OSError, subprocess.CalledProcessError):
        return None
    return os.fsdecode(done.stdout)
