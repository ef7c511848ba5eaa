"""``--set KEY=VALUE`` to the tree that is laid over a profile's. Reads no file."""

from dfrender.diagnostics import Problems, nearest
from dfrender.profile.composer import DEEPEST, compose
from dfrender.profile.keys import OF_FILE, STAGE_KEYS
from dfrender.profile.nodes import MappingNode, Node
from dfrender.source import At

_FORMS = "write --set KEY=VALUE, --set values.NAME=VALUE or --set prebuilt.STAGE=STYLE"


def override(text: str, problems: Problems) -> MappingNode:
    """Return the tree of ``KEY=VALUE``, placed at ``--set KEY``; it is empty, with a problem, for any other form."""
    key, equals, value = text.partition("=")
    names = key.split(".")
    at = At(f"--set {key}")
    if not equals:
        problems.error(at, "bad-override", f"{key!r} has no value", _FORMS)
    elif not all(names):
        problems.error(at, "bad-override", f"{key!r} lacks a name", _FORMS)
    elif len(names) > DEEPEST:
        problems.error(at, "bad-override", f"this is nested more than {DEEPEST} deep", _FORMS)
    elif names[0] in OF_FILE:
        hint = "write it in a profile, and name that with -p"
        problems.error(at, "bad-override", f"{key!r} cannot be set for one call", hint)
    else:
        # Where a line begins, '---' and '%' mean something else than behind a key.
        node = compose(f" {value}", lambda _line, _column: at, problems)
        if node is not None:
            return _nested(_path(names), node, at)
    return MappingNode(at, {})


def _nested(path: list[str], node: Node, at: At) -> MappingNode:
    """Return mapping in mapping, with the node innermost."""
    for name in reversed(path[1:]):
        node = MappingNode(at, {name: (at, node)})
    return MappingNode(at, {path[0]: (at, node)})


def _path(names: list[str]) -> list[str]:
    """Join the name of a stage, which may hold dots: it ends before what is, or is almost, a setting."""
    key = names[0]
    inner = names[1:]
    if key != "prebuilt" or len(inner) <= 1:
        return names
    last = inner[-1]
    if last in STAGE_KEYS or nearest(last, STAGE_KEYS):
        stage = ".".join(inner[:-1])
        return [key, stage, last]
    return [key, ".".join(inner)]
