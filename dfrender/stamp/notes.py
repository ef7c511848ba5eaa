"""What a run looked at to the facts of its stamp: what recorders noted, and what else the answers hang on.

That is each folder on the way to a path, which may become a link, and each ``.git`` that is above one or may come.
Everything is looked at once more: what is another thing by now than the run saw makes no stamp.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from dfrender.recorder import Recorder
from dfrender.stamp import facts
from dfrender.stamp.facts import answer


class Notes:
    """The facts of a run. Not ``is_true``: something has changed since, or is not known."""

    def __init__(self) -> None:
        """Begin with the folder that the paths of a run are relative to."""
        self.is_true = True
        self._answers: dict[tuple[str, str], str] = {}
        self._folders: set[str] = set()
        self._git_above(os.path.realpath(os.curdir))

    def facts(self) -> list[tuple[str, str, str]]:
        """Return all facts: question, subject and answer."""
        found = []
        for (question, subject), said in self._answers.items():
            found.append((question, subject, said))
        return found

    def note(self, recorder: Recorder, given: Mapping[str, str], outputs: Collection[Path]) -> None:
        """Note what a recorder noted, but for the variables that the options of the call give.

        Outputs were looked at to know whether dfrender wrote them, which is true of what stands there now.
        """
        self.is_true = self.is_true and recorder.is_complete
        self._note_files(recorder, outputs)
        for path, data in recorder.peeked.items():
            if path not in outputs:
                self.note_file(path, data)
        self._note_context(recorder)
        for name, value in recorder.environ.noted.items():
            if name not in given:
                self._expect(facts.VARIABLE, name, facts.value_answer(value))

    def _note_files(self, recorder: Recorder, outputs: Collection[Path]) -> None:
        for path, data in recorder.files.items():
            self.note_file(path, data)
        for path, kind in recorder.kinds.items():
            if path in outputs:
                continue
            said = self._path(facts.KIND, path)
            if facts.kind_said(said) != kind:
                self.is_true = False
        for folder, names in recorder.listings.items():
            self._path(facts.NAMES, folder, facts.digest_of_names(list(names)))

    def note_below(self, folder: Path, seen: Collection[Path], outputs: Collection[Path]) -> None:
        """Note the files below a folder that were seen; the outputs may have come and gone since."""
        self._path(facts.KIND, folder)
        self._folder(str(folder))
        names = facts.names_below(str(folder))
        if names is None:
            self.is_true = False
            return
        if {Path(name) for name in names}.symmetric_difference(seen) - set(outputs):
            self.is_true = False
        self._answers[facts.BELOW, str(folder)] = facts.digest_of_names(names)

    def _note_context(self, recorder: Recorder) -> None:
        for folder, entries in recorder.entries.items():
            self._path(facts.ENTRIES, folder, facts.entries_answer(entries))
        for path, digest in recorder.digests.items():
            self._path(facts.SHA256, path, digest)
        for folder, listed in recorder.tracked.items():
            self._path(facts.TRACKED, folder, facts.tracked_answer(listed))

    def note_file(self, path: Path, data: bytes | None) -> None:
        """Note a file with these bytes; None where there is to be none."""
        said = self._path(facts.FILE, path)
        if data is None:
            self.is_true = self.is_true and said == facts.ABSENT
        elif said.rpartition(" ")[2] != facts.digest(data):
            self.is_true = False

    def note_variable(self, name: str) -> None:
        """Note a variable of the environment."""
        self._expect(facts.VARIABLE, name)

    def note_folder(self, folder: str) -> None:
        """Note a folder, those above it, and where a repository may begin among them."""
        self._folder(folder)

    def _path(self, question: str, path: Path, expected: str | None = None) -> str:
        subject = str(path)
        self._folder(os.path.dirname(subject))  # noqa: PTH120 - a text, as the facts have them
        if question in {facts.NAMES, facts.ENTRIES}:
            self._folder(subject)
        return self._expect(question, subject, expected)

    def _expect(self, question: str, subject: str, expected: str | None = None) -> str:
        """Note an answer; ``expected`` is the one that the run was given, where that is known."""
        key = (question, subject)
        if key not in self._answers:
            self._answers[key] = answer(question, subject)
        said = self._answers[key]
        if expected is not None and said != expected:
            self.is_true = False
        return said

    def _folder(self, folder: str) -> None:
        """Note a folder and those above it, as far as they are named, with the ``.git`` that may be in each."""
        if folder in self._folders:
            return
        self._folders.add(folder)
        if folder in {"", os.sep}:
            return
        said = self._expect(facts.KIND, folder)
        self._expect(facts.KIND, os.path.join(folder, ".git"))  # noqa: PTH118 - a text, as the facts have them
        if said.startswith("link") or os.pardir in folder:
            self._git_above(os.path.realpath(folder))
        self._folder(os.path.dirname(folder))  # noqa: PTH120 - the same

    def _git_above(self, real: str) -> None:
        """Note the ``.git`` in a folder and in all above it."""
        while True:
            self._expect(facts.KIND, os.path.join(real, ".git"))  # noqa: PTH118 - the same
            above = os.path.dirname(real)  # noqa: PTH120 - the same
            if above == real:
                return
            real = above
