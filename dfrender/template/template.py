"""A template and a profile's values to the lines that a Dockerfile is made of, each with its origin.

Reads the template and its includes; knows nothing of what the lines mean to Docker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dfrender.boundary import Boundary
from dfrender.diagnostics import CallError, DfrenderError, Problems, did_you_mean, reason
from dfrender.recorder import Recorder
from dfrender.source import At, Line, decode, is_utf16, lines_of

if TYPE_CHECKING:
    from dfrender.template.jinja import Compiled
    from dfrender.template.origins import StageCall
    from dfrender.template.syntax import Source

_OPENINGS = ("{{", "{%", "{#")


class Template:
    """What is to be rendered.

    ``file`` is its name as the user would write it, ``text`` holds its line ends as they are and bytes that are not
    UTF-8 as surrogates; includes are found in ``folder``. Without ``jinja`` the text is taken as it is. ``recorder``
    noted what was read to make it, ``compiled`` and `source` are what one rendering leaves for the next.
    """

    def __init__(self, file: str, text: str, folder: Path, *, jinja: bool, recorder: Recorder | None = None) -> None:
        """Begin with nothing compiled."""
        self.file = file
        self.text = text
        self.folder = folder
        self.jinja = jinja
        self.recorder = recorder or Recorder()
        self.compiled: Compiled = {}

    @cached_property
    def source(self) -> Source:
        """Return the segments of the text; raise `DfrenderError` with what Jinja would silently eat of it."""
        # 3 ms, which a template without tags does not need
        from dfrender.template.syntax import scan
        from dfrender.template.traps import report_traps

        source = scan(self.text, self.file)
        problems = Problems()
        report_traps(source, source, problems)
        problems.refuse()
        return source


class Rendered(NamedTuple):
    """The lines, the calls of ``stage`` in the order in which they were made, and what noted all that was read."""

    lines: tuple[Line, ...]
    calls: tuple[StageCall, ...]
    recorder: Recorder


def read_template(path: Path, recorder: Recorder | None = None, boundary: Boundary | None = None) -> Template:
    """Read a template; raise `CallError` if there is none or it cannot be read.

    One that nobody named, but that was found by looking, must not leave the boundary: else raise `DfrenderError`.
    """
    recorder = recorder or Recorder()
    at = At(str(path))
    objection = boundary.objection(path) if boundary else ""
    if objection:
        hint = "a link counts as what it leads to; to have it read all the same, name the file and no folder"
        raise DfrenderError.of(at, "template-outside-repository", f"this template {objection}", hint)
    try:
        data = recorder.read(path)
    except FileNotFoundError as error:
        names = recorder.names(path.parent)
        hint = did_you_mean(path.name, names) or "check the path"
        raise CallError.of(at, "file-not-found", "no such file", hint) from error
    except OSError as error:
        hint = "check its name and permissions"
        if isinstance(error, IsADirectoryError):
            hint = "give the path of a template in it"
        message = f"cannot be read: {reason(error)}"
        raise CallError.of(at, "unreadable-file", message, hint) from error
    if is_utf16(data):
        raise CallError.of(at, "unreadable-file", "this file is UTF-16, not UTF-8", "save the file as UTF-8")
    is_jinja = path.suffix in {".j2", ".jinja"}
    return Template(str(path), decode(data), path.parent, jinja=is_jinja, recorder=recorder)


def render_template(
    template: Template,
    values: Mapping[str, object],
    profile: str,
    elsewhere: Callable[[str], str],
    recorder: Recorder,
) -> Rendered:
    """Render a template with the values as its variables; ``recorder`` notes all that it is made of.

    ``elsewhere`` says where a name is set that these values lack (``set in profiles/local.yaml:4 but not by ci``), or
    nothing. Raise `DfrenderError` with all that is wrong with the text of the template, else with all that is found
    while it is rendered, each at the line of the file that the user has to change.
    """
    recorder.include(template.recorder)
    if not _holds_jinja(template):
        lines = lines_of(template.text, template.file)
        return Rendered(lines, (), recorder)
    from dfrender.template.files import Files
    from dfrender.template.jinja import Variables, render  # 40 ms, which a template without tags does not need

    files = Files(template.source, template.folder, recorder)
    variables = Variables(values, profile, elsewhere)
    lines, calls = render(files, variables, template.compiled)
    return Rendered(lines, calls, recorder)


def _holds_jinja(template: Template) -> bool:
    if not template.jinja:
        return False
    return any(opening in template.text for opening in _OPENINGS)
