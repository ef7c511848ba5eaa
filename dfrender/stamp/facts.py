"""Questions about disk, environment and git, each with a short answer, by which a stamp says what a run depended on.

Answers are made of what is there, never of times and sizes, and the same functions answer when a stamp is made and when
it is looked at. A question about what cannot be looked at has an answer too, so that nothing here fails.
"""

import os
import stat

try:
    from _blake2 import blake2b  # what hashlib would load, which takes 5 ms
except ImportError:  # pragma: no cover - Python may be built without it
    from hashlib import blake2b

FILE = "file"
"""What a path leads to, with its bytes."""
KIND = "kind"
"""What a path leads to."""
NAMES = "names"
"""The names in a folder."""
ENTRIES = "entries"
"""What lies in a folder of the build context, as `Recorder.look_through` says it."""
SHA256 = "sha256"
"""The bytes of a file of the build context, as `Recorder.digest` says it."""
VARIABLE = "variable"
"""The value of a variable of the environment. Only its digest is kept: it may be a secret."""
BELOW = "below"
"""The files below a folder whose names mention a Dockerfile, as git lists them: an excludes file may lie anywhere."""
TRACKED = "tracked"
"""What git tracks in a folder, with the bits that let a file be executed."""

TYPE_CHECKING = False  # as checkers of types know it; `typing` itself takes 5 ms

if TYPE_CHECKING:
    from typing import TypeAlias

    Fact: TypeAlias = tuple[str, str, str]
    """A question, its subject, and the answer."""

ABSENT = "absent"
"""The answer about what is not there."""
_REFUSED = "refused"
_SIZE = 20
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
_BYTES = getattr(os, "O_BINARY", 0)
_PIECE = 1 << 20


def digest(data: bytes) -> str:
    """Return a digest of bytes."""
    return blake2b(data, digest_size=_SIZE).hexdigest()


def digest_of_names(names: "list[str]") -> str:
    """Return a digest of names, none of which can hold a NUL."""
    return digest(os.fsencode("\0".join(names)))


def answer(question: str, subject: str) -> str:
    """Answer a question about a path or a variable."""
    try:
        return _ANSWERS[question](subject)
    except OSError as error:
        return f"error {error.errno}"
    except ValueError:  # no file can have this name
        return ABSENT


def mentions_dockerfile(name: str) -> bool:
    """Say whether a file may be a Dockerfile or the template of one, by its name."""
    lower = name.lower()
    return "dockerfile" in lower or "containerfile" in lower


def _kind(path: str) -> str:
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    if stat.S_ISLNK(mode):
        return f"link to {os.path.realpath(path)}: {_target(path)}"
    return str(stat.S_IFMT(mode))


def _target(path: str) -> str:
    """Say what a link leads to; where that is nothing, it may still be where something is to be written."""
    try:
        return str(stat.S_IFMT(os.stat(path).st_mode))  # noqa: PTH116 - pathlib costs 4 ms
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT


def kind_said(said: str) -> str:
    """Return what an answer about a kind comes to, links followed, in the words of a `Recorder`."""
    last = said.rpartition(" ")[2]
    words = {str(stat.S_IFREG): "file", str(stat.S_IFDIR): "folder", ABSENT: ABSENT}
    return words.get(last, "other")


def digest_said(said: str) -> str:
    """Return the digest of its bytes that an answer about a file has."""
    return said.rpartition(" ")[2]


def _file(path: str) -> str:
    """Say what a path leads to; the digest of a file is the last word."""
    kind = _kind(path)
    if not kind.endswith(str(stat.S_IFREG)):
        return kind
    descriptor = os.open(path, os.O_RDONLY | _NOT_WAITING | _BYTES)
    try:
        # one byte more than there are spares a second look for the end
        asked = min(os.fstat(descriptor).st_size, _PIECE) + 1
        whole = blake2b(digest_size=_SIZE)
        piece = os.read(descriptor, asked)
        whole.update(piece)
        while len(piece) == asked:
            piece = os.read(descriptor, asked)
            whole.update(piece)
    finally:
        os.close(descriptor)
    return f"{kind} {whole.hexdigest()}"


def _names(folder: str) -> str:
    try:
        return digest_of_names(sorted(os.listdir(folder)))  # noqa: PTH208 - the same
    except OSError:
        return digest_of_names([])


def _variable(name: str) -> str:
    value = os.environ.get(name)
    return value_answer(value)


def value_answer(value: "str | None") -> str:
    """Return the answer to the question for a variable that has this value, None where it is unset."""
    if value is None:
        return ABSENT
    return digest(os.fsencode(value))


def _entries(folder: str) -> str:
    # 25 ms, which only images that are named by their inputs need
    from pathlib import Path

    from dfrender.recorder import Recorder

    return entries_answer(Recorder().look_through(Path(folder)))


def entries_answer(entries: object) -> str:
    """Return the answer to the question for a folder in which this lies."""
    return digest(os.fsencode(repr(entries)))


def _sha256(path: str) -> str:
    from hashlib import file_digest, sha256  # 4 ms, which only images that are named by their inputs need

    with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs 4 ms
        return file_digest(file, sha256).hexdigest()


def _below(folder: str) -> str:
    names = names_below(folder)
    if names is None:
        return _REFUSED
    return digest_of_names(names)


def names_below(folder: str) -> "list[str] | None":
    """Return the files below a folder whose names mention a Dockerfile, sorted; None where git refuses to list them."""
    # 10 ms, and 10 more for subprocess, which only a folder needs
    from pathlib import Path

    from dfrender import git

    try:
        names = git.listed_names(Path(folder))
    except git.RefusedError:
        return None
    if names is None:
        paths = [str(path) for path in git.walk(Path(folder))]
    else:
        paths = [f"{folder}/{name}" for name in names]
    found: set[str] = set()
    for path in paths:
        if mentions_dockerfile(os.path.basename(path)) and os.path.isfile(path):  # noqa: PTH113, PTH119 - many paths
            found.add(path)
    return sorted(found)


def _tracked(folder: str) -> str:
    # the same
    from pathlib import Path

    from dfrender import git

    return tracked_answer(git.staged(Path(folder)))


def tracked_answer(listed: object) -> str:
    """Return the answer to the question for a folder in which git tracks this."""
    return digest(os.fsencode(repr(listed)))


_ANSWERS = {
    FILE: _file,
    KIND: _kind,
    NAMES: _names,
    ENTRIES: _entries,
    SHA256: _sha256,
    VARIABLE: _variable,
    BELOW: _below,
    TRACKED: _tracked,
}
