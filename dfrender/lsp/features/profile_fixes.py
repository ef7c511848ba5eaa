"""What is wrong with a profile, or is to be written into another file, to the edits that its hint says."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from dfrender.lsp.features.site import Fix, Site, line_at_end
from dfrender.lsp.text import EditorText
from dfrender.profile.folders import SUFFIXES

Read = Callable[[str], EditorText | None]
"""Returns the text of a file by its path; None for one that is not there."""

_SUBSTITUTION = re.compile(r"^write (?P<variable>\$\{\w+\}) for the variable, or (?P<text>\$\$\w+) for the text$")
_EMPTY = re.compile(
    r'^write (?P<name>\w+): "" for an empty one, or \w+: (?P<variable>\S+) for that of the environment$'
)
_SETTING = re.compile(r"^set (?P<line>[a-z_]+: \S+)$")
_TEXT_FOR_LIST = re.compile(r"needs a list (?:of|or) .*, not the text '(?P<text>[\w.-]+)'$")
_TAG = re.compile(r"!\S*[ \t]+")
_CREATED = re.compile(r"^create a file (?P<path>.+)$")
_IGNORED = re.compile(r"^add (?P<line>.+) to (?P<path>\S*\.(?:docker|container)ignore)$")


def quoted_value(site: Site) -> Iterator[Fix]:
    """Yield the quotes around a value that is meant to be a text."""
    start, stop = site.start, site.stop
    text = site.text.text[start:stop]
    yield site.writes(start, stop, f"'{text}'")


def substitution(site: Site) -> Iterator[Fix]:
    """Yield the two ways to write what looks like a variable."""
    hint = _SUBSTITUTION.match(site.hint)
    if hint is None:
        return
    for written in site.quoted():
        start = site.found_in_line(written)
        if start >= 0:
            stop = start + len(written)
            yield site.writes(start, stop, hint["variable"])
            yield site.writes(start, stop, hint["text"])


def value_of_argument(site: Site) -> Iterator[Fix]:
    """Yield the two values that a build argument without one may be meant to have."""
    hint = _EMPTY.match(site.hint)
    if hint is None:
        return
    name = hint["name"]
    key = re.compile(rf"[ \t]*{name}[ \t]*:(?=[ \t]*\r?$)", re.MULTILINE)
    found = key.match(site.text.text, site.line_start)
    if found:
        end = found.end()
        for value in ('""', hint["variable"]):
            edit = site.edit(end, end, f" {value}")
            yield Fix(f"Write {name}: {value}", (edit,))


def list_of_one(site: Site) -> Iterator[Fix]:
    """Yield the brackets around the only name of a list."""
    match = _TEXT_FOR_LIST.search(site.problem.message)
    if match:
        name = match["text"]
        yield from _other_scalar(site, name, f"[{name}]")


def boolean(site: Site) -> Iterator[Fix]:
    """Yield the two booleans."""
    if site.hint != "write true or false":
        return
    written = list(site.quoted())
    for new in ("true", "false"):
        yield from _other_scalar(site, written[-1], new)


def removed_tag(site: Site) -> Iterator[Fix]:
    """Yield the removal of a tag of YAML."""
    match = site.found_at(_TAG)
    if match:
        tag = match[0].strip()
        yield site.removes(tag, match.start(), match.end())


def setting(site: Site) -> Iterator[Fix]:
    """Yield a key that a profile needs."""
    match = _SETTING.match(site.hint)
    is_profile = site.problem.location.path.endswith(SUFFIXES)
    if match and is_profile:
        line = match["line"]
        edit = site.line_behind(line)
        yield Fix(f"Set {line}", (edit,))


def created(site: Site, root: str, read: Read) -> Iterator[Fix]:
    """Yield the creation of a profile that others extend."""
    match = _CREATED.match(site.hint)
    if match is None:
        return
    name = match["path"]
    path = _absolute(root, name)
    if read(path) is None:
        yield Fix(f"Create {name}", (), (path,))


def ignored_output(site: Site, root: str, read: Read) -> Iterator[Fix]:
    """Yield the line that keeps an output out of the build context."""
    match = _IGNORED.match(site.hint)
    if match is None:
        return
    line, name = match["line"], match["path"]
    path = _absolute(root, name)
    text = read(path)
    creates: tuple[str, ...] = ()
    if text is None:
        text = EditorText("")
        creates = (path,)
    edit = line_at_end(path, text, line)
    yield Fix(f"Add {line} to {name}", (edit,), creates)


def _absolute(root: str, name: str) -> str:
    """Return the path of a file that a message names."""
    return os.path.normpath(Path(root, name))


def _other_scalar(site: Site, written: str, new: str) -> Iterator[Fix]:
    """Yield another text for a value, which may stand in quotes."""
    text = re.escape(written)
    value = re.compile(rf"(?P<quote>['\"]?){text}(?P=quote)")
    match = site.found_at(value)
    if match:
        yield site.writes(match.start(), match.end(), new)
