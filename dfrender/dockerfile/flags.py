"""The flags that instructions know, and what is wrong with those of one instruction (``instructions/parse.go``)."""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence

from dfrender.diagnostics import Diagnostic, Severity, did_you_mean, nearest
from dfrender.dockerfile.syntax import LexedWord, Option, mount_options
from dfrender.source import At


class _Takes(enum.Enum):
    BOOLEAN = enum.auto()
    TEXT = enum.auto()
    TEXTS = enum.auto()  # may be repeated


_OWNER = {"chown": _Takes.TEXT, "chmod": _Takes.TEXT, "link": _Takes.BOOLEAN, "exclude": _Takes.TEXTS}
_FLAGS: Mapping[str, Mapping[str, _Takes]] = {
    "ADD": {**_OWNER, "keep-git-dir": _Takes.BOOLEAN, "checksum": _Takes.TEXT, "unpack": _Takes.BOOLEAN},
    "COPY": {**_OWNER, "from": _Takes.TEXT, "parents": _Takes.BOOLEAN},
    "FROM": {"platform": _Takes.TEXT},
    "RUN": {"mount": _Takes.TEXTS, "network": _Takes.TEXT, "security": _Takes.TEXT, "device": _Takes.TEXTS},
}

_NEED_NO_VALUE = frozenset({"readonly", "ro", "readwrite", "rw", "required"})


def check(keyword: str, flags: Sequence[LexedWord], locate: Callable[[int], At]) -> Iterator[Diagnostic]:
    """Report unknown, repeated and incomplete flags of an instruction that may hold a reference."""
    known = _FLAGS.get(keyword)
    seen: set[str] = set()
    for flag in flags if known is not None else ():
        name, equals, value = flag.text.removeprefix("--").partition("=")
        takes = (known or {}).get(name)
        at = locate(flag.start)
        if takes is None:
            yield _unknown(keyword, name, known or {}, at)
        elif name in seen and takes is not _Takes.TEXTS:
            yield Diagnostic(at, "duplicate-flag", f"--{name} is given twice", hint="keep one of them")
        elif not (equals if takes is not _Takes.BOOLEAN else value or not equals):
            yield Diagnostic(at, "missing-flag-value", f"--{name} has no value", hint=f"write --{name}=VALUE")
        elif name == "mount":
            yield from _mount(flag, locate)
        elif name == "from" and not value:
            message, hint = "an empty --from means the build context", "remove --from=, or name a stage"
            yield Diagnostic(at, "empty-from", message, Severity.WARNING, hint)
        seen.add(name)


def _mount(flag: LexedWord, locate: Callable[[int], At]) -> Iterator[Diagnostic]:
    """Report what is wrong with where a mount takes its files from (``instructions/commands_runmount.go``)."""
    options = mount_options(flag)
    if options is None:
        hint = 'a quote must enclose a whole field: "key=value"'
        yield Diagnostic(locate(flag.start), "invalid-mount", "the value of --mount is no list of key=value", hint=hint)
    yield from _incomplete(flag, options or (), locate)
    sources = [option for option in options or () if option.key == "from"]
    types = [option.value.lower() for option in options or () if option.key == "type"]
    for option in sources[:1]:
        at = locate(flag.span(option.first, option.last)[0])
        if len(sources) > 1:
            message = f"from= is given {len(sources)} times; the last one wins"
            yield Diagnostic(at, "duplicate-mount-option", message, Severity.WARNING, "keep the last")
        if types[-1:] == ["secret"] and sources[-1].value:
            message = "a secret is not taken from a stage: builders refuse from= in its mount"
            yield Diagnostic(at, "mount-from-not-allowed", message, hint="remove from=, or mount type=bind")


def _incomplete(flag: LexedWord, options: Sequence[Option], locate: Callable[[int], At]) -> Iterator[Diagnostic]:
    """Report the options that lack a value; the last is empty where white space ends the list behind a comma."""
    for option in options:
        at = locate(flag.span(option.first - len(option.key), option.last)[0])
        if not option.key and not option.value and option is options[-1]:
            message = "white space ends the list of --mount behind this comma; what follows is a part of the command"
            at = locate(flag.spans[-1][0])
            yield Diagnostic(at, "mount-split-by-whitespace", message, hint="write the options without white space")
        elif option.first == option.last and option.key not in _NEED_NO_VALUE and not _has_sign(flag, option):
            yield Diagnostic(at, "invalid-mount", f"the option {option.key!r} has no value", hint="write key=value")


def _has_sign(flag: LexedWord, option: Option) -> bool:
    return flag.text.endswith("=", 0, option.first)


def _unknown(keyword: str, name: str, known: Mapping[str, _Takes], at: At) -> Diagnostic:
    """Refuse what cannot be meant; a flag that is like no other may be one of a newer Dockerfile version."""
    owner = next((each for each in (keyword, *_FLAGS) if name.lower() in _FLAGS[each]), "")
    certain = bool(owner or nearest(name, known))
    hint = did_you_mean(f"--{name}", [f"--{each}" for each in known])
    if owner == keyword:
        hint = f"did you mean '--{name.lower()}'?"
    elif owner:
        hint = f"--{name.lower()} is a flag of {owner}"
    return Diagnostic(
        at,
        "unknown-flag",
        f"{keyword} has no flag --{name}",
        Severity.ERROR if certain else Severity.WARNING,
        hint or "fine if the Dockerfile version of your # syntax= line has it",
    )
