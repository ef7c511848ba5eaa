"""What is wrong with an instruction, or with a tag of the template, to the edits that its hint says."""

import re
from collections.abc import Iterator

from dfrender.lsp.features.site import Fix, Site

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
        yield Fix(f"Repeat {match['line']}", (site.line_above(match["line"]),))


def moved_argument(site: Site) -> Iterator[Fix]:
    """Yield the move of an ARG above the one that reads it."""
    for _, declared in site.problem.related:
        line = declared.range.start.line
        text = site.text.line(line)
        if declared.path == site.problem.location.path and _is_whole(text):
            yield Fix(f"Move {text.strip()} up", (site.line_above(text), site.lines_removed(line, line)))


def renamed_argument(site: Site) -> Iterator[Fix]:
    """Yield another name for an argument, where it is declared and where FROM reads it."""
    new = _NEW_NAME.match(site.hint)
    old = _OLD_NAME.search(site.problem.message)
    if new and old:
        name = re.escape(old["name"])
        edits = []
        for match in re.finditer(rf"(?:(?<=\bARG )|(?<=\$\{{)){name}(?![\w.-])", site.text.text):
            edits.append(site.edit(match.start(), match.end(), new["name"]))
        yield Fix(f"Write {new['name']}", tuple(edits))


def removed_instruction(site: Site) -> Iterator[Fix]:
    """Yield the removal of all lines of an instruction; none where the template makes a part of it."""
    first, last = site.first_line, site.last_line
    lines = [site.text.line(number) for number in range(first, last + 1)]
    if not any("{%" in line for line in lines):
        yield Fix("Remove this COPY", (site.lines_removed(first, last),))


def directive_on_top(site: Site) -> Iterator[Fix]:
    """Yield the move of a directive to the first line, or to the beginning of it."""
    text = site.text.line(site.line)
    if site.line == 0:
        indent = len(text) - len(text.lstrip())
        yield Fix("Remove the indentation", (site.edit(0, indent, ""),))
    elif _is_whole(text):
        above = site.edit(0, 0, f"{text.strip()}{site.line_end}")
        yield Fix("Move it to the first line", (above, site.lines_removed(site.line, site.line)))


def escape_directive(site: Site) -> Iterator[Fix]:
    """Yield the one escape character that is not there by itself, and the removal of the line."""
    yield Fix("Write # escape=`", (site.edit(site.line_start, site.line_stop, "# escape=`"),))
    yield Fix("Remove the line", (site.lines_removed(site.line, site.line),))


def removed_empty_from(site: Site) -> Iterator[Fix]:
    """Yield the removal of a ``--from=`` without a value."""
    match = _EMPTY_FROM.match(site.text.text, site.start)
    if match:
        yield Fix("Remove --from=", (site.edit(match.start(), match.end(), ""),))


def flag_in_front(site: Site) -> Iterator[Fix]:
    """Yield the move of a flag before the paths of an ADD or COPY."""
    flag = _BEHIND_PATH.search(site.problem.message)
    first = site.offset_of(site.first_line)
    keyword = _COPY.match(site.text.text, first)
    if flag and keyword and site.text.text.startswith(flag["flag"], site.start):
        before = site.text.text[: site.start]
        start = len(before.rstrip(" \t"))
        front = site.edit(keyword.end(), keyword.end(), f" {flag['flag']}")
        behind = site.edit(start, site.start + len(flag["flag"]), "")
        yield Fix(f"Move {flag['flag']} to the front", (front, behind))


def joined_mount(site: Site) -> Iterator[Fix]:
    """Yield the removal of the white space that ends the options of a mount."""
    match = _COMMA.match(site.text.text, site.start)
    if match:
        yield Fix("Remove the white space", (site.edit(match.start(), match.end(), ","),))


def last_from_of_mount(site: Site) -> Iterator[Fix]:
    """Yield the removal of all but the last ``from=`` of a mount."""
    for mount in _MOUNT.finditer(site.text.text, site.line_start, site.line_stop):
        if not mount.start() <= site.start < mount.end():
            continue
        fields = mount[0].removeprefix("--mount=").split(",")
        sources = [field for field in fields if field.lower().startswith("from=")]
        for field in sources[:-1]:
            fields.remove(field)
        yield Fix("Keep the last", (site.edit(mount.start(), mount.end(), f"--mount={','.join(fields)}"),))


def written_platform(site: Site) -> Iterator[Fix]:
    """Yield the platform that a FROM lacks."""
    flag = _MISSING_FLAG.match(site.hint)
    keyword = _FROM.match(site.text.text, site.offset_of(site.first_line))
    if flag and keyword:
        yield Fix(f"Write {flag['flag']}", (site.edit(keyword.end(), keyword.end(), f"{flag['flag']} "),))


def removed_platform(site: Site) -> Iterator[Fix]:
    """Yield the removal of a platform that a FROM should not have."""
    flag = _USELESS_FLAG.match(site.problem.message)
    if flag:
        start = site.text.text.find(f"{flag['flag']} ", site.offset_of(site.first_line), site.line_stop)
        if start >= 0:
            stop = start + len(flag["flag"]) + 1
            yield Fix(f"Remove {flag['flag']}", (site.edit(start, stop, ""),))


def written_tag(site: Site) -> Iterator[Fix]:
    """Yield a tag that keeps the line end behind it."""
    hint = _WRITTEN_TAG.match(site.hint)
    tag = _TAG.match(site.text.text, site.start)
    if hint and tag:
        yield Fix(f"Write {hint['tag']}", (site.edit(tag.start(), tag.end(), hint["tag"]),))


def raw_text(site: Site) -> Iterator[Fix]:
    """Yield the tags around what is not meant for Jinja."""
    match = _RAW.search(site.hint)
    if match:
        start = site.text.text.find(match["old"], site.line_start, site.line_stop)
        if start >= 0:
            edit = site.edit(start, start + len(match["old"]), match["new"])
            yield Fix(f"Write {match['new']}", (edit,))


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
    if hint:
        call = re.compile(rf"stage\(\s*{re.escape(hint['name'])}\s*\)")
        found = call.search(site.text.text, site.line_start, site.line_stop)
        if found:
            yield Fix(f"Write {hint['new']}", (site.edit(found.start(), found.end(), hint["new"]),))


def _with_filter(site: Site, name: str, called: str) -> Iterator[Fix]:
    """Yield a filter behind what is printed at the problem, if it is printed as it is."""
    printed = re.compile(rf"\{{\{{[-+]?\s*{re.escape(name)}(?=\s*[-+]?\}}\}})")
    for match in printed.finditer(site.text.text, site.line_start, site.line_stop):
        if match.start() <= site.start <= match.end():
            edit = site.edit(match.end(), match.end(), f" | {called}")
            yield Fix(f"Write {{{{ {name} | {called} }}}}", (edit,))


def _is_whole(line: str) -> bool:
    """Say whether a line is all of an instruction, and the template makes nothing of it."""
    return not line.rstrip().endswith(("\\", "`")) and "{%" not in line
