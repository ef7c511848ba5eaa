"""A template and a profile's values to the lines that a Dockerfile is made of, each with its origin.

Reads the template and its includes; knows nothing of what the lines mean to Docker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from dfrender.diagnostics import CallError, Diagnostic, did_you_mean, reason
from dfrender.source import At, Line, decode, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dfrender.template.files import Compiled
    from dfrender.template.origins import StageCall


class _Template(NamedTuple):
    file: str
    text: str
    folder: Path
    jinja: bool
    compiled: Compiled


class Template(_Template):
    """What is to be rendered.

    ``file`` is its name as the user would write it, ``text`` holds its line ends as they are and bytes that are not
    UTF-8 as surrogates; includes are found in ``folder``. Without ``jinja`` the text is taken as it is. ``compiled`` is
    what one rendering leaves for the next.
    """

    __slots__ = ()

    def __new__(cls, file: str, text: str, folder: Path, jinja: bool) -> Self:  # noqa: FBT001 - a field
        """Begin with nothing compiled."""
        return super().__new__(cls, file, text, folder, jinja, {})


class Rendered(NamedTuple):
    """The lines, the calls of ``stage`` in the order in which they were made, and the includes that were read."""

    lines: tuple[Line, ...]
    calls: tuple[StageCall, ...]
    files: tuple[Path, ...]


def read(path: Path) -> Template:
    """Read a template; raises `CallError` if there is none or it cannot be read."""
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError as error:
        from dfrender.template.files import siblings

        hint = did_you_mean(path.name, siblings(path)) or "check the path"
        raise CallError([Diagnostic(At(str(path)), "file-not-found", "no such file", hint=hint)]) from error
    except OSError as error:
        hint = (
            "give the path of a template in it"
            if isinstance(error, IsADirectoryError)
            else "check its name and permissions"
        )
        message = f"cannot be read: {reason(error)}"
        raise CallError([Diagnostic(At(str(path)), "unreadable-file", message, hint=hint)]) from error
    return Template(str(path), text, path.parent, path.suffix in {".j2", ".jinja"})


def render(template: Template, values: Mapping[str, object], profile: str, elsewhere: Callable[[str], str]) -> Rendered:
    """Render a template with the values as its variables.

    ``elsewhere`` says where a name is set that these values lack (``set in profiles/local.yaml:4 but not by ci``), or
    nothing. Raises `DfrenderError` with all that is wrong with the text of the template, else with all that is found
    while it is rendered, each at the line of the file that the user has to change.
    """
    if not (template.jinja and any(opening in template.text for opening in ("{{", "{%", "{#"))):
        return Rendered(lines_of(template.text, template.file), (), ())
    from dfrender.template import rendering  # 40 ms, which a template without tags does not need
    from dfrender.template.files import Files
    from dfrender.template.syntax import scan

    files = Files(scan(template.text, template.file), template.folder, {}, template.compiled)
    return Rendered(*rendering.render(files, values, profile, elsewhere))
