"""Renderings to the rules that make and ninja read: what each output is made of.

What each tool makes of a sign in a name was tried with GNU make 4.3 and ninja 1.13; where they have no way to write a
name, or not the same one, it is refused.
"""

import re
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from dfrender.diagnostics import CallError, Problems
from dfrender.files import OutputFile, inputs, relative
from dfrender.source import At

# what make takes for its own: anywhere, at the beginning (a home), at the end, and behind a backslash;
# a name that ends in brackets is one in an archive
_MAKES_OWN = re.compile(r"[\t\n;=|]|^~|[&:\\]$|\\[#:$]|(?<!^)\(.*\)$")
_NOT_FOR_NINJA = re.compile(r"[\x00-\x1f\x7f*<>^`]")
_WORD = re.compile(r"(?:\\.|[^\\ ])+")


def depfile(files: Sequence[OutputFile], at: At, here: Path) -> str:
    """Return a rule for each output, and an empty one for each input: without it a deleted one would stop the build.

    Paths are relative to ``here``. What comes from options and the environment is no file. Raise
    `CallError` at the option for a name that make or ninja cannot read.
    """
    rules: list[str] = []
    empty_rules: dict[str, str] = {}
    problems = Problems()
    for each in files:
        # a % is make's pattern in what a rule is for; ninja does not know it with a backslash
        output = _name(each.output.path, at, here, problems).replace("%", r"\%")
        names: list[str] = []
        made_of = dict.fromkeys([*inputs(each.result), *each.result.recorder.digests])
        for path in made_of:
            name = _name(path, at, here, problems)
            names.append(name)
            if "%" not in name:
                empty_rules[name] = f"\n{name}:\n"
        rules.append(f"{output}: {' '.join(names)}\n")
    if problems:
        raise CallError(problems)
    rules.extend(empty_rules.values())
    return "".join(rules)


def is_depfile(text: str) -> bool:
    """Say whether a text is one of those that `depfile` returns: rules, and an empty one for each name in them."""
    paragraphs = text.removesuffix("\n").split("\n\n")
    own: set[str] = set()
    for rule in paragraphs[0].split("\n"):
        names = rule.partition(": ")[2]
        own.update(f"{name}:" for name in _WORD.findall(names) if "%" not in name)
    return bool(own) and own == set(paragraphs[1:])


def _name(path: Path, at: At, here: Path, problems: Problems) -> str:
    """Write a path as make and ninja read it."""
    name = relative(here, path)
    why = _objection(name, here)
    if why:
        message = f"a depfile cannot name {name!r}: {why}"
        problems.error(at, "unwritable-record", message, "rename the file, or leave --depfile out")
    name = re.sub(r"(\\*) ", r"\1\1\\ ", name)
    name = re.sub(r"([#:])", r"\\\1", name)
    return name.replace("$", "$$")


def _objection(name: str, here: Path) -> str:
    """Say why make or ninja cannot read a name; empty if both can."""
    found = _MAKES_OWN.search(name)
    if found:
        return f"make reads {found[0]!r} there as something else"
    found = _NOT_FOR_NINJA.search(name)
    if found:
        return f"ninja has no way to write {found[0]!r}"
    if re.search(r"[?[]", name) and glob(name, root_dir=here) not in ([], [name]):  # noqa: PTH207 - it knows no ..
        return "make reads it as a pattern, and there are other files that match it"
    return ""
