"""``dfrender compare``: whether two profiles, or two Dockerfiles, differ in references to stages only."""

import sys
from collections.abc import Iterator, Sequence

import click

from dfrender.cli.printing import echo, errors_reported
from dfrender.cli.reading import HERE, environment, templates
from dfrender.compare import Comparison, are_files, compare_files, compare_profiles
from dfrender.diagnostics import Problems
from dfrender.profile.profiles import Profiles

_TWO = 2


def run(words: Sequence[str], allowed: Sequence[str]) -> None:
    """Say what two profiles or two Dockerfiles differ in; exit with 1 if there is anything."""
    with errors_reported() as found:
        is_different = False
        for where, compared in _comparisons(words, allowed, found):
            is_different |= bool(compared.found)
            echo("".join(f"{line}\n" for line in _lines(where, compared)))
    sys.exit(int(is_different))


def _comparisons(words: Sequence[str], allowed: Sequence[str], problems: Problems) -> list[tuple[str, Comparison]]:
    """Compare what the words name; return with each the words that a verdict begins with."""
    paths, names = words[:-_TWO], words[-_TWO:]
    if len(names) != _TWO or len(paths) > 1 or "" in names:
        raise click.UsageError("name two profiles, or two Dockerfiles")
    one, other = names
    if not paths and are_files(one, other, HERE):
        if allowed:
            raise click.UsageError("--allow is about values of profiles, and these are Dockerfiles")
        return [("", compare_files(one, other))]
    profiles = Profiles(environment())
    found = []
    for each in templates(paths, (), problems):
        found.append((f"{each.file}: ", compare_profiles(each, names, allowed, profiles)))
    return found


def _lines(where: str, compared: Comparison) -> Iterator[str]:
    """Yield the lines that differ, and the verdict."""
    names = compared.names
    for each in compared.allowed:
        yield f"{each.at}: only in {names[each.side]}: {each.text} (allowed)"
    for each in compared.found:
        yield f"{each.at}: only in {names[each.side]}: {each.text}"
    besides = ["stage references"]
    for name, differs in compared.values.items():
        if differs:
            besides.append(name)
        else:
            yield f"{where}nothing differs because of {name}"
    verdict = _verdict(compared, " and ".join(besides))
    yield f"{where}{names[0]} and {names[1]} {verdict}"
    for pruned in compared.pruned:
        yield f"{where}{pruned}"


def _verdict(compared: Comparison, besides: str) -> str:
    count = len(compared.found)
    if count:
        return f"differ in {count} line{'s' if count > 1 else ''} besides {besides}"
    if compared.same:
        return "do not differ"
    return f"differ in {besides} only"
