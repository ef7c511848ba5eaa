"""Which templates a document is looked at with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.messages import Failure, Question, Request, packed, unpacked
from dfrender.lsp.roots import roots
from dfrender.lsp.worker import answer
from tests.lsp.known import absolute

if TYPE_CHECKING:
    from tests.project import Project

FILES = {
    ".git/HEAD": "",
    "api/Dockerfile.j2": "{% include '_base.j2' %}\n",
    "api/Dockerfile.ci": "FROM alpine:3.22\n",
    "api/_base.j2": "{% include '/shared/_tools.j2' %}\n",
    "api/_circle.j2": "{% include '_circle.j2' %}\n",
    "api/nginx.conf.j2": "listen {{ port }};\n",
    "api/image.j2": "FROM alpine:3.22\n",
    "api/profiles/ci.yaml": "",
    "shared/_tools.j2": "FROM alpine:3.22 AS tools\n",
    "profiles/shared.yaml": "",
    "web/Containerfile.j2": "FROM scratch\n",
    "other/profiles/x.yaml": "",
    "compose.yaml": "",
    "notes.txt": "",
}


@pytest.mark.parametrize(
    ("document", "templates"),
    [
        pytest.param("api/Dockerfile.j2", ["api/Dockerfile.j2"], id="a template with itself"),
        pytest.param("api/Dockerfile.ci", ["api/Dockerfile.ci"], id="a Dockerfile with itself"),
        pytest.param("api/_base.j2", ["api/Dockerfile.j2"], id="an include with what includes it"),
        pytest.param("shared/_tools.j2", ["api/Dockerfile.j2"], id="an include of an include"),
        pytest.param("api/_circle.j2", [], id="an include of itself with nothing"),
        pytest.param("api/image.j2", ["api/image.j2"], id="what has a FROM and no other use with itself"),
        pytest.param("api/nginx.conf.j2", [], id="a template of something else with nothing"),
        pytest.param("api/profiles/ci.yaml", ["api/Dockerfile.j2"], id="a profile with the template of its folder"),
        pytest.param(
            "profiles/shared.yaml", ["api/Dockerfile.j2", "web/Containerfile.j2"], id="a profile with those below"
        ),
        pytest.param("other/profiles/x.yaml", [], id="what has no template near is no profile"),
        pytest.param("compose.yaml", [], id="other YAML with nothing"),
        pytest.param("notes.txt", [], id="any other file with nothing"),
        pytest.param("_missing.j2", [], id="a file that was never saved with nothing"),
    ],
)
def test_a_document_belongs_to(project: Project, document: str, templates: list[str]) -> None:
    project.write(FILES)
    found = roots(absolute(document), {})
    assert [str(Path(each).relative_to(Path.cwd())) for each in found] == templates


def test_a_chain_of_includes_is_followed_a_few_links(project: Project) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": "{% include '_9.j2' %}"})
    project.write({f"_{each}.j2": f"{{% include '_{each - 1}.j2' %}}" for each in range(1, 10)})
    assert roots(absolute("_8.j2"), {}) == (absolute("Dockerfile.j2"),)
    assert roots(absolute("_1.j2"), {}) == ()


def test_a_bug_is_an_answer_too() -> None:
    found = answer(Request("\0/_x.j2", {}, {}, Question.ROOTS))
    assert isinstance(found, Failure)
    assert "ValueError" in found.text


def test_a_message_is_read_back() -> None:
    request = Request("a", {"b": "c"}, {})
    data = packed(request)
    assert int.from_bytes(data[:8], "big") == len(data) - 8
    assert unpacked(data[8:]) == request
