"""What is found for several profiles of one template, and where a rule is about files."""

from pathlib import Path

import pytest

from dfrender.diagnostics import Problems
from dfrender.discover import dockerfiles_below
from tests.project import Project
from tests.reading import graph_of, linted

BASE = "FROM alpine:3.22 AS base\nARG V=1\n"


def found(*profiles: str) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Lint the template of the working directory; give severity, rule, line and profiles of each finding."""
    findings = linted(Path("Dockerfile.j2"), *profiles)
    return [(each.severity.value, each.code, each.at.line, each.profiles) for each in findings]


def test_a_finding_is_told_once_for_all_profiles_that_have_it(project: Project) -> None:
    project.write(
        {
            "Dockerfile.j2": "FROM alpine:3.22\nCOPY --from= a /a\n"
            '{% if profile != "c" %}COPY --from= b /b\n{% endif %}',
            **{f"profiles/{name}.yaml": "" for name in "abc"},
        }
    )
    assert found() == [("warning", "empty-from", 2, ()), ("warning", "empty-from", 3, ("a", "b"))]
    assert found("a") == [("warning", "empty-from", 2, ()), ("warning", "empty-from", 3, ())]


def test_what_is_an_error_for_one_profile_is_no_warning_for_another(project: Project) -> None:
    template = f"{BASE}FROM base AS app\nRUN echo $V\n"
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "prebuilt: [base]\n", "profiles/local.yaml": ""})
    assert found() == [("error", "arg-inheritance-lost", 4, ("ci",))]
    assert found("local") == [("warning", "arg-inheritance-lost", 4, ())]


def test_without_a_profile_no_stage_is_an_image_anywhere(project: Project) -> None:
    project.write({"Dockerfile": f"{BASE}FROM base AS app\nRUN echo $V\n"})
    assert linted(Path("Dockerfile")) == ()


def test_an_ignore_is_of_use_if_it_is_for_one_profile(project: Project) -> None:
    template = (
        "FROM alpine:3.22 AS a\n# dfrender: ignore=empty-from\n"
        'COPY --from={% if profile == "ci" %}a{% endif %} a /a\nFROM alpine:3.22\n'
    )
    project.write({"Dockerfile.j2": template.replace(" AS a", " AS b", 1).replace("%}a{%", "%}busybox{%")})
    project.write({"profiles/ci.yaml": "", "profiles/local.yaml": ""})
    assert found() == []
    assert found("ci") == [("warning", "unused-ignore", 2, ())]


def test_an_ignored_error_is_the_users_business(project: Project) -> None:
    template = (
        "ARG X=b\nFROM alpine:3.22 AS b\nFROM alpine:3.22\n"
        "# buildah replaces it\n# dfrender: ignore=variable-in-from-flag\n"
    )
    project.write({"Dockerfile.j2": f"{template}COPY --from=$X /a /a\n", "profiles/ci.yaml": ""})
    assert found() == []
    assert project.render() == "wrote Dockerfile.ci\n"


def test_what_is_found_among_templates_is_not_missed_in_one(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": "ignore: [shared-image]\n"})
    assert found() == []


def test_what_cannot_be_written_cannot_be_ignored(project: Project) -> None:
    template = "FROM alpine:3.22 AS base\nFROM base AS app\n"
    profile = "ignore: [arg-name-taken, unknown-key]\nprebuilt: {base: {arg_name: TARGETARCH}}\ntga: 1\n"
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": profile})
    assert [each for each in found() if each[0] == "error"] == [
        ("error", "arg-name-taken", 2, ()),
        ("error", "unknown-key", 3, ()),
    ]


def test_an_output_that_cannot_be_written_is_found_too(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": "output: ../Dockerfile\n"})
    assert found() == [("error", "output-outside-repository", 1, ())]


@pytest.mark.parametrize(
    "ignored",
    [
        pytest.param(
            {".dockerignore": "api/Dockerfile.*\n"}, id="in the file of an upper folder, which is the context"
        ),
        pytest.param({"api/.dockerignore": "Dockerfile.ci\n"}, id="in the file of its own folder"),
        pytest.param({"api/Dockerfile.ci.dockerignore": "*.ci\n"}, id="in the file that bears its name"),
        pytest.param({"api/profiles/ci.yaml": "output: ../out/Dockerfile.ci\n"}, id="outside the context"),
        pytest.param(
            {
                "api/profiles/ci.yaml": "builder: buildah\n",
                "api/.dockerignore": "x\n",
                "api/.containerignore": "Dockerfile.ci\n",
            },
            id="in buildah's file of the context",
        ),
        pytest.param(
            {"api/profiles/ci.yaml": "builder: buildah\n", "api/Dockerfile.ci.containerignore": "Dockerfile.ci\n"},
            id="in buildah's file that bears its name",
        ),
        pytest.param(
            {"api/profiles/ci.yaml": "builder: buildah\n", "api/Dockerfile.ci.dockerignore": "Dockerfile.ci\n"},
            id="in Docker's file that bears its name, which buildah reads too",
        ),
    ],
)
def test_an_output_that_is_ignored_may_be_copied(project: Project, ignored: dict[str, str]) -> None:
    project.write({".git/HEAD": "", "api/Dockerfile.j2": "FROM alpine:3.22\nCOPY . /app\n", "api/profiles/ci.yaml": ""})
    project.write(ignored)
    assert linted(Path("api/Dockerfile.j2")) == ()


@pytest.mark.parametrize(
    ("profile", "options"),
    [
        pytest.param("context: ..\n", (), id="that the profile names"),
        pytest.param("", ("--context", "api"), id="that the call names"),
    ],
)
def test_an_output_is_looked_for_in_the_context(project: Project, profile: str, options: tuple[str, ...]) -> None:
    project.write({".git/HEAD": "", ".dockerignore": "*\n", "api/docker/profiles/ci.yaml": profile})
    project.write({"api/docker/Dockerfile.j2": "FROM alpine:3.22\nCOPY . /app\n"})
    said = project.dfrender("lint", *options, "api/docker/Dockerfile.j2").output
    assert "   add docker/Dockerfile.ci to api/.dockerignore\n" in said
    project.write({"api/.dockerignore": "docker/Dockerfile.*\n"})
    assert "0 warnings" in project.dfrender("lint", *options, "api/docker/Dockerfile.j2").output


@pytest.mark.parametrize(
    ("files", "place"),
    [
        pytest.param(
            {"Dockerfile.j2": "FROM a\n{% include 'copy' %}\n", "copy": "RUN x\nCOPY --from= a /a\n"},
            "copy:2",
            id="an include",
        ),
        pytest.param(
            {"Dockerfile.j2": "{% macro copy() %}\nRUN x\nCOPY --from= a /a\n{% endmacro %}\nFROM a\n{{ copy() }}\n"},
            "Dockerfile.j2:3",
            id="a macro",
        ),
        pytest.param(
            {
                "Dockerfile.j2": "{% from 'm' import copy %}\nFROM a\n{{ copy() }}\n",
                "m": "{% macro copy() %}\nCOPY --from= a /a\n{% endmacro %}\n",
            },
            "m:2",
            id="an imported macro",
        ),
        pytest.param(
            {"Dockerfile.j2": "FROM a\n{% for n in [''] %}\nRUN x\nCOPY --from={{ n }} a /a\n{% endfor %}\n"},
            "Dockerfile.j2:4",
            id="a loop",
        ),
        pytest.param(
            {"Dockerfile.j2": "{% set lines %}\nRUN x\nCOPY --from= a /a\n{% endset %}\nFROM a\n{{ lines }}\n"},
            "Dockerfile.j2:3",
            id="a set block",
        ),
        pytest.param(
            {"Dockerfile.j2": "FROM a\n{% filter lower %}\nrun x\ncopy --from= a /a\n{% endfilter %}\n"},
            "Dockerfile.j2:4",
            id="a filter",
        ),
        pytest.param(
            {"Dockerfile.j2": "FROM a\n{% if true %}\nRUN x\n{% else %}\nRUN y\n{% endif %}\nCOPY \\\n --from= a /a\n"},
            "Dockerfile.j2:8",
            id="a continuation below a condition",
        ),
    ],
)
def test_a_finding_is_where_the_user_wrote_it(project: Project, files: dict[str, str], place: str) -> None:
    project.write(files)
    findings = linted(Path("Dockerfile.j2"))
    assert [(each.code, f"{each.at.file}:{each.at.line}") for each in findings] == [("empty-from", place)]


PLATFORMS = """\
FROM alpine AS base-amd64
FROM --platform=linux/arm64 alpine AS base-arm64
RUN true
FROM alpine AS other
FROM base-${TARGETARCH} AS base
FROM base AS app
COPY --from=base /a /b
"""


def test_a_stage_that_another_platform_needs_is_needed(project: Project) -> None:
    source = graph_of(PLATFORMS)
    assert source.needs(source.names["app"]) == [0, 1, 3, 4]
    assert source.unreferenced == [2, 4]
    assert source.platform(source.names["app"]) == ""
    project.write({"Dockerfile.j2": PLATFORMS, "profiles/ci.yaml": "prebuilt: [base, base-arm64]\n"})
    assert found() == [("warning", "reference-through-arg", 5, ())]


def test_an_argument_may_hold_the_platform_too() -> None:
    text = "ARG BASE=base-$TARGETARCH\n" + PLATFORMS.replace("base-${TARGETARCH}", "${BASE}")
    source = graph_of(text)
    assert source.needs(source.names["base"]) == [0, 1, 3]


def test_a_from_that_may_mean_several_contexts_stays_as_it_is(project: Project) -> None:
    project.write(
        {"Dockerfile": PLATFORMS, "profiles/ci.yaml": "prebuilt: {base-amd64: context, base-arm64: context}\n"}
    )
    told = project.dfrender("render", "-o", "-").stdout
    assert told.endswith(PLATFORMS)


def test_a_folder_has_dockerfiles_of_many_names(project: Project) -> None:
    names = [
        "Dockerfile",
        "Dockerfile.dev",
        "api.Dockerfile",
        "web.dockerfile",
        "a/Dockerfile.prod.amd64",
        "b/Dockerfile.j2",
        "c/Dockerfile-nightly",
        "c/Containerfile",
        "c/Containerfile.dev",
    ]
    others = ["Dockerfile.md", "Dockerfile.erb", "Dockerfile.ci.tmpl", "Dockerfile.dockerignore", "NoDockerfile"]
    project.write(dict.fromkeys([*names, *others], "FROM a\n"))
    assert sorted(map(str, dockerfiles_below(Path(), (), Problems()))) == sorted(names)


def test_a_stage_is_not_reached_only_if_no_profile_of_the_template_reaches_it(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM alpine AS old\nFROM alpine AS tests\nFROM alpine AS app\n"})
    project.write({"profiles/ci.yaml": "build: [tests, app]\n", "profiles/nightly.yaml": "build: [app]\n"})
    assert found() == [("warning", "unreached-stage", 1, ())]
    assert found("ci", "nightly") == [("warning", "unreached-stage", 1, ())]
    assert found("nightly") == []
    project.write({"profiles/ci.yml": ""})
    assert found("nightly") == []
