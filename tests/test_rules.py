"""What rules find in more than the samples in their manuals can say; those are held to in ``test_manuals``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reading import linted

if TYPE_CHECKING:
    from pathlib import Path

    from dfrender.diagnostics import Diagnostic


def found(template: str, profile: str, folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "ci.yaml").write_text(profile, "utf-8")
    (folder / "Dockerfile.j2").write_text(template, "utf-8")
    return linted(folder / "Dockerfile.j2", str(folder / "ci.yaml"))


@pytest.mark.parametrize(
    ("dockerfile", "profile", "codes"),
    [
        pytest.param(
            "ARG VERSION\nARG IMAGE=alpine:${VERSION:-3}\nFROM ${IMAGE}\n",
            "",
            [],
            id="an ARG above may have no default",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base AS middle\nARG V=2\nFROM middle\nRUN echo $V\n",
            "prebuilt: [base]",
            [("warning", "arg-inheritance-lost", 6)],
            id="an ARG that a stage in between declares anew is not lost to this profile",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base AS middle\nFROM middle\nRUN echo $V\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 5)],
            id="an ARG is lost to a stage of a stage too",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base\nRUN <<E\necho $V\nE\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 4)],
            id="a heredoc reads an ARG like any command",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base\nRUN echo \\\n# $V is gone\n  a\n",
            "prebuilt: [base]",
            [],
            id="a comment in a command reads nothing",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base\nRUN V=2; echo $V\n",
            "prebuilt: [base]",
            [],
            id="a variable that the command sets itself is the command's",
        ),
        pytest.param(
            "FROM alpine AS base\nARG HTTP_PROXY\nFROM base\nRUN echo $HTTP_PROXY\n",
            "prebuilt: [base]",
            [],
            id="builders give the ARGs of proxies to every stage",
        ),
        pytest.param(
            "ARG A.B=a\nFROM ${A.B}\n",
            "",
            [("error", "invalid-arg-name", 1), ("error", "unsupported-expansion", 2)],
            id="a dot in a name is refused, not read as something else",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base AS tools\nRUN x\nFROM tools AS app\nFROM tools AS tests\n",
            "{prebuilt: [base], build: [tests]}",
            [("warning", "unreached-stage", 4)],
            id="a stage that one job builds is not built twice",
        ),
        pytest.param(
            "ARG B=base\nFROM alpine AS base\nARG V=1\nFROM ${B}\nRUN echo $V\n",
            "prebuilt: [base]",
            [("warning", "reference-through-arg", 4), ("warning", "arg-inheritance-lost", 5)],
            id="a FROM that is left as it is loses nothing",
        ),
        pytest.param(
            "ARG A=${UNKNOWN}\nARG B=Alpine\nFROM ${B}\n",
            "",
            [("error", "invalid-image-reference", 3)],
            id="an argument that nobody reads makes nothing uncertain",
        ),
        pytest.param(
            "ARG TAG=\nFROM alpine:${TAG}\n",
            "",
            [("warning", "invalid-image-reference", 2)],
            id="an argument that is empty by default may be given with every build",
        ),
        pytest.param("FROM alpine${FLAVOUR}\n", "", [], id="a name is whole without a variable that has no value"),
        pytest.param(
            "FROM alpine AS one\nCOPY --from=two /x /x\nFROM alpine AS two\nCOPY --from=one /x /x\n",
            "",
            [("error", "circular-reference", 2)],
            id="two stages that take files from each other are a circle, and not a reference to a stage below",
        ),
        pytest.param(
            "FROM alpine AS one\nARG V\nRUN echo $V\nFROM one\nARG V\nRUN echo $V\n",
            "prebuilt: [one]",
            [],
            id="an ARG that is repeated as it was, without a default, is not lost",
        ),
        pytest.param(
            "FROM alpine AS one\nARG V=1\nFROM one\nARG V\nRUN echo $V\n",
            "prebuilt: [one]",
            [("error", "arg-inheritance-lost", 5)],
            id="an ARG that is repeated without its default is lost",
        ),
        pytest.param(
            "FROM alpine AS one\nARG V=1\nFROM one AS two\nARG V\nFROM two\nARG V\nRUN echo $V\n",
            "prebuilt: [two]",
            [("error", "arg-inheritance-lost", 7)],
            id="an ARG without a default keeps what a stage above it gives",
        ),
        pytest.param(
            "FROM node:22 AS app\nFROM busybox AS node\nFROM alpine\nCOPY --from=node /a /a\nCOPY --from=app /b /b\n",
            "",
            [],
            id="a tag above the stage of its name cannot mean the stage",
        ),
        pytest.param(
            "ARG A\nFROM alpine AS builder\nFROM ${A}uilder\nFROM builde${B}\n",
            "",
            [],
            id="a name that an argument is missing from is not a slip",
        ),
        pytest.param(
            "FROM alpine AS one\nCOPY --from=two /x /x\nFROM alpine AS two\nCOPY --from=three /x /x\n"
            "FROM alpine AS three\n"
            "COPY --from=four /x /x\nCOPY --from=one /x /x\nFROM alpine AS four\nCOPY --from=one /x /x\n",
            "",
            [
                ("error", "circular-reference", 2),
                ("error", "circular-reference", 4),
                ("error", "circular-reference", 6),
            ],
            id="stages may take files from each other over any number of others",
        ),
        pytest.param(
            "FROM alpine AS one\nCOPY --from=two /x /x\nFROM alpine AS two\nONBUILD COPY --from=one /x /x\n",
            "",
            [("error", "forward-reference", 2)],
            id="a trigger makes no circle: it runs in another stage",
        ),
        pytest.param(
            "FROM alpine AS one\nENV V=1\nFROM one AS two\nARG V\nFROM two AS three\nRUN echo $V\nFROM one AS four\n"
            "ARG W=1\nFROM four AS five\nENV W=1\nRUN echo $W\nFROM four AS six\nRUN echo $W; echo $W\nRUN echo $W\n",
            "prebuilt: [four, two]",
            [("error", "arg-inheritance-lost", 13)],
            id="ENV keeps a value in each stage that begins from one that has it, and in no other",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nENV V W=2\nARG W=1\nFROM base\nRUN echo $V $W\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 6)],
            id="ENV without = in its first word sets one name",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V\nFROM base\nARG V\nRUN echo $V\n",
            "prebuilt: [base]",
            [],
            id="an ARG that has no default in either stage comes with the build",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base\nARG V\nRUN echo $V\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 5)],
            id="a default is lost where the ARG is repeated without it",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nARG W=1\nFROM base\nRUN <<E\nread x V\nfor W in 1; do echo $V$W; done\nE\n"
            "RUN read x; read y V; echo $V\n",
            "prebuilt: [base]",
            [],
            id="what the commands read and loop over is theirs",
        ),
        pytest.param(
            "FROM alpine AS base\nARG V=1\nFROM base\nCOPY $V /x\nCMD echo $V\n",
            "prebuilt: [base]",
            [("error", "arg-inheritance-lost", 4)],
            id="no builder replaces variables in what runs in the container",
        ),
        pytest.param(
            "ARG BASE=\nARG IMAGE=${BASE}\nARG OTHER\nARG NAME=${OTHER}\nFROM ${NAME}\nFROM ${IMAGE}\n",
            "",
            [("error", "from-arg-empty", 6)],
            id="a name that a build may give is not empty",
        ),
        pytest.param(
            "FROM alpine:3.22 AS builder-base\nFROM builder-bas${X}\n",
            "",
            [],
            id="a name with a variable that has no value is almost no other",
        ),
        pytest.param(
            "FROM alpine\nCOPY --chown=1 src . /app\n",
            "",
            [("warning", "rendered-file-in-context", 2)],
            id="one of several sources may be the whole context",
        ),
        pytest.param(
            'FROM alpine AS app\nENTRYPOINT ["app"]\nCMD run\n',
            "{builder: classic, target: app}",
            [("warning", "devspace-target", 3)],
            id="DevSpace reads JSON on one line, and nothing else",
        ),
        pytest.param(
            "FROM alpine AS base\nCOPY --from=tool_builder /a /a\n",
            "",
            [("warning", "unofficial-image", 2)],
            id="a bare name that is far from all stages may still be meant for one",
        ),
        pytest.param(
            "FROM alpine\nCOPY --from=tool_builder /a /a\n",
            "",
            [],
            id="in a file that names no stage, a bare name is meant for an image",
        ),
        pytest.param(
            "FROM alpine AS base\n"
            "FROM centos\nCOPY --from=traefik /a /a\nCOPY --from=tool:latest /a /a\nCOPY --from=me/tool /a /a\n",
            "",
            [],
            id="official images, also of old, and names with a tag or a slash are images",
        ),
        pytest.param(
            "ARG NAME=tool\nFROM ${NAME} AS base\nONBUILD COPY --from=tool /a /a\n",
            "",
            [],
            id="what a build argument or a trigger names is known to whoever builds",
        ),
        pytest.param(
            "FROM alpine AS tool\nFROM alpine\nCOPY --from=tool-image /a /a\n",
            "{prebuilt: {tool: {image: tool-image}}}",
            [],
            id="an image that a job makes is there",
        ),
        pytest.param(
            "FROM alpine AS base\nWORKDIR /app\nFROM base AS middle\nWORKDIR lib\n"
            "FROM middle\nCOPY --link --from=base app/lib/x x\n",
            "",
            [("warning", "copy-from-own-base", 6)],
            id="working directories are followed from stage to stage",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base AS same\nFROM base\nCOPY --from=same /a /a\n",
            "",
            [("warning", "copy-from-own-base", 4)],
            id="a stage that only begins from another has its files",
        ),
        pytest.param(
            "FROM alpine AS base\nWORKDIR /app\nFROM base\nWORKDIR lib\nCOPY --from=base app/lib/x x\n",
            "",
            [("warning", "copy-from-own-base", 5)],
            id="the working directory of a copy is that of its own stage",
        ),
        pytest.param(
            'FROM alpine AS base\nFROM base\nCOPY --from=base ["/a b", "/a b"]\n',
            "",
            [("warning", "copy-from-own-base", 3)],
            id="paths may stand in JSON",
        ),
        pytest.param(
            'FROM alpine AS base\nFROM base\nCOPY --from=base ["/a", "/a\n',
            "",
            [],
            id="what is not JSON is no path",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base AS middle\nRUN rm /a\nFROM middle\nCOPY --from=base /a /a\n",
            "",
            [],
            id="a command in between may have changed the file",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base\nRUN rm /a\nCOPY --from=base /a /a\n",
            "",
            [],
            id="a command above the copy may have changed the file",
        ),
        pytest.param(
            "FROM alpine AS base\nONBUILD RUN rm /a\nFROM base\nCOPY --from=base /a /a\n",
            "",
            [],
            id="a trigger may have changed the file",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base\nCOPY --chown=1 --from=base /a /a\n",
            "",
            [],
            id="a copy for another owner is not the same file",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base\nCOPY --from=base /a /b /\n",
            "",
            [],
            id="of several files none is compared",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base\nCOPY --from=base /a ./a\n",
            "",
            [],
            id="where an image decides about the folder, nothing is known",
        ),
        pytest.param(
            "FROM alpine AS base\nWORKDIR $HOME\nFROM base\nCOPY --from=base /a ./a\n",
            "",
            [],
            id="where a variable decides about the folder, nothing is known",
        ),
        pytest.param(
            "FROM alpine AS base\nWORKDIR app\nFROM base\nCOPY --from=base /app/a a\n",
            "",
            [],
            id="a folder below one that is not known is not known",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM base\nCOPY --from=base /a* /a*\nFROM base\nCOPY --from=base /a /b\n",
            "",
            [],
            id="another place, and a wildcard, are not the same file",
        ),
        pytest.param(
            "ARG B=base\nFROM alpine AS base\nFROM ${B} AS app\nCOPY --from=base /a /a\n",
            "",
            [],
            id="a base that a build argument decides is not sure to be one",
        ),
        pytest.param(
            "FROM scratch AS none\nENV A=1\nFROM none AS still-none\nFROM alpine\nCOPY --from=still-none /a /b* /c/\n",
            "",
            [("warning", "copy-from-empty-stage", 5)],
            id="a stage that begins from an empty one and adds nothing is empty",
        ),
        pytest.param(
            "FROM scratch AS none\nFROM alpine\nCOPY --from=none / /a\nCOPY --from=none /a* /b/\n",
            "",
            [],
            id="the root of an empty stage, and a wildcard, copy nothing",
        ),
        pytest.param(
            "FROM scratch AS some\nWORKDIR /a\nFROM alpine\nCOPY --from=some /a /a\n",
            "",
            [],
            id="WORKDIR makes a folder",
        ),
        pytest.param(
            "FROM scratch AS some-0\nFROM scratch AS some-1\nCOPY a /a\n"
            "FROM some-${N:-0} AS some\nFROM alpine\nCOPY --from=some /a /a\n",
            "",
            [],
            id="a stage that an argument chooses may be another than the empty one",
        ),
        pytest.param(
            "FROM debian:12 AS build\nFROM build AS tests\nRUN x\n"
            "FROM alpine AS base\nFROM base\nCOPY --from=tests /. /\n",
            "",
            [("warning", "root-over-root", 6)],
            id="systems are those of the images that stages begin from in the end",
        ),
        pytest.param(
            "FROM debian:12 AS build\nRUN x\nFROM scratch\nCOPY --from=build / /\n"
            "FROM debian:13\nCOPY --from=build / /\n"
            "FROM alpine\nCOPY --from=build / /mnt\nCOPY --exclude=/etc --from=build / /\n",
            "",
            [],
            id="to squash, over its own system, elsewhere or in part, a whole root may be copied",
        ),
        pytest.param(
            "ARG I=debian\nFROM ${I} AS build\nRUN x\nFROM alpine\nCOPY --from=build / /\n",
            "",
            [],
            id="which system an argument means is not known",
        ),
        pytest.param(
            "FROM me/files AS files\nFROM alpine\nCOPY --from=files / /\n",
            "",
            [],
            id="an image in which no command runs may be no system",
        ),
        pytest.param(
            "FROM alpine AS old\nFROM alpine AS base\nFROM alpine AS tool\n"
            "FROM tool AS out\nFROM base AS app\nFROM alpine\n",
            "{build: [misspelt], target: out, registry: r.io, publish: [app], prebuilt: {base: {}, app: {}}}",
            [("warning", "unreached-stage", 1), ("warning", "prebuilt-not-used", 1)],
            id="what a target, publish and prebuilt name is reached, and the last stage",
        ),
        pytest.param(
            "FROM --platform=$BUILDPLATFORM alpine AS base\nFROM base\nFROM --platform=$BUILDPLATFORM base\n",
            "prebuilt: {base: image}",
            [("warning", "platform-lost", 2)],
            id="a FROM may carry the platform of an image itself",
        ),
    ],
)
def test_what_a_rule_finds_in_more_than_a_sample_can_say(
    dockerfile: str, profile: str, codes: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    findings = found(dockerfile, profile, tmp_path)
    assert [(each.severity.value, each.code, each.at.line) for each in findings] == codes


@pytest.mark.parametrize(
    ("dockerfile", "profile", "written"),
    [
        pytest.param(
            "FROM alpine AS base\nARG V\nFROM base\nRUN echo $V\n",
            "prebuilt: [base]",
            "V would be empty here: stage '#1' inherits it from a stage that is an image here"
            " -> repeat ARG V in stage '#1'",
            id="an ARG without default is repeated without one",
        ),
        pytest.param(
            "FROM alpine AS base\nFROM alpine AS b\nFROM --platform=$BUILDPLATFORM alpine AS tools\nFROM tools\n",
            "prebuilt: {tools: image}",
            "'tools' is built for $BUILDPLATFORM, its image here is taken for the target platform"
            " -> write FROM --platform=$BUILDPLATFORM here",
            id="a FROM can carry the platform",
        ),
        pytest.param(
            "FROM alpine AS b\nRUN x\nFROM alpine AS c\nRUN x\nFROM alpine AS d\nRUN x\n"
            "FROM alpine AS e\nRUN x\nFROM alpine\n",
            "builder: classic",
            "for '#4' the classic builder also builds 'b', 'c', 'd' and 1 more"
            " -> name it FROM … AS NAME, and set target: NAME in the profile,"
            " so that the output holds no more than it needs",
            id="three stages are named, and a stage without a name needs one",
        ),
        pytest.param(
            "FROM alpine\nRUN --mount=target=/a --mount=target=/b x\nRUN --mount=type=tmpfs,target=/a x\n",
            "builder: classic",
            "the classic builder does not know --mount here, nor in 1 other places"
            " -> use BuildKit (DevSpace: buildKit: {}, or docker: {useCli: true}), or do without",
            id="a flag is reported once, with the number of other instructions that have it",
        ),
        pytest.param(
            "FROM alpine AS one\nCOPY --from=two /x /x\nFROM alpine AS two\nCOPY --from=one /x /x\n",
            "",
            "stage 'one' takes files from stage 'two', which takes files from it -> take the files from a third stage",
            id="a circle names the other stage",
        ),
    ],
)
def test_a_message_names_what_a_user_has_to_know(dockerfile: str, profile: str, written: str, tmp_path: Path) -> None:
    (finding,) = found(dockerfile, profile, tmp_path)
    assert f"{finding.message} -> {finding.hint}" == written


def test_without_a_profile_no_stage_is_an_image_elsewhere(tmp_path: Path) -> None:
    template = tmp_path / "Dockerfile"
    template.write_text("FROM alpine AS base\nARG V=1\nFROM base\nRUN echo $V\n", "utf-8")
    assert linted(template) == ()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/ci.yaml").write_text("", "utf-8")
    assert [each.code for each in linted(template)] == ["arg-inheritance-lost"]
