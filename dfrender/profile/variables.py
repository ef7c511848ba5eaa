"""Images as variables, in lines ``NAME=IMAGE`` that need no quotes: what stands against that."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.profile.stages import Text
from dfrender.source import At

_UNQUOTED = re.compile(r"[A-Za-z0-9._:/@-]+")


class ImageVariable(NamedTuple):
    """The image of a stage, and the variable that it is to be in; ``at`` is where the image is written."""

    variable: Text
    name: str
    at: At


def check_variables(images: Iterable[ImageVariable], problems: Problems) -> list[ImageVariable]:
    """Return each variable once; report images that would need quotes, and variables that would be set twice."""
    found: dict[str, ImageVariable] = {}
    for each in images:
        if not _UNQUOTED.fullmatch(each.name):
            message = f"the image {each.name!r} holds a character that would need quotes"
            hint = "only letters, digits and . _ : / @ - are written; --format json takes all"
            problems.error(each.at, "unquotable-image", message, hint)
        variable = each.variable
        first = found.setdefault(variable.text, each)
        if first.name != each.name:
            message = f"{variable.text} would be set twice: to {first.name} and to {each.name}"
            hint = "set arg_name of one of the stages, or name one template"
            problems.error(variable.at, "repeated-variable", message, hint, [("the other", first.variable.at)])
    return list(found.values())
