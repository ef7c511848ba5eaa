"""A profile's file, laid over the files that it extends, to one tree in which each value keeps its place.

Of the keys it knows those that are about the file that they stand in.
"""

import os.path
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dfrender import __version__
from dfrender.diagnostics import CallError, Problems, did_you_mean, reason
from dfrender.profile import folders
from dfrender.profile.check import check_entries
from dfrender.profile.forms import plain_form
from dfrender.profile.keys import NOT_INHERITED, OF_FILE, PROFILE_KEYS
from dfrender.profile.nodes import MappingNode, ScalarNode, describe, items, merge
from dfrender.profile.values import substitute_mapping
from dfrender.recorder import Recorder
from dfrender.source import At

if TYPE_CHECKING:
    from dfrender.profile.composer import ReadYaml

_MOST_RELATED = 20

ReadLayer: TypeAlias = "Callable[[Path], Layer]"


class Layer(NamedTuple):
    """What one file says: its tree in plain form, the parents that it names, what is wrong with it, what it read."""

    tree: MappingNode
    parents: tuple[ScalarNode, ...]
    problems: Problems
    recorder: Recorder


class Layers(NamedTuple):
    """Files laid over each other: their tree, the files from the lowest up, what is wrong with them, what was read."""

    tree: MappingNode
    files: tuple[Path, ...]
    problems: Problems
    recorder: Recorder


class _Link(NamedTuple):
    """A file that extends another, how it names it, and the link that leads to the file itself."""

    file: Path
    parent: ScalarNode
    above: "_Link | None"


class _Frame(NamedTuple):
    """A file that is being laid: its parents still to come, the trees below it, and the link that leads to it.

    ``real`` is the file without symbolic links, which could name one file in ever more ways.
    """

    file: Path
    real: str
    layer: Layer
    parents: Iterator[ScalarNode]
    below: list[MappingNode]
    link: _Link | None


def read_layer(path: Path, recorder: Recorder, read_yaml: "ReadYaml") -> Layer:
    """Read one file.

    Raises `CallError` if it cannot be read, and `DfrenderError` if it needs another version of dfrender.
    """
    try:
        data = recorder.read(path)
    except OSError as error:
        message = f"cannot read the profile: {reason(error)}"
        raise CallError.of(At(str(path)), "unreadable-file", message, "check path and permissions") from error
    return layer_of(data, str(path), recorder, read_yaml)


def layer_of(data: bytes, file: str, recorder: Recorder, read_yaml: "ReadYaml") -> Layer:
    """Do as `read_layer` does, with what stands in the file, whose name towards the user is ``file``."""
    problems = Problems()
    root = _root(data, file, problems, read_yaml)
    written = substitute_mapping(_part(root, OF_FILE), recorder.environ, problems)
    about_file = check_entries(written, PROFILE_KEYS, problems)
    required = about_file.get("required_version")
    if isinstance(required, ScalarNode):
        from dfrender.profile.version import refuse_other_version  # a few profiles have the key: 1 ms of start-up

        refuse_other_version(required, __version__, problems)
    extends = about_file.get("extends")
    parents = items(extends)
    if isinstance(extends, ScalarNode) and not extends.is_null:
        parents = [extends]
    tree = plain_form(_part(root, root.entries.keys() - OF_FILE), recorder.environ, problems)
    return Layer(tree, tuple(parents), problems, recorder)


def lay(path: Path, read_one: ReadLayer, recorder: Recorder) -> Layers:
    """Lay a file over those that it extends, these over theirs, and so on, the later of two over the earlier.

    However many extend a file, it is laid once. Raises what ``read_one`` raises; what cannot be laid below is among the
    problems.
    """
    problems = Problems()
    files: list[Path] = []
    laid: dict[str, MappingNode] = {}
    frames = [_frame(path, read_one, recorder, None)]
    depths = {frames[0].real: 0}
    while True:
        frame = frames[-1]
        wanted = next(frame.parents, None)
        if wanted is None:
            frames.pop()
            del depths[frame.real]
            problems += frame.layer.problems
            recorder.include(frame.layer.recorder)
            files.append(frame.file)
            if not frames:
                tree = reduce(merge, [*frame.below, frame.layer.tree])
                return Layers(tree, tuple(files), problems, recorder)
            tree = reduce(merge, [*frame.below, _inherited(frame.layer.tree, problems)])
            laid[frame.real] = tree
            frames[-1].below.append(tree)
            continue
        link = _Link(frame.file, wanted, frame.link)
        parent = _find(link, problems, recorder)
        if parent is None:
            continue
        real = recorder.real(parent)
        if real in depths:
            _report_circle(link, len(frames) - depths[real], problems)
        elif real in laid:
            frame.below.append(laid[real])
        else:
            depths[real] = len(frames)
            frames.append(_frame(parent, read_one, recorder, link))


def _frame(path: Path, read_one: ReadLayer, recorder: Recorder, link: _Link | None) -> _Frame:
    layer = read_one(path)
    return _Frame(path, recorder.real(path), layer, iter(layer.parents), [], link)


def _inherited(tree: MappingNode, problems: Problems) -> MappingNode:
    """Return what a parent hands down; what is wrong with the rest is reported here, since nobody else reads it."""
    check_entries(_part(tree, NOT_INHERITED), PROFILE_KEYS, problems)
    return _part(tree, tree.entries.keys() - NOT_INHERITED)


def _part(tree: MappingNode, keys: Collection[str]) -> MappingNode:
    return MappingNode(tree.at, {name: entry for name, entry in tree.entries.items() if name in keys})


def _find(link: _Link, problems: Problems, recorder: Recorder) -> Path | None:
    """Return the file that a link names; None, and a problem, where it cannot be laid below."""
    file, wanted = link.file, link.parent
    above = folders.upward(folders.home(file, recorder), recorder)
    places = folders.seen_from(file, above)
    if folders.is_path(wanted.text):
        path: Path | None = Path(os.path.normpath(file.parent / wanted.text))
    else:
        if wanted.text == file.stem:
            own = recorder.real(file)
            places = [each for each in places if recorder.real(each / file.name) != own]
        path = folders.named(wanted.text, places, recorder)
    if path is None or not recorder.is_file(path):
        _report_missing(link, path, places, problems)
        return None
    if not Path(recorder.real(path)).is_relative_to(recorder.real(above[-1])):
        message = f"{str(path)!r} is outside the repository"
        hint = "move it into the repository; where there is no .git, that is the folder above profiles"
        problems.error(wanted.at, "parent-outside-repository", message, hint)
        return None
    return path


def _report_missing(link: _Link, path: Path | None, places: Sequence[Path], problems: Problems) -> None:
    """Say which parent is missing, and which files led to the one that names it."""
    file, wanted = link.file, link.parent
    if path:
        message, hint = f"there is no file {str(path)!r}", "a path is relative to the profile that it stands in"
    else:
        is_itself = wanted.text == file.stem
        message = f"no {'other ' * is_itself}profile here or further out is named {wanted.text!r}"
        hint = _known(file, wanted.text, places)
    related: list[tuple[str, At]] = []
    below, above = link, link.above
    while above and len(related) < _MOST_RELATED:
        related.append((f"{below.file} is extended", above.parent.at))
        below, above = above, above.above
    problems.error(wanted.at, "parent-not-found", message, hint, related)


def _known(file: Path, wanted: str, places: Sequence[Path]) -> str:
    """Return what may be meant by a name that no profile has, and the profiles that there are."""
    names: set[str] = set()
    for each in places:
        names.update(folders.profiles_in(each))
    known = sorted(names - {file.stem})
    if known:
        listed = f"there are: {', '.join(known)}"
    elif wanted == file.stem:
        listed = "name another one"
    else:
        listed = f"create a file {file.parent / wanted}.yaml"
    return f"{did_you_mean(wanted, known)} {listed}".lstrip()


def _report_circle(link: _Link, length: int, problems: Problems) -> None:
    """Report the files of a circle, at the same place wherever it was entered; the link is the one that closes it."""
    circle: list[_Link] = []
    each: _Link | None = link
    while each and len(circle) < length:
        circle.append(each)
        each = each.above
    circle.reverse()
    first = min(range(length), key=lambda index: circle[index].parent.at)
    files = [str(each.file) for each in circle[first:]]
    files += [str(each.file) for each in circle[: first + 1]]
    hint = "a profile cannot be below itself: remove one of these"
    problems.error(circle[first].parent.at, "circular-extends", " extends ".join(files), hint)


def _root(data: bytes, file: str, problems: Problems, read_yaml: "ReadYaml") -> MappingNode:
    """Return what a file holds; nothing, and a problem, for what is not a mapping."""
    root = read_yaml(data, partial(At, file), problems)
    if isinstance(root, MappingNode):
        return root
    if root is not None and not (isinstance(root, ScalarNode) and root.is_null):
        message = f"a profile is a mapping of keys, not {describe(root)}"
        problems.error(root.at, "wrong-type", message, "write KEY: VALUE")
    return MappingNode(At(file), {})
