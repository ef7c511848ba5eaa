"""The profiles that a template can see, to rows for a person to read: also those that are hidden or only extended.

What is wrong with them is reported as far as it changes the list.
"""

import os.path
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.profile import folders
from dfrender.profile.nodes import MappingNode, ScalarNode
from dfrender.profile.places import default_output, no_profiles
from dfrender.profile.profiles import Profiles


class Row(NamedTuple):
    """One profile; ``output`` is its file, or says why it has none, ``extends`` are the files that it is laid over."""

    name: str
    profile: str
    output: str = ""
    extends: str = ""
    description: str = ""


def rows(template: Path, profiles: Profiles, problems: Problems) -> list[Row]:
    """Return all profiles from the template's folder outward: those that it has by name, then those to extend.

    A profile that cannot be read is left out; what is wrong with it, and with the others, is reported. Raises
    `CallError` where there is none.
    """
    found = sorted(_found(template.parent), key=_order)
    if not found:
        raise no_profiles(template)
    return problems.attempt(lambda each: _filled(each, template, profiles, problems), found)


def _order(row: Row) -> tuple[bool, str]:
    return row.name.startswith("_"), row.name


def _found(folder: Path) -> Iterator[Row]:
    """Yield the profiles, the nearest first, each with the reason why no template here is rendered for it."""
    nearest: dict[str, Path] = {}
    for each in folders.upward(folder):
        for name, path in folders.profiles_in(each / "profiles").items():
            hider = nearest.setdefault(name, path)
            reason = ""
            if name.startswith("_"):
                reason = "only extended"
            elif hider != path:
                reason = f"hidden by {hider}"
            yield Row(name, str(path), reason)


def _filled(found: Row, template: Path, profiles: Profiles, problems: Problems) -> Row:
    """Fill a row with what the profile itself says."""
    path = Path(found.profile)
    layers = profiles.layers(path)
    for each in layers.problems:
        # what a variable stands for matters to a rendering only
        if each.code != "undefined-variable":
            problems.append(each)
    own = profiles.layer(path).tree
    output = found.output
    if not output:
        name = _text(own, "output") or default_output(template, found.name)
        output = os.path.normpath(template.parent / name)
    parents = [str(each) for each in layers.files if each != path]
    description = _text(own, "description")
    return Row(found.name, found.profile, output, ", ".join(parents), description)


def _text(tree: MappingNode, key: str) -> str:
    """Return a text as it is written, on one line; nothing for what is not a text."""
    _, node = tree.entries.get(key, (tree.at, None))
    if not isinstance(node, ScalarNode) or node.is_null:
        return ""
    return " ".join(node.text.split())
