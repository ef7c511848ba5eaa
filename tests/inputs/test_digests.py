"""What changes the digest of which stage, and how a digest is made."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.inputs.digests import stage_inputs
from dfrender.recorder import Recorder
from tests.inputs.reading import asked, context_of, digests

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.project import Project

    Edit = Callable[[], object]

TEMPLATE = """\
ARG PYTHON=3.13
FROM python:${PYTHON} AS base
COPY lock.txt /
RUN install
FROM base AS tools
RUN --mount=source=tools,target=/t make
FROM alpine:3.22 AS docs
COPY docs/*.md /docs/
LABEL a=b
FROM base AS app
COPY --from=tools /t /t
COPY src /src
ENTRYPOINT ["app"]
"""
FILES = {
    "Dockerfile.j2": TEMPLATE,
    "profiles/ci.yaml": "prebuilt: [base, tools]\n",
    "lock.txt": "lock\n",
    "tools/make.sh": "make\n",
    "docs/a.md": "a\n",
    "src/main.py": "main\n",
    "src/deep/part.py": "part\n",
    "other.txt": "other\n",
}


def write(name: str, text: str = "new\n") -> Edit:
    def edit() -> None:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)

    return edit


def replace(old: str, new: str, name: str = "Dockerfile.j2") -> Edit:
    def edit() -> None:
        text = Path(name).read_text()
        assert old in text
        Path(name).write_text(text.replace(old, new))

    return edit


def rename(old: str, new: str) -> Edit:
    def edit() -> None:
        replace(f"AS {old}", f"AS {new}")()
        replace(f"--from={old}", f"--from={new}")()

    return edit


def profile(text: str) -> Edit:
    return write("profiles/ci.yaml", f"prebuilt: [base, tools]\n{text}\n")


EDITS = [
    pytest.param(write("lock.txt"), "base tools app", id="a file that a stage copies"),
    pytest.param(write("tools/make.sh"), "tools app", id="a file in a folder that is mounted"),
    pytest.param(write("src/new.py"), "app", id="a new file in a folder"),
    pytest.param(lambda: Path("src/deep/part.py").unlink(), "app", id="a file that is removed, its folder empty then"),
    pytest.param(lambda: Path("src/main.py").rename("src/core.py"), "app", id="a file that is renamed"),
    pytest.param(lambda: Path("src/main.py").chmod(0o755), "app", id="a file that may be executed"),
    pytest.param(lambda: Path("src/main.py").chmod(0o600), "", id="other bits of the mode"),
    pytest.param(lambda: Path("src/void").mkdir(), "app", id="an empty folder"),
    pytest.param(lambda: Path("src/link").symlink_to("x"), "app", id="a link"),
    pytest.param(write("docs/b.md"), "docs", id="what a wildcard matches"),
    pytest.param(write("docs/b.txt"), "", id="what a wildcard does not match"),
    pytest.param(write("other.txt"), "", id="a file that nothing takes"),
    pytest.param(write(".dockerignore", "src/deep\n"), "app", id="a file that is ignored now"),
    pytest.param(write(".dockerignore", "# src\nother.txt\n"), "", id="an ignore file that ignores nothing taken"),
    pytest.param(write("Dockerfile.j2.dockerignore", "src/deep\n"), "app", id="an ignore file of the template"),
    pytest.param(replace("FROM alpine", "# the docs\n\nFROM alpine"), "", id="a comment and a blank line"),
    pytest.param(replace("RUN install", "RUN \\\n# why\n install"), "", id="a comment in an instruction"),
    pytest.param(replace("RUN install", "run   install  "), "", id="blanks around an instruction's text, its case"),
    pytest.param(replace("RUN install", "RUN install  -v"), "base tools app", id="a command"),
    pytest.param(replace("LABEL a=b", "LABEL a=c"), "docs", id="metadata"),
    pytest.param(replace("COPY src /src\n", ""), "app", id="an instruction less"),
    pytest.param(
        replace('COPY src /src\nENTRYPOINT ["app"]', 'ENTRYPOINT ["app"]\nCOPY src /src'), "app", id="another order"
    ),
    pytest.param(replace("alpine:3.22", "alpine:3.23"), "docs", id="an image"),
    pytest.param(replace("AS docs", "AS manual"), "manual", id="a name: the stage is another one"),
    pytest.param(rename("tools", "kit"), "kit", id="a name that is referred to: what refers to it stays the same"),
    pytest.param(replace("PYTHON=3.13", 'PYTHON="3.13"'), "", id="quotes that come to nothing"),
    pytest.param(replace("PYTHON=3.13", "PYTHON=3.14"), "base tools app", id="a global argument"),
    pytest.param(profile("build_args: {PYTHON: 3.14}"), "base tools app", id="a build argument"),
    pytest.param(profile("build_args: {OTHER: {value: 1, optional: true}}"), "", id="an undeclared argument"),
    pytest.param(profile("build_args: {HTTP_PROXY: 'http://x'}"), "", id="a proxy that nothing declares"),
    pytest.param(profile("build_args: {BUILDKIT_INLINE_CACHE: 1}"), "", id="the inline cache"),
    pytest.param(
        profile("build_args: {BUILDKIT_SYNTAX: docker/dockerfile:1}"), "base tools docs app", id="another frontend"
    ),
    pytest.param(profile("build_args: {SOURCE_DATE_EPOCH: 0}"), "base tools docs app", id="the time of everything"),
    pytest.param(profile("platform: linux/arm64"), "base tools docs app", id="the platform"),
    pytest.param(profile("salt: 2"), "base tools docs app", id="the salt"),
    pytest.param(replace("ARG PYTHON", "# syntax=docker/dockerfile:1\nARG PYTHON"), "base tools docs app", id="syntax"),
    pytest.param(replace("ARG PYTHON", "# escape=`\nARG PYTHON"), "base tools docs app", id="escape"),
    pytest.param(replace("ARG PYTHON", "# check=skip=all\nARG PYTHON"), "", id="check"),
    pytest.param(write("profiles/ci.yaml", "prebuilt: [base]\n"), "", id="whether a stage without ARG is an image"),
]


@pytest.mark.parametrize(("edit", "changed"), EDITS)
def test_an_edit_changes(project: Project, edit: Edit, changed: str) -> None:
    project.write(FILES)
    before = {each.name: each.sha256 for each in digests()}
    edit()
    after = {each.name: each.sha256 for each in digests()}
    seen = [name for name, digest in after.items() if before.get(name) != digest]
    assert seen == changed.split()


TRIGGERS = """\
FROM alpine:3.22 AS other
COPY other.txt /
FROM alpine:3.22 AS base
ONBUILD COPY --from=other a.txt /
ONBUILD COPY a.txt /
ONBUILD ARG LEVEL
FROM base AS app
RUN true
FROM app AS last
RUN true
"""

SEEN = [
    pytest.param(TRIGGERS, write("a.txt"), "app last", id="a trigger reads for the stage that it runs in"),
    pytest.param(
        TRIGGERS, replace("ONBUILD COPY a.txt", "ONBUILD COPY b.txt"), "base app last", id="and is text where it stands"
    ),
    pytest.param(TRIGGERS, write("other.txt"), "other app last", id="what a trigger refers to is that of the stage"),
    pytest.param(TRIGGERS, profile("build_args: {LEVEL: 2}"), "app last", id="an argument that a trigger declares"),
    pytest.param(
        "FROM alpine:3.22 AS a\nARG LEVEL\nRUN true\nFROM alpine:3.22 AS b\nARG LEVEL=1\nFROM b AS c\n",
        profile("build_args: {LEVEL: 2}"),
        "a b c",
        id="an argument that is declared, and whose value hands down",
    ),
    pytest.param(
        "ARG LEVEL=1\nFROM alpine:3.22 AS a\nARG LEVEL\nFROM alpine:3.22 AS b\nARG LEVEL=3\n",
        replace("ARG LEVEL=1", "ARG LEVEL=2"),
        "a",
        id="a global argument, where no default stands before it",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nARG TARGETARCH\nFROM alpine:3.22 AS b\n",
        profile("platform: linux/arm64"),
        "a b",
        id="an argument of the platform",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nENV DIR=src\nCOPY $DIR/a.txt /\n",
        write("elsewhere.txt"),
        "a",
        id="a variable in a source, for which the whole context counts",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nCOPY <<EOF /x\none\nEOF\nFROM a\n",
        replace("one", "two"),
        "a stage-1",
        id="the body of a heredoc, also for a stage without a name",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nRUN true\nFROM a:1 AS b\nCOPY --from=0 /x /x\nRUN --mount=from=a,target=/a true\n",
        replace("RUN true\nFROM", "RUN false\nFROM"),
        "a b",
        id="a stage by its index, and by a mount",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nCOPY --from=nginx:1 /x /x\n",
        replace("nginx:1", "nginx:2"),
        "a",
        id="an image that is copied from",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nARG X=1\nFROM a AS b\nRUN true\nFROM alpine:3.22 AS c\n",
        write("profiles/ci.yaml", "prebuilt: [a]\nignore: [arg-inheritance-lost]\n"),
        "b",
        id="whether a stage with ARG is an image here",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nARG X=1\nFROM a AS b\nRUN true\nFROM alpine:3.22 AS c\n",
        write("profiles/ci.yaml", "prebuilt: {a: {arg_default: stage}}\n"),
        "b",
        id="or may be one",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nFROM a AS b\nCOPY . /\n",
        write("profiles/ci.yaml", "prebuilt: {a: {style: stage, onbuild: true}}\n"),
        "a b",
        id="a base image with triggers, which may take the whole context",
    ),
    pytest.param(
        "FROM alpine:3.22 AS a\nARG TARGETSTAGE\nFROM a AS b\n", replace("AS b", "AS z"), "z", id="a name that it reads"
    ),
    pytest.param(
        "FROM alpine:3.22 AS x\nFROM x-$TARGETSTAGE AS a\n", replace("AS a", "AS z"), "z", id="also in its FROM"
    ),
    pytest.param(
        "FROM alpine:${RELEASE:-3} AS a\nFROM alpine:3 AS b\n",
        replace(":-3}", ":-4}"),
        "a",
        id="an image by a variable that nothing sets",
    ),
    pytest.param(
        "FROM --platform=$BUILDPLATFORM alpine:3.22 AS a\nFROM alpine:3.22 AS b\n",
        profile("build_args: {BUILDPLATFORM: linux/s390x}"),
        "a",
        id="the platform that a FROM names",
    ),
    pytest.param(
        "FROM alpine:3.22 AS x-amd64\nRUN 1\nFROM alpine:3.22 AS x-arm64\nRUN 2\nFROM x-$TARGETARCH AS a\n",
        replace("RUN 2", "RUN 3"),
        "x-arm64 a",
        id="each stage that a FROM may mean",
    ),
    pytest.param(
        "FROM alpine:3.22 AS scratch\nRUN 1\nFROM alpine:3.22 AS a\nRUN --mount=type=cache,target=/c true\n",
        replace("RUN 1", "RUN 2"),
        "scratch a",
        id="a stage that stands for nothing, by a cache without a source",
    ),
    pytest.param(
        "FROM alpine:3.22 AS scratch\nRUN 1\nFROM alpine:3.22 AS b\nONBUILD RUN --mount=type=cache,target=/c true\n"
        "FROM b AS a\n",
        replace("RUN 1", "RUN 2"),
        "scratch a",
        id="also by one of a trigger",
    ),
]


@pytest.mark.parametrize(("template", "edit", "changed"), SEEN)
def test_a_stage_sees(project: Project, template: str, edit: Edit, changed: str) -> None:
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "{}\n", "a.txt": "", "b.txt": "", "src/a.txt": ""})
    project.write({"other.txt": ""})
    before = {each.name: each.sha256 for each in digests()}
    edit()
    after = {each.name: each.sha256 for each in digests()}
    assert [name for name, digest in after.items() if before.get(name) != digest] == changed.split()


def test_a_fixed_platform_decides_which_stage_a_from_means(project: Project) -> None:
    template = "FROM alpine:3.22 AS x-amd64\nFROM alpine:3.22 AS x-arm64\nFROM x-$TARGETARCH AS a\n"
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "platform: linux/arm64\n"})
    assert [part.name for part in digests()[-1].parts if part.words[0] == "stage"] == ["x-arm64"]


def test_a_later_stage_is_a_word(project: Project) -> None:
    """Builders refuse it, and so does dfrender where it is asked to render it."""
    project.write({"Dockerfile.j2": "FROM a AS b\nCOPY --from=c /x /x\nFROM a AS c\n", "profiles/ci.yaml": ""})
    one = asked()
    found = stage_inputs(one.source, one.profile, context_of(one), [0, 1])
    assert ("later stage", "c") in [part.words for part in found[0].digest.parts]


def netstring(data: bytes) -> bytes:
    return str(len(data)).encode() + b":" + data + b","


def test_a_digest_is_the_sha256_of_netstrings(project: Project) -> None:
    """Written out here, so that a change of it is seen: it makes all images of all users new."""
    project.write(
        {
            "Dockerfile.j2": "# syntax=docker/dockerfile:1\nARG V=1\nFROM alpine:$V AS a\nFROM a AS b\nCOPY x y z /\n",
            "profiles/ci.yaml": "platform: linux/amd64\nsalt: 7\nbuild_args: {BUILDKIT_SYNTAX: s}\n",
            "x": "1",
            "y/run": "2",
        }
    )
    Path("y/run").chmod(0o755)
    Path("z").symlink_to("x")
    first, second = digests()
    head = [
        ("version", "1"),
        ("platform", "linux/amd64"),
        ("salt", "7"),
        ("syntax", "docker/dockerfile:1"),
        ("builder argument", "BUILDKIT_SYNTAX", "s"),
        ("from", ""),
    ]
    assert first.sha256 == serialised([*head, ("image", "alpine:1"), ("argument", "V", "1")])
    assert second.sha256 == serialised(
        [
            *head,
            ("stage", first.sha256, "base"),
            ("instruction", "COPY x y z /", ""),
            ("file", "x", sha256(b"1").hexdigest()),
            ("folder", "y", ""),
            ("executable", "y/run", sha256(b"2").hexdigest()),
            ("link", "z", "x"),
        ]
    )
    assert second.tag == second.sha256[:20]


def serialised(parts: list[tuple[str, ...]]) -> str:
    words = [b"".join(netstring(word.encode()) for word in part) for part in parts]
    return sha256(b"".join(map(netstring, words))).hexdigest()


def test_a_file_is_read_once_for_all_stages_and_profiles(project: Project) -> None:
    """Changed in between, it is not seen: one call has one answer."""
    project.write({"Dockerfile.j2": "FROM a AS b\nCOPY x /\nFROM a AS c\nCOPY x /\n", "profiles/ci.yaml": "", "x": "1"})
    one = asked()
    recorder = Recorder()
    first = stage_inputs(one.source, one.profile, context_of(one, recorder.part()), [0])
    project.write({"x": "2"})
    second = stage_inputs(one.source, one.profile, context_of(one, recorder.part()), [0, 1])
    assert second[0].digest.sha256 == first[0].digest.sha256
    assert second[1].digest.inputs["x"].what == sha256(b"1").hexdigest()


def test_a_text_that_is_not_saved_yet_stands_in_for_a_file(project: Project) -> None:
    project.write({"x": "1"})
    assert Recorder({}, {Path("x"): b"2"}).digest(Path("x")) == sha256(b"2").hexdigest()
