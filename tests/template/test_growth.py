"""A template that is long and hostile is done with as soon as a kind one: each of these took minutes, or grew so.

Nothing is timed. What grows with the square of a text takes a minute here, and what grows faster never ends.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import DfrenderError

if TYPE_CHECKING:
    from tests.template.rendering import Folder

LENGTH = 20_000
FEW = 2_000  # of what Jinja and Python need their own time for


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{ '" + "\\'" * LENGTH, id="a string that is never closed"),
        pytest.param("{{ \\' }}\n" * LENGTH, id="many strings that are never closed"),
        pytest.param('{{ "' + '\\"' * LENGTH, id="the same with double quotes"),
        pytest.param("{% set " + " " * LENGTH + "%}", id="a tag of blanks"),
        pytest.param("{% set " + "a," * FEW + "%}", id="a tag of names"),
        pytest.param("{% raw %}\n" * LENGTH, id="raw text in raw text"),
        pytest.param("{% raw %}x{% endraw +%}\n" * FEW, id="many pieces of raw text"),
        pytest.param("{% raw %}" + ("{%" + " " * 100) * FEW, id="raw text with the beginnings of tags"),
        pytest.param("{# " * LENGTH, id="comments that are never closed"),
        pytest.param("{{ " + "a " * FEW + "}}", id="a print of words"),
        pytest.param("{{ " + "(" * LENGTH, id="brackets that are never closed"),
        pytest.param("RUN s/" * LENGTH + "{{ x }}", id="commands of sed"),
        pytest.param("${#" * LENGTH, id="lengths of shell variables"),
        pytest.param("RUN ${#a}\n" * LENGTH, id="many lengths of shell variables"),
        pytest.param("RUN a{# c #}\n" * FEW, id="comments that join lines"),
        pytest.param("RUN a{# c #}\n" + "{% if x %}\n" * FEW + "{% endif %}\n" * FEW, id="blocks that write nothing"),
        pytest.param("{% for i in x %}\n" * FEW + "RUN{# c #}\n" + "{% endfor %}\n" * FEW, id="loops in loops"),
        pytest.param("{{ none }}\n" * FEW, id="the same mistake on many lines"),
        pytest.param("{{ none }}" * FEW, id="the same mistake on one line"),
        pytest.param("{{ stage(1) }}\n" * FEW, id="calls that are wrong"),
        pytest.param(
            "{% set s %}k{% endset %}\n" + 'RUN {{ stage("a") }}{{ s | length }}\n' * FEW, id="untraced calls"
        ),
        pytest.param("{% include 'no' ignore missing %}\n" * FEW, id="files that are not there"),
        pytest.param("# {{ '<a at 0x1f' * 10000 }}\n# {{ '< at 0x' * 10000 }}\n", id="addresses"),
        pytest.param('# {{ "<class \'jinja2.utils." * 10000 }}\n', id="classes"),
    ],
)
def test_it_ends(folder: Folder, text: str) -> None:
    with suppress(DfrenderError):
        folder.render(text, {"x": "x"})
