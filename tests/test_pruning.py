"""An output that is pruned to a target: which stages are left, what goes with the others, and what stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dfrender.diagnostics import BugError, DfrenderError
from dfrender.dockerfile.graph import NO_STAGE, Graph
from dfrender.files import lines_with_header
from dfrender.source import BOM, join
from tests.project import Project
from tests.reading import dockerfile_of, result_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from dfrender.api import Result

FIVE = """\
# syntax=docker/dockerfile:1
ARG PY=3.13

# what all share
FROM python:$PY AS base
RUN base

# tools
# in two lines
FROM alpine AS tools
RUN <<END
FROM base AS app
COPY --from=app / /
END

FROM base AS app
COPY --from=tools /t /t
RUN app

# tests
FROM app AS tests
RUN --mount=from=tools,target=/t tests

FROM base AS docs
"""
TOP = "# syntax=docker/dockerfile:1\nARG PY=3.13\n"
BASE = "# what all share\nFROM python:$PY AS base\nRUN base\n\n"
TOOLS = "# tools\n# in two lines\nFROM alpine AS tools\nRUN <<END\nFROM base AS app\nCOPY --from=app / /\nEND\n\n"


@pytest.mark.parametrize(
    ("profile", "target", "output"),
    [
        pytest.param("", "base", f"{TOP}\n{BASE}", id="a stage that needs no other one"),
        pytest.param("", "tools", f"{TOP}\n{TOOLS}", id="a stage goes with the comments above it"),
        pytest.param(
            "",
            "app",
            f"{TOP}\n{BASE}{TOOLS}FROM base AS app\nCOPY --from=tools /t /t\nRUN app\n\n",
            id="what it begins from and what it copies from stays",
        ),
        pytest.param("", "docs", f"{TOP}\n{BASE}FROM base AS docs\n", id="stages in the middle go"),
        pytest.param(
            "prebuilt: [base, app, tools], style: image",
            "tests",
            f"{TOP}\n# tests\nFROM app:latest AS tests\nRUN --mount=from=tools:latest,target=/t tests\n\n",
            id="an image needs no stage",
        ),
        pytest.param(
            "prebuilt: [base, app, tools]",
            "tests",
            f"{TOP}ARG APP_IMAGE=app:latest\nARG TOOLS_IMAGE=tools:latest\n\nFROM ${{TOOLS_IMAGE}} AS tools-image\n"
            "# tests\nFROM ${APP_IMAGE} AS tests\nRUN --mount=from=tools-image,target=/t tests\n\n",
            id="arguments and alias stages are those of what is left",
        ),
        pytest.param(
            "prebuilt: [base, app, tools], arg_default: stage",
            "docs",
            f"{TOP}ARG BASE_IMAGE=base\n\n{BASE}FROM ${{BASE_IMAGE}} AS docs\n",
            id="an argument that defaults to a stage needs the stage",
        ),
        pytest.param(
            "prebuilt: {base: context, app: stage}",
            "docs",
            f"{TOP}\n{BASE}FROM base AS docs\n",
            id="a bare name needs the stage",
        ),
        pytest.param(
            "prebuilt: [base, docs]",
            "docs",
            f"{TOP}ARG BASE_IMAGE=base:latest\n\nFROM ${{BASE_IMAGE}} AS docs\n",
            id="the target itself is a stage even if it is prebuilt",
        ),
        pytest.param("", "TOOLS", f"{TOP}\n{TOOLS}", id="the target is found in any case"),
    ],
)
def test_an_output_has_what_its_target_needs(profile: str, target: str, output: str) -> None:
    assert result_of(FIVE, f"{{target: {target}, {profile}}}").text == output


@pytest.mark.parametrize(
    ("template", "profile", "output"),
    [
        pytest.param(
            "FROM a AS x\nFROM a AS y\nFROM a\nFROM a AS t\nCOPY --from=2 / /\nCOPY --from=1 / /\n",
            "target: t",
            "FROM a AS y\nFROM a\nFROM a AS t\nCOPY --from=1 / /\nCOPY --from=y / /\n",
            id="an index becomes the stage's name, or its new index where it has none",
        ),
        pytest.param(
            "FROM a AS x\nFROM a AS y\nFROM a AS base\nFROM a AS t\nCOPY --from=base / /\nCOPY --from=1 / /\n",
            "{target: t, prebuilt: [base]}",
            "ARG BASE_IMAGE=base:latest\nFROM a AS y\nFROM ${BASE_IMAGE} AS base-image\nFROM a AS t\n"
            "COPY --from=base-image / /\nCOPY --from=y / /\n",
            id="an index counts alias stages too",
        ),
        pytest.param(
            "FROM a\nFROM a AS x\nFROM a AS t\nCOPY --from=0 / /\n",
            "target: t",
            "FROM a\nFROM a AS t\nCOPY --from=0 / /\n",
            id="an index that means the same stage stays",
        ),
        pytest.param(
            "ARG T=tools\nFROM a AS tools\nFROM ${T} AS t\n",
            "{target: t, prebuilt: [tools], style: image}",
            "ARG T=tools\nFROM a AS tools\nFROM ${T} AS t\n",
            id="a stage that the user's own argument leads to stays",
        ),
        pytest.param(
            "FROM a AS src\nFROM a AS parent\nONBUILD COPY --from=src / /\nFROM parent AS t\n",
            "{target: t, prebuilt: [src]}",
            "FROM a AS src\nFROM a AS parent\nONBUILD COPY --from=src / /\nFROM parent AS t\n",
            id="a trigger that is left as it is needs its stage",
        ),
        pytest.param(
            "FROM a AS src\nFROM a AS parent\nONBUILD COPY --from=src / /\nFROM parent AS t\n",
            "{target: t, prebuilt: [src], style: image}",
            "FROM a AS parent\nONBUILD COPY --from=src:latest / /\nFROM parent AS t\n",
            id="a trigger that names an image does not",
        ),
        pytest.param(
            "FROM a AS src\nFROM a AS parent\nONBUILD COPY --from=src / /\nFROM parent AS t\n",
            "{target: parent}",
            "FROM a AS parent\nONBUILD COPY --from=src / /\n",
            id="a trigger that runs in no stage needs nothing",
        ),
        pytest.param(
            "FROM a AS src\nFROM a AS parent\nONBUILD COPY --from=src / /\nFROM parent AS t\n",
            "{target: t, prebuilt: [parent], style: image}",
            "FROM a AS src\nFROM parent:latest AS t\n",
            id="the triggers of an image run too, and find stages here",
        ),
        pytest.param(
            f"{BOM}FROM a AS x\nFROM a AS t\n", "target: t", f"{BOM}FROM a AS t\n", id="a byte order mark stays on top"
        ),
        pytest.param(
            f"{BOM}FROM a AS base\nFROM base AS t\n",
            "{target: t, prebuilt: [base]}",
            f"{BOM}ARG BASE_IMAGE=base:latest\nFROM ${{BASE_IMAGE}} AS t\n",
            id="a byte order mark stays above what is added",
        ),
        pytest.param("FROM a AS x\r\n\r\nFROM a AS t\r\n", "target: t", "FROM a AS t\r\n", id="CRLF"),
        pytest.param("FROM a AS x\nFROM a AS t", "target: x", "FROM a AS x\n", id="no final newline, if it went"),
        pytest.param("FROM a AS x\nFROM a AS t", "target: t", "FROM a AS t", id="no final newline, if it stayed"),
        pytest.param(
            "FROM a AS x\n# syntax=b\nFROM a AS t\n",
            "target: t",
            "\n# syntax=b\nFROM a AS t\n",
            id="a comment does not become a directive",
        ),
        pytest.param(
            "# escape=`\r\nFROM a AS x\r\n# syntax=b\r\nFROM a AS t\r\n",
            "target: t",
            "# escape=`\r\n\r\n# syntax=b\r\nFROM a AS t\r\n",
            id="a comment does not become a directive below another one",
        ),
        pytest.param(
            "FROM a AS base\nARG V=1\nFROM base AS t\nFROM base AS x\nRUN $V\n",
            "{target: t, prebuilt: [base], style: image}",
            "FROM base:latest AS t\n",
            id="what a stage loses is no fault where the stage goes",
        ),
        pytest.param(
            "FROM a AS x\nFROM a AS src\nFROM a\nONBUILD COPY --from=1 / /\nFROM a AS t\nCOPY --from=src / /\n",
            "target: t",
            "FROM a AS src\nFROM a AS t\nCOPY --from=src / /\n",
            id="an index of a trigger is no fault where the trigger goes",
        ),
    ],
)
def test_what_is_left_means_what_it_meant(template: str, profile: str, output: str) -> None:
    assert result_of(template, profile, "Dockerfile").text == output


SELECTED = "ARG E=dev\nFROM a AS pre-dev\nFROM a AS pre-prod\nFROM a AS other\nFROM pre-${E} AS t\n"
PRODUCTION = "ARG E=dev\nARG E=prod\nFROM a AS pre-prod\nFROM pre-${E} AS t\n"


@pytest.mark.parametrize(
    ("template", "profile", "output"),
    [
        pytest.param(
            SELECTED, "", SELECTED.replace("FROM a AS other\n", ""), id="all that an argument can select stays"
        ),
        pytest.param(SELECTED, "build_args: {E: prod}", PRODUCTION, id="an argument that is given selects one"),
        pytest.param(
            SELECTED,
            "build_args: {E: $$(Env)}",
            SELECTED.replace("FROM a AS other\n", ""),
            id="an argument that a pipeline fills in selects none",
        ),
        pytest.param(
            "ARG E=all\nFROM a AS x\nFROM $E AS t\n", "", "ARG E=all\nFROM a AS x\nFROM $E AS t\n", id="by a whole name"
        ),
        pytest.param(
            "ARG E\nFROM a AS x\nFROM a AS x-y\nFROM a AS y\nFROM x${E:+-y} AS t\n",
            "",
            "ARG E\nFROM a AS x\nFROM a AS x-y\nFROM x${E:+-y} AS t\n",
            id="by an argument that need not be given",
        ),
        pytest.param(
            "FROM a AS x-arm\nFROM a AS x-v7\nFROM x-$TARGETVARIANT AS t\n",
            "platform: linux/arm",
            "FROM a AS x-v7\nFROM x-$TARGETVARIANT AS t\n",
            id="a platform selects one, by its usual variant",
        ),
        pytest.param(
            "FROM a AS x-arm64\nFROM a AS x-amd64\nFROM x-$TARGETARCH AS t\n",
            "platform: linux/arm64",
            "FROM a AS x-arm64\nFROM x-$TARGETARCH AS t\n",
            id="a platform selects one",
        ),
        pytest.param(
            "FROM a AS x-arm64\nFROM a AS x-amd64\nFROM x-$TARGETARCH AS t\n",
            "platform: $$(Platform)",
            "FROM a AS x-arm64\nFROM a AS x-amd64\nFROM x-$TARGETARCH AS t\n",
            id="a platform that a pipeline fills in selects none",
        ),
        pytest.param(
            "ARG E=dev\nFROM a AS dev\nFROM a AS prod\nFROM ${E%%=*} AS t\n",
            'build_args: {E: "prod=\\"1\\""}',
            'ARG E=dev\nARG E="prod=\\"1\\""\nFROM a AS prod\nFROM ${E%%=*} AS t\n',
            id="a value is quoted where it has to be",
        ),
    ],
)
def test_what_an_argument_can_select_stays(template: str, profile: str, output: str) -> None:
    text = f"target: t\n{profile}\n"
    assert result_of(template, text, "Dockerfile").text == output


def test_a_build_argument_is_declared_by_a_template_of_the_run(project: Project) -> None:
    project.write(
        {
            "profiles/ci.yaml": "build_args: {ONE: 1, TWP: 2, NO: {value: 3, optional: true}, HTTP_PROXY: p}\n",
            "a/Dockerfile.j2": "FROM a\nARG ONE\n",
            "b/Dockerfile.j2": "FROM a\nARG TWO\n",
            ".git/HEAD": "",
        }
    )
    refused = "profiles/ci.yaml:1:22: error: no Dockerfile here declares the build argument 'TWP' [unknown-build-arg]"
    for command in ("lint", "render"):
        result = project.dfrender(command, ".")
        assert result.exit_code == 1
        written = result.stdout + result.stderr
        assert refused in written
        assert "did you mean 'TWO'?" in written
        assert written.count("[unknown-build-arg]") == 1


# The command line names another target than the profile, and then another file.

CALLED = {"Dockerfile.j2": FIVE, "profiles/ci.yaml": "target: app\n"}


def test_a_target_of_the_call_goes_before_that_of_the_profile_and_to_a_file_of_its_own(project: Project) -> None:
    project.write(CALLED)
    assert project.render() == "wrote Dockerfile.ci: 3 of 5 stages for app\n"
    whole = project.read("Dockerfile.ci")
    assert project.render("--target", "Docs") == "wrote Dockerfile.ci.docs: 2 of 5 stages for docs\n"
    assert project.read("Dockerfile.ci") == whole
    assert b"# Update: dfrender render -p ci --target docs Dockerfile.j2   (" in project.read("Dockerfile.ci.docs")
    assert project.render("-p", "ci", "--target", "docs", "Dockerfile.j2") == "Dockerfile.ci.docs is up to date\n"


def test_a_target_of_the_call_names_the_file_behind_the_output_of_the_profile(project: Project) -> None:
    project.write({**CALLED, "profiles/ci.yaml": "output: build.Dockerfile\nprebuilt: [base]\n"})
    assert project.render("--target=tests") == (
        "wrote build.Dockerfile.tests: 1 reference to 1 prebuilt stage; 3 of 5 stages for tests\n"
    )


def test_a_target_of_the_call_goes_to_the_file_that_the_call_names(project: Project) -> None:
    project.write(CALLED)
    project.render("--target", "tools", "-o", "out")
    assert b"# Update: dfrender render -p ci --target tools -o out Dockerfile.j2   (" in project.read("out")
    assert project.render("--target", "tools", "-o", "-").endswith(f"\n{TOOLS}")


def test_a_target_that_is_set_in_the_profile_goes_to_the_output_of_the_profile(project: Project) -> None:
    project.write(CALLED)
    assert project.render("--set", "target=base") == "wrote Dockerfile.ci: 1 of 5 stages for base\n"


def test_lint_is_told_a_target_too(project: Project) -> None:
    lost = "FROM a AS base\nARG V=1\nFROM base AS app\nFROM base AS x\nRUN $V\n"
    project.write({"Dockerfile.j2": lost, "profiles/ci.yaml": "prebuilt: [base]\n"})
    assert "error" in project.dfrender("lint").stdout
    assert "error" not in project.dfrender("lint", "--target", "app").stdout


# For any file, any profile and any target.


class Pruning(NamedTuple):
    """A Dockerfile of stages ``s0``, ``s1`` and so on, the styles of those that are prebuilt, and a target."""

    text: str
    styles: dict[str, str]
    target: str

    @property
    def profile(self) -> str:
        """Return the text of the profile."""
        prebuilt = [f"  {name}: {{style: {style}, optional: true}}\n" for name, style in self.styles.items()]
        return f"target: {self.target}\nprebuilt:\n{''.join(prebuilt)}"


_TAKES = (
    *("COPY --from={name} /a /a", "COPY --from={index} /a /a", "RUN --mount=from={name},target=/m true"),
    *("ONBUILD COPY --from={name} /a /a", "ONBUILD RUN --mount=from={name},target=/m true"),
    "COPY --fr\\\nom=\\\n# --from=s9\n\nS{index} /a /a",
)
_OTHERS = ("RUN true", "# syntax=b", "#", "", "RUN <<E\nFROM s0\n# x\nE", "ENV A=b \\\n# c\n  C=d", "ARG V=1", "#!/b")
_STYLES = ("arg", "image", "context", "stage", "arg, arg_default: stage")


@st.composite
def prunings(draw: DrawFn) -> Pruning:
    """Give stages that begin from images, each other and arguments, and that take from those above in every way."""
    lines = draw(st.lists(st.sampled_from(["# escape=`", "# syntax=a", "", "# c", "ARG B=s0", "ARG C"]), max_size=3))
    count = draw(st.integers(1, 6))
    named = [draw(st.integers(0, 4)) > 0 for _ in range(count)]
    for number in range(count):
        above = [each for each in range(number) if named[each]]
        bases = ["alpine:3.22", "scratch", *(f"s{each}" for each in above), *(["${B}"] if "ARG B=s0" in lines else [])]
        lines.append(f"FROM {draw(st.sampled_from(bases))}{f' AS S{number}' if named[number] else ''}")
        for source in draw(st.lists(st.integers(0, number - 1), max_size=3)) if number else []:
            takes = _TAKES if named[source] else _TAKES[1:2]
            lines.append(draw(st.sampled_from(takes)).format(name=f"s{source}", index=source))
        lines += draw(st.lists(st.sampled_from(_OTHERS), max_size=3))
    stages = [f"s{number}" for number in range(count) if named[number]]
    assume(stages)
    text = draw(st.sampled_from(["", BOM])) + "\n".join(lines) + draw(st.sampled_from(["", "\n"]))
    styles = draw(st.dictionaries(st.sampled_from(stages), st.sampled_from(_STYLES)))
    return Pruning(text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), styles, draw(st.sampled_from(stages)))


def pruned(text: str, pruning: Pruning) -> Result:
    """Render, which may be refused for what has nothing to do with the target, but for no bug of dfrender."""
    try:
        return result_of(text, pruning.profile, "Dockerfile")
    except BugError:
        raise
    except DfrenderError:
        assume(False)  # noqa: FBT003 - a statement, to hypothesis
        raise


def needed(source: Graph, pruning: Pruning) -> set[int]:
    """Give what the target needs: follow the text of each reference to where no image takes a stage's place."""
    found: set[int] = set()
    todo = {source.names[pruning.target]}
    while todo:
        stage = todo.pop()
        found.add(stage)
        for edge in source.edges:
            runs_in = source.bases[stage].possible if edge.reference.onbuild else (stage,)
            style = pruning.styles.get(source.title(edge.stage), "") if edge.stage != NO_STAGE else "image"
            is_image = style == "image" or (style == "arg" and not edge.reference.onbuild)
            if edge.reference.stage in runs_in and not (is_image and "$" not in edge.reference.text):
                todo.update(set(edge.possible) - found)
    return found


def runs_triggers_of_images(result: Result) -> bool:
    """Say whether a stage begins from an image whose triggers name stages: from the output, nobody can know of them."""
    named_by_triggers = {edge.reference.stage for edge in result.decisions.source.edges if edge.reference.onbuild}
    images = {edge.reference for each in result.decisions.prebuilt if each.is_image for edge in each.edges}
    return any(base.stage in named_by_triggers and base.reference in images for base in result.decisions.source.bases)


@given(pruning=prunings())
def test_for_any_target_it_is_what_the_target_needs_and_nothing_else_changes(pruning: Pruning) -> None:
    result = pruned(pruning.text, pruning)
    written = [stage for stage in result.output.stages if not result.lines[stage.first].why]
    stages = [result.decisions.source.stages[stage] for stage in sorted(needed(result.decisions.source, pruning))]
    assert [(stage.name, stage.at.line) for stage in written] == [(stage.name, stage.at.line) for stage in stages]
    assert [each.name for each in result.decisions.source.dockerfile.args if each.stage == NO_STAGE] == [
        each.name
        for each in result.output.dockerfile.args
        if each.stage == NO_STAGE and not each.name.endswith("_IMAGE")
    ]
    headed = dockerfile_of(join(lines_with_header(result)))
    assert [each[:2] for each in headed.directives] == [
        each[:2] for each in result.decisions.source.dockerfile.directives
    ]
    if not runs_triggers_of_images(result):
        assert pruned(result.text, pruning).text == result.text
