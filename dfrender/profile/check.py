"""Nodes against the table of keys: every entry that does not fit is reported, those that fit are given back."""

from collections.abc import Mapping

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, Keys, ValueType
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, SequenceNode, describe
from dfrender.profile.values import BOOLEANS

_TEXTS = {ValueType.TEXT, ValueType.BOOLEAN}
_LISTS = {ValueType.NAMES, ValueType.PARENTS}
_MAPPINGS = {ValueType.VALUES, ValueType.ARGUMENTS, ValueType.STAGES}
_NO_KEYS = {
    "<<": "write the keys out: a profile has no merge keys",
    "name": "a profile is named by its file",
    "profile": "a profile is named by its file",
    "template": "name the template on the command line",
}
_EXAMPLES = {
    ValueType.TEXT: "quote text that begins with '{' or '['",
    ValueType.BOOLEAN: "write true or false",
    ValueType.VALUES: "write NAME: VALUE",
    ValueType.ARGUMENTS: "write NAME: VALUE",
    ValueType.STAGES: "write [STAGE, STAGE], or STAGE: STYLE",
    ValueType.NAMES: "write [NAME, NAME]",
    ValueType.PARENTS: "write NAME, or [NAME, NAME]",
}


def check_entries(node: MappingNode, known: Keys, problems: Problems) -> Mapping[str, Node]:
    """Return the entries that are as the table says; report the others."""
    fitting: dict[str, Node] = {}
    for name, (at, value) in node.entries.items():
        key = known.get(name)
        if key is None:
            hint = _hint_for_unknown(name, known)
            problems.error(at, "unknown-key", f"unknown key {name!r}", hint)
        elif _fits(key, value, problems):
            fitting[name] = value
    return fitting


def report_wrong_type(value: Node, name: str, needed: str, hint: str, problems: Problems) -> None:
    """Report a value that is of another type than its key needs."""
    message = f"{name!r} needs {needed}, not {describe(value)}"
    problems.error(value.at, "wrong-type", message, hint)


def _hint_for_unknown(name: str, known: Keys) -> str:
    """Return the best guess at what was meant by a key."""
    if name in STAGE_KEYS:
        return f"it is a setting of one stage: prebuilt: {{STAGE: {{{name}: …}}}}"
    if name in PROFILE_KEYS:
        return "it holds for the whole profile: write it at the top level"
    if known is PROFILE_KEYS and name in _NO_KEYS:
        return _NO_KEYS[name]
    for key in known.values():
        if name.lower() in key.tried:
            return f"did you mean {key.name!r}: {key.meaning}?"
    return did_you_mean(name, known) or f"known here: {', '.join(known)}"


def _fits(key: Key, value: Node, problems: Problems) -> bool:
    """Say whether a value is of its key's type; report one that is not."""
    if isinstance(value, ScalarNode) and key.value_type in _TEXTS:
        return _is_fitting_text(key, value, problems)
    if isinstance(value, SequenceNode) and key.value_type in _LISTS:
        return _is_list_of_names(key, value, problems)
    if isinstance(value, ScalarNode):
        is_parent = key.value_type is ValueType.PARENTS and _is_name(value)
        fits = is_parent or value.is_null
    else:
        fits = isinstance(value, MappingNode) and key.value_type in _MAPPINGS
    if not fits:
        needed = key.value_type.value
        hint = _EXAMPLES[key.value_type]
        report_wrong_type(value, key.name, needed, hint, problems)
    return fits


def _is_list_of_names(key: Key, value: SequenceNode, problems: Problems) -> bool:
    """Say whether a list holds nothing but names; report the first item that is not one."""
    for item in value.items:
        if not _is_name(item):
            report_wrong_type(item, key.name, "names in its list", "write [NAME, NAME]", problems)
            return False
    return True


def _is_name(node: Node) -> bool:
    if not isinstance(node, ScalarNode) or node.is_null:
        return False
    return bool(node.text) and "\0" not in node.text


def _is_fitting_text(key: Key, value: ScalarNode, problems: Problems) -> bool:
    """Report an empty text where the default is not empty too, and what is none of the choices."""
    if value.is_null or not value.text:
        if key.default == "":
            return True
        problems.error(value.at, "wrong-value", f"{key.name!r} is empty", "remove the key or give it a text")
        return False
    if "\0" in value.text:
        problems.error(value.at, "wrong-value", f"{key.name!r} cannot hold NUL", "remove it")
        return False
    if key.value_type is ValueType.BOOLEAN and value.text in BOOLEANS:
        return True
    if key.choices and value.text not in key.choices:
        choices = ", ".join(key.choices)
        message = f"{key.name!r} cannot be {value.text!r}: it is one of {choices}"
        hint = did_you_mean(value.text, key.choices)
        if key.value_type is ValueType.BOOLEAN:
            hint = hint or _EXAMPLES[ValueType.BOOLEAN]
        problems.error(value.at, "wrong-value", message, hint)
        return False
    return True
