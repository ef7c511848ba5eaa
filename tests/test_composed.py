"""What is kept of a profile's YAML says the same as the YAML does, at the same places, and is used without PyYAML."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.cli.composed import Composed
from dfrender.diagnostics import Problems
from dfrender.profile import composer
from dfrender.source import At
from dfrender.stamp.facts import digest
from tests.shell import ROOT

if TYPE_CHECKING:
    from tests.project import Project

    Edit = dict[str, str]
    """New texts of files."""

LOCATE = partial(At, "ci.yaml")
PROFILES = {
    "nothing": "",
    "nothing but a comment": "# soon\n",
    "a mapping of everything": "tag: 3.10\nvalues: {a: '3.10', \"b\": ~, c: [x, [y], {z: }]}\nprebuilt:\n- base\n",
    "text of several lines": "values:\n  a: |\n    one\n    two\n  b: >-\n    three\n    four\n",
    "an alias of a text": "values: {a: &a x, b: *a}\n",
    "a tag that is as good as quotes": "tag: !!str 3.10\n",
    "a text": "base\n",
    "a list": "- base\n",
    "signs of other languages": 'values: {é: "\\u2028", b: 名前}\n',
    "line ends of Windows": "tag: a\r\nvalues: {b: c}\r\n",
}
SIGNS = "a1é []{},'\"#|>\t\n"
PIECES = st.sampled_from([*SIGNS, "  ", ": ", "- ", ", ", "&a ", "*a", "!!str "])
STRUCTURES = st.recursive(
    st.text() | st.sampled_from(["true", "3.10", "~", "", "a: b", "#"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def composed(text: str) -> tuple[object, Problems]:
    """Read a text as YAML, and require that it comes to the same with what was kept of it, if anything was."""
    data = text.encode(errors="surrogatepass")
    problems = Problems()
    node = composer.read(data, LOCATE, problems)
    first = Composed({})
    for composed_again in (first, first, Composed(first.kept(()))):
        found = Problems()
        assert composed_again.read(data, LOCATE, found) == node
        assert found == problems
    return node, problems


@pytest.mark.parametrize("text", PROFILES.values(), ids=PROFILES)
def test_what_is_kept_comes_to_the_same(text: str) -> None:
    node, problems = composed(text)
    assert node is not None
    assert problems == []


@given(st.lists(PIECES).map("".join) | st.text())
def test_any_text_comes_to_the_same(text: str) -> None:
    composed(text)


@given(STRUCTURES)
def test_any_structure_comes_to_the_same(data: object) -> None:
    node, _ = composed(composer.dump(data))
    assert node is not None


def test_places_are_those_of_the_file_that_is_read_now() -> None:
    first = Composed({})
    first.read(b"tag: a\n", LOCATE, Problems())
    kept = first.kept(())
    node = Composed(kept).read(b"tag: a\n", partial(At, "other.yaml"), Problems())
    expected = composer.read(b"tag: a\n", partial(At, "other.yaml"), Problems())
    assert node == expected


@pytest.mark.parametrize("data", [b"a: [\n", b"a: 1\na: 2\n", b"a: !x 1\n", b"a: \x07\n", b"\xff"])
def test_what_something_is_wrong_with_is_not_kept(data: bytes) -> None:
    first = Composed({})
    found = Problems()
    first.read(data, LOCATE, found)
    assert found
    assert first.kept(()) == {}


def test_what_neither_this_run_nor_one_that_still_holds_has_read_is_forgotten() -> None:
    first = Composed({})
    for data in (b"a: 1\n", b"b: 1\n", b"c: 1\n"):
        first.read(data, LOCATE, Problems())
    second = Composed(first.kept(()))
    second.read(b"a: 1\n", LOCATE, Problems())
    held = digest(b"b: 1\n")
    assert set(second.kept([held])) == {digest(b"a: 1\n"), held}


FILES = {
    ".git/HEAD": "",
    "profiles/_base.yaml": "values: {version: 3}\n",
    "api/Dockerfile.j2": "FROM alpine:{{ version }}\n",
    "api/profiles/ci.yaml": "extends: _base\n",
    "web/Dockerfile.j2": "FROM debian:{{ version }}\n",
    "web/profiles/ci.yaml": "extends: _base\nvalues: {version: 12}\n",
}
TEMPLATE = {"web/Dockerfile.j2": "FROM debian:{{ version }} AS web\n"}
PROFILE = {"web/profiles/ci.yaml": "extends: _base\nvalues: {version: 13}\n"}
_SLOW = pytest.mark.slow  # it shows the same
_LOOK = (
    "import atexit, os, sys; os._exit = sys.exit; from dfrender.__main__ import main; "
    "atexit.register(lambda: print(*sys.modules)); main()"
)


def loaded(*words: str) -> set[str]:
    """Call the command in a process of its own, and give the modules that it loaded."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _LOOK, "render", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("words", "edit", "is_read"),
    [
        pytest.param(["web"], TEMPLATE, False, id="one template is edited"),
        pytest.param(["."], TEMPLATE, False, id="one of several templates is edited", marks=_SLOW),
        pytest.param(["web"], PROFILE, True, id="a profile is edited"),
        pytest.param(["web", "--set", "tag=a"], TEMPLATE, True, id="an option says something", marks=_SLOW),
    ],
)
def test_only_yaml_that_is_new_is_read(project: Project, words: list[str], edit: Edit, *, is_read: bool) -> None:
    project.write(FILES)
    assert "yaml" in loaded(*words)
    project.write(edit)
    assert ("yaml" in loaded(*words)) is is_read


def test_the_parent_of_a_template_that_did_not_change_is_not_forgotten(project: Project) -> None:
    project.write(FILES)
    loaded(".")
    project.write({"web/Dockerfile.j2": "FROM scratch\n"})
    loaded(".")
    project.write({"api/Dockerfile.j2": "FROM scratch\n"})
    assert "yaml" not in loaded(".")
