"""A rendering and a commit to the stages that changed since, and because of what.

Both sides are what git tracks: the old one is written out of its commit into a folder that is removed again.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from dfrender import api
from dfrender.api import Result
from dfrender.boundary import ROOT
from dfrender.diagnostics import CallError, DfrenderError, Problems
from dfrender.dockerfile.graph import graph
from dfrender.dockerfile.parse import parse
from dfrender.inputs import around, naming, tracking
from dfrender.inputs.context import Tracked
from dfrender.inputs.digests import StageInputs
from dfrender.inputs.naming import Asked
from dfrender.inputs.reasons import reasons
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.source import At
from dfrender.template.template import read_template


class Change(NamedTuple):
    """A stage that changed: what it is made of now and was made of then, which is None if there was no such stage."""

    new: StageInputs
    old: StageInputs | None
    reasons: Sequence[str]


class Changes(NamedTuple):
    """What changed in the stages of a template; ``untracked`` are the inputs that git does not track."""

    template: str
    profile: str
    commit: str
    stages: Sequence[Change]
    untracked: Sequence[str]


def changes(result: Result, revision: str, profiles: Profiles) -> Changes:
    """Return what changed since a revision; raise `CallError` if git knows no such one, or it cannot be rendered."""
    at = At(f"--since {revision}")
    folder = Path(os.path.realpath(result.template.folder))
    root = tracking.root_of(folder)
    if root is None:
        message = "this needs git, which knows no repository here"
        raise CallError.of(at, "no-repository", message, "call it in a repository, and see that git is installed")
    commit = tracking.commit(folder, revision)
    if not commit:
        message = f"git knows no commit {revision!r}"
        raise CallError.of(at, "unknown-revision", message, "name a commit, a branch or a tag that was fetched")
    asked = Asked(result.template, result.decisions.source, result.profile)
    stages = naming.wanted(asked)
    tracked = around.tracked_in(result.profile, hides=True)
    new = naming.inputs_of(asked, Recorder(), Problems(), stages, tracked)
    old = _old(result, Path(os.path.realpath(root)), commit, at, profiles)
    found = [new[stage] for stage in stages]
    untracked = _untracked(asked, stages)
    return Changes(result.template.file, result.profile.name, commit, list(_changed(found, old)), untracked)


def as_text(found: Sequence[Changes]) -> str:
    """Return a line for each stage that changed, and below it why."""
    lines: list[str] = []
    for each in found:
        if len(found) > 1:
            lines.append(f"{each.template}, profile {each.profile}")
        for change in each.stages:
            lines.append(f"{change.new.digest.name}  {change.new.digest.tag}")
            lines += [f"    {reason}" for reason in change.reasons]
        if not each.stages:
            lines.append("no stage changed")
        if each.untracked:
            lines.append("not tracked by git, and not compared:")
            lines += [f"    {path}" for path in each.untracked]
    return "".join(f"{line}\n" for line in lines)


def as_json(found: Sequence[Changes]) -> str:
    """Return a document; of several templates it is a list of them."""
    documents = [_document(each) for each in found]
    if len(found) == 1:
        document: dict[str, object] = {"version": 1, **documents[0]}
    else:
        templates = [{"template": each.template, **one} for each, one in zip(found, documents, strict=True)]
        document = {"version": 1, "templates": templates}
    return f"{json.dumps(document, indent=2)}\n"


def _document(found: Changes) -> dict[str, object]:
    stages: list[dict[str, object]] = []
    for each in found.stages:
        before = each.old.digest.sha256 if each.old else None
        digest = each.new.digest
        stages.append({"stage": digest.name, "digest": digest.sha256, "before": before, "reasons": list(each.reasons)})
    return {"profile": found.profile, "since": found.commit, "stages": stages, "untracked": list(found.untracked)}


def _changed(new: Sequence[StageInputs], old: Mapping[str, StageInputs]) -> Iterator[Change]:
    for each in new:
        before = old.get(each.digest.name)
        if before is None:
            yield Change(each, None, ["the stage is new"])
        elif before.digest.sha256 != each.digest.sha256:
            yield Change(each, before, reasons(before, each))


def _untracked(asked: Asked, stages: Sequence[int]) -> list[str]:
    """Return what the stages take that git does not track."""
    tracked = around.tracked_in(asked.profile)
    found: set[str] = set()
    inputs = naming.inputs_of(asked, Recorder(), Problems(), stages, tracked)
    for stage in stages:
        found.update(path for path, _ in naming.untracked(inputs[stage]))
    return sorted(found)


def _old(result: Result, root: Path, commit: str, at: At, profiles: Profiles) -> Mapping[str, StageInputs]:
    """Return what the stages were made of in a commit, by name; none if template or profile was not there then."""
    with TemporaryDirectory(prefix="dfrender-") as name:
        place = Path(os.path.realpath(name))
        tree = place / "tree"
        files = tracking.check_out(root, commit, place)
        if files is None:
            message = f"git cannot write out {commit}"
            raise CallError.of(at, "unknown-revision", message, "try it by hand: git checkout-index")
        (tree / ".git").touch()  # a profile is looked for as far as to the root of a repository
        template = _within(Path(result.template.file), root, tree)
        profile = _within(Path(result.profile.file), root, tree)
        if template is None or profile is None:
            return {}
        try:
            wanted = ProfileFile(result.profile.name, profile, template.parent)
            return _rendered(template, wanted, profiles.with_variables({ROOT: str(tree)}), tree, files)
        except DfrenderError as error:
            first = error.diagnostics[0]
            message = f"it could not be rendered then: {first.message}"
            raise CallError.of(at, "unknown-revision", message, "name a later commit") from error


def _within(path: Path, root: Path, tree: Path) -> Path | None:
    """Return the same path in the old tree, None if it is not there."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        return None
    old = tree / real.relative_to(root)
    if not old.is_file():
        return None
    return old


def _rendered(
    file: Path, wanted: ProfileFile, profiles: Profiles, tree: Path, files: Mapping[str, bool]
) -> Mapping[str, StageInputs]:
    """Render the old template, and return what its stages are made of."""
    profile = profiles.load(wanted)
    Problems(profile.problems).refuse()
    template = read_template(file)
    rendered = api.read_lines(template, profile, lambda _: "")
    source = graph(parse(rendered.lines, template.file))
    asked = Asked(template, source, profile)
    tracked = Tracked(_below(files, Path(os.path.realpath(profile.builds.context)), tree), decides=True, hides=True)
    found = naming.inputs_of(asked, Recorder(), Problems(), range(len(source.stages)), tracked)
    return {each.digest.name: each for each in found.values()}


def _below(files: Mapping[str, bool], context: Path, tree: Path) -> Mapping[str, bool]:
    """Return the files of a build context by their paths in it."""
    prefix = f"{context.relative_to(tree).as_posix()}/".removeprefix("./")
    found: dict[str, bool] = {}
    for path, is_executable in files.items():
        if path.startswith(prefix):
            found[path.removeprefix(prefix)] = is_executable
    return found
