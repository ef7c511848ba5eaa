"""What the tests of this folder share: a template in a folder of its own, rendered or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import DfrenderError
from dfrender.recorder import Recorder
from dfrender.template.template import Template, render_template
from tests.reading import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dfrender.template.template import Rendered

NO_VALUES: Mapping[str, object] = {}
NO_FILES: Mapping[str, str] = {}


def nowhere(_name: str) -> str:
    """Say that no profile sets a name."""
    return ""


def render(
    template: Template,
    values: Mapping[str, object] = NO_VALUES,
    profile: str = "ci",
    elsewhere: Callable[[str], str] = nowhere,
) -> Rendered:
    """Render a template that nothing else was read for."""
    return render_template(template, values, profile, elsewhere, Recorder({}))


@dataclass(frozen=True)
class Folder:
    """A folder in which ``Dockerfile.j2`` is rendered; its includes are written first."""

    path: Path

    def render(
        self,
        text: str,
        values: Mapping[str, object] = NO_VALUES,
        files: Mapping[str, str] = NO_FILES,
        elsewhere: Callable[[str], str] = nowhere,
    ) -> Rendered:
        """Write the includes and render the text."""
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode("utf-8", "surrogateescape"))
        return render(Template("Dockerfile.j2", text, self.path, jinja=True), values, elsewhere=elsewhere)

    def refused(
        self,
        text: str,
        values: Mapping[str, object] = NO_VALUES,
        files: Mapping[str, str] = NO_FILES,
        elsewhere: Callable[[str], str] = nowhere,
    ) -> list[str]:
        """Render what is refused; return each diagnostic in one line, a hint behind ``->``."""
        with pytest.raises(DfrenderError) as caught:
            self.render(text, values, files, elsewhere)
        return refusals(caught.value)
