"""What is wrong with a profile, or is to be written into another file, to the edits that its hint says."""

import os
import re
from collections.abc import Callable, Iterator

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
_TEXT_FOR_LIST = re.compile(r"needs a list of .*, not the text '(?P<text>[\w.-]+)'$")
_TEXT_FOR_STAGES = re.compile(r"needs a list or a mapping of stages, not the text '(?P<text>[\w.-]+)'$")
_TAG = re.compile(r"!\S*[ \t]+")
_CREATED = re.compile(r"^create a file (?P<path>.+)$")
_IGNORED = re.compile(r"^add (?P<line>.+) to (?P<path>\S*\.(?:docker|container)ignore)$")


def quoted_value(site: Site) -> Iterator[Fix]:
    """Yield the quotes around a value that is meant to be a text."""
    text = site.text.text[site.start : site.stop]
    quoted = f"'{text}'"
    yield Fix(f"Write {quoted}", (site.edit(site.start, site.stop, quoted),))


def substitution(site: Site) -> Iterator[Fix]:
    """Yield the two ways to write what looks like a variable."""
    match = _SUBSTITUTION.match(site.hint)
    for written in site.quoted():
        start = site.text.text.find(written, site.line_start, site.line_stop)
        if match and start >= 0:
            for each in (match["variable"], match["text"]):
                yield Fix(f"Write {each}", (site.edit(start, start + len(written), each),))


def value_of_argument(site: Site) -> Iterator[Fix]:
    """Yield the two values that a build argument without one may be meant to have."""
    match = _EMPTY.match(site.hint)
    if match:
        key = re.compile(rf"[ \t]*{match['name']}[ \t]*:(?=[ \t]*\r?$)", re.MULTILINE)
        for line in (site.line, site.line - 1):
            found = key.match(site.text.text, site.offset_of(max(line, 0)))
            if found:
                for each in ('""', match["variable"]):
                    yield Fix(f"Write {match['name']}: {each}", (site.edit(found.end(), found.end(), f" {each}"),))
                return


def list_of_one(site: Site) -> Iterator[Fix]:
    """Yield the brackets around the only name of a list."""
    match = _TEXT_FOR_LIST.search(site.problem.message) or _TEXT_FOR_STAGES.search(site.problem.message)
    if match:
        new = f"[{match['text']}]"
        yield from _scalar(site, match["text"], new)


def boolean(site: Site) -> Iterator[Fix]:
    """Yield the two booleans."""
    if site.hint == "write true or false":
        *_, written = site.quoted()
        for new in ("true", "false"):
            yield from _scalar(site, written, new)


def removed_tag(site: Site) -> Iterator[Fix]:
    """Yield the removal of a tag of YAML."""
    match = _TAG.match(site.text.text, site.start)
    if match:
        yield Fix(f"Remove {match[0].strip()}", (site.edit(match.start(), match.end(), ""),))


def setting(site: Site) -> Iterator[Fix]:
    """Yield a key that a profile needs."""
    match = _SETTING.match(site.hint)
    if match and site.problem.location.path.endswith(SUFFIXES):
        yield Fix(f"Set {match['line']}", (site.line_behind(match["line"]),))


def created(site: Site, root: str, read: Read) -> Iterator[Fix]:
    """Yield the creation of a profile that others extend."""
    match = _CREATED.match(site.hint)
    if match:
        path = os.path.normpath(os.path.join(root, match["path"]))  # noqa: PTH118 - it is a text for the editor
        if read(path) is None:
            yield Fix(f"Create {match['path']}", (), (path,))


def ignored_output(site: Site, root: str, read: Read) -> Iterator[Fix]:
    """Yield the line that keeps an output out of the build context."""
    match = _IGNORED.match(site.hint)
    if match:
        path = os.path.normpath(os.path.join(root, match["path"]))  # noqa: PTH118 - it is a text for the editor
        text = read(path)
        creates = (path,) if text is None else ()
        edit = line_at_end(path, text or EditorText(""), match["line"])
        yield Fix(f"Add {match['line']} to {match['path']}", (edit,), creates)


def _scalar(site: Site, written: str, new: str) -> Iterator[Fix]:
    """Yield another text for a value, which may stand in quotes."""
    value = re.compile(rf"(?P<quote>['\"]?){re.escape(written)}(?P=quote)")
    match = value.match(site.text.text, site.start)
    if match:
        yield Fix(f"Write {new}", (site.edit(match.start(), match.end(), new),))
