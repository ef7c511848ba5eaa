"""What a format may ask of a run, and what several formats write alike. Reads no file and no environment itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Severity


class Rule(NamedTuple):
    """A rule as a report lists it: its name, how severe its findings are, and one sentence."""

    name: str
    severity: Severity
    summary: str


class Run(NamedTuple):
    """What a format may ask of the run whose problems it writes.

    Of what a place names, ``lines`` gives the lines (none if it has none), and ``path`` the absolute path (empty if it
    is no file); ``root`` is the folder that a repository's paths begin from. ``colour`` paints a text. ``pipeline`` is
    the format of the pipeline that reads what is printed, empty where there is none.
    """

    lines: Callable[[str], Sequence[str]]
    path: Callable[[str], str]
    root: str
    colour: Callable[[str, str], str]
    pipeline: str
    version: str
    rules: Callable[[], Iterable[Rule]]

    def from_root(self, file: str) -> str:
        """Give a file's path from the root of the repository; an absolute one outside it, and none if it is no file."""
        path = self.path(file)
        if path and PurePath(path).is_relative_to(self.root):
            return PurePath(path).relative_to(self.root).as_posix()
        return path


def remarks(found: Diagnostic) -> Iterator[str]:
    """Give what is told below a message: the profiles that it holds for, other places, and what to do next."""
    if found.profiles:
        yield f"in profile{'s' if len(found.profiles) > 1 else ''} {', '.join(found.profiles)}"
    yield from (f"{what} at {at}" for what, at in found.related)
    if found.hint:
        yield found.hint


def told(found: Diagnostic, *, place: bool) -> str:
    """Give a message and its remarks as one text; ``place``: with the place, for which the format has no field."""
    return "\n".join([f"{found.at}: {found.message}" if place else found.message, *remarks(found)])


def printable(text: str) -> str:
    """Show bytes that are no text as question marks; neither a terminal nor a reader of JSON would take them."""
    return text.encode(errors="replace").decode()
