"""The flags that instructions know, and what is wrong with those of one instruction (``instructions/parse.go``)."""

import enum
from collections.abc import Mapping, Sequence

from dfrender.diagnostics import did_you_mean, nearest
from dfrender.dockerfile.statement import Statement
from dfrender.dockerfile.syntax import LexedWord, Option, mount_options, split_keyword, split_words


class _Takes(enum.Enum):
    BOOLEAN = enum.auto()
    TEXT = enum.auto()
    TEXTS = enum.auto()  # may be repeated


_OWNER = {"chown": _Takes.TEXT, "chmod": _Takes.TEXT, "link": _Takes.BOOLEAN, "exclude": _Takes.TEXTS}
_TIMES = ("interval", "timeout", "start-period", "start-interval", "retries")
# of ARG and STOPSIGNAL builders look at no flag
_WITHOUT = (
    *("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "MAINTAINER"),
    *("ONBUILD", "SHELL", "USER", "VOLUME", "WORKDIR"),
)
_FLAGS: Mapping[str, Mapping[str, _Takes]] = {
    "ADD": {**_OWNER, "keep-git-dir": _Takes.BOOLEAN, "checksum": _Takes.TEXT, "unpack": _Takes.BOOLEAN},
    "COPY": {**_OWNER, "from": _Takes.TEXT, "parents": _Takes.BOOLEAN},
    "FROM": {"platform": _Takes.TEXT},
    "HEALTHCHECK": dict.fromkeys(_TIMES, _Takes.TEXT),
    "RUN": {"mount": _Takes.TEXTS, "network": _Takes.TEXT, "security": _Takes.TEXT, "device": _Takes.TEXTS},
    **{keyword: {} for keyword in _WITHOUT},
}

_NEED_NO_VALUE = frozenset({"readonly", "ro", "readwrite", "rw", "required"})


def check_flags(statement: Statement) -> None:
    """Report unknown, repeated and incomplete flags."""
    known = _FLAGS.get(statement.keyword)
    if known is None or _is_healthcheck_none(statement):
        return
    seen: set[str] = set()
    for flag in statement.flags:
        name, equals, value = flag.text[2:].partition("=")
        takes = known.get(name)
        if takes is None:
            _report_unknown(statement, flag, name, known)
        elif name in seen and takes is not _Takes.TEXTS:
            message = f"--{name} is given twice"
            statement.error(flag.start, "duplicate-flag", message, "keep one of them")
        elif _is_incomplete(takes, equals, value):
            message = f"--{name} has no value"
            statement.error(flag.start, "missing-flag-value", message, f"write --{name}=VALUE")
        elif name == "mount":
            _check_mount(statement, flag)
        elif name == "from" and not value:
            hint = "remove --from=, or name a stage"
            statement.warning(flag.start, "empty-from", "an empty --from means the build context", hint)
        seen.add(name)
    if statement.keyword in {"ADD", "COPY"}:
        _check_paths(statement, known)


def _check_paths(statement: Statement, known: Mapping[str, _Takes]) -> None:
    """Report flags behind the first path of a copy: builders take them for paths."""
    words = split_words(statement.text, statement.arguments)
    if words and words[0].text.startswith("["):
        return
    for word in words[1:]:
        name, _, _value = word.text.removeprefix("--").partition("=")
        if word.text.startswith("--") and name in known:
            message = f"builders take {word.text} for a path here: flags stand before the first one"
            hint = f"write {statement.keyword} {word.text}, and then the paths"
            statement.warning(word.start, "flag-behind-path", message, hint)


def _is_healthcheck_none(statement: Statement) -> bool:
    """Return whether it is ``HEALTHCHECK NONE``, of which builders look at no flag."""
    if statement.keyword != "HEALTHCHECK":
        return False
    kind, _ = split_keyword(statement.text, statement.arguments)
    return kind == "NONE"


def _is_incomplete(takes: _Takes, equals: str, value: str) -> bool:
    if takes is _Takes.BOOLEAN:
        return bool(equals) and not value
    return not equals


def _check_mount(statement: Statement, flag: LexedWord) -> None:
    """Report what is wrong with where a mount takes its files from (``instructions/commands_runmount.go``)."""
    options = mount_options(flag)
    if options is None:
        hint = 'a quote must enclose a whole field: "key=value"'
        statement.error(flag.start, "invalid-mount", "the value of --mount is no list of key=value", hint)
        return
    _check_values(statement, flag, options)
    sources = []
    mount_type = ""
    for option in options:
        if option.key == "from":
            sources.append(option)
        elif option.key == "type":
            mount_type = option.value.lower()
    if not sources:
        return
    first, last = sources[0], sources[-1]
    start, _ = flag.span(first.first, first.last)
    has_variable = "$" in first.value  # of which a rule says more
    if first is not last and not has_variable:
        message = f"from= is given {len(sources)} times; the last one wins"
        statement.warning(start, "duplicate-mount-option", message, "keep the last")
    if mount_type == "secret" and last.value:
        message = "a secret is not taken from a stage: builders refuse from= in its mount"
        statement.error(start, "mount-from-not-allowed", message, "remove from=, or mount type=bind")


def _check_values(statement: Statement, flag: LexedWord, options: Sequence[Option]) -> None:
    """Report the options that lack a value; the last is empty where white space ends the list behind a comma."""
    for option in options:
        is_last = option is options[-1]
        if is_last and not option.key and not option.value:
            message = "white space ends the list of --mount behind this comma; what follows is a part of the command"
            hint = "write the options without white space"
            comma, _ = flag.spans[-1]
            statement.error(comma, "mount-split-by-whitespace", message, hint)
        elif _lacks_value(flag, option):
            key_start = option.first - len(option.key)
            start, _ = flag.span(key_start, option.last)
            message = f"the option {option.key!r} has no value"
            statement.error(start, "invalid-mount", message, "write key=value")


def _lacks_value(flag: LexedWord, option: Option) -> bool:
    if option.value or option.key in _NEED_NO_VALUE:
        return False
    return not flag.text.endswith("=", 0, option.first)


def _report_unknown(statement: Statement, flag: LexedWord, name: str, known: Mapping[str, _Takes]) -> None:
    """Refuse what cannot be meant; a flag that is like no other may be one of a newer Dockerfile version."""
    message = f"{statement.keyword} has no flag --{name}"
    lower = name.lower()
    if lower in known:
        statement.error(flag.start, "unknown-flag", message, f"did you mean '--{lower}'?")
        return
    for owner, flags in _FLAGS.items():
        if lower in flags:
            statement.error(flag.start, "unknown-flag", message, f"--{lower} is a flag of {owner}")
            return
    if not known:
        hint = "builders take every word with -- in front for a flag, until one that is only --"
        statement.error(flag.start, "unknown-flag", message, hint)
        return
    candidates = [f"--{each}" for each in known]
    hint = did_you_mean(f"--{name}", candidates)
    if nearest(name, known):
        statement.error(flag.start, "unknown-flag", message, hint)
    else:
        hint = hint or "fine if the Dockerfile version of your # syntax= line has it"
        statement.warning(flag.start, "unknown-flag", message, hint)
