"""``--set KEY=VALUE`` to the tree that is laid over a profile's. Reads no file."""

from dfrender.diagnostics import Diagnostic, nearest
from dfrender.profile.keys import OF_FILE, STAGE_KEYS
from dfrender.profile.nodes import MappingNode, Node, compose
from dfrender.source import At

_FORMS = "write --set KEY=VALUE, --set values.NAME=VALUE or --set prebuilt.STAGE=STYLE"


def override(text: str, problems: list[Diagnostic]) -> MappingNode:
    """Give the tree of ``KEY=VALUE``, placed at ``--set KEY``; it is empty, with a problem, for any other form."""
    key, equals, value = text.partition("=")
    at = At(f"--set {key}")
    message, hint = "", _FORMS
    if not equals or not all(key.split(".")):
        message = f"{key!r} has no value" if not equals else f"{key!r} lacks a name"
    elif key.split(".")[0] in OF_FILE:
        message, hint = f"{key!r} cannot be set for one call", "write it in a profile, and name that with -p"
    if message:
        problems.append(Diagnostic(at, "bad-override", message, hint=hint))
        return MappingNode(at, {})
    # Where a line begins, '---' and '%' mean something else than behind a key.
    node = compose(f" {value}", lambda _line, _column: at, problems)
    return _nested(_path(key), node, at)


def _nested(path: list[str], node: Node | None, at: At) -> MappingNode:
    """Give mapping in mapping with the node innermost, or an empty mapping for no node."""
    if node is None:
        return MappingNode(at, {})
    inner = _nested(path[1:], node, at) if path[1:] else node
    return MappingNode(at, {path[0]: (at, inner)})


def _path(key: str) -> list[str]:
    """Split a key at its dots; the name of a stage may hold dots, and ends before what is, or is almost, a setting."""
    first, *rest = key.split(".")
    if first == "prebuilt" and len(rest) > 1:
        *stage, setting = rest
        is_setting = setting in STAGE_KEYS or nearest(setting, STAGE_KEYS)
        rest = [".".join(stage), setting] if is_setting else [".".join(rest)]
    return [first, *rest]
