"""A plain Dockerfile to the offer to make a template of it, where it names the image of one of its own stages."""

import os
from collections.abc import Iterator, Mapping

from dfrender.dockerfile import names
from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.features.site import Fix
from dfrender.lsp.model import Analysis, Mention
from dfrender.lsp.text import NOWHERE, EditorText, Location, Range


def is_adoptable(analysis: Analysis, text: EditorText, area: Range) -> bool:
    """Say whether a line of a plain Dockerfile names an image that is called like a stage of it."""
    if not analysis.is_plain:
        return False
    stages = {each.name.lower() for each in analysis.stages if each.name}
    return any(_image_of(each, text) in stages for each in _images(analysis, area))


def adopted(path: str, files: Mapping[str, str]) -> Fix:
    """Return the edits that make the files that ``dfrender init`` would make of a Dockerfile."""
    edits = tuple(Edit(Location(each, NOWHERE), text) for each, text in files.items())
    name = os.path.basename(path)  # noqa: PTH119 - it is a text for the editor
    return Fix(f"Let profiles choose between stage and image: dfrender init {name}", edits, tuple(files))


def _images(analysis: Analysis, area: Range) -> Iterator[Mention]:
    for each in analysis.mentions:
        place = each.location
        if place.path == analysis.path and place.range.shares_line(area) and not each.stages:
            yield each


def _image_of(mention: Mention, text: EditorText) -> str:
    """Return the last part of an image's name."""
    start, stop = (text.offset(each) for each in mention.location.range)
    return names.last_part(names.repository_of(text.text[start:stop]))
