"""What holds for every Dockerfile: adopted, it renders to itself, by bare names and by images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender import api
from dfrender.source import BOM
from tests.adopt.adopted import adopted
from tests.reading import profile_of, template_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = st.lists(st.sampled_from(["base", "builder-base", "python", "x.y", "b"]), min_size=1, max_size=4, unique=True)
_IMAGES = st.sampled_from(["{}", "{}:latest", "{}:1.10", "team/{}:v1", "registry.example:5000/team/{}:latest"])
_REFERENCES = st.sampled_from(
    [
        "COPY --from={0} /a /b",
        "copy --link --from='{0}' --chown=1:1 /a /b",
        "RUN --mount=type=bind,from={0},target=/{{{{x}}}} make {{{{y}}}}",
        "RUN --mount=from={0},target=/x \\\n  --mount=type=bind,from={0},target=/y {{% z %}}",
    ]
)
_SIGNS = st.sampled_from(["{{", "}}", "{%", "%}", "{#", "#}", *"{}$#-+%'\"é \t", "raw", "endraw"])
_COMMENTS = st.lists(_SIGNS, max_size=12).map(lambda words: f"#.{''.join(words)}")
_INSTRUCTIONS = st.sampled_from(
    ["RUN cat <<EOF\n  {{ .Values }}\nEOF", "ENV A={#b#}", "RUN : ${#a} {% endraw %}", "", "WORKDIR /{{{c}}}"]
)
_OTHERS = st.lists(st.one_of(_COMMENTS, _INSTRUCTIONS), max_size=3)


class Dockerfile(NamedTuple):
    """A Dockerfile, some of whose stages are named by an image, and what it is with bare names."""

    text: str
    bare: str


@st.composite
def dockerfiles(draw: st.DrawFn) -> Dockerfile:
    """Make stages that begin from an image or a stage above and take from those; the last takes from the first."""
    names = draw(_NAMES)
    lines: list[str] = []  # with ``<name>`` for what names a stage
    for index, name in enumerate(names):
        above = [f"<{each}>" for each in names[:index]]
        lines += [f"FROM {draw(st.sampled_from(['alpine:3.22', *above]))} AS {name}", *draw(_OTHERS)]
        if above:
            sources = draw(st.lists(st.sampled_from(above), max_size=2))
            lines += [draw(_REFERENCES).format(each) for each in sources]
    text = "\n".join([*lines, "FROM alpine:3.22", f"COPY --from=<{names[0]}> / /"])
    images = {name: draw(_IMAGES).format(name) for name in names}
    return Dockerfile(named(text, images), named(text, {name: name for name in names}))


def named(text: str, names: Mapping[str, str]) -> str:
    """Put names in place of their marks."""
    for name, written in names.items():
        text = text.replace(f"<{name}>", written)
    return text


def renderings(*dockerfiles: str) -> dict[str, str]:
    """Adopt Dockerfiles, and render what would be written; give the texts by profile."""
    *profiles, _schema, template = adopted(*dockerfiles).files
    made = template_of(template.text)
    return {each.path.stem: api.render(made, profile_of(each.text, each.path.name)).text for each in profiles}


def unquoted(text: str) -> str:
    """Return a text without quotes, since a rewritten reference loses its own."""
    return text.replace("'", "")


@given(dockerfiles(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]), st.sampled_from(["", BOM]))
def test_it_renders_by_bare_names_and_by_images(dockerfile: Dockerfile, end: str, last: str, mark: str) -> None:
    text, bare = (f"{mark}{each}{last}".replace("\n", end) for each in dockerfile)
    rendered = renderings(text)
    assert rendered["local"] == bare
    assert unquoted(rendered["ci"]) == unquoted(text)


@pytest.mark.slow
@given(dockerfiles(), dockerfiles())
def test_two_of_them_render_from_one_template(first: Dockerfile, second: Dockerfile) -> None:
    one, other = (f"{each.text}\n" for each in (first, second))
    rendered = renderings(one, other)
    assert unquoted(rendered["ci"]) == unquoted(one)
    assert unquoted(rendered["dev"]) == unquoted(other)
