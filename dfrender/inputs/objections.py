"""What stands against naming images by their inputs, and what is doubtful about it, as problems at their places."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from dfrender.diagnostics import Problems
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.inputs.digests import StageInputs
from dfrender.inputs.taking import Input
from dfrender.profile.profile import Profile
from dfrender.profile.stages import INPUT_DIGEST, Text
from dfrender.source import At

_OF_A_PIPELINE = re.compile(r"\$(?:\(|\[|\{\{)")
_TRACKABLE = frozenset({"file", "executable", "link"})
_SHOWN = 3


def report_outputs(found: Collection[StageInputs], paths: Iterable[tuple[Path, str]], problems: Problems) -> None:
    """Report the files that a run writes and that images are made of; with each goes what it is called."""
    for path, title in paths:
        for inputs in found:
            place = _in_context(inputs, path)
            at = inputs.taker.would_take(place) if place else None
            if at:
                name = inputs.digest.name
                message = f"{title} {path} would be made of itself: it is among the inputs of stage {name!r}"
                hint = f"keep it out of the build context: add {place} to the ignore file"
                problems.error(at, "output-among-inputs", message, hint)


def _in_context(inputs: StageInputs, path: Path) -> str:
    """Return a path as it is in the build context; empty if it is not in it."""
    folder = Path(os.path.realpath(inputs.taker.context.folder))
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(folder):
        return ""
    return real.relative_to(folder).as_posix()


def report_settings(profile: Profile, problems: Problems) -> None:
    """Report what a profile says, or leaves out, that no digest can be made of."""
    named = [each for each in profile.prebuilt if each.is_named_by_inputs]
    if INPUT_DIGEST in profile.tag.text and profile.tag_arg:
        message = f"{INPUT_DIGEST} is known when the file is rendered, {profile.tag_arg.text} when it is built"
        hint = "remove tag_arg, or give the stages a tag of their own"
        related = [("the build argument", profile.tag_arg.at)]
        problems.error(profile.tag.at, "tag-arg-conflict", message, hint, related)
    if not named:
        return
    if profile.builds.platform is None:
        message = "images are named by their inputs, and no platform is set: machines of two kinds would share a name"
        problems.error(named[0].image.at, "input-digest-without-platform", message, "set platform: linux/amd64")
    texts: list[Text] = []
    for argument in profile.builds.build_args:
        texts.append(argument.value)
    texts.append(profile.builds.salt)
    if profile.builds.platform:
        texts.append(profile.builds.platform)
    generated = {f"${{{each.arg_name.text}}}" for each in profile.prebuilt}
    for text in texts:
        is_generated = any(name in text.text for name in generated) or INPUT_DIGEST in text.text
        if is_generated or _OF_A_PIPELINE.search(text.text):
            message = f"{text.text!r} is not known yet when images are named by their inputs"
            problems.error(text.at, "unknown-input", message, "write a text, or ${NAME} of the environment")


def _is_tracked(path: str, known: Mapping[str, bool]) -> bool:
    """Return whether git tracks a path, or a submodule that it lies in; what is in ``.git`` is another matter."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return ".git" in parts or any(each in known for each in above)


def report_git(inputs: StageInputs, problems: Problems) -> None:
    """Report what takes a repository's own files, whose bytes mean nothing."""
    reported: set[At] = set()
    for path, each in inputs.digest.inputs.items():
        if ".git" in path.split("/") and each.at not in reported:
            reported.add(each.at)
            message = f"this takes {path} too, whose bytes differ in every clone, and so would the digest"
            problems.error(each.at, "git-among-inputs", message, "keep it out of the build context: ignore .git")


def report_base(source: Graph, stage: int, problems: Problems) -> None:
    """Report an image that a stage begins from, and that may be another one tomorrow."""
    base = source.bases[stage]
    if base.stage == NO_STAGE and base.image and "@" not in base.image:
        name = source.title(stage)
        message = f"{name!r} is named by its inputs, and a newer {base.image} is not seen: no update of it ever arrives"
        hint = f"pin it, as {base.image}@sha256:…, or set another salt in the profile now and then, as salt: 2"
        problems.warning(base.reference.at, "unpinned-base", message, hint)


def untracked(inputs: StageInputs) -> Iterator[tuple[str, Input]]:
    """Yield what a stage takes that git does not track, where git knows the context."""
    known = inputs.taker.context.tracked.files
    for path, each in inputs.digest.inputs.items():
        if known and each.kind in _TRACKABLE and not _is_tracked(path, known):
            yield path, each


def report_untracked(inputs: Iterable[StageInputs], problems: Problems) -> None:
    """Report what git does not track, once for each place that takes it."""
    by_place: dict[At, list[str]] = {}
    for stage in inputs:
        for path, each in untracked(stage):
            by_place.setdefault(each.at, []).append(path)
    for at, paths in by_place.items():
        some = ", ".join(paths[:_SHOWN])
        if len(paths) > _SHOWN:
            some += f" and {len(paths) - _SHOWN} more"
        message = f"git does not track {some}: the digest differs from machine to machine"
        problems.warning(at, "untracked-input", message, "add them to git, or keep them out of the build context")
