"""The profiles that a template can see, to rows for a person to read: also those that are hidden or only extended.

What is wrong with them is reported as far as it changes the list.
"""

import os.path
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import DfrenderError, attempt
from dfrender.profile import folders
from dfrender.profile.layers import Read, lay, reader
from dfrender.profile.nodes import MappingNode, ScalarNode
from dfrender.profile.places import default_output, no_profiles


class Row(NamedTuple):
    """One profile; ``output`` is its file, or says why it has none, ``extends`` are the files that it is laid over."""

    name: str
    profile: str
    output: str = ""
    extends: str = ""
    description: str = ""


def rows(template: Path, environ: Mapping[str, str], errors: list[DfrenderError]) -> list[Row]:
    """Give all profiles from the template's folder outward: those that it has by name, then those to extend.

    A profile that cannot be read is left out; its error, and those of the others, are added. Raises `CallError` where
    there is none.
    """
    found = sorted(_found(template.parent), key=lambda each: (each.name.startswith("_"), each.name))
    if not found:
        raise no_profiles(template)
    read = reader(environ)
    return attempt(lambda each: _read(each, template, read, errors), found, errors)


def _found(folder: Path) -> Iterator[Row]:
    """Give the profiles, the nearest first, each with the reason why no template here is rendered for it."""
    nearest: dict[str, Path] = {}
    for each in folders.upward(folder):
        for name, path in folders.profiles_in(each / "profiles").items():
            hider = nearest.setdefault(name, path)
            hidden = "" if hider == path else f"hidden by {hider}"
            yield Row(name, str(path), "only extended" if name.startswith("_") else hidden)


def _read(found: Row, template: Path, read: Read, errors: list[DfrenderError]) -> Row:
    """Fill a row with what the profile itself says."""
    path = Path(found.profile)
    layers, own = lay(path, read), read(path).tree
    # what a variable stands for matters to a rendering only
    if problems := [each for each in layers.problems if each.code != "undefined-variable"]:
        errors.append(DfrenderError(problems))
    output = os.path.normpath(template.parent / (_text(own, "output") or default_output(template, found.name)))
    extends = ", ".join(map(str, layers.files[:-1]))
    return found._replace(output=found.output or output, extends=extends, description=_text(own, "description"))


def _text(tree: MappingNode, key: str) -> str:
    """Give a text as it is written, on one line; nothing for what is no text."""
    _, node = tree.entries.get(key, (tree.at, None))
    return " ".join(node.text.split()) if isinstance(node, ScalarNode) and not node.is_null else ""
