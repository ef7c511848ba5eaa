"""Profiles that extend others: which file a name finds, what is laid over what, and where each value is from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import CallError, DfrenderError
from dfrender.profile.profile import Profile, Style, Text
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfrender.profile.profile import Value


@pytest.mark.parametrize(
    ("extends", "files", "tag"),
    [
        pytest.param("_base", {"repo/api/profiles/_base.yaml"}, "repo/api/profiles/_base.yaml", id="beside it"),
        pytest.param("_base", {"repo/profiles/_base.yaml"}, "repo/profiles/_base.yaml", id="further out"),
        pytest.param("_base", {"repo/profiles/_base.yml"}, "repo/profiles/_base.yml", id="with the other ending"),
        pytest.param(
            "_base",
            {"repo/profiles/_base.yaml", "repo/api/profiles/_base.yaml"},
            "repo/api/profiles/_base.yaml",
            id="the nearer of two",
        ),
        pytest.param("ci", {"repo/profiles/ci.yaml"}, "repo/profiles/ci.yaml", id="its own name, further out"),
        pytest.param("./x.yaml", {"repo/api/profiles/x.yaml"}, "repo/api/profiles/x.yaml", id="a path from here"),
        pytest.param("../x.yaml", {"repo/api/x.yaml"}, "repo/api/x.yaml", id="a path from here upward"),
        pytest.param("x.yaml", {"repo/api/profiles/x.yaml"}, "repo/api/profiles/x.yaml", id="an ending makes a path"),
        pytest.param("../../web/x.yaml", {"repo/web/x.yaml"}, "repo/web/x.yaml", id="another folder's"),
        pytest.param("${BASE:-_base}", {"repo/profiles/_base.yaml"}, "repo/profiles/_base.yaml", id="by a variable"),
    ],
)
def test_a_parent_is_found(extends: str, files: set[str], tag: str, load_text: Callable[..., Profile]) -> None:
    others = {each: f"tag: {each}" for each in files} | {"repo/.git/HEAD": "", "profiles/_base.yaml": "outside: 1"}
    profile = load_text(f"extends: {extends}", files=others, name="repo/api/profiles/ci.yaml")
    assert profile.tag == Text(tag, At(tag, 1, 6))
    assert profile.files == (Path(tag), Path("repo/api/profiles/ci.yaml"))


def test_a_profile_that_lies_in_no_folder_profiles_finds_those_beside_it_and_outward(
    load_text: Callable[..., Profile],
) -> None:
    files = {".git/HEAD": "", "deploy/base.yaml": "extends: _all", "profiles/_all.yaml": "tag: 7"}
    profile = load_text("extends: base", files=files, name="deploy/ci.yaml")
    assert profile.tag == Text("7", At("profiles/_all.yaml", 1, 6))
    assert profile.files == (Path("profiles/_all.yaml"), Path("deploy/base.yaml"), Path("deploy/ci.yaml"))


def test_a_parents_parents_are_looked_for_from_where_it_lies(load_text: Callable[..., Profile]) -> None:
    files = {
        ".git/HEAD": "",
        "profiles/ci.yaml": "extends: _base",
        "profiles/_base.yaml": "tag: outer",
        "api/profiles/_base.yaml": "tag: inner",
    }
    assert load_text("extends: ci", files=files, name="api/profiles/ci.yaml").tag.text == "outer"


def test_a_profile_is_the_same_seen_from_its_own_folder(
    load_text: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"profiles/_base.yaml": "tag: 1\nextends: ../common.yaml", "common.yaml": "registry: r.io"}
    load_text("extends: _base", files=files, name="profiles/ci.yaml")
    monkeypatch.chdir("profiles")
    profile = load_text("extends: _base")
    assert (profile.tag, profile.registry.text) == (Text("1", At("_base.yaml", 1, 6)), "r.io")


BASE = {
    "_base.yaml": """\
description: for all
output: Dockerfile.base
values: {python: 3.13, debug: false, nested: {a: 1, b: 2}, list: [1, 2]}
registry: r.io
tag: 1
prebuilt: [builder, Dev]
build: [app]
ignore: [some-rule]
""",
    "_image.yaml": "tag: 2\nstyle: image\nprebuilt:\n  builder: {image: b:1}\n  test: {optional: true}\n",
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            "values: {debug: true, new: x}",
            {"python": "3.13", "debug": True, "nested": {"a": 1, "b": 2}, "list": (1, 2), "new": "x"},
            id="mappings are merged",
        ),
        pytest.param(
            "values: {nested: {b: 3, c: 4}}",
            {"python": "3.13", "debug": False, "nested": {"a": 1, "b": 3, "c": 4}, "list": (1, 2)},
            id="at any depth",
        ),
        pytest.param(
            "values: {nested: x, list: [3], python: {a: 1}}",
            {"python": {"a": 1}, "debug": False, "nested": "x", "list": (3,)},
            id="all else is replaced",
        ),
        pytest.param("values:", {}, id="nothing takes away what was there"),
    ],
)
def test_values_are_laid_over_those_of_parents(
    text: str, values: dict[str, Value], load_text: Callable[..., Profile]
) -> None:
    assert load_text(f"extends: _base\n{text}\n", files=BASE).values == values


@pytest.mark.parametrize(
    ("text", "images"),
    [
        pytest.param("", {"builder": "r.io/builder:1", "dev": "r.io/dev:1"}, id="all are inherited"),
        pytest.param(
            "prebuilt: [Test]",
            {"builder": "r.io/builder:1", "dev": "r.io/dev:1", "test": "r.io/test:1"},
            id="a list adds stages",
        ),
        pytest.param(
            "prebuilt: {DEV: {tag: 2}}", {"builder": "r.io/builder:1", "dev": "r.io/dev:2"}, id="a mapping too"
        ),
        pytest.param("prebuilt:", {}, id="nothing takes all away"),
        pytest.param("prebuilt: []", {"builder": "r.io/builder:1", "dev": "r.io/dev:1"}, id="a list of none adds none"),
    ],
)
def test_prebuilt_stages_are_laid_over_those_of_parents(
    text: str, images: dict[str, str], load_text: Callable[..., Profile]
) -> None:
    profile = load_text(f"extends: _base\n{text}\n", files=BASE)
    assert {each.stage.text: each.image.text for each in profile.prebuilt} == images


def test_style_stage_takes_a_stage_back_out(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: _base\nprebuilt: {dev: stage}\n", files=BASE)
    assert {each.stage.text: each.style for each in profile.prebuilt} == {"builder": Style.ARG, "dev": Style.STAGE}


def test_an_optional_stage_stays_optional(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: _image\nprebuilt: {test: {tag: 9}}\n", files=BASE)
    assert {each.stage.text: each.optional for each in profile.prebuilt} == {"builder": False, "test": True}


def test_the_later_of_several_parents_lies_over_the_earlier(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: [_base, _image]\n", files=BASE)
    assert (profile.tag, profile.registry.text) == (Text("2", At("_image.yaml", 1, 6)), "r.io")
    assert {each.stage.text: (each.image.text, each.style) for each in profile.prebuilt} == {
        "builder": ("b:1", Style.IMAGE),
        "dev": ("r.io/dev:2", Style.IMAGE),
        "test": ("r.io/test:2", Style.IMAGE),
    }


def test_a_parent_by_two_ways_is_one_file(load_text: Callable[..., Profile]) -> None:
    files = BASE | {"a.yaml": "extends: _base\ntag: a\n", "b.yaml": "extends: _base\n"}
    profile = load_text("extends: [a, b]\n", files=files)
    assert (profile.tag.text, [str(each) for each in profile.files]) == (
        "1",
        ["_base.yaml", "a.yaml", "b.yaml", "ci.yaml"],
    )


def test_what_a_profile_is_called_and_where_it_goes_are_not_inherited(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: _base\n", files=BASE)
    assert (profile.description, profile.output) == ("", None)


def test_lists_of_names_are_inherited_or_replaced(load_text: Callable[..., Profile]) -> None:
    inherited = load_text("extends: _base\n", files=BASE)
    replaced = load_text("extends: _base\nbuild: [docs]\nignore: []\n", files=BASE)
    assert [[each.text for each in profile.build or ()] for profile in (inherited, replaced)] == [["app"], ["docs"]]
    assert [[each.text for each in profile.ignore] for profile in (inherited, replaced)] == [["some-rule"], []]


def test_each_value_keeps_the_place_of_the_file_that_wrote_it(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: _base\nvalues: {debug: true}\nprebuilt: {dev: {image: d:1}}\n", files=BASE)
    assert {name: f"{at.file}:{at.line}" for name, at in profile.value_places.items()} == {
        "python": "_base.yaml:3",
        "debug": "ci.yaml:2",
        "nested": "_base.yaml:3",
        "list": "_base.yaml:3",
    }
    assert {each.stage.text: (str(each.stage.at), str(each.image.at)) for each in profile.prebuilt} == {
        "builder": ("_base.yaml:6:12", "_base.yaml:5:6"),
        "dev": ("_base.yaml:6:21", "ci.yaml:3:25"),
    }


def test_what_a_profile_replaces_needs_no_variables(load_text: Callable[..., Profile]) -> None:
    files = {"_base.yaml": "tag: ${BUILD_ID:?}\ndescription: ${WHO}\n"}
    assert load_text("extends: _base\ntag: 1\n", files=files).tag.text == "1"


def test_overrides_come_last(load_text: Callable[..., Profile]) -> None:
    profile = load_text("extends: _base\ntag: 2\n", ["tag=3", "prebuilt.dev=stage", "values.nested.a=9"], files=BASE)
    assert profile.tag == Text("3", At("--set tag"))
    assert profile.prebuilt[1].style is Style.STAGE
    assert profile.values["nested"] == {"a": 9, "b": 2}


@pytest.mark.parametrize("name", ["a.yaml", "b.yaml", "c.yaml"])
def test_a_circle_is_reported_alike_wherever_it_is_entered(name: str, load_text: Callable[..., Profile]) -> None:
    files = {"a.yaml": "extends: b", "b.yaml": "extends: c", "c.yaml": "extends: a"}
    with pytest.raises(DfrenderError) as raised:
        load_text(files[name], files=files, name=name)
    (problem,) = raised.value.diagnostics
    assert (str(problem.at), problem.message) == ("a.yaml:1:10", "a.yaml extends b.yaml extends c.yaml extends a.yaml")


def test_a_parent_that_is_two_files_is_refused(load_text: Callable[..., Profile]) -> None:
    with pytest.raises(CallError, match=r"_base\.yml: the profile '_base' is there twice \[ambiguous-profile\]"):
        load_text("extends: _base", files={"_base.yaml": "", "_base.yml": ""})


def test_a_link_to_a_profile_is_that_profile(load_text: Callable[..., Profile], tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api/base.yaml").symlink_to("../ci.yaml")
    with pytest.raises(DfrenderError, match=r"ci\.yaml extends ci\.yaml \[circular-extends\]"):
        load_text("extends: api/base.yaml")


def test_a_link_out_of_the_repository_is_no_parent(load_text: Callable[..., Profile], tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("tag: 1\n", "utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/_base.yaml").symlink_to("/etc/hostname")
    with pytest.raises(DfrenderError, match=r"'profiles/_base\.yaml' is outside the repository"):
        load_text("extends: _base", name="profiles/ci.yaml")


def test_a_parent_that_each_of_many_names_twice_is_laid_once(load_text: Callable[..., Profile]) -> None:
    files = {f"_{each}.yaml": f"extends: [_{each + 1}, _{each + 1}]\nvalues: {{n{each}: 1}}\n" for each in range(60)}
    profile = load_text("extends: _0\n", files=files | {"_60.yaml": "tag: last\n"})
    assert (len(profile.files), len(profile.values), profile.tag.text) == (62, 60, "last")


def test_a_parent_that_many_links_name_is_laid_once(load_text: Callable[..., Profile], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(".")
    files = {f"_{each}.yaml": f"extends: [a/_{each + 1}.yaml, b/_{each + 1}.yaml]\n" for each in range(40)}
    profile = load_text("extends: _0\n", files=files | {"_40.yaml": "tag: last\n"})
    assert (len(profile.files), profile.tag.text) == (42, "last")


def test_a_long_chain_of_parents_is_laid(load_text: Callable[..., Profile]) -> None:
    files = {f"_{each}.yaml": f"extends: _{each + 1}\n" for each in range(1100)}
    profile = load_text("extends: _0\n", files=files | {"_1100.yaml": "tag: last\n"})
    assert (len(profile.files), profile.tag.text) == (1102, "last")


@pytest.mark.slow
def test_a_long_circle_is_reported_at_its_first_file(load_text: Callable[..., Profile]) -> None:
    files = {f"_{each}.yaml": f"extends: _{(each + 1) % 1100}\n" for each in range(1100)}
    with pytest.raises(DfrenderError) as raised:
        load_text("extends: _700\n", files=files)
    (problem,) = raised.value.diagnostics
    assert str(problem.at) == "_0.yaml:1:10"


def test_what_leads_to_a_missing_parent_is_reported_as_far_as_it_helps(load_text: Callable[..., Profile]) -> None:
    files = {f"_{each}.yaml": f"extends: _{each + 1}\n" for each in range(100)}
    with pytest.raises(DfrenderError) as raised:
        load_text("extends: _0\n", files=files)
    (problem,) = raised.value.diagnostics
    assert [text for text, _ in problem.related] == [f"_{each}.yaml is extended" for each in range(99, 79, -1)]
