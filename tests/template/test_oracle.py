"""The oracle holds for every template of the tests that can be rendered, for each of its profiles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dfrender import api
from dfrender.diagnostics import DfrenderError
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.source import decode
from dfrender.template.template import Rendered, read_template
from tests.cases import load_cases
from tests.reading import profile_at
from tests.template.oracle import verify_verbatim

TESTS = Path(__file__).parents[1]
TEMPLATES = [TESTS.parent / "Dockerfile.j2", *sorted((TESTS / "mistakes").rglob("*.j2"))]


def renderings(template: Path) -> Iterator[Rendered]:
    """Render a template for all its profiles; one with a mistake is not rendered."""
    profiles = Profiles({})
    try:
        for each in profiles.wanted(template.parent, (), Recorder()):
            yield api.read_lines(read_template(template), profiles.load(each), lambda _: "")
    except DfrenderError:
        return


@pytest.mark.slow
def test_lines_without_jinja_stay_as_they_are() -> None:
    rendered = [found for each in TEMPLATES if each.is_file() for found in renderings(each)]
    assert len(rendered) > len(TEMPLATES) / 2, "too few could be rendered to show anything"
    for found in rendered:
        files = {str(each): decode(each.read_bytes()) for each in found.recorder.files}
        verify_verbatim(found, "", {name: text for name, text in files.items() if name in places(found)})


def places(rendered: Rendered) -> set[str]:
    return {line.at.file for line in rendered.lines}


@pytest.mark.parametrize("case", [pytest.param(each, id=f"{each.id}: {each.title}") for each in load_cases()])
def test_a_case_as_a_template_stays_as_it_is(case: object, tmp_path: Path) -> None:
    text = getattr(case, "input", "")
    (tmp_path / "Dockerfile.j2").write_bytes(text.encode())
    (tmp_path / "ci.yaml").touch()
    try:
        rendered = api.read_lines(
            read_template(tmp_path / "Dockerfile.j2"), profile_at(tmp_path / "ci.yaml"), lambda _: ""
        )
    except DfrenderError:
        pytest.skip("it is no template")
    verify_verbatim(rendered, "", {str(tmp_path / "Dockerfile.j2"): text})
