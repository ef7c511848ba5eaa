"""A place to what is said of it: what a reference becomes, what a value is, what a key or a code means. Markdown."""

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from dfrender.lsp.features.place import Place
from dfrender.lsp.model import Meaning
from dfrender.lsp.text import Range
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key
from dfrender.rules.manual import manuals

_KEY = re.compile(r"(?P<indent>[ \t]*)(?:- )?(?P<name>[a-z_]+)[ \t]*:")
_CODE = re.compile(r"#\s*dfrender:\s*ignore\s*=[a-z\s,-]*")
_WORD = re.compile(r"[a-z][a-z-]+")


class Hover(NamedTuple):
    """What is said, in Markdown, and of which range."""

    text: str
    range: Range


def hover(place: Place) -> Hover | None:
    """Return what there is to say of a place."""
    mention = place.mention
    if mention and mention.meanings:
        return Hover(_by_profile(mention.meanings), mention.location.range)
    if place.name and place.settings:
        lines: list[str] = []
        for each in place.settings:
            file = os.path.relpath(each.location.path, os.path.dirname(place.analysis.path))  # noqa: PTH120
            line = each.location.range.start.line + 1
            lines.append(f"- **{each.profile}**: `{each.text}` ({file}:{line})")
        return Hover("\n".join(lines), place.name.range)
    if place.is_profile:
        return _key(place)
    return _code(place)


def _by_profile(meanings: Iterable[Meaning]) -> str:
    """Return meanings with the profiles that have them, those that are the same in one line."""
    profiles: dict[str, list[str]] = {}
    for each in meanings:
        profiles.setdefault(each.text, []).append(each.profile)
    lines: list[str] = []
    for text, names in profiles.items():
        shown = re.sub(r"'([^']*)'", r"`\1`", text)
        prefix = f"**{', '.join(names)}**: " if any(names) else ""
        lines.append(f"- {prefix}{shown}")
    return "\n".join(lines)


def key_at(place: Place) -> Key | None:
    """Return the key of the profile's line that a place is in."""
    line = place.text.line(place.position.line)
    match = _KEY.match(line)
    if match is None:
        return None
    known = STAGE_KEYS if match["indent"] else PROFILE_KEYS
    return known.get(match["name"])


def described(key: Key) -> str:
    """Return what a key means, in Markdown."""
    text = key.meaning
    if key.choices:
        text += f": {', '.join(f'`{each}`' for each in key.choices)}"
    if key.default:
        text += f" (default `{key.default}`)"
    return text


def _key(place: Place) -> Hover | None:
    key = key_at(place)
    if key is None:
        return None
    line = place.text.line(place.position.line)
    start = place.offset - len(place.before)
    column = line.index(key.name)
    return Hover(f"**{key.name}**: {described(key)}", place.text.range(start + column, start + column + len(key.name)))


def _code(place: Place) -> Hover | None:
    line = place.text.line(place.position.line)
    if not _CODE.match(line.lstrip()):
        return None
    start = place.offset - len(place.before)
    known = manuals()
    for match in _WORD.finditer(line):
        if match.start() <= len(place.before) <= match.end() and match[0] in known:
            text = f"**{match[0]}**: {known[match[0]].summary}"
            return Hover(text, place.text.range(start + match.start(), start + match.end()))
    return None
