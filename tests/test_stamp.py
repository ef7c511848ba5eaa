"""Unchanged costs nothing: a call is answered by its stamp if nothing that it hangs on has changed, and else runs."""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.recorder import Recorder
from dfrender.stamp import call, facts, store
from dfrender.stamp.notes import Notes
from tests.shell import ROOT
from tests.slow import slow_but
from tests.stamped import Outcome, Stamped, keeping_times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.project import Project

TEMPLATE = """\
FROM alpine:{{ version }} AS base
{% include "part.j2" %}
{% include "maybe.j2" ignore missing %}
FROM {{ stage("base") }} AS app
COPY . /app
"""
FILES = {
    "api/Dockerfile.j2": TEMPLATE,
    "api/part.j2": "RUN echo part\n",
    "api/Dockerfile.dockerignore": "*.md\n",
    "api/profiles/ci.yaml": "extends: _base\nprebuilt: [base]\n",
    "api/profiles/_base.yaml": "values: {version: '${VERSION:-3.22}'}\n",
    "profiles/local.yaml": "values: {version: 3.22}\n",
    "web/Dockerfile.j2": "FROM scratch\n",
    "plain/Dockerfile": "FROM scratch\n",
}
ONE = ("render", "api/Dockerfile.j2")
ALL = ("render", ".")


@pytest.fixture
def user(capfd: pytest.CaptureFixture[str]) -> Stamped:
    return Stamped(capfd)


@pytest.fixture
def written_once(project: Project, user: Stamped) -> Project:
    """Return a repository in which one template is rendered, with a stamp of that call."""
    project.write({".git/HEAD": "", **FILES})
    assert user.dfrender(*ONE).exit_code == 0
    return project


@pytest.fixture
def written(project: Project, user: Stamped) -> Project:
    """Return a repository whose files are rendered, with stamps of both calls."""
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    project.write(FILES)
    for words in (ONE, ALL):
        assert user.dfrender(*words).exit_code == 0
        assert user.is_replayed(words)
    return project


def write(name: str, text: str) -> Callable[[], None]:
    def change() -> None:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    return change


def same_size(name: str, old: str, new: str) -> Callable[[], None]:
    def change() -> None:
        keeping_times(name, Path(name).read_text("utf-8").replace(old, new))

    return change


def remove(name: str) -> Callable[[], None]:
    return lambda: Path(name).unlink()


def link(name: str) -> Callable[[], None]:
    """Put a link in the place of a file or a folder, to the same in another place."""

    def change() -> None:
        Path(name).rename(f"{name}.moved")
        Path(name).symlink_to(f"{Path(name).name}.moved")

    return change


def rename(old: str, new: str) -> Callable[[], None]:
    return lambda: os.rename(old, new)  # noqa: PTH104 - as a user's shell does it


def unreadable(name: str) -> Callable[[], None]:
    """Put a folder in the place of a file."""

    def change() -> None:
        Path(name).unlink()
        Path(name).mkdir()

    return change


def variable(name: str, value: str) -> Callable[[], None]:
    def change() -> None:
        os.environ[name] = value

    return change


CHANGES = {
    "the template, size and time kept": same_size("api/Dockerfile.j2", "/app", "/ape"),
    "the template is gone": remove("api/Dockerfile.j2"),
    "the template becomes a link": link("api/Dockerfile.j2"),
    "the template becomes a folder": unreadable("api/Dockerfile.j2"),
    "an include, size and time kept": same_size("api/part.j2", "part", "trap"),
    "an include is gone": remove("api/part.j2"),
    "an include becomes a link": link("api/part.j2"),
    "an include appears": write("api/maybe.j2", "RUN echo more\n"),
    "a profile, size and time kept": same_size("api/profiles/ci.yaml", "[base]", "[app ]"),
    "a profile is gone": remove("api/profiles/ci.yaml"),
    "a profile becomes a link": link("api/profiles/ci.yaml"),
    "a profile appears": write("api/profiles/new.yaml", "extends: _base\n"),
    "a nearer profile appears": write("api/profiles/local.yaml", "values: {version: 4}\n"),
    "a parent, size and time kept": same_size("api/profiles/_base.yaml", "3.22", "3.21"),
    "a parent is gone": remove("api/profiles/_base.yaml"),
    "a profile gets a second file": write("api/profiles/ci.yml", ""),
    "the folder of profiles becomes a link": link("api/profiles"),
    "a .git appears below": write("api/.git/HEAD", ""),
    "a .git appears as a file": write("api/.git", "gitdir: nowhere\n"),
    "the .git is gone": rename(".git", "git"),
    "an ignore file, size and time kept": same_size("api/Dockerfile.dockerignore", "md", "js"),
    "an ignore file is gone": remove("api/Dockerfile.dockerignore"),
    "an ignore file of the template appears": write("api/Dockerfile.j2.dockerignore", "*.py\n"),
    "a variable of the environment is set": variable("VERSION", "4"),
    "a variable that names the root is set": variable("DFRENDER_ROOT", "api"),
    "a pipeline reads what is printed": variable("TF_BUILD", "True"),
    "an output is edited, size and time kept": same_size("api/Dockerfile.ci", "part", "trap"),
    "an output is gone": remove("api/Dockerfile.ci"),
    "an output becomes a link": link("api/Dockerfile.ci"),
    "an output becomes a folder": unreadable("api/Dockerfile.local"),
    "an output's ignore file is edited": same_size("api/Dockerfile.ci.dockerignore", "md", "js"),
    "an output's ignore file is gone": remove("api/Dockerfile.local.dockerignore"),
    "the folder becomes a link": link("api"),
    "the folder is renamed": rename("api", "ipa"),
}
CHANGES_BELOW = {
    "a template appears": write("new/Dockerfile.j2", "FROM scratch\n"),
    "git is told to ignore a template": write(".gitignore", "web\n"),
    "an excludes file of git says so": write(".git/info/exclude", "web\n"),
    "a plain Dockerfile appears": write("other/Dockerfile", "FROM scratch\n"),
    "a plain Dockerfile becomes one of dfrender's": write(
        "plain/Dockerfile", "# Generated by dfrender from Dockerfile.j2, profile ci. Do not edit.\n"
    ),
    "a plain Dockerfile becomes a template": write("plain/profiles/ci.yaml", ""),
    "git refuses to answer": write(".git/config", "[broken"),
    "another template, size and time kept": same_size("web/Dockerfile.j2", "scratch", "Scratch"),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("words", [ONE, ALL], ids=["a template", "a folder"])
@pytest.mark.usefixtures("written")
def test_a_change_is_seen(
    user: Stamped, words: Sequence[str], change: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VERSION", "DFRENDER_ROOT", "TF_BUILD"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    change()
    assert not user.is_replayed(words)


@pytest.mark.parametrize("change", CHANGES_BELOW.values(), ids=CHANGES_BELOW)
@pytest.mark.usefixtures("written")
def test_a_change_among_the_files_of_a_folder_is_seen(user: Stamped, change: Callable[[], None]) -> None:
    change()
    assert not user.is_replayed(ALL)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-p", "ci"], id="a profile"),
        pytest.param(["--set", "values.version=4"], id="a key of the profile"),
        pytest.param(["--target", "base"], id="a target"),
        pytest.param(["-o", "api/Dockerfile.out", "-p", "ci"], id="an output"),
        pytest.param(["--quiet"], id="quiet"),
        pytest.param(["--root", "."], id="a root"),
        pytest.param(["--message-format", "json"], id="a format"),
    ],
)
@pytest.mark.usefixtures("written_once")
def test_another_option_is_another_call(user: Stamped, words: list[str]) -> None:
    assert not user.is_replayed([*ONE, *words])
    assert user.is_replayed([*ONE, *words])


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--check"], id="a check is a gate"),
        pytest.param(["--diff"], id="a difference is one too"),
        pytest.param(["--tracked"], id="and what asks git for its index"),
        pytest.param(["--no-cache"], id="the user does not want it"),
        pytest.param(["-p", "ci", "-o", "-"], id="standard output"),
        pytest.param(["-p", "ci", "-o-"], id="standard output, written together"),
        pytest.param(["--depfile", "deps"], id="a depfile is written anew"),
        pytest.param(["-p", "ci", "--map=map.json"], id="a map too"),
    ],
)
@pytest.mark.usefixtures("written_once")
def test_no_stamp_is_kept_of(user: Stamped, words: list[str]) -> None:
    for _ in "12":
        assert not user.is_replayed([*ONE, *words])


@pytest.mark.usefixtures("written")
def test_the_environment_turns_it_off(user: Stamped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DFRENDER_CACHE", "off")
    assert not user.is_replayed(ONE)


def test_what_a_shell_completes_is_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_DFRENDER_COMPLETE", "bash_complete")
    assert call.of_words(["render", "."]) is None


@pytest.mark.usefixtures("project")
def test_a_folder_that_is_gone_has_no_calls() -> None:
    Path.cwd().rmdir()
    assert call.of_words(["render", "."]) is None


def test_what_was_written_is_up_to_date_the_next_time(written: Project, user: Stamped) -> None:
    written.write({"api/part.j2": "RUN echo changed\n"})
    assert "wrote api/Dockerfile.ci" in user.dfrender(*ALL).stdout
    replayed = user.dfrender(*ALL)
    assert user.replays == 3
    assert replayed == user.dfrender(*ALL, "--no-cache")


def test_warnings_are_repeated(project: Project, user: Stamped) -> None:
    project.write({"Dockerfile": "FROM a AS base\nFROM base:latest\n", "profiles/ci.yaml": ""})
    user.dfrender("render")
    replayed = user.dfrender("render")
    assert user.replays == 1
    assert "warning" in replayed.stderr
    assert replayed == user.dfrender("render", "--no-cache")


def test_an_ignore_file_that_was_removed_is_not_named_again(written: Project, user: Stamped) -> None:
    Path("api/Dockerfile.dockerignore").unlink()
    assert "removed api/Dockerfile.ci.dockerignore" in user.dfrender(*ONE).stdout
    assert user.dfrender(*ONE).stdout == "api/Dockerfile.ci is up to date\napi/Dockerfile.local is up to date\n"
    assert user.replays == 3
    assert "api/Dockerfile.ci.dockerignore" not in written.files()


def test_a_run_that_failed_leaves_no_stamp(project: Project, user: Stamped, cache: Path) -> None:
    project.write({"Dockerfile.j2": "FROM {{ nothing }}\n", "profiles/ci.yaml": ""})
    for _ in "12":
        assert user.dfrender("render").exit_code == 1
    assert list(cache.rglob("*")) == []


@pytest.mark.usefixtures("written")
def test_where_git_refuses_to_answer_no_stamp_is_kept(user: Stamped) -> None:
    write(".git/config", "[broken")()
    for _ in "12":
        assert not user.is_replayed(ALL)


@pytest.mark.parametrize("change", [write("read", "2"), remove("read"), write("missed", ""), remove("known")])
def test_what_changes_during_a_run_makes_no_stamp(project: Project, change: Callable[[], None]) -> None:
    project.write({"read": "1", "known": ""})
    recorder = Recorder()
    recorder.read(Path("read"))
    assert not recorder.is_file(Path("missed"))
    assert recorder.is_file(Path("known"))
    recorder.names(Path("folder"))
    noted = Notes()
    noted.note(recorder, (), {})
    assert noted.is_true
    change()
    noted = Notes()
    noted.note(recorder, (), {})
    assert not noted.is_true


def git_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program in front of git that does something at each call."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "git"
    program.write_text(f'#!/bin/sh\n{script}\nexec {shutil.which("git")} "$@"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_an_ignore_file_that_appears_during_a_run_is_seen_by_the_next(
    written: Project, user: Stamped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dfrender wrote beside an output, and has no source, goes; this one comes when all was looked at."""
    left_over = "web/Dockerfile.local.dockerignore"
    headed = written.read("api/Dockerfile.ci.dockerignore")
    (tmp_path / "left-over").write_bytes(headed)
    again = (
        f"if [ -e {tmp_path}/once ]; then cp {tmp_path}/left-over {Path.cwd()}/{left_over}; fi; touch {tmp_path}/once"
    )
    git_first(tmp_path, monkeypatch, again)
    written.write({"api/part.j2": "RUN echo other\n"})
    assert not user.is_replayed(ALL)
    assert left_over in written.files()
    assert not user.is_replayed(ALL)


@pytest.mark.usefixtures("written")
def test_what_is_no_stream_of_the_system_is_left_to_the_command(user: Stamped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not user.is_replayed(ONE)


def test_another_installation_is_another_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record that an installer leaves has the digest of each file."""
    record = tmp_path / "dfrender-0.1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    (tmp_path / "dfrender").mkdir()
    monkeypatch.setattr(call, "_HERE", str(tmp_path / "dfrender"))
    monkeypatch.syspath_prepend(tmp_path)
    names = set()
    for text in ("dfrender/api.py,sha256=1,", "dfrender/api.py,sha256=2,"):
        record.write_text(text, "utf-8")
        this_call = call.of_words(["render"])
        assert this_call
        names.add(this_call.name)
    assert len(names) == 2


def test_a_pipe_is_written_to_at_each_run(project: Project, user: Stamped) -> None:
    project.write({"Dockerfile.j2": "FROM scratch\n", "profiles/ci.yaml": ""})
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        for _ in "12":
            assert not user.is_replayed(["render", "-o", "pipe"])
    finally:
        os.close(reader)


CONTEXT = {
    "Dockerfile": f"FROM a@sha256:{'0' * 64} AS base\nCOPY src /src\nFROM base\n",
    "profiles/ci.yaml": "extends: _base\nprebuilt: [base]\ntag: '{input_digest}'\n",
    "profiles/_base.yaml": "platform: linux/amd64\n",
    "src/a": "1",
    "src/b/c": "2",
}


@pytest.fixture
def context(project: Project) -> Project:
    """Return a repository in which images are named by what they are made of."""
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    project.write(CONTEXT)
    subprocess.run(["git", "add", "src"], check=True)
    return project


CHANGES_OF_CONTEXT: dict[str, Callable[[], object]] = {
    "a file, size and time kept": same_size("src/a", "1", "3"),
    "a file may be executed": lambda: Path("src/a").chmod(0o755),
    "a file becomes a link": link("src/a"),
    "a file is gone": remove("src/a"),
    "a link appears": lambda: Path("src/b/d").symlink_to("c"),
    "an empty file appears": write("src/b/e", ""),
    "an empty folder appears": lambda: Path("src/b/f").mkdir(),
    "a folder is renamed": rename("src/b", "src/c"),
    "an ignore file appears": write(".dockerignore", "src/b\n"),
    "one of the output appears": write("Dockerfile.ci.dockerignore", "src/b\n"),
    "one of the template appears": write("Dockerfile.dockerignore", "src/b\n"),
    "one that buildah reads appears": write(".containerignore", "src/b\n"),
    "one of the output that buildah reads appears": write("Dockerfile.ci.containerignore", "src/b\n"),
    "git does not track a file any more": lambda: subprocess.run(
        ["git", "rm", "-q", "--cached", "src/b/c"], check=True
    ),
    "git has the modes of files count": lambda: subprocess.run(["git", "config", "core.fileMode", "false"], check=True),
    "the builder is another one": same_size("profiles/_base.yaml", "buildah ", "buildkit"),
    "the salt is another one": write("profiles/_base.yaml", "platform: linux/amd64\nsalt: 2\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES_OF_CONTEXT.values(), ids=CHANGES_OF_CONTEXT)
def test_a_change_of_the_build_context_is_seen(context: Project, user: Stamped, change: Callable[[], object]) -> None:
    context.write({"profiles/_base.yaml": "platform: linux/amd64\nbuilder: buildah \n"})
    for _ in "12":  # the first makes a new file, and the folder of the context looks different then
        user.dfrender("render")
    assert user.is_replayed(["render"])
    change()
    assert not user.is_replayed(["render"])


def under_strace(words: Sequence[str]) -> set[str]:
    """Make a run that keeps no stamp, and return the paths in the working directory that it looks at."""
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("strace is not installed")
    command = [strace, "-qq", "-f", "-e", "trace=%file", "-o", "../calls", sys.executable, "-m", "dfrender"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environ |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([*command, *words, "--no-cache"], env=environ, check=True, capture_output=True)
    found = set()
    here = str(Path.cwd())
    for line in Path("../calls").read_text("utf-8").splitlines():
        if '"' in line and "execve(" not in line:
            path = os.path.abspath(line.split('"')[1])  # noqa: PTH100 - links stay
            if path.startswith(f"{here}/") and not path.startswith(f"{here}/.git"):
                found.add(path)
    return found


def missed_by_stamp(looked_at: set[str], cache: Path) -> set[str]:
    """Return what the only stamp does not know of what a run looked at."""
    (path,) = (cache / "dfrender").iterdir()
    stamp = store.read(path.name)
    assert stamp
    known = {os.path.abspath(subject) for _, subject, _ in stamp.facts}  # noqa: PTH100 - the same
    listed = {os.path.abspath(subject) for question, subject, _ in stamp.facts if question == facts.ENTRIES}  # noqa: PTH100 - the same
    return {each for each in looked_at - known if not _is_known(each) and str(Path(each).parent) not in listed}


def _is_known(path: str) -> bool:
    found = Path(path)
    # what Python looks for where it starts, and git wherever it passes
    return found.is_dir() or found.name in {".gitignore", "pyvenv.cfg", "dfrender"} or ".git" in found.parts


@pytest.mark.parametrize("words", slow_but({"a folder"}, {"a template": (ONE,), "a folder": (ALL,)}))
def test_everything_that_a_run_looks_at_is_in_its_stamp(
    written: Project, user: Stamped, cache: Path, words: Sequence[str]
) -> None:
    shutil.rmtree(cache / "dfrender")
    user.dfrender(*words)
    assert missed_by_stamp(under_strace(words), cache) == set()
    assert "api/Dockerfile.ci" in written.files()


@pytest.mark.parametrize("builder", slow_but({"buildkit"}, ["buildkit", "classic", "buildah"]))
def test_everything_of_a_build_context_that_a_run_looks_at_is_in_its_stamp(
    context: Project, user: Stamped, cache: Path, builder: str
) -> None:
    context.write({"profiles/_base.yaml": f"platform: linux/amd64\nbuilder: {builder}\n", ".dockerignore": "*.md\n"})
    for _ in "12":
        user.dfrender("render")
    assert missed_by_stamp(under_strace(["render"]), cache) == set()
    user.dfrender("render")
    assert user.replays


def damage(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damaged(folder: Path) -> None:
        for path in folder.iterdir():
            path.write_bytes(change(path.read_bytes()))

    return damaged


def _other_version(data: bytes) -> bytes:
    return data.replace(b"stamp 3", b"stamp 2")


def _one_bit(data: bytes) -> bytes:
    return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]


def _in_the_place_of_stamps(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for path in list(folder.iterdir()):
            path.rename(f"{path}.moved")
            make(path)

    return change


def _give_away(path: Path) -> None:
    os.chown(path, 12345, -1)


def _of_another_user(folder: Path) -> None:
    for path in folder.iterdir():
        _give_away(path)


def _for_all_to_write(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o666)


def link_to_folder(folder: Path) -> None:
    folder.rename(f"{folder}.moved")
    folder.symlink_to(f"{folder}.moved")


def mode(bits: int) -> Callable[[Path], None]:
    return lambda folder: folder.chmod(bits)


def _no_folder(folder: Path) -> None:
    folder.rename(f"{folder}.moved")
    folder.touch()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "is empty": damage(lambda _: b""),
    "is cut off": damage(lambda data: data[:-3]),
    "has another bit": damage(_one_bit),
    "is of another version": damage(_other_version),
    "may be written to by others": _for_all_to_write,
    "is another user's": _of_another_user,
    "is a link": _in_the_place_of_stamps(lambda path: path.symlink_to(f"{path}.moved")),
    "is a folder": _in_the_place_of_stamps(lambda path: path.mkdir()),
    "is a pipe": _in_the_place_of_stamps(os.mkfifo),
    "is in a folder of another user": _give_away,
    "is in a folder that others can write to": mode(0o777),
    "is in a folder that others can read": mode(0o755),
    "is in a folder that is a link": link_to_folder,
    "is in a folder that is a file": _no_folder,
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.usefixtures("written_once")
def test_no_stamp_is_trusted_that(user: Stamped, cache: Path, change: Callable[[Path], object]) -> None:
    expected = user.dfrender(*ONE)
    change(cache / "dfrender")
    before = user.replays
    assert user.dfrender(*ONE) == expected
    assert user.replays == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("XDG_CACHE_HOME", "relative", id="a relative path is ignored, as the specification says"),
        pytest.param("XDG_CACHE_HOME", "", id="an empty one too"),
    ],
)
def test_else_the_cache_is_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.folder() == f"{tmp_path}/.cache/dfrender"
    monkeypatch.delenv("HOME")
    assert not store.folder()
    assert store.read("name") is None
    store.write("name", store.Stamp(b"", b"", []))


def test_a_stamp_comes_back_as_it_was(cache: Path) -> None:
    stamp = store.Stamp(b"out\0put\n", b"", [("file", "na\nme\udcff", "absent"), ("variable", "A", "")])
    store.write("name", stamp)
    found = store.read("name")
    assert found
    assert (found.stdout, found.stderr, found.facts) == (stamp.stdout, stamp.stderr, stamp.facts)
    assert (cache / "dfrender").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("field", ["with\0nul", "\ud800"])
def test_what_cannot_be_written_down_is_not_kept(cache: Path, field: str) -> None:
    store.write("name", store.Stamp(b"", b"", [("file", field, "")]))
    assert list(cache.rglob("name")) == []


def test_what_is_too_large_is_not_kept(cache: Path) -> None:
    store.write("name", store.Stamp(bytes(17 << 20), b"", []))
    assert list(cache.rglob("name")) == []


def test_a_full_disk_keeps_nothing(cache: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        store.write("name", store.Stamp(bytes(1000), b"", []))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((cache / "dfrender").iterdir()) == []


def test_old_stamps_go_and_so_does_what_was_left_over(cache: Path) -> None:
    folder = cache / "dfrender"
    folder.mkdir(0o700, parents=True)
    for number in range(300):
        path = folder / f"stamp-{number:03}"
        path.touch()
        os.utime(path, (number, number))
    for name, written in ((".new-old", 0), (".new-now", 2_000_000_000_000)):
        (folder / name).touch()
        os.utime(folder / name, (written, written))
    store.write("name", store.Stamp(b"", b"", []))
    left = sorted(each.name for each in folder.iterdir())
    assert left == [".new-now", "name", *(f"stamp-{number:03}" for number in range(128, 300))]


@pytest.mark.parametrize(
    ("question", "subject", "said"),
    [
        pytest.param(facts.FILE, "nowhere", "absent", id="nothing is there"),
        pytest.param(facts.FILE, "nul\0", "absent", id="no file has this name"),
        pytest.param(facts.FILE, "x" * 300, "error 36", id="the system refuses the name"),
        pytest.param(facts.FILE, ".", "16384", id="a folder has no bytes"),
        pytest.param(facts.NAMES, "nowhere", facts.digest(b""), id="a folder that is not there has no names"),
        pytest.param(facts.ENTRIES, "nowhere", "error 2", id="nor can it be looked through"),
        pytest.param(facts.SHA256, "nowhere", "error 2", id="a file of a context is gone"),
        pytest.param(facts.VARIABLE, "UNSET", "absent", id="a variable is not set"),
    ],
)
@pytest.mark.usefixtures("project")
def test_every_question_has_an_answer(question: str, subject: str, said: str) -> None:
    assert facts.answer(question, subject) == said


@pytest.mark.usefixtures("project")
def test_a_large_file_is_read_in_pieces() -> None:
    data = bytes(range(256)) * (3 << 12)
    Path("large").write_bytes(data)
    assert facts.answer(facts.FILE, "large") == f"32768 {facts.digest(data)}"


def test_a_link_is_followed_and_told_from_what_it_leads_to(project: Project) -> None:
    project.write({"file": "text"})
    Path("link").symlink_to("file")
    Path("broken").symlink_to("nowhere")
    here = os.path.realpath(".")
    assert facts.answer(facts.KIND, "link") == f"link to {here}/file: 32768"
    assert facts.answer(facts.KIND, "broken") == f"link to {here}/nowhere: absent"
    assert facts.answer(facts.FILE, "link") == f"link to {here}/file: 32768 {facts.digest(b'text')}"
    assert facts.kind_said("4096") == "other"


def command(*words: str, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the command as a user's shell does, which says at its end whether it loaded what it renders with."""
    code = (
        "import atexit, os, sys; os._exit = sys.exit; from dfrender.__main__ import main; "
        "atexit.register(lambda: open('../loaded', 'w').write(str('click' in sys.modules))); main()"
    )
    asked = {**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], env=asked, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def outcome(process: subprocess.Popen[str]) -> Outcome:
    stdout, stderr = process.communicate()
    return Outcome(process.returncode, stdout, stderr)


@pytest.mark.parametrize(
    "environ",
    slow_but(
        {"as it is"},
        {"as it is": {}, "without a buffer": {"PYTHONUNBUFFERED": "1"}, "another hash": {"PYTHONHASHSEED": "7"}},
    ),
)
def test_the_command_ends_before_anything_is_loaded(project: Project, environ: dict[str, str]) -> None:
    project.write({"Dockerfile": "FROM a AS base\nFROM base:latest\n", "profiles/ci.yaml": ""})
    first = outcome(command("render", environ=environ))
    assert Path("../loaded").read_text("utf-8") == "True"
    again = outcome(command("render", environ=environ))
    assert Path("../loaded").read_text("utf-8") == "False"
    assert (again.exit_code, again.stdout, again.stderr) == (0, "Dockerfile.ci is up to date\n", first.stderr)
    assert outcome(command("--version")).exit_code == 0


def test_runs_at_the_same_time_all_come_to_the_same(project: Project, cache: Path) -> None:
    project.write({"Dockerfile": "FROM scratch\n", "profiles/ci.yaml": ""})
    done = [outcome(each) for each in [command("render") for _ in range(6)]]
    assert {(each.exit_code, each.stderr) for each in done} == {(0, "")}
    assert len(list((cache / "dfrender").iterdir())) == 1
    assert outcome(command("render")).stdout == "Dockerfile.ci is up to date\n"


def test_an_interrupt_while_a_stamp_is_looked_at_ends_as_one_of_the_command_does(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"Dockerfile": "FROM scratch\n", "profiles/ci.yaml": ""})
    assert outcome(command("render", ".")).exit_code == 0
    git_first(tmp_path, monkeypatch, f"touch {tmp_path}/asked; sleep 60")
    asked = command("render", ".")
    while not (tmp_path / "asked").exists():
        time.sleep(0.01)
    asked.send_signal(signal.SIGINT)
    assert outcome(asked) == Outcome(130, "", "")
    assert Path("../loaded").read_text("utf-8") == "False"


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        pytest.param("> /dev/full", 2, id="a full disk"),
        pytest.param(">&-", 2, id="a closed standard output", marks=pytest.mark.slow),
        pytest.param("2>&-", 0, id="a closed standard error", marks=pytest.mark.slow),
    ],
)
def test_a_stream_that_takes_nothing_is_reported_as_ever(project: Project, ending: str, expected: int) -> None:
    project.write({"Dockerfile": "FROM scratch\n", "profiles/ci.yaml": ""})
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    typed = f"{sys.executable} -m dfrender render"
    subprocess.run(typed.split(), env=environ, check=True, capture_output=True)
    done = subprocess.run(["bash", "-c", f"{typed} {ending}"], env=environ, capture_output=True, check=False)
    plain = subprocess.run(
        ["bash", "-c", f"{typed} --no-cache {ending}"], env=environ, capture_output=True, check=False
    )
    assert done.returncode == plain.returncode == expected
    assert (done.stdout, done.stderr) == (plain.stdout, plain.stderr)
