"""What is read, and that Jinja is only there where a template needs it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dfrender.diagnostics import CallError
from dfrender.source import join
from dfrender.template.template import Template, read_template
from tests.reading import in_one_line
from tests.template.rendering import render

if TYPE_CHECKING:
    from pathlib import Path

    from tests.template.rendering import Folder


@pytest.mark.parametrize(
    ("name", "jinja"),
    [
        pytest.param("Dockerfile.j2", True, id="j2"),
        pytest.param("Dockerfile.jinja", True, id="jinja"),
        pytest.param("Dockerfile", False, id="a plain Dockerfile"),
        pytest.param("Dockerfile.j2.bak", False, id="another ending behind it"),
    ],
)
def test_the_name_decides_whether_a_file_is_a_template(tmp_path: Path, name: str, *, jinja: bool) -> None:
    path = tmp_path / name
    path.write_bytes(b"RUN \xff\r\nRUN {{ 1 }}\n")
    template = read_template(path)
    assert (template.file, template.folder, template.jinja) == (str(path), tmp_path, jinja)
    assert template.text == "RUN \udcff\r\nRUN {{ 1 }}\n"


def test_a_file_that_is_no_template_is_taken_as_it_is(tmp_path: Path) -> None:
    text = "RUN {{ x }} ${#y}\r\nRUN \r {% if %}\n"
    rendered = render(Template("Dockerfile", text, tmp_path, jinja=False))
    assert join(rendered.lines) == text


def test_there_is_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile.j2").touch()
    path = tmp_path / "Dockerfil.j2"
    assert refused(path) == f"{path}: no such file [file-not-found] -> did you mean 'Dockerfile.j2'?"
    path = tmp_path / "no" / "Dockerfile.j2"
    assert refused(path) == f"{path}: no such file [file-not-found] -> check the path"


def test_a_folder_is_no_template(tmp_path: Path) -> None:
    message = "cannot be read: is a directory [unreadable-file] -> give the path of a template in it"
    assert refused(tmp_path) == f"{tmp_path}: {message}"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    message = "cannot be read: file name too long [unreadable-file] -> check its name and permissions"
    assert refused(path) == f"{path}: {message}"


def refused(path: Path) -> str:
    with pytest.raises(CallError) as caught:
        read_template(path)
    (diagnostic,) = caught.value.diagnostics
    return in_one_line(diagnostic)


def test_the_includes_that_were_read_are_known_once_each(folder: Folder) -> None:
    files = {"a.j2": "{% include 'sub/b.j2' %}", "sub/b.j2": "", "unused.j2": ""}
    rendered = folder.render("{% include 'a.j2' %}{% include './a.j2' %}{% include 'no' ignore missing %}", files=files)
    assert list(rendered.recorder.files) == [folder.path / "a.j2", folder.path / "sub/b.j2"]


def test_an_include_goes_by_the_name_that_the_user_would_write(folder: Folder) -> None:
    (folder.path / "part.j2").write_text("RUN x\n", encoding="utf-8")
    root = Template("api/Dockerfile.j2", "{% include 'part.j2' %}\n", folder.path, jinja=True)
    rendered = render(root)
    assert [str(line.at) for line in rendered.lines] == ["api/part.j2:1"]


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        pytest.param("FROM a\nRUN ${b}\n", False, id="a text without tags does not need Jinja"),
        pytest.param("FROM {{ 'a' }}\n", True, id="a print does"),
        pytest.param("{% if true %}{% endif %}", True, id="a tag does"),
        pytest.param("{# why #}", True, id="a comment does"),
    ],
)
def test_jinja_is_imported_where_there_is_something_to_render(text: str, *, imported: bool) -> None:
    code = (
        "import sys; from pathlib import Path; from dfrender.recorder import Recorder;"
        "from dfrender.template.template import Template, render_template;"
        f"template = Template('f', {text!r}, Path(), jinja=True);"
        "render_template(template, {}, 'ci', lambda _: '', Recorder({}));"
        "print('jinja2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == f"{imported}\n"
