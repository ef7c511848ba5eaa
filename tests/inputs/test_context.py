"""A build context as BuildKit sees it: what is in it, and where its links lead."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.dockerfile.ignore import Patterns
from dfrender.inputs.context import Context, Tracked
from dfrender.recorder import Recorder

if TYPE_CHECKING:
    from tests.project import Project

NOTHING = Tracked({})


def context(*patterns: str, tracked: Tracked = NOTHING) -> Context:
    return Context(Path(), Patterns(patterns), Recorder(), tracked)


def paths(seen: Context) -> list[str]:
    return [path for path, _ in seen.below("")]


IGNORED = [
    pytest.param((), ["docs", "docs/a.md", "docs/deep", "docs/deep/b.md", "src", "src/c.py"], id="nothing"),
    pytest.param(("docs",), ["src", "src/c.py"], id="a folder with all that is in it"),
    pytest.param(("docs/*",), ["docs", "src", "src/c.py"], id="what is in a folder, which stays as an empty one"),
    pytest.param(("docs", "!docs/a.md"), ["docs", "docs/a.md", "src", "src/c.py"], id="a folder but for one file"),
    pytest.param(("docs", "!docs/none.md"), ["src", "src/c.py"], id="a folder in which nothing is left"),
    pytest.param(
        ("*", "!**/b.md"),
        ["docs", "docs/deep", "docs/deep/b.md"],
        id="all but a name, with its folders",
    ),
    pytest.param(("**",), [], id="everything"),
]


@pytest.mark.parametrize(("patterns", "left"), IGNORED)
def test_an_ignore_file_leaves_out(project: Project, patterns: tuple[str, ...], left: list[str]) -> None:
    project.write({"docs/a.md": "", "docs/deep/b.md": "", "src/c.py": ""})
    assert paths(context(*patterns)) == left


def test_names_are_in_the_order_of_their_bytes(project: Project) -> None:
    project.write(dict.fromkeys(("b", "B", "é", "a.b", "a", "Z"), ""))
    assert paths(context()) == ["B", "Z", "a", "a.b", "b", "é"]


def test_an_ignored_folder_without_exceptions_is_not_looked_through(project: Project) -> None:
    project.write({"node_modules/a/b.js": "", "a": ""})
    recorder = Recorder()
    seen = Context(Path(), Patterns(["node_modules"]), recorder, NOTHING)
    assert paths(seen) == ["a"]
    assert list(recorder.entries) == [Path()]


LINKS = [
    pytest.param("here", "v1", id="a link"),
    pytest.param("here/x", "v1/x", id="a link on the way"),
    pytest.param("absolute/x", "v1/x", id="an absolute link begins at the context"),
    pytest.param("above/x", "v1/x", id="above the context there is nothing"),
    pytest.param("chain/x", "v1/x", id="a link to a link"),
    pytest.param("sub/up", "v1", id="a link that leads out of its folder"),
    pytest.param("./v1//x/.", "v1/x", id="no link at all"),
    pytest.param("v1/../v1/x", "v1/x", id="a way down and up"),
    pytest.param("", "", id="the context itself"),
]


@pytest.mark.parametrize(("path", "place"), LINKS)
def test_a_path_leads_to(project: Project, path: str, place: str) -> None:
    project.write({"v1/x": "", "sub/y": ""})
    for name, target in {
        "here": "v1",
        "absolute": "/v1",
        "above": "../../v1",
        "chain": "here",
        "sub/up": "../v1",
    }.items():
        Path(name).symlink_to(target)
    found = context().resolve(path)
    assert (found.path, found.entry is not None) == (place, True)


NOWHERE = [
    pytest.param("gone/x", "gone/x", id="what is not there"),
    pytest.param("a/b", "a/b", id="what is in a file"),
    pytest.param("host", "etc/passwd", id="a link to the host's files"),
    pytest.param("secret", "hidden", id="a link to what is ignored"),
]


@pytest.mark.parametrize(("path", "place"), NOWHERE)
def test_a_path_leads_nowhere(project: Project, path: str, place: str) -> None:
    project.write({"a": "", "hidden": ""})
    Path("host").symlink_to("/etc/passwd")
    Path("secret").symlink_to("hidden")
    found = context("hidden").resolve(path)
    assert (found.path, found.entry) == (place, None)


def test_a_link_to_itself_leads_nowhere(project: Project) -> None:
    Path("loop").symlink_to("loop")
    assert context().resolve("loop").entry is None
    assert project.files() == ["loop"]


def test_pipes_sockets_and_devices_are_seen_and_not_opened(project: Project) -> None:
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    seen = context()
    assert {path: entry.kind for path, entry in seen.below("")} == {"pipe": "pipe", "socket": "socket"}
    assert project.files() == ["pipe", "socket"]


@pytest.mark.parametrize(
    ("tracked", "found"),
    [
        pytest.param(NOTHING, True, id="the file system"),
        pytest.param(Tracked({"a": False}), True, id="the file system, where git trusts it"),
        pytest.param(Tracked({"a": False}, decides=True), False, id="git, where it does not trust the file system"),
        pytest.param(Tracked({}, decides=True), False, id="git, of a file that it does not track"),
    ],
)
def test_whether_a_file_may_be_executed_says(project: Project, tracked: Tracked, found: bool) -> None:  # noqa: FBT001
    project.write({"a": ""})
    Path("a").chmod(0o755)
    seen = context(tracked=tracked)
    assert seen.is_executable("a", seen.entry("a")) is found


def test_only_the_owner_counts(project: Project) -> None:
    project.write({"a": ""})
    Path("a").chmod(0o655)
    seen = context()
    assert not seen.is_executable("a", seen.entry("a"))


def test_what_git_does_not_track_can_be_hidden(project: Project) -> None:
    project.write({"a": "", "b/c": "", "b/d": "", "e/f": ""})
    assert paths(context(tracked=Tracked({"b/c": False}, hides=True))) == ["b", "b/c"]


def test_a_folder_is_looked_through_from_anywhere(project: Project) -> None:
    project.write({"a/b/c.md": "", "a/b/d.md": "", "a/e.md": ""})
    seen = context("a/b", "!a/b/d.md")
    assert list(seen.entries("a/b")) == ["d.md"]
    assert list(seen.entries("a")) == ["b", "e.md"]
