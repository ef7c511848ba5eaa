"""A run of ``render`` that ended well to its stamp: what the next one prints if nothing changes, else what it keeps."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from dfrender.boundary import ROOT
from dfrender.cli import kept
from dfrender.cli.composed import Composed
from dfrender.cli.kept import Kept
from dfrender.cli.options import ROOT_OPTION
from dfrender.cli.printing import shown
from dfrender.cli.work import Work
from dfrender.files import OutputFile
from dfrender.header import is_generated
from dfrender.output import State
from dfrender.recorder import Recorder
from dfrender.source import decode
from dfrender.stamp import facts, store
from dfrender.stamp.call import Call
from dfrender.stamp.notes import Notes
from dfrender.stamp.store import Part

_PRINTED = ("TF_BUILD", "GITHUB_ACTIONS", "NO_COLOR", ROOT)
"""The variables that say what is printed, and where includes end."""
_BASE = ""
"""The name of the part that all others hang on."""


class Before(NamedTuple):
    """What is known of the run before: templates of which nothing has changed, by their files, and the YAML it read.

    ``real`` are the paths of all files that it had, without links.
    """

    kept: Mapping[str, Kept]
    real: frozenset[str]
    composed: Composed


class Run(NamedTuple):
    """What a run looked at for all templates, what it did, and what the next one says of it on either stream."""

    look: Recorder
    work: Work
    composed: Composed
    said: str
    reported: bytes


class _Around(NamedTuple):
    """What holds for all of a run: variables that the options of the call give, and what files hold now, if any."""

    given: Collection[str]
    outputs: Mapping[Path, bytes | None]


def before(call: Call | None) -> Before:
    """Return what the run before has left that still holds; nothing for a call that no stamps are kept of."""
    parts = call.unchanged_parts() if call else []
    if not parts:
        return Before({}, frozenset(), Composed({}))
    base, *others = parts
    found: dict[str, Kept] = {}
    for each in others:
        found[each.name] = kept.read(each)
    real, composed = json.loads(base.summary)
    return Before(found, frozenset(real), Composed(composed))


def keep(call: Call, run: Run) -> None:
    """Keep a stamp of a run, if all is known that it hangs on, and still so."""
    if any(each.state is State.STREAM for each in run.work.files):
        return
    given = []
    if click.get_current_context().meta.get(ROOT_OPTION) is not None:
        given.append(ROOT)
    outputs = {each.output.path: each.data for each in run.work.files}
    around = _Around(given, outputs)
    base = _base(run.look)
    notes = base.part()
    _note(notes, run.look, around)
    for folder, seen in run.look.below.items():
        notes.note_below(folder, seen, outputs)
    if not (base.is_true and notes.is_true):
        return
    parts: list[Part] = []
    for each in run.work.in_order():
        part = each.part if isinstance(each, Kept) else _part(each, base.part(), around)
        if part is None:
            return
        parts.append(part)
    composed = run.composed.kept(_digests(run.work.kept.values()))
    whole = Part(_BASE, base.facts(), json.dumps([_real_paths(run.work), composed]))
    store.write(call.name, store.Stamp(shown(run.said), run.reported, notes.facts(), [whole, *parts]))


def _digests(unchanged: Iterable[Kept]) -> set[str]:
    """Return the digests of all files that templates hang on which were not rendered again."""
    return {facts.digest_said(said) for each in unchanged for _, _, said in each.part.facts}


def _base(look: Recorder) -> Notes:
    """Note what all parts of a run hang on."""
    notes = Notes()
    notes.note_working_directory()
    for name in _PRINTED:
        notes.note_variable(name)
    root = look.environ.variables.get(ROOT)
    if root:
        notes.note_folder(root)
    return notes


def _part(outputs: Sequence[OutputFile], notes: Notes, around: _Around) -> Part | None:
    """Return what is kept of a template; None where something has changed since."""
    results = list({id(each.result): each.result for each in outputs}.values())
    for result in results:
        _note(notes, result.recorder, around)
    for output in outputs:
        notes.note_file(output.output.path, output.data)
    if not notes.is_true:
        return None
    left = [each for each in outputs if not each.output.is_left_over]
    text = kept.summary(
        [str(each.output.path) for each in left],
        [each.real for each in left],
        [each.footprint for each in results],
        [finding for each in results for finding in each.warnings],
        is_named=any(each.named for each in results),
    )
    return Part(results[0].template.file, notes.facts(), text)


def _note(notes: Notes, look: Recorder, around: _Around) -> None:
    """Note what a recorder noted. What it peeked at may have been written since: then it has to be of the same kind."""
    for path, seen in look.peeked.items():
        now = around.outputs.get(path)
        if now is not None and is_generated(decode(now)) != is_generated(decode(seen)):
            notes.is_true = False
    notes.note(look, around.given, around.outputs)


def _real_paths(work: Work) -> list[str]:
    found = [each.real for each in work.files]
    for kept_one in work.kept.values():
        found += kept_one.real
    return found
