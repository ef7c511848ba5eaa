"""A plain Dockerfile, with the unsaved texts of an editor, to the files that ``dfrender init`` would make of it."""

import os
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

from dfrender import discover
from dfrender.adopt import builds, contexts
from dfrender.adopt.adopt import Adoption, adopt
from dfrender.diagnostics import DfrenderError
from dfrender.lsp.sources import Unsaved, home_of
from dfrender.recorder import Recorder
from dfrender.template.template import read_template


def adoption(path: str, texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return the texts of a template and its profiles by their absolute paths.

    There are none where the Dockerfile cannot be adopted, or where a file would be in the way.
    """
    root = home_of(path)
    file = Path(os.path.relpath(path, root))
    with chdir(root):
        try:
            made = _adopted(file, texts)
        except DfrenderError:
            return {}
        if _is_in_the_way(made):
            return {}
        return {os.path.abspath(each.path): each.text for each in made.files}  # noqa: PTH100 - a link keeps its name


def _adopted(file: Path, texts: Mapping[str, str]) -> Adoption:
    template = read_template(file, Recorder({}, Unsaved(texts)))
    below = discover.some_files(Path(), builds.is_known)
    found = contexts.find([file], below, Path())
    return adopt([template], plain=False, contexts=found.folders)


def _is_in_the_way(made: Adoption) -> bool:
    """Say whether a file that would be made, or be rendered, is there already."""
    new = [each.path for each in made.files]
    new += [use.output for use in made.uses if use.is_new]
    return any(os.path.lexists(each) for each in new)
