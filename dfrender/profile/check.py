"""Nodes against the table of keys: every entry that does not fit is reported, those that fit are given back."""

from collections.abc import Mapping

from dfrender.diagnostics import Diagnostic, did_you_mean
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Key, Keys, ValueType
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, SequenceNode, describe
from dfrender.source import At

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
    ValueType.STAGES: "write [STAGE, STAGE], or STAGE: STYLE",
    ValueType.NAMES: "write [NAME, NAME]",
    ValueType.PARENTS: "write NAME, or [NAME, NAME]",
}


def check_entries(node: MappingNode, known: Keys, problems: list[Diagnostic]) -> Mapping[str, Node]:
    """Give the entries that are as the table says; report the others."""
    fitting = {}
    for name, (at, value) in node.entries.items():
        problem = _misfit(known[name], value) if name in known else _unknown(name, at, known)
        if problem:
            problems.append(problem)
        else:
            fitting[name] = value
    return fitting


def _unknown(name: str, at: At, known: Keys) -> Diagnostic:
    """Refuse a key, with the best guess at what was meant."""
    meant = next((key for key in known.values() if name.lower() in key.tried), None)
    if name in STAGE_KEYS:
        hint = f"it is a setting of one stage: prebuilt: {{STAGE: {{{name}: …}}}}"
    elif name in PROFILE_KEYS:
        hint = "it holds for the whole profile: write it at the top level"
    elif known is PROFILE_KEYS and name in _NO_KEYS:
        hint = _NO_KEYS[name]
    elif meant:
        hint = f"did you mean {meant.name!r}: {meant.meaning}?"
    else:
        hint = did_you_mean(name, known) or f"known here: {', '.join(known)}"
    return Diagnostic(at, "unknown-key", f"unknown key {name!r}", hint=hint)


def _misfit(key: Key, value: Node) -> Diagnostic | None:
    """Refuse a value that is not of the key's kind."""
    match value:
        case ScalarNode() if key.value_type in {ValueType.TEXT, ValueType.BOOLEAN}:
            return _text_misfit(key, value)
        case SequenceNode() if key.value_type in {ValueType.NAMES, ValueType.PARENTS}:
            others = (item for item in value.items if not _is_name(item))
            return next(
                (wrong_type(key.name, "names in its list", item, "write [NAME, NAME]") for item in others), None
            )
        case ScalarNode():
            fits = value.is_null or (key.value_type is ValueType.PARENTS and _is_name(value))
        case _:
            fits = isinstance(value, MappingNode) and key.value_type in {ValueType.VALUES, ValueType.STAGES}
    return None if fits else wrong_type(key.name, key.value_type.value, value, _EXAMPLES[key.value_type])


def _is_name(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.is_null and bool(node.text) and "\0" not in node.text


def _text_misfit(key: Key, value: ScalarNode) -> Diagnostic | None:
    """Refuse an empty text where the default is not empty too, and what is none of the choices."""
    choices = ", ".join(key.choices)
    if value.is_null or not value.text:
        hint = "remove the key or give it a text"
        return None if key.default == "" else Diagnostic(value.at, "wrong-value", f"{key.name!r} is empty", hint=hint)
    if "\0" in value.text:
        return Diagnostic(value.at, "wrong-value", f"{key.name!r} cannot hold NUL", hint="remove it")
    if key.choices and value.text not in key.choices:
        message = f"{key.name!r} cannot be {value.text!r}: it is one of {choices}"
        return Diagnostic(value.at, "wrong-value", message, hint=did_you_mean(value.text, key.choices))
    return None


def wrong_type(name: str, needed: str, value: Node, hint: str) -> Diagnostic:
    """Refuse a value that is of another kind than its key needs."""
    return Diagnostic(value.at, "wrong-type", f"{name!r} needs {needed}, not {describe(value)}", hint=hint)
