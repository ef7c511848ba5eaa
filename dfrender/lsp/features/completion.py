"""A place to what may be written there: stages, values, keys of profiles and what these may hold, rules to ignore."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.lsp.features.hover import described
from dfrender.lsp.features.place import Place
from dfrender.lsp.model import Stage
from dfrender.lsp.text import Range
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Keys, ValueType
from dfrender.rules.manual import rules
from dfrender.template.syntax import scan

_CALL = re.compile(r"""\bstage\s*\(\s*["'](?P<word>[\w.-]*)$""")
_REFERENCE = re.compile(r"(?:(?i:^\s*FROM)\s+(?:--platform=\S+\s+)?|\s--from=|[,=]from=)(?P<word>[\w.-]*)$")
_IGNORE = re.compile(r"#\s*dfrender:\s*ignore\s*=\s*(?:[a-z-]+\s*,\s*)*(?P<word>[a-z-]*)$")
_NAME = re.compile(r"(?<!['\"\w])(?P<word>\w*)$")
_STAGE = re.compile(r"(?im)^[ \t]*FROM[ \t].*[ \t]AS[ \t]+(?P<name>[\w.-]+)[ \t]*\r?$")
_KEY_OF_LINE = re.compile(r"(?P<indent> *)(?P<name>[\w.-]+)\s*:")
_NEW_KEY = re.compile(r"^(?P<indent> *)(?P<word>[\w.-]*)$")
_NEW_ITEM = re.compile(r"^(?P<indent> *)- +(?P<word>[\w.-]*)$")
_VALUE = re.compile(r"^ *(?P<key>[\w.-]+): +(?:\[(?:[^\]]*,)? *)?(?P<word>[\w.-]*)$")
_OF_STAGES = frozenset({"prebuilt", "build", "publish", "target"})


class Completion(NamedTuple):
    """What may stand in a range: how it is listed, what is said of it, and the text for it."""

    label: str
    detail: str
    text: str
    range: Range


class _Choice(NamedTuple):
    """A word, what is said of it, and the text for it where that is more than the word."""

    word: str
    detail: str
    text: str = ""


def completions(place: Place) -> list[Completion]:
    """Return what may be written at a place, which may be the end of a word that is begun."""
    look = _in_template
    if place.is_profile:
        look = _in_profile
    word, choices = look(place)
    area = place.text.range(place.offset - len(word), place.offset)
    return [Completion(each.word, each.detail, each.text or each.word, area) for each in choices]


def _in_template(place: Place) -> tuple[str, list[_Choice]]:
    """Return the word that is begun, and what it may become."""
    before = place.before
    call = _CALL.search(before)
    if call:
        return call["word"], list(_stages(place))
    reference = _REFERENCE.search(before)
    is_code = _is_in_code(place)
    if reference and not is_code:
        return reference["word"], list(_references(place))
    ignore = _IGNORE.search(before)
    if ignore:
        return ignore["word"], _rules()
    name = _NAME.search(before)
    if is_code and name:
        return name["word"], list(_names(place))
    return "", []


def _is_in_code(place: Place) -> bool:
    """Say whether a place is in a tag or a print, be it closed or not."""
    text = place.text.text[: place.offset]
    segments = scan(text, place.path).segments
    return bool(segments) and segments[-1].is_code and not segments[-1].closed


def _stages(place: Place) -> Iterator[_Choice]:
    """Yield the stages above a place: those that are known, and those that stand in the text."""
    names: dict[str, None] = {}
    for each in place.analysis.stages:
        if each.name and _is_above(each, place):
            names[each.name] = None
    for match in _STAGE.finditer(place.text.text, 0, place.offset):
        names[match["name"]] = None
    for name in names:
        yield _Choice(name, "stage")


def _is_above(stage: Stage, place: Place) -> bool:
    path, area = stage.location
    return path != place.path or area.end.line < place.position.line


def _references(place: Place) -> Iterator[_Choice]:
    """Yield stages as they are written outside of code: where Jinja is read, as a call."""
    is_jinja = place.path.endswith((".j2", ".jinja"))
    for word, detail, _ in _stages(place):
        text = ""
        if is_jinja:
            text = f'{{{{ stage("{word}") }}}}'
        yield _Choice(word, detail, text)


def _names(place: Place) -> Iterator[_Choice]:
    yield _Choice("stage", "a reference to a stage", 'stage("')
    by_name: dict[str, list[str]] = {}
    for each in place.analysis.settings:
        by_name.setdefault(each.name, []).append(f"{each.profile}: {each.text}")
    for name, settings in by_name.items():
        yield _Choice(name, ", ".join(settings))


def _rules() -> list[_Choice]:
    return [_Choice(code, manual.summary) for code, manual in rules().items()]


def _in_profile(place: Place) -> tuple[str, list[_Choice]]:
    """Return the word that is begun, and what it may become."""
    before = place.before
    parents = _parents(place)
    item = _NEW_ITEM.match(before)
    if item:
        return item["word"], list(_values(place, parents[-1] if parents else "", STAGE_KEYS))
    value = _VALUE.match(before)
    if value:
        known: Keys = STAGE_KEYS if parents else PROFILE_KEYS
        if parents == ["prebuilt"]:
            return value["word"], _choices(PROFILE_KEYS["style"].choices)
        return value["word"], list(_values(place, value["key"], known))
    key = _NEW_KEY.match(before)
    if key:
        return key["word"], list(_new_keys(place, parents, is_indented=bool(key["indent"])))
    return "", []


def _new_keys(place: Place, parents: Sequence[str], *, is_indented: bool) -> Iterator[_Choice]:
    """Yield the keys that a line may begin with."""
    if not is_indented:
        yield from _keys(PROFILE_KEYS)
    elif parents == ["prebuilt"]:
        for each in _all_stages(place):
            yield _Choice(each.word, each.detail, f"{each.word}: ")
    elif parents[:1] == ["prebuilt"]:
        yield from _keys(STAGE_KEYS)


def _parents(place: Place) -> list[str]:
    """Return the keys that a line of a profile is below, the outermost first."""
    line = place.text.line(place.position.line)
    indent = len(line) - len(line.lstrip(" "))
    if line.lstrip(" ").startswith("- "):
        indent += 1  # a list may stand in the same column as its key
    found: list[str] = []
    for number in range(place.position.line - 1, -1, -1):
        match = _KEY_OF_LINE.match(place.text.line(number))
        if match and len(match["indent"]) < indent:
            indent = len(match["indent"])
            found.insert(0, match["name"])
    return found


def _keys(known: Keys) -> Iterator[_Choice]:
    for name, key in known.items():
        yield _Choice(name, described(key), f"{name}: ")


def _values(place: Place, name: str, known: Keys) -> Iterable[_Choice]:
    """Return what a key may hold."""
    if name in _OF_STAGES:
        return _all_stages(place)
    if name == "ignore":
        return _rules()
    key = known.get(name)
    if key is None:
        return ()
    if key.value_type is ValueType.BOOLEAN:
        return _choices(("true", "false"))
    return _choices(key.choices)


def _choices(words: Iterable[str]) -> list[_Choice]:
    return [_Choice(each, "") for each in words]


def _all_stages(place: Place) -> list[_Choice]:
    names: Mapping[str, None] = dict.fromkeys(each.name for each in place.analysis.stages if each.name)
    return [_Choice(each, "stage") for each in names]
