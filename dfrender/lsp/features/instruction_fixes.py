"""What is wrong with an instruction, or with a tag of the template, to the edits that its hint says."""

import re
from collections.abc import Iterator

from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.features.site import Fix, Site

_BLOCK = "{%"
_REPEATED = re.compile(r"^repeat (?P<line>ARG \S+) in ")
_BEHIND_PATH = re.compile(r"builders take (?P<flag>\S+) for a path here")
_COPY = re.compile(r"(?i)\s*(?:ONBUILD\s+)?(?:ADD|COPY)(?=\s)")
_FROM = re.compile(r"(?i)\s*FROM[ \t]+")
_MISSING_FLAG = re.compile(r"^write FROM (?P<flag>--platform=\S+) here$")
_USELESS_FLAG = re.compile(r"^(?P<flag>--platform=\S+) chooses the image")
_MOUNT = re.compile(r"--mount=[^\s\"']*")
_EMPTY_FROM = re.compile(r"--from=[ \t]*")
_COMMA = re.compile(r",[ \t]+(?=\S)(?!\\)")
_NEW_NAME = re.compile(r"^name (?:it|the argument) (?P<name>\w+)$")
_OLD_NAME = re.compile(r"(?:build argument '|, not )(?P<name>[\w.-]+)'?$")
_TAG = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_WRITTEN_TAG = re.compile(r"^write (?P<tag>\{[%#] .*\+[%#]\})$")
_RAW = re.compile(r"write (?P<new>\{% raw %\}(?P<old>.*)\{% endraw \+?%\})$")
_DEFAULT = re.compile(r"""write \{\{ (?P<name>\w+) \| default\(""\) \}\}$""")
_JOINED = re.compile(r"^write \{\{ (?P<name>.+) \| (?P<filter>join\(.*\)) \}\}$")
_UNQUOTED = re.compile(r"in quotes: (?P<new>stage\(\"(?P<name>[\w.-]+)\"\))$")


def repeated_argument(site: Site) -> Iterator[Fix]:
    """Yield the line that declares an argument again, above the instruction that reads it."""
    match = _REPEATED.match(site.hint)
    if match:
        line = match["line"]
        above = site.line_above(line)
        yield Fix(f"Repeat {line}", (above,))


def moved_argument(site: Site) -> Iterator[Fix]:
    """Yield the move of an ARG above the one that reads it."""
    for _, declared in site.problem.related:
        line = declared.range.start.line
        text = site.text.line(line)
        is_here = declared.path == site.problem.location.path
        if is_here and _is_whole(text):
            above = site.line_above(text)
            below = site.lines_removed(line, line)
            title = f"Move {text.strip()} up"
            yield Fix(title, (above, below))


def renamed_argument(site: Site) -> Iterator[Fix]:
    """Yield another name for an argument, where it is declared and where FROM reads it."""
    hint = _NEW_NAME.match(site.hint)
    message = _OLD_NAME.search(site.problem.message)
    if hint is None or message is None:
        return
    new = hint["name"]
    old = re.escape(message["name"])
    edits: list[Edit] = []
    for match in re.finditer(rf"(?:(?<=\bARG )|(?<=\$\{{)){old}(?![\w.-])", site.text.text):
        edit = site.edit(match.start(), match.end(), new)
        edits.append(edit)
    yield Fix(f"Write {new}", tuple(edits))


def removed_instruction(site: Site) -> Iterator[Fix]:
    """Yield the removal of all lines of an instruction; none where the template makes a part of it."""
    first, last = site.first_line, site.last_line
    for number in range(first, last + 1):
        if _BLOCK in site.text.line(number):
            return
    edit = site.lines_removed(first, last)
    yield Fix("Remove this COPY", (edit,))


def directive_on_top(site: Site) -> Iterator[Fix]:
    """Yield the move of a directive to the first line, or to the beginning of it."""
    text = site.text.line(site.line)
    directive = text.strip()
    if site.line == 0:
        yield site.removes("the indentation", 0, text.index(directive))
    elif _is_whole(text):
        above = site.edit(0, 0, f"{directive}{site.line_end}")
        below = site.lines_removed(site.line, site.line)
        yield Fix("Move it to the first line", (above, below))


def escape_directive(site: Site) -> Iterator[Fix]:
    """Yield the one escape character that is not there by itself, and the removal of the line."""
    yield site.writes(site.line_start, site.line_stop, "# escape=`")
    edit = site.lines_removed(site.line, site.line)
    yield Fix("Remove the line", (edit,))


def removed_empty_from(site: Site) -> Iterator[Fix]:
    """Yield the removal of a ``--from=`` without a value."""
    match = site.found_at(_EMPTY_FROM)
    if match:
        yield site.removes("--from=", match.start(), match.end())


def flag_in_front(site: Site) -> Iterator[Fix]:
    """Yield the move of a flag before the paths of an ADD or COPY."""
    message = _BEHIND_PATH.search(site.problem.message)
    text = site.text.text
    first = site.offset_of(site.first_line)
    keyword = _COPY.match(text, first)
    if message is None or keyword is None:
        return
    flag = message["flag"]
    if text.startswith(flag, site.start):
        before = text[: site.start].rstrip(" \t")
        front = site.edit(keyword.end(), keyword.end(), f" {flag}")
        behind = site.edit(len(before), site.start + len(flag), "")
        yield Fix(f"Move {flag} to the front", (front, behind))


def joined_mount(site: Site) -> Iterator[Fix]:
    """Yield the removal of the white space that ends the options of a mount."""
    match = site.found_at(_COMMA)
    if match:
        yield site.removes("the white space", match.start() + 1, match.end())


def last_from_of_mount(site: Site) -> Iterator[Fix]:
    """Yield the removal of all but the last ``from=`` of a mount."""
    for mount in _MOUNT.finditer(site.text.text, site.line_start, site.line_stop):
        if mount.start() <= site.start < mount.end():
            edit = site.edit(mount.start(), mount.end(), _with_last_from(mount[0]))
            yield Fix("Keep the last", (edit,))


def _with_last_from(mount: str) -> str:
    flag, equals, options = mount.partition("=")
    fields = options.split(",")
    sources: list[str] = []
    for field in fields:
        if field.lower().startswith("from="):
            sources.append(field)
    sources.pop()
    for field in sources:
        fields.remove(field)
    return flag + equals + ",".join(fields)


def written_platform(site: Site) -> Iterator[Fix]:
    """Yield the platform that a FROM lacks."""
    hint = _MISSING_FLAG.match(site.hint)
    first = site.offset_of(site.first_line)
    keyword = _FROM.match(site.text.text, first)
    if hint and keyword:
        flag = hint["flag"]
        edit = site.edit(keyword.end(), keyword.end(), f"{flag} ")
        yield Fix(f"Write {flag}", (edit,))


def removed_platform(site: Site) -> Iterator[Fix]:
    """Yield the removal of a platform that a FROM should not have."""
    message = _USELESS_FLAG.match(site.problem.message)
    if message is None:
        return
    flag = message["flag"]
    first = site.offset_of(site.first_line)
    start = site.text.text.find(f"{flag} ", first, site.line_stop)
    if start >= 0:
        yield site.removes(flag, start, start + len(flag) + 1)


def written_tag(site: Site) -> Iterator[Fix]:
    """Yield a tag that keeps the line end behind it."""
    hint = _WRITTEN_TAG.match(site.hint)
    tag = site.found_at(_TAG)
    if hint and tag:
        yield site.writes(tag.start(), tag.end(), hint["tag"])


def raw_text(site: Site) -> Iterator[Fix]:
    """Yield the tags around what is not meant for Jinja."""
    hint = _RAW.search(site.hint)
    if hint is None:
        return
    old = hint["old"]
    start = site.found_in_line(old)
    if start >= 0:
        yield site.writes(start, start + len(old), hint["new"])


def default_value(site: Site) -> Iterator[Fix]:
    """Yield an empty default for a value that is printed, and that a profile does not set."""
    match = _DEFAULT.search(site.hint)
    if match:
        yield from _with_filter(site, match["name"], 'default("")')


def joined_list(site: Site) -> Iterator[Fix]:
    """Yield the text of a list that is printed."""
    match = _JOINED.match(site.hint)
    if match:
        yield from _with_filter(site, match["name"], match["filter"])


def quoted_stage(site: Site) -> Iterator[Fix]:
    """Yield the quotes around the name of a stage."""
    hint = _UNQUOTED.search(site.hint)
    if hint is None:
        return
    name = re.escape(hint["name"])
    call = re.compile(rf"stage\(\s*{name}\s*\)")
    found = call.search(site.text.text, site.line_start, site.line_stop)
    if found:
        yield site.writes(found.start(), found.end(), hint["new"])


def _with_filter(site: Site, name: str, called: str) -> Iterator[Fix]:
    """Yield a filter behind what is printed at the problem, if it is printed as it is."""
    code = re.escape(name)
    printed = re.compile(rf"\{{\{{[-+]?\s*{code}(?=\s*[-+]?\}}\}})")
    for match in printed.finditer(site.text.text, site.line_start, site.line_stop):
        if match.start() <= site.start <= match.end():
            title = f"Write {{{{ {name} | {called} }}}}"
            edit = site.edit(match.end(), match.end(), f" | {called}")
            yield Fix(title, (edit,))


def _is_whole(line: str) -> bool:
    """Say whether a line is all of an instruction, and the template makes nothing of it."""
    is_continued = line.rstrip().endswith(("\\", "`"))
    return not is_continued and _BLOCK not in line
