"""A profile's file, laid over the files that it extends, to one tree in which each value keeps its place.

Reads files. Of the keys it knows those that are about the file that they stand in.
"""

import os.path
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, partial, reduce
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

from dfrender import __version__
from dfrender.diagnostics import CallError, Diagnostic, Problems, did_you_mean, reason
from dfrender.profile import folders
from dfrender.profile.check import check_entries
from dfrender.profile.composer import compose, decode
from dfrender.profile.keys import NOT_INHERITED, OF_FILE, PROFILE_KEYS
from dfrender.profile.nodes import MappingNode, ScalarNode, describe, items, merge
from dfrender.profile.stages import plain_form
from dfrender.profile.values import substitute_mapping
from dfrender.source import At

Read: TypeAlias = "Callable[[Path], Layer]"


class Layer(NamedTuple):
    """What one file says: its tree in plain form, the parents that it names, and what is wrong with it."""

    tree: MappingNode
    parents: tuple[ScalarNode, ...]
    problems: tuple[Diagnostic, ...]


class Layers(NamedTuple):
    """Files laid over each other: their tree, the files from the lowest up, and what is wrong with them."""

    tree: MappingNode
    files: tuple[Path, ...]
    problems: tuple[Diagnostic, ...]


class _Link(NamedTuple):
    """A file that extends another, and how it names it."""

    file: Path
    parent: ScalarNode


def read_layer(path: Path, file: str, environ: Mapping[str, str]) -> Layer:
    """Read one file, whose name towards the user is ``file``.

    Raises `CallError` if it cannot be read, and `DfrenderError` if it needs another version of dfrender.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot read the profile: {reason(error)}"
        raise CallError(
            [Diagnostic(At(file), "unreadable-file", message, hint="check path and permissions")]
        ) from error
    return layer_of(data, file, environ)


def layer_of(data: bytes, file: str, environ: Mapping[str, str]) -> Layer:
    """Do as `read_layer` does, with what stands in the file."""
    problems = Problems()
    root = _root(data, file, problems)
    about_file = check_entries(substitute_mapping(_part(root, OF_FILE), environ, problems), PROFILE_KEYS, problems)
    required, extends = about_file.get("required_version"), about_file.get("extends")
    if isinstance(required, ScalarNode):
        from dfrender.profile.version import refuse_other_version

        refuse_other_version(required, __version__, problems)
    parents = [extends] if isinstance(extends, ScalarNode) and not extends.is_null else items(extends)
    tree = plain_form(_part(root, root.entries.keys() - OF_FILE), environ, problems)
    return Layer(tree, tuple(parents), tuple(problems))


def reader(environ: Mapping[str, str]) -> Read:
    """Give a `read_layer` that reads each file once."""
    return cache(lambda path: read_layer(path, str(path), environ))


def lay(path: Path, read: Read) -> Layers:
    """Lay a file over those that it extends, these over theirs, and so on, the later of two over the earlier.

    Raises what ``read`` raises; what cannot be laid below is among the problems.
    """
    problems = Problems()
    layers = list(_stack(path, (), read, problems))
    tree = reduce(merge, (tree for _, tree in layers))
    return Layers(tree, tuple(dict.fromkeys(path for path, _ in layers)), tuple(problems))


def _stack(path: Path, links: tuple[_Link, ...], read: Read, problems: Problems) -> Iterator[tuple[Path, MappingNode]]:
    """Give the files from the lowest up, each with its tree; the links lead to this one."""
    layer = read(path)
    problems += layer.problems
    for each in layer.parents:
        way = (*links, _Link(path, each))
        if parent := _find(way, problems):
            yield from _stack(parent, way, read, problems)
    yield path, _inherited(layer.tree, problems) if links else layer.tree


def _inherited(tree: MappingNode, problems: Problems) -> MappingNode:
    """Give what a parent hands down; what is wrong with the rest is reported here, since nobody else reads it."""
    check_entries(_part(tree, NOT_INHERITED), PROFILE_KEYS, problems)
    return _part(tree, tree.entries.keys() - NOT_INHERITED)


def _part(tree: MappingNode, keys: Collection[str]) -> MappingNode:
    return MappingNode(tree.at, {name: entry for name, entry in tree.entries.items() if name in keys})


def _find(links: Sequence[_Link], problems: Problems) -> Path | None:
    """Give the file that the last link names; None, and a problem, where nothing can be laid below it."""
    file, wanted = links[-1]
    places = folders.seen_from(file)
    if wanted.text == file.stem:
        places = [each for each in places if folders.real(each / file.name) != folders.real(file)]
    by_path = folders.is_path(wanted.text)
    path = Path(os.path.normpath(file.parent / wanted.text)) if by_path else folders.named(wanted.text, places)
    if path is None or not path.is_file():
        problems.append(_missing(links, path, places))
        return None
    found = [*_outside(links[-1], path), *_circle(links, path)]
    problems += found
    return None if found else path


def _missing(links: Sequence[_Link], path: Path | None, places: Sequence[Path]) -> Diagnostic:
    """Say which parent is missing, and which files led to the one that names it."""
    file, wanted = links[-1]
    if path:
        message, hint = f"there is no file {str(path)!r}", "a path is relative to the profile that it stands in"
    else:
        is_itself = wanted.text == file.stem
        message = f"no {'other ' * is_itself}profile here or further out is named {wanted.text!r}"
        known = sorted({name for each in places for name in folders.profiles_in(each)} - {file.stem})
        to_do = "name another one" if is_itself else f"create a file {file.parent / wanted.text}.yaml"
        listed = f"there are: {', '.join(known)}" if known else to_do
        hint = " ".join(filter(None, [did_you_mean(wanted.text, known), listed]))
    named = [(f"{below.file} is extended", above.parent.at) for above, below in pairwise(links)]
    return Diagnostic(wanted.at, "parent-not-found", message, hint=hint, related=tuple(named[::-1]))


def _outside(link: _Link, path: Path) -> Iterator[Diagnostic]:
    root = folders.upward(folders.home(link.file))[-1]
    if not folders.real(path).is_relative_to(folders.real(root)):
        message = f"{str(path)!r} is outside the repository"
        hint = "move it into the repository; where there is no .git, that is the folder above profiles"
        yield Diagnostic(link.parent.at, "parent-outside-repository", message, hint=hint)


def _circle(links: Sequence[_Link], path: Path) -> Iterator[Diagnostic]:
    """Say which files extend each other, at the same place wherever the circle was entered."""
    on_the_way = [folders.real(each.file) for each in links]
    if folders.real(path) in on_the_way:
        circle = links[on_the_way.index(folders.real(path)) :]
        first = min(range(len(circle)), key=lambda index: circle[index].parent.at)
        files = [str(each.file) for each in (*circle[first:], *circle[: first + 1])]
        hint = "a profile cannot be below itself: remove one of these"
        yield Diagnostic(circle[first].parent.at, "circular-extends", " extends ".join(files), hint=hint)


def _root(data: bytes, file: str, problems: Problems) -> MappingNode:
    """Give what a file holds; nothing, and a problem, for what is no mapping."""
    place = partial(At, file)
    root = compose(decode(data, place, problems), place, problems)
    if isinstance(root, MappingNode):
        return root
    if root is not None and not (isinstance(root, ScalarNode) and root.is_null):
        message = f"a profile is a mapping of keys, not {describe(root)}"
        problems.append(Diagnostic(root.at, "wrong-type", message, hint="write KEY: VALUE"))
    return MappingNode(At(file), {})
