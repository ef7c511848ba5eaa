"""A recorder reads for a rendering and notes what it depends on, absent things among it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.recorder import Recorder

if TYPE_CHECKING:
    from tests.project import Project


def test_what_is_read_and_what_is_missing_is_noted(project: Project) -> None:
    project.write({"here": "text", "folder/b": "", "folder/a": ""})
    recorder = Recorder({"SET": "1"})
    assert recorder.read(Path("here")) == b"text"
    assert [recorder.is_file(Path(name)) for name in ("here", "folder", "nowhere", "nul\0")] == [
        True,
        False,
        False,
        False,
    ]
    assert [recorder.exists(Path(name)) for name in ("here", "folder", "nowhere")] == [True, True, False]
    assert recorder.names(Path("folder")) == ("a", "b")
    assert recorder.names(Path("nowhere")) == ()
    assert (recorder.environ.get("SET"), recorder.environ.get("UNSET")) == ("1", None)
    assert recorder.files == {Path("here"): b"text"}
    assert recorder.kinds[Path("nowhere")] == "absent"
    assert recorder.environ.noted == {"SET": "1", "UNSET": None}


def test_an_unsaved_text_stands_in_for_a_file(project: Project) -> None:
    project.write({"here": "saved"})
    recorder = Recorder(unsaved={Path("here"): b"typed", Path("new"): b""})
    assert recorder.read(Path("here")) == b"typed"
    assert recorder.is_file(Path("new"))
    assert recorder.exists(Path("new"))


def test_a_part_has_notes_of_its_own_until_they_are_taken_in(project: Project) -> None:
    project.write({"one": "1", "two": "2"})
    whole = Recorder({"A": "a"})
    part = whole.part()
    part.read(Path("two"))
    part.environ.get("A")
    assert (whole.files, whole.environ.noted) == ({}, {})
    whole.include(part)
    assert (list(whole.files), whole.environ.noted) == ([Path("two")], {"A": "a"})


def test_parts_of_one_recorder_agree_on_what_there_is_and_others_look_again(project: Project) -> None:
    project.write({"folder/file": ""})
    Path("link").symlink_to("folder")
    whole = Recorder()
    one, other = whole.part(), whole.part()
    seen = (one.is_folder(Path("link")), one.exists(Path("new")), one.real(Path("link")))
    Path("link").unlink()
    project.write({"link": "a file by now", "new": ""})
    here = os.path.realpath(".")
    assert seen == (True, False, f"{here}/folder")
    assert (other.is_folder(Path("link")), other.exists(Path("new")), other.real(Path("link"))) == seen
    assert other.kinds == {Path("link"): "folder", Path("new"): "absent"}
    again = Recorder()
    assert (again.is_folder(Path("link")), again.exists(Path("new"))) == (False, True)
    assert again.real(Path("link")) == f"{here}/link"


def test_the_environment_is_a_mapping_like_any_other() -> None:
    environ = Recorder({"A": "a", "B": "b"}).environ
    assert (list(environ), len(environ), environ.noted) == (["A", "B"], 2, {})


def test_what_the_system_refuses_to_say_is_raised(project: Project) -> None:
    with pytest.raises(OSError, match="too long"):
        Recorder().is_file(Path(f"{os.curdir}/{'x' * 300}"))
    assert project.files() == []
