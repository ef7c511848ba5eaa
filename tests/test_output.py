"""A text to a file: what is found at the file's place, where a text may go, and how a file is replaced."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.boundary import Boundary, boundary_of
from dfrender.diagnostics import DfrenderError
from dfrender.output import Found, Output, State, clear_left_over
from dfrender.recorder import Recorder
from dfrender.source import BOM
from tests.test_header import headed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.project import Project

OURS = headed("FROM a\n")
THEIRS = headed("FROM c\n")
FIRST_LINE = OURS.splitlines(keepends=True)[0]


def conflict(ours: str, theirs: str, base: str = "") -> str:
    """Return what git leaves where two sides changed the same lines."""
    return f"<<<<<<< HEAD\n{ours}{base}=======\n{theirs}>>>>>>> branch\n"


def in_header(ours: str, theirs: str, body: str) -> str:
    """Return what git leaves of two outputs where nothing but the digests of their headers conflict."""
    own, other = (each.splitlines(keepends=True)[1] for each in (ours, theirs))
    return f"{FIRST_LINE}{conflict(own, other)}\n{body}"


def output(text: str, path: str = "out", boundary: Boundary | None = None) -> Output:
    return Output(Path(path), text, boundary)


def write(text: str, path: str = "out", boundary: Boundary | None = None) -> None:
    """Write a text as the command line does: what stands there is looked at first."""
    made = output(text, path, boundary)
    made.write(made.found())


def mode(name: str) -> int:
    return Path(name).stat().st_mode & 0o7777


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(headed("FROM b\n"), State.CURRENT, id="the same"),
        pytest.param(OURS, State.STALE, id="a rendering of something else"),
        pytest.param(headed("FROM b\n").replace("\n", "\r\n"), State.CURRENT, id="checked out with other line ends"),
        pytest.param(OURS.replace("\n", "\r\n"), State.STALE, id="another one with other line ends"),
        pytest.param(headed("# syntax=b\nFROM a\n", 1), State.STALE, id="a header that is not first"),
        pytest.param(headed(f"{BOM}FROM a\n"), State.STALE, id="a header behind a BOM"),
        pytest.param(headed("FROM b\n") + "USER c\n", State.EDITED, id="a line more"),
        pytest.param(headed("FROM b\n").rstrip("\n"), State.EDITED, id="the final newline is gone"),
        pytest.param(headed("FROM b\n").replace("FROM b", "FROM \udcff"), State.EDITED, id="a byte that is no text"),
        pytest.param("FROM a\n", State.FOREIGN, id="another text without header"),
        pytest.param("FROM b\n", State.STALE, id="the same but for the header"),
        pytest.param(OURS.replace("FROM a", "FROM b"), State.STALE, id="the same but for the digest, by an update bot"),
        pytest.param("", State.STALE, id="an empty file"),
        pytest.param(f"{FIRST_LINE}\nFROM b\n", State.FOREIGN, id="half a header"),
        pytest.param(None, State.MISSING, id="no file"),
    ],
)
def test_a_file_is_known_by_its_header_and_digest(project: Project, found: str | None, state: State) -> None:
    if found is not None:
        project.write({"out": found.encode(errors="surrogateescape")})
    assert output(headed("FROM b\n")).found().state is state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(conflict(OURS, THEIRS), State.STALE, id="two renderings"),
        pytest.param(conflict(OURS, THEIRS).replace("\n", "\r\n"), State.STALE, id="two renderings with CRLF"),
        pytest.param(
            conflict(OURS, THEIRS, base=f"||||||| 1a2b3c4\n{headed('FROM d')}\n"),
            State.STALE,
            id="two renderings, and the one that both come from",
        ),
        pytest.param(
            FIRST_LINE + conflict(OURS.removeprefix(FIRST_LINE), THEIRS.removeprefix(FIRST_LINE)),
            State.STALE,
            id="two renderings with the same first line",
        ),
        pytest.param(in_header(OURS, THEIRS, "FROM b\n"), State.STALE, id="two digests above what would be written"),
        pytest.param(in_header(OURS, THEIRS, "FROM d\n"), State.EDITED, id="two digests above something else"),
        pytest.param(conflict(OURS, "FROM b\n"), State.STALE, id="a rendering, and what would be written"),
        pytest.param(conflict(OURS, f"{THEIRS}USER x\n"), State.EDITED, id="a rendering, and one that was edited"),
        pytest.param(conflict(OURS, "FROM x\n"), State.EDITED, id="a rendering, and a text of somebody's"),
        pytest.param(
            OURS.replace("a\n", "x\n") + conflict("USER a\n", "USER b\n"), State.EDITED, id="an edit beside the marks"
        ),
        pytest.param(OURS + conflict("USER a\n", "USER b\n"), State.EDITED, id="a conflict below a rendering"),
        pytest.param(FIRST_LINE + conflict("a\n", "b\n"), State.FOREIGN, id="a conflict below half a header"),
        pytest.param(f"# by hand\n{conflict('a', 'b')}", State.FOREIGN, id="a conflict, but no header"),
        pytest.param(headed("FROM b\n") + "<<<<<<< EOF\n", State.EDITED, id="half of the marks of a conflict"),
        pytest.param(conflict(OURS, THEIRS) + ">>>>>>> x\n", State.EDITED, id="a mark without its others"),
        pytest.param("<<<<<<< x\n" * 50_000, State.FOREIGN, id="marks without end"),
    ],
)
def test_a_conflict_is_resolved_only_where_nothing_of_a_persons_is_in_it(
    project: Project, found: str, state: State
) -> None:
    project.write({"out": found})
    assert output(headed("FROM b\n")).found().state is state


def test_the_marks_of_a_conflict_in_a_template_are_text(project: Project) -> None:
    text = headed(conflict("FROM a\n", "FROM b\n"))
    project.write({"out": text.replace("FROM a", "FROM c")})
    assert output(text).found().state is State.EDITED


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(OURS, State.STALE, id="a rendering"),
        pytest.param(conflict(OURS, THEIRS), State.STALE, id="two renderings"),
        pytest.param(OURS.replace("FROM a", "FROM x"), State.EDITED, id="one that was edited"),
        pytest.param("FROM a\n", State.FOREIGN, id="another text"),
        pytest.param(None, State.MISSING, id="no file"),
    ],
)
def test_a_file_that_is_to_go_is_known_by_its_header_and_digest(
    project: Project, found: str | None, state: State
) -> None:
    if found is not None:
        project.write({"out": found})
    assert output("")._replace(is_left_over=True).found().state is state


@pytest.mark.parametrize(("found", "state"), [("like it\n", State.STALE), ("by hand\n", State.FOREIGN)])
def test_a_file_without_header_is_known_by_what_its_writer_says(project: Project, found: str, state: State) -> None:
    project.write({"out": found})
    assert output("new\n")._replace(is_own=lambda text: text.startswith("like")).found().state is state


def test_a_file_that_is_to_go_goes_with_the_link_that_leads_there(project: Project) -> None:
    project.write({"real": OURS})
    Path("out").symlink_to("real")
    made = output("")._replace(is_left_over=True)
    assert made.diff().splitlines()[:2] == ["--- out", "+++ /dev/null"]
    made.write(made.found())
    assert project.files() == []
    assert not Path("out").is_symlink()


def test_a_difference_names_the_file_and_says_where_the_final_newline_is_missing(project: Project) -> None:
    project.write({"out": "FROM a\nUSER b"})
    assert output("FROM a\nUSER c\n").diff() == (
        "--- out\n+++ out\n@@ -1,2 +1,2 @@\n FROM a\n-USER b\n\\ No newline at end of file\n+USER c\n"
    )
    assert output("FROM a\n", "new").diff() == "--- /dev/null\n+++ new\n@@ -0,0 +1 @@\n+FROM a\n"
    assert output("FROM a\nUSER b").diff() == ""


def test_a_difference_may_be_that_from_another_file(project: Project) -> None:
    project.write({"in": "FROM a\n", "out": "FROM c\n"})
    assert output("FROM b\n").diff(Path("in")) == "--- in\n+++ out\n@@ -1 +1 @@\n-FROM a\n+FROM b\n"


def test_a_difference_is_not_that_from_a_pipe(project: Project) -> None:
    project.write({"out": ""})
    os.mkfifo("in")
    with pytest.raises(OSError, match="it is a file of another kind"):
        output("FROM b\n").diff(Path("in"))


def test_a_difference_leaves_line_ends_out(project: Project) -> None:
    project.write({"out": "FROM a\r\nUSER b\r\n"})
    assert "-FROM a" not in output("FROM a\nUSER c\n").diff()
    assert "-USER b\r\n+USER c\r\n" in output("FROM a\r\nUSER c\r\n").diff()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_has_the_permissions_that_the_umask_leaves(project: Project, umask: int) -> None:
    before = os.umask(umask)
    try:
        write("FROM a\n")
    finally:
        os.umask(before)
    assert (project.read("out"), mode("out")) == (b"FROM a\n", 0o666 & ~umask)


@pytest.mark.parametrize(
    ("before", "after"), [(0o751, 0o751), (0o600, 0o600), (0o444, 0o444), (0o6755, 0o755), (0o1644, 0o644)]
)
def test_a_replaced_file_keeps_its_permissions_and_nothing_that_runs_as_somebody_else(
    project: Project, before: int, after: int
) -> None:
    project.write({"out": ""})
    Path("out").chmod(before)
    write("FROM b\n")
    assert (project.read("out"), mode("out")) == (b"FROM b\n", after)


def test_a_symbolic_link_stays_and_its_file_is_replaced(project: Project) -> None:
    project.write({"images/api": ""})
    Path("out").symlink_to("images/api")
    write("FROM b\n")
    assert (project.read("images/api"), os.readlink("out")) == (b"FROM b\n", "images/api")  # noqa: PTH115
    assert project.files() == ["images/api", "out"]


def test_a_link_to_a_file_that_is_not_there_yet_leads_to_a_new_one(project: Project) -> None:
    Path("out").symlink_to("api")
    write("FROM b\n")
    assert (project.read("api"), Path("out").is_symlink()) == (b"FROM b\n", True)


def make_socket() -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("out")


@pytest.mark.parametrize(
    ("make", "path", "reason"),
    [
        pytest.param(lambda: Path("out").mkdir(), "out", "is a directory", id="a folder"),
        pytest.param(lambda: None, ".", "is a directory", id="the working directory"),
        pytest.param(lambda: None, "/", "is a directory", id="the root of the disk"),
        pytest.param(make_socket, "out", "is a socket", id="a socket"),
        pytest.param(lambda: os.mkfifo("out"), "out", "nobody reads from it", id="a pipe without a reader"),
        pytest.param(lambda: Path("out").symlink_to("out"), "out", "Too many levels of symbolic links", id="a circle"),
        pytest.param(lambda: None, ".git/config", "it is inside .git", id="git's own"),
        pytest.param(
            lambda: Path("out").symlink_to(".git/hooks/post-checkout"),
            "out",
            "it is inside .git",
            id="a link to a hook",
        ),
        pytest.param(lambda: Path("in").write_text(""), "in/out", "Not a directory", id="below a file"),
        pytest.param(lambda: None, "/proc/self/out", "No such file or directory", id="where no new file can be"),
        pytest.param(lambda: None, "/dev/full", "No space left on device", id="a device that takes nothing"),
    ],
)
def test_what_is_neither_a_file_nor_a_stream_that_is_read_is_left_as_it_is(
    project: Project, make: Callable[[], None], path: str, reason: str
) -> None:
    make()
    before = sorted(Path().rglob("*"))
    with pytest.raises(OSError, match=r".+") as raised:
        write("FROM a\n", path)
    assert raised.value.strerror == reason
    assert sorted(Path().rglob("*")) == before
    assert project.files() == [str(each) for each in before if not each.is_dir()]


@pytest.mark.parametrize(
    ("link", "target"),
    [
        pytest.param("out", "../outside", id="a link out of the folder"),
        pytest.param("out", "/tmp/outside", id="an absolute one"),  # noqa: S108 - nothing is written there
        pytest.param("folder", "..", id="a folder that links out"),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_link_has_to_end_in_the_folder_unless_the_user_names_it(link: str, target: str) -> None:
    Path(link).symlink_to(target)
    path = link if link == "out" else f"{link}/outside"
    with pytest.raises(OSError, match="it is outside the template's folder"):
        write("FROM a\n", path, boundary_of(Path(), Recorder()))
    assert not Path("../outside").exists()
    assert [each.name for each in Path().iterdir()] == [link]


def test_a_link_that_the_user_names_may_lead_anywhere(project: Project) -> None:
    Path("out").symlink_to("../outside")
    write("FROM a\n")
    assert project.read("../outside") == b"FROM a\n"


def test_a_pipe_is_written_to_and_neither_read_nor_replaced(project: Project) -> None:
    os.mkfifo("out")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(project.read("out")))
    reader.start()
    while not got:
        made = output("FROM a\n" * 100_000)
        assert made.found() == Found(State.STREAM)
        try:
            made.write(made.found())
        except OSError as error:
            assert error.strerror == "nobody reads from it"  # noqa: PT017 - not yet
        else:
            reader.join()
    assert got == [b"FROM a\n" * 100_000]
    assert Path("out").is_fifo()


def test_a_device_is_written_to_and_neither_read_nor_replaced() -> None:
    write("FROM a\n", os.devnull)
    assert Path(os.devnull).is_char_device()
    assert output("FROM a\n", "/dev/zero").diff().startswith("--- /dev/null\n")


@pytest.mark.parametrize(
    ("seen", "now"),
    [
        pytest.param(OURS, "USER x\n", id="a rendering became a text of somebody's"),
        pytest.param(OURS, f"{OURS}USER x\n", id="a rendering was edited"),
        pytest.param("USER x\n", "USER y\n", id="a text that may be replaced by force was edited again"),
        pytest.param(None, "USER x\n", id="there was none"),
    ],
)
@pytest.mark.parametrize("is_left_over", [False, True])
def test_what_a_person_writes_while_a_run_goes_on_is_kept(
    project: Project, seen: str | None, now: str, *, is_left_over: bool
) -> None:
    made = output("" if is_left_over else headed("FROM b\n"))._replace(is_left_over=is_left_over)
    if seen is not None:
        project.write({"out": seen})
    found = made.found()
    project.write({"out": now})
    with pytest.raises(DfrenderError, match="edited while dfrender ran"):
        made.write(found)
    assert project.read("out").decode() == now
    assert project.files() == ["out"]


@pytest.mark.parametrize(
    ("seen", "now"),
    [
        pytest.param(OURS, THEIRS, id="another run wrote it"),
        pytest.param(OURS, None, id="somebody removed it"),
        pytest.param("USER x\n", "USER x\n", id="nobody wrote it, and it is replaced by force"),
    ],
)
def test_what_nobody_wrote_by_hand_in_the_meantime_is_replaced(project: Project, seen: str, now: str | None) -> None:
    project.write({"out": seen})
    made = output(headed("FROM b\n"))
    found = made.found()
    Path("out").unlink()
    if now is not None:
        project.write({"out": now})
    made.write(found)
    assert project.read("out").decode() == headed("FROM b\n")


def test_a_file_that_becomes_a_folder_in_the_meantime_is_left(project: Project) -> None:
    made = output("FROM a\n")
    found = made.found()
    Path("out").mkdir()
    with pytest.raises(OSError, match="is a directory"):
        made.write(found)
    assert project.files() == []


def test_what_an_interrupted_run_left_is_removed_and_what_another_run_writes_is_not(project: Project) -> None:
    left, used = f".out.dfrender-{'0' * 12}", f".out.dfrender-{'f' * 12}"
    kept = [f".other.dfrender-{'0' * 12}", ".out.dfrender-by-hand", "out"]
    project.write(dict.fromkeys([left, used, *kept], ""))
    with Path(used).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        clear_left_over([output("FROM b\n")])
        assert project.files() == sorted([used, *kept])
    clear_left_over([output("FROM b\n")])
    assert project.files() == kept


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(os.mkfifo, id="a pipe"),
        pytest.param(os.mkdir, id="a folder"),
        pytest.param(lambda name: Path(name).symlink_to("out"), id="a link"),
    ],
)
def test_what_is_called_like_a_left_over_file_and_is_none_stays(make: Callable[[str], None], project: Project) -> None:
    make(f".out.dfrender-{'0' * 12}")
    write("FROM a\n")
    clear_left_over([output("FROM a\n")])
    assert sorted(each.name for each in Path().iterdir()) == [f".out.dfrender-{'0' * 12}", "out"]
    assert project.read("out") == b"FROM a\n"


def test_nothing_is_cleared_beside_a_stream() -> None:
    clear_left_over([output("FROM a\n", os.devnull), output("FROM a\n", "none/out")])
