"""A text to a file: what is found at the file's place, and how it is replaced."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.output import Output, State
from dfrender.source import BOM
from tests.test_header import headed, header

if TYPE_CHECKING:
    from tests.project import Project


def conflict(ours: str, theirs: str) -> str:
    """Return what git leaves where two sides changed the same lines."""
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> branch\n"


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(headed("FROM b\n"), State.CURRENT, id="the same"),
        pytest.param(headed("FROM a\n"), State.STALE, id="a rendering of something else"),
        pytest.param(headed("FROM b\n").replace("\n", "\r\n"), State.CURRENT, id="checked out with other line ends"),
        pytest.param(headed("FROM a\n").replace("\n", "\r\n"), State.STALE, id="another one with other line ends"),
        pytest.param(header("").split("\n")[0] + "\n" + conflict("a\n", "b\n"), State.STALE, id="a conflict below it"),
        pytest.param(conflict(headed("FROM a\n"), headed("FROM c\n")), State.STALE, id="a conflict around the header"),
        pytest.param(f"# by hand\n{conflict('a', 'b')}", State.FOREIGN, id="a conflict, but no header"),
        pytest.param(headed("FROM b\n") + "<<<<<<< EOF\n", State.EDITED, id="half of the marks of a conflict"),
        pytest.param(headed("# syntax=b\nFROM a\n", 1), State.STALE, id="a header that is not first"),
        pytest.param(headed(f"{BOM}FROM a\n"), State.STALE, id="a header behind a BOM"),
        pytest.param(headed("FROM b\n") + "USER c\n", State.EDITED, id="a line more"),
        pytest.param(headed("FROM b\n").rstrip("\n"), State.EDITED, id="the final newline is gone"),
        pytest.param(headed("FROM b\n").replace("FROM b", "FROM \udcff"), State.EDITED, id="a byte that is no text"),
        pytest.param("FROM a\n", State.FOREIGN, id="another text without header"),
        pytest.param("FROM b\n", State.STALE, id="the same but for the header"),
        pytest.param("", State.STALE, id="an empty file"),
        pytest.param(header("FROM b\n").split("\n")[0] + "\n\nFROM b\n", State.FOREIGN, id="half a header"),
        pytest.param(None, State.MISSING, id="no file"),
    ],
)
def test_a_file_is_known_by_its_header_and_digest(project: Project, found: str | None, state: State) -> None:
    if found is not None:
        project.write({"out": found.encode(errors="surrogateescape")})
    assert Output(Path("out"), headed("FROM b\n")).state() is state


def test_a_difference_names_the_file_and_says_where_the_final_newline_is_missing(project: Project) -> None:
    project.write({"out": "FROM a\nUSER b"})
    assert Output(Path("out"), "FROM a\nUSER c\n").diff() == (
        "--- out\n+++ out\n@@ -1,2 +1,2 @@\n FROM a\n-USER b\n\\ No newline at end of file\n+USER c\n"
    )
    assert Output(Path("new"), "FROM a\n").diff() == "--- /dev/null\n+++ new\n@@ -0,0 +1 @@\n+FROM a\n"
    assert Output(Path("out"), "FROM a\nUSER b").diff() == ""


def test_a_difference_may_be_that_from_another_file(project: Project) -> None:
    project.write({"in": "FROM a\n", "out": "FROM c\n"})
    assert Output(Path("out"), "FROM b\n").diff(Path("in")) == "--- in\n+++ out\n@@ -1 +1 @@\n-FROM a\n+FROM b\n"


def test_a_difference_leaves_line_ends_out(project: Project) -> None:
    project.write({"out": "FROM a\r\nUSER b\r\n"})
    assert "-FROM a" not in Output(Path("out"), "FROM a\nUSER c\n").diff()
    assert "-USER b\r\n+USER c\r\n" in Output(Path("out"), "FROM a\r\nUSER c\r\n").diff()


def test_the_marks_of_a_conflict_in_a_template_are_text(project: Project) -> None:
    text = headed(conflict("FROM a\n", "FROM b\n"))
    project.write({"out": text.replace("FROM a", "FROM c")})
    assert Output(Path("out"), text).state() is State.EDITED


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_can_be_read_by_all_and_written_by_its_owner(project: Project, umask: int) -> None:
    before = os.umask(umask)
    try:
        Output(Path("out"), "FROM a\n").write()
    finally:
        os.umask(before)
    assert (project.read("out"), mode("out")) == (b"FROM a\n", 0o644)


def test_a_replaced_file_keeps_its_mode(project: Project) -> None:
    project.write({"out": "FROM a\n"})
    Path("out").chmod(0o751)
    Output(Path("out"), "FROM b\n").write()
    assert (project.read("out"), mode("out")) == (b"FROM b\n", 0o751)


def test_a_symbolic_link_stays_and_its_file_is_replaced(project: Project) -> None:
    project.write({"images/api": "FROM a\n"})
    Path("out").symlink_to("images/api")
    Output(Path("out"), "FROM b\n").write()
    assert (project.read("images/api"), os.readlink("out")) == (b"FROM b\n", "images/api")  # noqa: PTH115
    assert project.files() == ["images/api", "out"]


def test_a_link_to_a_file_that_is_not_there_yet_leads_to_a_new_one(project: Project) -> None:
    Path("out").symlink_to("api")
    Output(Path("out"), "FROM b\n").write()
    assert (project.read("api"), mode("api"), Path("out").is_symlink()) == (b"FROM b\n", 0o644, True)


def test_what_an_interrupted_run_left_is_removed_and_what_another_run_writes_is_not(project: Project) -> None:
    project.write({".out.dfrender-left": "FRO", ".out.dfrender-used": "FRO", ".other.dfrender-left": "", "out": ""})
    with Path(".out.dfrender-used").open("rb") as used:
        fcntl.flock(used, fcntl.LOCK_EX)
        Output(Path("out"), "FROM b\n").clear()
        assert project.files() == [".other.dfrender-left", ".out.dfrender-used", "out"]
    Output(Path("out"), "FROM b\n").clear()
    assert project.files() == [".other.dfrender-left", "out"]


def mode(name: str) -> int:
    return Path(name).stat().st_mode & 0o7777
