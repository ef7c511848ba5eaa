"""What a template may include, how it is named, and what stays out of its reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.boundary import ROOT
from dfrender.diagnostics import DfrenderError
from dfrender.recorder import Recorder
from dfrender.template.template import Template, render_template
from tests.reading import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dfrender.template.template import Rendered

FILES = {
    "services/api/part.j2": "RUN api\n",
    "services/api/sub/part.j2": "RUN sub\n",
    "services/api/sub/beside.j2": '{% include "./part.j2" %}\n{% include "part.j2" %}\n{% include "../part.j2" %}\n',
    "shared/part.j2": "RUN shared\n",
    ".git/part.j2": "# secret\n",
    "services/web/.git/part.j2": "# secret\n",
}
MOVE = "move it inside; a link counts as what it leads to, and --root DIR names a folder that holds more"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a template's folder, ``services/api``; beside it is a file that is not its business."""
    folder = tmp_path / "repository"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "outside.j2").write_text("# secret\n", encoding="utf-8")
    return folder


def rendered(repository: Path, text: str, environ: Mapping[str, str] | None = None) -> Rendered:
    """Render what a template in ``services/api`` would be."""
    template = Template("services/api/Dockerfile.j2", text, repository / "services" / "api", jinja=True)
    return render_template(template, {}, "ci", lambda _: "", Recorder(environ or {}))


def lines(repository: Path, name: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines of a template that includes one file, with their places."""
    found = rendered(repository, f'{{% include "{name}" %}}\n', environ)
    return [f"{line.at} {line.text.rstrip()}" for line in found.lines]


def refusal(repository: Path, name: str, environ: Mapping[str, str] | None = None) -> str:
    """Return why a file cannot be included, though it may be missing."""
    with pytest.raises(DfrenderError) as caught:
        rendered(repository, f'{{% include "{name}" ignore missing %}}\n', environ)
    (found,) = refusals(caught.value)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("part.j2", "services/api/part.j2:1 RUN api", id="a name is relative to the template's folder"),
        pytest.param("./part.j2", "services/api/part.j2:1 RUN api", id="so is one with a dot in the template itself"),
        pytest.param("sub/../part.j2", "services/api/part.j2:1 RUN api", id="it may go up inside"),
        pytest.param("../../shared/part.j2", "shared/part.j2:1 RUN shared", id="it may leave the folder"),
        pytest.param("/shared/part.j2", "shared/part.j2:1 RUN shared", id="with a slash it begins at the root"),
        pytest.param("/services/api/part.j2", "services/api/part.j2:1 RUN api", id="also for what is near"),
    ],
)
def test_a_file_is_included_from_all_over_the_repository(repository: Path, name: str, expected: str) -> None:
    assert lines(repository, name) == [expected]


def test_a_dot_means_the_file_that_includes(repository: Path) -> None:
    assert lines(repository, "sub/beside.j2") == [
        "services/api/sub/part.j2:1 RUN sub",
        "services/api/part.j2:1 RUN api",
        "services/api/part.j2:1 RUN api",
    ]


def test_a_template_may_include_itself_by_any_name(repository: Path) -> None:
    (repository / "services" / "api" / "Dockerfile.j2").touch()
    text = '{% if not again %}\n{% set again = 1 %}\n{% include "../api/Dockerfile.j2" %}\n{% endif %}\nRUN a\n'
    template = Template("services/api/Dockerfile.j2", text, repository / "services" / "api", jinja=True)
    found = render_template(template, {"again": 0}, "ci", lambda _: "", Recorder())
    assert [str(line.at) for line in found.lines] == ["services/api/Dockerfile.j2:5"] * 2


def test_a_link_inside_the_repository_is_followed(repository: Path) -> None:
    (repository / "services" / "api" / "link").symlink_to("../../shared")
    assert lines(repository, "link/part.j2") == ["services/api/link/part.j2:1 RUN shared"]
    (repository / "part.j2").write_text("RUN root\n", encoding="utf-8")
    assert lines(repository, "link/../part.j2") == ["services/api/link/../part.j2:1 RUN root"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../../outside.j2", id="above it"),
        pytest.param("../../../nothing.j2", id="above it, where nothing is"),
        pytest.param("/../outside.j2", id="above the root"),
        pytest.param("link.j2", id="by a link"),
        pytest.param("./link.j2", id="by a link beside the file that includes"),
        pytest.param("links/outside.j2", id="below a link"),
        pytest.param("links/../../outside.j2", id="by going up where a link leads to"),
        pytest.param("proc", id="by a link to what the system makes up"),
    ],
)
def test_nothing_outside_the_repository_is_included(repository: Path, name: str) -> None:
    (repository / "services" / "api" / "link.j2").symlink_to("../../../outside.j2")
    (repository / "services" / "api" / "links").symlink_to(repository.parent)
    (repository / "services" / "api" / "proc").symlink_to("/proc/self/environ")
    message = f"{name!r} is outside the repository [include-outside-repository] -> {MOVE}"
    assert refusal(repository, name) == f"services/api/Dockerfile.j2:1:13: {message}"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("/.git/part.j2", id="from the root"),
        pytest.param("../../.git/part.j2", id="from the folder"),
        pytest.param("/.git", id="the folder itself"),
        pytest.param("../web/.git/part.j2", id="of another repository inside this one"),
        pytest.param("link", id="by a link"),
        pytest.param("/data/part.j2", id="by another name of it"),
    ],
)
def test_nothing_of_git_is_included(repository: Path, name: str) -> None:
    (repository / "services" / "api" / "link").symlink_to("../../.git/part.j2")
    if name.startswith("/data"):
        (repository / ".git").rename(repository / "data")
        (repository / ".git").symlink_to("data")
    message = f"{name!r} is inside .git [include-outside-repository] -> {MOVE}"
    assert refusal(repository, name) == f"services/api/Dockerfile.j2:1:13: {message}"


def test_a_submodule_is_a_repository_of_its_own(repository: Path) -> None:
    (repository / "services" / "api" / ".git").write_text("gitdir: ../../.git/modules/api\n", encoding="utf-8")
    assert lines(repository, "/part.j2") == ["services/api/part.j2:1 RUN api"]
    assert "'/../../shared/part.j2' is outside the repository" in refusal(repository, "/../../shared/part.j2")


def test_the_root_may_be_named(repository: Path) -> None:
    environ = {ROOT: str(repository.parent)}
    assert lines(repository, "/outside.j2", environ) == ["../outside.j2:1 # secret"]
    environ = {ROOT: str(repository / "services")}
    assert lines(repository, "/api/part.j2", environ) == ["services/api/part.j2:1 RUN api"]
    message = f"'../../shared/part.j2' is outside the root {environ[ROOT]!r} [include-outside-repository] -> {MOVE}"
    assert refusal(repository, "../../shared/part.j2", environ) == f"services/api/Dockerfile.j2:1:13: {message}"


def test_without_a_repository_there_is_only_the_folder(repository: Path) -> None:
    (repository / ".git").rename(repository / "git")
    assert lines(repository, "sub/part.j2") == ["services/api/sub/part.j2:1 RUN sub"]
    assert "'../web/x.j2' is outside the template's folder" in refusal(repository, "../web/x.j2")
    message = "'/shared/part.j2' begins at the root of a repository, and services/api/Dockerfile.j2 is in none"
    hint = "name the root with --root DIR, or leave out the / for what is in the template's folder"
    assert refusal(repository, "/shared/part.j2") == (
        f"services/api/Dockerfile.j2:1:13: {message} [include-without-root] -> {hint}"
    )


def test_a_name_that_is_nearly_right_is_proposed_as_it_would_be_written(repository: Path) -> None:
    for name in ("./prat.j2", "../api/prat.j2", "/shared/prat.j2"):
        with pytest.raises(DfrenderError) as caught:
            rendered(repository, f'{{% include "{name}" %}}\n')
        right = name.replace("prat", "part")
        assert refusals(caught.value) == [
            f"services/api/Dockerfile.j2:1:13: no file {name!r} [include-not-found] -> did you mean {right!r}?"
        ]


def test_all_that_decided_is_noted(repository: Path) -> None:
    recorder = rendered(repository, '{% include "./part.j2" %}{% include "no" ignore missing %}').recorder
    folder = repository / "services" / "api"
    assert list(recorder.files) == [folder / "part.j2"]
    assert recorder.kinds[folder / "no"] == "absent"
    assert recorder.kinds[folder / ".git"] == "absent"
    assert recorder.kinds[repository / ".git"] == "folder"
    assert recorder.environ.noted == {ROOT: None}
