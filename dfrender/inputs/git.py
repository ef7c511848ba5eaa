"""A folder to what git says of it. Asks git, and changes nothing in a repository."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dfrender.inputs.context import Tracked

_NO_MODES = "false"
_EXECUTABLE = "100755"
_REPOSITORY = "160000"
_QUIET = ("-c", "core.fsmonitor=false")  # else a repository may name a program that is run


def tracked(folder: Path, *, hides: bool = False) -> Tracked | None:
    """Return what git tracks in a folder; None where it cannot answer. What a submodule tracks is its own affair."""
    listed = ask(folder, ("ls-files", "--stage", "-z"))
    if listed is None:
        return None
    files: dict[str, bool] = {}
    for line in listed.split("\0"):
        facts, tab, path = line.partition("\t")
        if tab:
            files[path] = facts.startswith(_EXECUTABLE)
    modes = ask(folder, ("config", "--type=bool", "--get", "core.fileMode")) or ""
    return Tracked(files, decides=modes.strip() == _NO_MODES, hides=hides)


def submodules(folder: Path) -> Sequence[str]:
    """Return the folders that are repositories of their own, as git tracks them."""
    found: list[str] = []
    for line in (ask(folder, ("ls-files", "--stage", "-z")) or "").split("\0"):
        facts, tab, path = line.partition("\t")
        if tab and facts.startswith(_REPOSITORY):
            found.append(path)
    return found


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


def check_out(folder: Path, commit_id: str, target: Path) -> bool:
    """Write the files of a commit into an empty folder, by an index of its own; return whether that worked."""
    index = {"GIT_INDEX_FILE": str(target / ".git-index")}
    done = ask(folder, ("read-tree", commit_id), index)
    if done is not None:
        done = ask(folder, ("checkout-index", "--all", f"--prefix={target}/tree/"), index)
    return done is not None


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
