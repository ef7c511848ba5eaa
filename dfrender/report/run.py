"""What a format may ask of a run, and what several formats write alike. Reads no file and no environment itself."""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Severity
from dfrender.source import visible


class Rule(NamedTuple):
    """What stands behind a code: its severity, one sentence, the whole manual as plain text and as Markdown, a page.

    Of the code of another linter only the manual and the page are known; of a code that nobody knows, nothing.
    """

    code: str
    severity: Severity | None = None
    summary: str = ""
    plain: str = ""
    markdown: str = ""
    page: str = ""


class Run(NamedTuple):
    """What a format may ask of the run whose problems it writes.

    Of what a place names, ``lines`` gives the lines (none if it has none), and ``path`` the absolute path (empty if it
    is not a file); ``root`` is the folder that a repository's paths begin from. ``colour`` paints a text. ``pipeline``
    is the format of the pipeline that reads what is printed, empty where there is none. ``rules`` gives what stands
    behind all codes that ``lint`` looks for, then behind those codes that were found besides.
    """

    lines: Callable[[str], Sequence[str]]
    path: Callable[[str], str]
    root: str
    colour: Callable[[str, str], str]
    pipeline: str
    version: str
    rules: Callable[[Collection[str]], Iterable[Rule]]

    def from_root(self, file: str) -> str:
        """Return a file's path from the root of the repository.

        It is absolute for a file outside of it, and empty for what is not a file.
        """
        path = self.path(file)
        if path and PurePath(path).is_relative_to(self.root):
            return PurePath(path).relative_to(self.root).as_posix()
        return path


def remarks(found: Diagnostic) -> list[str]:
    """Return what stands below a message: the profiles that it holds for, other places, and what to do next."""
    written: list[str] = []
    if found.profiles:
        noun = "profile" if len(found.profiles) == 1 else "profiles"
        names = ", ".join(found.profiles)
        written.append(f"in {noun} {names}")
    for what, at in found.related:
        written.append(f"{what} at {at}")
    if found.hint:
        written.append(found.hint)
    return written


def full_message(found: Diagnostic, *, place: bool) -> str:
    """Return a message and its remarks as one text; ``place``: with the place, for which the format has no field."""
    message = found.message
    if place:
        message = f"{found.at}: {message}"
    for remark in remarks(found):
        message += f"\n{remark}"
    return message


def printable(text: str) -> str:
    """Show bytes that are not text as question marks; no reader of JSON would take them."""
    return text.encode(errors="replace").decode()


def shown(text: str) -> str:
    """Show what no terminal would take, or would obey: bytes that are not text, and control characters."""
    return visible(printable(text))
