"""A call of ``dfrender render`` to its stamp: the name of that, and what is said if nothing has changed."""

import os
import sys

from dfrender.stamp import store
from dfrender.stamp.facts import BELOW, TRACKED, answer, digest

TYPE_CHECKING = False  # as checkers of types know it; `typing` itself takes 5 ms

if TYPE_CHECKING:
    from dfrender.stamp.facts import Fact

_COMPARING = {"--check", "--diff", "--tracked"}
"""Options of gates. A cache that others may have written must not open one, so they never look at a stamp."""
_NOT_KEPT = {"--no-cache", "--map", "--depfile", "-"}
"""What is written anew at each run, goes to standard output, or comes from standard input."""
_PACKAGES = ("dfrender", "click", "jinja2", "markupsafe", "pyyaml", "yaml", "_yaml", "dockerfile_parse")
_SLOW = {BELOW, TRACKED}
"""Questions that take a process of git, and are asked last."""
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs 4 ms


class Call:
    """A call whose stamp has a name.

    That is made of its words as they were typed, of the folder that they are for, of the programs that would read
    them, and of where the answer goes.
    """

    def __init__(self, name: str) -> None:
        """Take the name of the stamp."""
        self.name = name
        self._stamp: store.Stamp | None = None
        self._held: dict[Fact, bool] = {}

    def replay(self) -> bool:
        """Say what an unchanged run says, if this is one; say whether it was."""
        stamp = store.read(self.name)
        self._stamp = stamp
        if stamp is None or not self._all_hold(stamp.facts):
            return False
        return _can_say() and _say(stamp)

    def unchanged_parts(self) -> "list[store.Part]":
        """Return the parts of which nothing has changed that they hang on, when the call is none that is unchanged.

        The first one is what all others hang on: where it has changed, there are none.
        """
        if self._stamp is None:
            return []
        found: list[store.Part] = []
        for part in self._stamp.parts:
            if self._all_hold(part.facts):
                found.append(part)
            elif not found:
                return []
        return found

    def _all_hold(self, facts: "list[Fact]") -> bool:
        slow: list[Fact] = []
        for fact in facts:
            held = self._held.get(fact)
            if held is None and fact[0] in _SLOW:
                slow.append(fact)
                continue
            if held is None:
                held = self._look(fact)
            if not held:
                return False
        for fact in slow:
            if not self._look(fact):
                return False
        return True

    def _look(self, fact: "Fact") -> bool:
        question, subject, expected = fact
        holds = answer(question, subject) == expected
        self._held[fact] = holds
        return holds


def of_words(words: "list[str]") -> "Call | None":
    """Return the call that has these words; None if it is none that stamps are kept of."""
    if words[:1] != ["render"] or "_DFRENDER_COMPLETE" in os.environ or os.environ.get("DFRENDER_CACHE") == "off":
        return None
    for word in words:
        option = word.partition("=")[0]
        if option in _COMPARING or option in _NOT_KEPT:
            return None
    try:
        return Call(_name(words))
    except (OSError, ValueError):  # the working directory is gone
        return None


def _name(words: "list[str]") -> str:
    parts = [*words, "", os.getcwd(), _HERE, sys.version, sys.executable, sys.getfilesystemencoding()]  # noqa: PTH109 - pathlib costs 4 ms
    for descriptor in (1, 2):
        parts.append(str(os.isatty(descriptor)))
    parts += _installed()
    return digest(os.fsencode("\0".join(parts)))


def _installed() -> "list[str]":
    """Return what is installed of dfrender and what it needs, in the order in which Python looks for it.

    Where an installer left a record of all files with their digests, that says it all.
    """
    found: list[str] = []
    is_recorded = False
    for folder in sys.path:
        for name in _names(folder or "."):
            if not name.lower().startswith(_PACKAGES):
                continue
            found.append(f"{folder}/{name}")
            if name.endswith(".dist-info"):
                found.append(answer("file", f"{folder}/{name}/RECORD"))
                if name.startswith("dfrender-") and f"{folder}/dfrender" == _HERE:
                    is_recorded = True
    if not is_recorded:
        found += _sources(_HERE)
    return found


def _names(folder: str) -> "list[str]":
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - pathlib costs 4 ms
    except OSError:
        return []


def _sources(folder: str) -> "list[str]":
    """Return the files of a package that is not installed but worked at, by what Python itself goes by."""
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=_name_of):
            if entry.is_dir():
                found += _sources(entry.path)
            elif not entry.name.endswith(".pyc"):
                now = entry.stat()
                found.append(f"{entry.path} {now.st_size} {now.st_mtime_ns}")
    return found


def _name_of(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _can_say() -> bool:
    """Say whether both streams take what they are given; what else there is, the command reports in its way."""
    if sys.stdout is None or sys.stderr is None:
        return False
    try:
        return os.get_blocking(sys.stdout.fileno()) and os.get_blocking(sys.stderr.fileno())
    except (OSError, ValueError):
        return False


def _say(stamp: store.Stamp) -> bool:
    try:
        for stream, text in ((sys.stdout, stamp.stdout), (sys.stderr, stamp.stderr)):
            rest = memoryview(text)
            while rest:
                rest = rest[stream.buffer.write(rest) :]
            stream.buffer.flush()
    except OSError:
        return False
    return True
