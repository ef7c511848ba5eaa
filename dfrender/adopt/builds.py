"""Files of other tools to the builds that they name: DevSpace, Compose, Bake, and the task Docker of Azure Pipelines.

Paths come out as seen from the root of the repository, with marks around what is left of variables. Knows nothing of
the Dockerfile that is looked for.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dfrender.adopt import lookup, variables
from dfrender.adopt.variables import UNKNOWN, Variables
from dfrender.boundary import Boundary
from dfrender.diagnostics import Problems, reason
from dfrender.profile import composer
from dfrender.profile.nodes import Node, ScalarNode, items
from dfrender.recorder import Recorder
from dfrender.source import At

_LARGEST = 256 * 1024
"""In bytes. Nobody writes more by hand, and what is larger takes longer to read than it is worth."""

ANYWHERE = f"{UNKNOWN}**{UNKNOWN}"
"""What a path begins with that Docker@2 looks for in the whole repository."""

_DEVSPACE = re.compile(r"devspace[^/]*\.ya?ml")
_COMPOSE = re.compile(r"(?:docker-)?compose[^/]*\.ya?ml")
_BAKE = re.compile(r"[^/]*bake[^/]*\.json")
_YAML = re.compile(r"[^/]+\.ya?ml")
_TASK = re.compile(r"docker@\d", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|git@")
_ANY_FOLDER = "**/"


class Build(NamedTuple):
    """A Dockerfile and the build context that a file has for it, and where in the file."""

    at: At
    dockerfile: str
    context: str


class UnreadableError(Exception):
    """A file is not what its name says; the text is the place and the reason."""


def is_known(name: str) -> bool:
    """Say whether a file of a name may name builds."""
    return _reader(name) is not None


def read_builds(path: Path, folder: str, boundary: Boundary) -> list[Build]:
    """Return the builds that a file names, none for one of no tool that is known.

    ``folder`` is the file's, as seen from the root. Raise `UnreadableError` where it cannot be read, or leads out of
    the boundary.
    """
    reader = _reader(path.name)
    if reader is None:
        return []
    objection = boundary.objection(path)
    if objection:
        raise UnreadableError(f"{path}: it {objection}")
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableError(f"{path}: it is larger than {_LARGEST // 1024} KiB")
        data = Recorder().read(path)
    except OSError as error:
        raise UnreadableError(f"{path}: {reason(error)}") from error
    if reader is _azure and b"docker@" not in data.lower():
        return []
    root = _root(data, path)
    return list(reader(root, folder))


def _reader(name: str) -> "Callable[[Node | None, str], Iterator[Build]] | None":
    for pattern, reader in _READERS:
        if pattern.fullmatch(name):
            return reader
    return None


def _root(data: bytes, path: Path) -> Node | None:
    def locate(line: int, column: int) -> At:
        return At(str(path), line, column)

    problems = Problems()
    root = composer.read(data, locate, problems, is_foreign=True)
    for each in problems:
        if each.code == "yaml-syntax":
            raise UnreadableError(f"{each.at}: {each.message}")
    return root


def _devspace(root: Node | None, folder: str) -> Iterator[Build]:
    """Yield the images of DevSpace; both paths are relative to its file, and default to what lies beside it."""
    known = variables.of_devspace(root)
    for _, image in lookup.entries(lookup.entry(root, "images")):
        written = lookup.text(image, "dockerfile")
        context = lookup.text(image, "context")
        if written or context:
            dockerfile = _path(known, folder, written, "Dockerfile")
            yield from _build(dockerfile, _path(known, folder, context, "."), context or written)


def _compose(root: Node | None, folder: str) -> Iterator[Build]:
    """Yield the services that Compose builds; a Dockerfile is relative to the context."""
    known = variables.of_compose()
    for _, service in lookup.entries(lookup.entry(root, "services")):
        build = lookup.entry(service, "build")
        if isinstance(build, ScalarNode):
            yield from _within(known, folder, None, build)
        elif build and lookup.entry(build, "dockerfile_inline") is None:
            yield from _within(known, folder, lookup.text(build, "dockerfile"), lookup.text(build, "context"))


def _bake(root: Node | None, folder: str) -> Iterator[Build]:
    """Yield the targets of a bake file; it is called in the folder that it lies in, or should be."""
    known = variables.of_bake(root)
    targets = dict(lookup.entries(lookup.entry(root, "target")))
    for name in targets:
        found = _inherited(name, targets)
        if "dockerfile-inline" not in found:
            yield from _within(known, folder, found.get("dockerfile"), found.get("context"))


def _inherited(name: str, targets: Mapping[str, Node]) -> dict[str, ScalarNode]:
    """Return what a target says, or those from which it inherits, of which the last one wins."""
    found: dict[str, ScalarNode] = {}
    left = [name]
    seen: set[str] = set()
    while left:
        each = left.pop()
        if each in seen:
            continue
        seen.add(each)
        target = targets.get(each)
        for key in ("context", "dockerfile", "dockerfile-inline"):
            value = lookup.text(target, key)
            if value and key not in found:
                found[key] = value
        parents = items(lookup.entry(target, "inherits"))
        left.extend(parent.text for parent in parents)
    return found


def _azure(root: Node | None, _folder: str) -> Iterator[Build]:
    """Yield the tasks Docker of a pipeline; paths are relative to the repository.

    Without a context it is the folder of the Dockerfile. A task that does not name its Dockerfile takes any.
    """
    known = variables.of_azure(root)
    for step in lookup.mappings(root):
        task = lookup.text(step, "task")
        if task is None or not _TASK.match(task.text):
            continue
        given: dict[str, ScalarNode] = {}
        for key, value in lookup.entries(lookup.entry(step, "inputs")):
            if isinstance(value, ScalarNode):
                given[key.lower()] = value
        written = given.get("dockerfile")
        if written is None:
            continue
        dockerfile = _path(known, "", written, "")
        context = given.get("buildcontext")
        folder = posixpath.dirname(dockerfile)
        if context and context.text.strip() not in {"", "**"}:
            folder = _path(known, "", context, "")
        yield from _build(dockerfile, folder, context or written)


def _within(known: Variables, folder: str, written: ScalarNode | None, context: ScalarNode | None) -> Iterator[Build]:
    """Yield a build whose Dockerfile is relative to its context."""
    home = _path(known, folder, context, ".")
    dockerfile = _path(known, home, written, "Dockerfile")
    yield from _build(dockerfile, home, context or written)


def _build(dockerfile: str, context: str, node: ScalarNode | None) -> Iterator[Build]:
    """Yield a build that is named somewhere in a file."""
    if node:
        yield Build(node.at, dockerfile, context)


def _path(known: Variables, folder: str, written: ScalarNode | None, default: str) -> str:
    """Return a path as seen from the root; a mark stands for the beginning of one that is not relative."""
    text = default
    if written:
        text = known.resolved(written.text).strip().replace("\\", "/")
    if text.startswith(_ANY_FOLDER):
        return f"{ANYWHERE}/{text.removeprefix(_ANY_FOLDER)}"
    if text.startswith("/") or _ADDRESS.match(text):
        return f"{UNKNOWN}{text.partition('/')[0]}{UNKNOWN}/{text}"
    joined = posixpath.join(folder, text)
    if text.startswith(UNKNOWN):
        joined = text
    if UNKNOWN in joined:
        return joined
    return posixpath.normpath(joined)


_READERS = (
    (_DEVSPACE, _devspace),
    (_COMPOSE, _compose),
    (_BAKE, _bake),
    (_YAML, _azure),
)
"""What a file's name says about what is in it; the first that fits counts."""
