"""What a run looked at to the facts of its stamp: what recorders noted, and what else the answers hang on.

That is each folder on the way to a path, which may become a link, and each ``.git`` that is above one or may come.
Everything is looked at once more: what is another thing by now than the run saw makes no stamp.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.recorder import Recorder
from dfrender.stamp import facts
from dfrender.stamp.facts import answer

if TYPE_CHECKING:
    from dfrender.stamp.facts import Fact


class Notes:
    """The facts of a run, or of a part of it. Not ``is_true``: something has changed since, or is not known."""

    def __init__(self, answers: dict[tuple[str, str], str] | None = None) -> None:
        """Begin with nothing; ``answers`` are those that were given for other parts of the run."""
        self.is_true = True
        self._answers = {} if answers is None else answers
        self._asked: dict[tuple[str, str], None] = {}
        self._folders: set[str] = set()

    def part(self) -> "Notes":
        """Return the notes of a part of the run."""
        return Notes(self._answers)

    def facts(self) -> "list[Fact]":
        """Return all facts."""
        found = []
        for question, subject in self._asked:
            found.append((question, subject, self._answers[question, subject]))
        return found

    def note_working_directory(self) -> None:
        """Note where a repository may begin around the folder that the paths of a run are relative to."""
        self._git_above(os.path.realpath(os.curdir))

    def note(self, recorder: Recorder, given: Collection[str], outputs: Mapping[Path, bytes | None]) -> None:
        """Note what a recorder noted, but for the variables that the options of the call give.

        Outputs were looked at to know whether dfrender wrote them, which is true of what stands there now: these bytes,
        or nothing.
        """
        self.is_true = self.is_true and recorder.is_complete
        self._note_files(recorder, outputs)
        for path, data in recorder.peeked.items():
            self.note_file(path, outputs.get(path, data))
        self._note_context(recorder)
        for name, value in recorder.environ.noted.items():
            if name not in given:
                self._expect(facts.VARIABLE, name, facts.value_answer(value))

    def _note_files(self, recorder: Recorder, outputs: Mapping[Path, bytes | None]) -> None:
        for path, data in recorder.files.items():
            self.note_file(path, data)
        for path, kind in recorder.kinds.items():
            said = self._path(facts.KIND, path)
            is_removed = path in outputs and outputs[path] is None
            if not is_removed and facts.kind_said(said) != kind:
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
        key = (facts.BELOW, str(folder))
        self._answers[key] = facts.digest_of_names(names)
        self._asked[key] = None

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
        elif facts.digest_said(said) != facts.digest(data):
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
        self._asked[key] = None
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
