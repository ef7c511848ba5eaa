"""A run of ``render`` that ended well to its stamp, which says what the next one prints if nothing changes."""

from collections.abc import Sequence
from typing import NamedTuple

import click

from dfrender.api import Result
from dfrender.boundary import ROOT
from dfrender.cli.options import ROOT_OPTION
from dfrender.cli.printing import shown
from dfrender.files import OutputFile
from dfrender.output import State
from dfrender.recorder import Recorder
from dfrender.stamp import store
from dfrender.stamp.call import Call
from dfrender.stamp.notes import Notes

_PRINTED = ("TF_BUILD", "GITHUB_ACTIONS", "NO_COLOR", ROOT)
"""The variables that say what is printed, and where includes end."""


class Run(NamedTuple):
    """What a run looked at for all templates, what it made, and what the next one says of it on either stream."""

    look: Recorder
    results: Sequence[Result]
    outputs: Sequence[OutputFile]
    said: str
    reported: bytes


def keep(call: Call, run: Run) -> None:
    """Keep a stamp of a run, if all is known that it hangs on, and still so."""
    if any(each.state is State.STREAM for each in run.outputs):
        return
    given = {}
    root = click.get_current_context().meta.get(ROOT_OPTION)
    if root is not None:
        given[ROOT] = root
    notes = Notes()
    for name in _PRINTED:
        notes.note_variable(name)
    root = run.look.environ.variables.get(ROOT)
    if root:
        notes.note_folder(root)
    outputs = {each.output.path for each in run.outputs}
    notes.note(run.look, given, outputs)
    for result in run.results:
        notes.note(result.recorder, given, outputs)
    for folder, seen in run.look.below.items():
        notes.note_below(folder, seen, outputs)
    for each in run.outputs:
        notes.note_file(each.output.path, each.data)
    if notes.is_true:
        store.write(call.name, store.Stamp(shown(run.said), run.reported, notes.facts()))
