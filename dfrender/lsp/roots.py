"""A document to the templates that it is analysed with: itself, those that include it, those that have the profile."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from dfrender import discover
from dfrender.lsp.sources import Unsaved
from dfrender.profile import folders
from dfrender.recorder import Recorder
from dfrender.source import decode

_JINJA = (".j2", ".jinja")
_FROM = re.compile(r"(?mi)^[ \t]*FROM[ \t]")
_MOST = 5  # templates of one profile, the nearest ones
_ROUNDS = 4  # an include is included by one that is included, and so on


def roots(path: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the absolute paths of the templates to analyse for a document; none if it is nothing of dfrender's."""
    file = Path(path)
    recorder = Recorder({}, Unsaved(texts))
    if file.suffix in folders.SUFFIXES:
        return _with_profile(file)
    if discover.is_template(file.name) or discover.is_dockerfile(file.name):
        return (path,)
    if file.suffix not in _JINJA:
        return ()
    found = _including(file, recorder)
    if not found and _FROM.search(_text(file, recorder)):
        return (path,)
    return found


def _with_profile(file: Path) -> tuple[str, ...]:
    """Return the nearest templates in the folder that a profile belongs to, and below it."""
    if file.parent.name != "profiles":
        return ()
    home = folders.home(file)
    found = discover.look_around(home).templates
    found.sort(key=lambda each: len(each.parts))
    return tuple(map(_absolute, found[:_MOST]))


def _including(file: Path, recorder: Recorder) -> tuple[str, ...]:
    """Return the templates of the repository that name a file, or one that names it."""
    root = folders.upward(file.parent)[-1]
    texts: dict[Path, str] = {}
    for each in discover.some_files(root, lambda name: name.endswith(_JINJA)):
        texts[each] = _text(each, recorder)
    names = {file.name}
    found: dict[str, None] = {}
    for _ in range(_ROUNDS):
        others: set[str] = set()
        for each, text in texts.items():
            if not _mentions(text, names):
                continue
            if discover.is_template(each.name):
                found[_absolute(each)] = None
            else:
                others.add(each.name)
        if others <= names:
            break
        names |= others
    return tuple(found)


def _mentions(text: str, names: Collection[str]) -> bool:
    return any(name in text for name in names)


def _text(path: Path, recorder: Recorder) -> str:
    try:
        return decode(recorder.read(path))
    except OSError:
        return ""


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - a link keeps its name
