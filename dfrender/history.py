"""A rendering and a commit to the stages that changed since, and because of what.

Both sides are what git tracks: the old one is written out of its commit into a folder that is removed again.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from dfrender import api
from dfrender.api import Result
from dfrender.boundary import ROOT
from dfrender.diagnostics import CallError, DfrenderError, Problems
from dfrender.dockerfile.parse import parse
from dfrender.inputs import around, naming, objections, tracking
from dfrender.inputs.context import Tracked
from dfrender.inputs.digests import StageInputs
from dfrender.inputs.naming import Asked
from dfrender.inputs.reasons import reasons
from dfrender.inputs.show import in_one_document
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.references.arguments import graph_for
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
    changed = list(_changed(new, stages, old))
    untracked = _untracked(asked, stages)
    return Changes(result.template.file, result.profile.name, commit, changed, untracked)


def as_text(found: Sequence[Changes]) -> str:
    """Return a line for each stage that changed, and below it why."""
    lines: list[str] = []
    for each in found:
        if len(found) > 1:
            lines.append(f"{each.template}, profile {each.profile}")
        lines += _lines(each)
    return "".join(f"{line}\n" for line in lines)


def _lines(found: Changes) -> Iterator[str]:
    for change in found.stages:
        digest = change.new.digest
        yield f"{digest.name}  {digest.tag}"
        for reason in change.reasons:
            yield f"    {reason}"
    if not found.stages:
        yield "no stage changed"
    if found.untracked:
        yield "not tracked by git, and not compared:"
        for path in found.untracked:
            yield f"    {path}"


def as_json(found: Sequence[Changes]) -> str:
    """Return a document; of several templates it is a list of them."""
    documents: list[dict[str, object]] = []
    for each in found:
        document = _document(each)
        if len(found) > 1:
            document = {"template": each.template, **document}
        documents.append(document)
    return in_one_document(documents)


def _document(found: Changes) -> dict[str, object]:
    stages: list[dict[str, object]] = []
    for each in found.stages:
        digest = each.new.digest
        stage: dict[str, object] = {"stage": digest.name, "digest": digest.sha256, "before": None}
        if each.old:
            stage["before"] = each.old.digest.sha256
        stage["reasons"] = each.reasons
        stages.append(stage)
    return {"profile": found.profile, "since": found.commit, "stages": stages, "untracked": found.untracked}


def _changed(new: Mapping[int, StageInputs], stages: Sequence[int], old: Mapping[str, StageInputs]) -> Iterator[Change]:
    for stage in stages:
        now = new[stage]
        before = old.get(now.digest.name)
        if before is None:
            yield Change(now, None, ["the stage is new"])
        elif before.digest.sha256 != now.digest.sha256:
            yield Change(now, before, reasons(before, now))


def _untracked(asked: Asked, stages: Sequence[int]) -> list[str]:
    """Return what the stages take that git does not track."""
    tracked = around.tracked_in(asked.profile)
    found: set[str] = set()
    inputs = naming.inputs_of(asked, Recorder(), Problems(), stages, tracked)
    for stage in stages:
        for path, _ in objections.untracked(inputs[stage]):
            found.add(path)
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
            context = ""
            if profiles.context:
                context = str(_moved(Path(profiles.context), root, tree))
            return _rendered(template, wanted, profiles.in_tree({ROOT: str(tree)}, context), tree, files)
        except DfrenderError as error:
            first = error.diagnostics[0]
            message = f"it could not be rendered then: {first.message}"
            raise CallError.of(at, "unknown-revision", message, "name a later commit") from error


def _within(path: Path, root: Path, tree: Path) -> Path | None:
    """Return the same path in the old tree, None if it is not there."""
    old = _moved(path, root, tree)
    if old is None or not old.is_file():
        return None
    return old


def _moved(path: Path, root: Path, tree: Path) -> Path | None:
    """Return where a path of the repository would be in the old tree."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        return None
    return tree / real.relative_to(root)


def _rendered(
    file: Path, wanted: ProfileFile, profiles: Profiles, tree: Path, files: Mapping[str, bool]
) -> Mapping[str, StageInputs]:
    """Render the old template, and return what its stages are made of."""
    profile = profiles.load(wanted)
    Problems(profile.problems).refuse()
    template = read_template(file)
    rendered = api.read_lines(template, profile, lambda _: "")
    source = graph_for(parse(rendered.lines, template.file), profile)
    asked = Asked(template, source, profile)
    context = Path(os.path.realpath(profile.builds.context))
    tracked = Tracked(_below(files, context, tree), decides=True, hides=True)
    stages = range(len(source.stages))
    found: dict[str, StageInputs] = {}
    for each in naming.inputs_of(asked, Recorder(), Problems(), stages, tracked).values():
        found[each.digest.name] = each
    return found


def _below(files: Mapping[str, bool], context: Path, tree: Path) -> Mapping[str, bool]:
    """Return the files of a build context by their paths in it."""
    prefix = f"{context.relative_to(tree).as_posix()}/".removeprefix("./")
    found: dict[str, bool] = {}
    for path, is_executable in files.items():
        if path.startswith(prefix):
            found[path.removeprefix(prefix)] = is_executable
    return found
