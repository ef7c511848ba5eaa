"""The bare result of any profile is a profile that comes to the same: in both forms, with both of PyYAML's parsers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dfrender.profile.bare import as_json, as_yaml
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profile import Profile, derive
from dfrender.profile.profiles import Profiles
from dfrender.recorder import Recorder
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dfrender.profile.nodes import MappingNode

ENVIRON = {"A": "${B} $$ 'x' \"y\" # z: \t\x7f\u2028\ufeff", "EMPTY": "", "TRUE": "true", "NUMBER": "7", "NO": "no"}
WORDS = [
    "${A}",
    "${EMPTY}",
    "${TRUE}",
    "${NUMBER}",
    "${NO}",
    "$$",
    "true",
    "null",
    "3.10",
    "0777",
    "yes",
    "y",
    "No",
    "FALSE",
    "Null",
    "1e3",
    "=",
    "- a",
    "a: b",
]

texts = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8", exclude_characters="$"), max_size=9)
filled = texts.filter(lambda text: text.strip() and "\0" not in text)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
settings = st.fixed_dictionaries(
    {},
    optional={
        "style": st.sampled_from(["arg", "image", "context", "stage"]),
        "repository": filled,
        "tag": filled,
        "optional": st.booleans() | st.just("${TRUE}"),
        "onbuild": st.booleans(),
    },
)
one_line = texts.filter(lambda text: text.isprintable())
arguments = st.dictionaries(
    st.sampled_from(["A", "B"]),
    one_line
    | st.fixed_dictionaries({"value": st.none() | one_line}, optional={"optional": st.booleans() | st.just("${TRUE}")}),
)
profiles = st.fixed_dictionaries(
    {},
    optional={
        "description": texts,
        "values": st.none() | st.dictionaries(st.sampled_from(["a", "b", "c"]), values, max_size=3),
        "prebuilt": st.none()
        | st.lists(st.sampled_from(["base", "dev"]), unique=True)
        | st.dictionaries(st.sampled_from(["base", "Dev"]), settings, max_size=2),
        "registry": st.none() | texts,
        "build": st.none() | st.lists(filled, max_size=2),
        "build_args": st.none() | arguments,
        "platform": st.just("linux/amd64"),
        "salt": texts,
    },
)


NOTHING_READ = Recorder()


def resolved(text: str, environ: Mapping[str, str]) -> tuple[MappingNode, Profile]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ci.yaml"
        path.write_text(text, "utf-8", newline="")
        layers = Profiles(environ).tree(path)
    profile = derive(ProfileFile("ci", Path("ci.yaml"), Path()), (), layers)
    return layers.tree, profile._replace(files=(), value_places={}, recorder=NOTHING_READ)


def without_places(value: object) -> object:
    if isinstance(value, At):
        return None
    return [*map(without_places, value)] if isinstance(value, tuple) else value


@pytest.mark.slow
@pytest.mark.parametrize("absent", [pytest.param("", id="libyaml"), pytest.param("CSafeLoader", id="no libyaml")])
@pytest.mark.parametrize("form", [as_yaml, as_json])
@given(profile=profiles)
@example(profile={"description": "a\x85b\u2028"})
def test_a_bare_profile_comes_to_the_same(
    form: Callable[[MappingNode], str], absent: str, profile: dict[str, object]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if absent:
            patch.delattr(yaml, absent)
        tree, wanted = resolved(yaml.safe_dump(profile), ENVIRON)
        assume(wanted.is_whole)
        bare = form(tree)
        bare_tree, again = resolved(bare, {})
        assert again.problems == ()
        assert without_places(again) == without_places(wanted._replace(problems=()))
        assert form(bare_tree) == bare
