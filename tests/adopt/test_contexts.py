"""The build context of a Dockerfile, found where other tools' files name it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfrender.adopt import contexts
from dfrender.discover import some_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfrender.adopt.contexts import Contexts
    from tests.project import Project

PIECES = [
    *("services:", "build:", "context:", "dockerfile:", "images:", "target:", "task: Docker@2", "inputs:"),
    *(
        "<<: *a",
        "&a ",
        "*a",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        '"',
        "?",
        "!",
        "|",
        ">",
        "#",
    ),
    *("\\0", "\0", "\ud800", "\t", "é", "$(b)", "${b}", "**/", "../", "Dockerfile", ".", "b"),
]
PATHS = st.lists(
    st.sampled_from(
        ["Dockerfile", "api", "..", ".", "/", "**", "\\", "$(b)", "$(c)", "${b:-x}", "$", "\0", "\ud800", ":", ""]
    ),
    max_size=8,
).map("/".join)
DOCKERFILE = "api/docker/Dockerfile"


def found(project: Project, *dockerfiles: str, **files: str) -> Contexts:
    """Look for the contexts of Dockerfiles in a repository with these files."""
    project.write({".git/HEAD": "", DOCKERFILE: "", "api/app.py": "", "web/app.js": "", **files})
    paths = [Path(each) for each in dockerfiles or (DOCKERFILE,)]
    root = contexts.root_of(paths[0])
    return contexts.find(paths, some_files(root, lambda name: name != "HEAD"), root)


def context(project: Project, name: str, text: str) -> str:
    """Return the context that a file names for the Dockerfile, empty where it names none that is usable."""
    seen = found(project, **{name: text})
    folder = str(seen.folders[DOCKERFILE])
    return folder if any("as " in line for line in seen.lines) else ""


def task(dockerfile: str, context: str = "", more: str = "") -> str:
    """Return a pipeline with one task Docker@2."""
    second = f"    buildContext: {context}\n" if context else ""
    return f"{more}steps:\n- task: Docker@2\n  inputs:\n    Dockerfile: {dockerfile}\n{second}"


@pytest.mark.parametrize(
    ("dockerfile", "named", "more", "expected"),
    [
        pytest.param(DOCKERFILE, "api", "", "api", id="two paths from the root"),
        pytest.param(f"./{DOCKERFILE}", "./api/", "", "api", id="with dots and a slash"),
        pytest.param(r"api\docker\Dockerfile", "api", "", "api", id="as Windows writes it"),
        pytest.param(f"$(Build.SourcesDirectory)/{DOCKERFILE}", ".", "", ".", id="a variable of Azure"),
        pytest.param(DOCKERFILE, "", "", "api/docker", id="no context is the folder of the Dockerfile"),
        pytest.param(DOCKERFILE, "'**'", "", "api/docker", id="the default written out"),
        pytest.param("'**/Dockerfile'", "api", "", "api", id="wherever the Dockerfile is"),
        pytest.param("'**/docker/Dockerfile'", "'**/api'", "", "api", id="wherever context and Dockerfile are"),
        pytest.param("$(x)/Dockerfile", "$(X)", "variables: {x: api/docker}\n", "api/docker", id="a variable's value"),
        pytest.param("$(x)/Dockerfile", "$(y)", "variables: {x: $(y)/docker, y: api}\n", "api", id="one in another"),
        pytest.param(
            "$(x)/docker/Dockerfile", "$(x)", "variables:\n- name: x\n  value: api\n- group: g\n", "api", id="a list"
        ),
        pytest.param(
            "${{ parameters.x }}/docker/Dockerfile",
            "${{ variables.y }}",
            "parameters:\n- name: x\n  default: api\nvariables: {y: api}\n",
            "api",
            id="a parameter's default",
        ),
        pytest.param("$(x)/docker/Dockerfile", "$(x)", "", "api", id="the same unknown before both"),
        pytest.param("$(x)/api/docker/Dockerfile", "$(x)", "", ".", id="the unknown itself"),
        pytest.param("$(x)-1/docker/Dockerfile", "$(y)/api", "", "api", id="the end of a folder above"),
        pytest.param("${{ each x }}/docker/Dockerfile", "api", "", "api", id="an expression"),
        pytest.param(
            "$(x)/docker/Dockerfile", "$(x)", "variables: {x: $(y), y: $(x)}\n", "api", id="variables of each other"
        ),
        pytest.param("$(x)/docker/Dockerfile", "$(y)", "", "", id="an unknown context"),
        pytest.param("$(x)/docker/Dockerfile", "$(y)/web", "", "", id="the end of a folder that is not above"),
        pytest.param("$(x)", "$(x)", "", "", id="an unknown Dockerfile"),
        pytest.param("$(x)/web/Dockerfile", "web", "", "", id="another Dockerfile by its end"),
        pytest.param("web/Dockerfile", "web", "", "", id="another Dockerfile"),
        pytest.param("[a]", "web", "", "", id="a Dockerfile that is not a text"),
        pytest.param("$(x)/docker/Dockerfile", "$(x)", "variables: {x: $(y)$(y), y: $(x)$(x)}\n", "api", id="no end"),
        pytest.param(
            "$(x)/docker/Dockerfile",
            "$(x)",
            "jobs:\n- variables: {x: a}\n- variables: {x: b}\n",
            "api",
            id="two values",
        ),
    ],
)
def test_a_pipeline_of_azure(project: Project, dockerfile: str, named: str, more: str, expected: str) -> None:
    assert context(project, "ci/build.yml", task(dockerfile, named, more)) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("steps:\n- task: Docker@2\n  inputs: {command: login}\n", id="a task that builds nothing"),
        pytest.param("steps:\n- task: Bash@3\n  inputs: {Dockerfile: x}\n# Docker@2\n", id="a task of another name"),
        pytest.param("a: 1\n", id="no pipeline"),
        pytest.param("", id="an empty file"),
        pytest.param("Docker@2", id="a text"),
    ],
)
def test_what_builds_nothing(project: Project, text: str) -> None:
    assert context(project, "azure-pipelines.yml", text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("build: {context: ., dockerfile: docker/Dockerfile}", "api", id="a Dockerfile in the context"),
        pytest.param("build: {context: docker}", "api/docker", id="no Dockerfile"),
        pytest.param("build: docker", "api/docker", id="the context alone"),
        pytest.param("build: {dockerfile: docker/Dockerfile}", "api", id="the Dockerfile alone"),
        pytest.param("build: {target: app}", "", id="neither"),
        pytest.param("build: {context: '${X:-..}', dockerfile: api/docker/Dockerfile}", ".", id="a default"),
        pytest.param("build: {context: '${X-docker}'}", "api/docker", id="a default if it is unset"),
        pytest.param("build: {context: '${X:?no}', dockerfile: docker/Dockerfile}", "api", id="an error"),
        pytest.param("build: {context: $X, dockerfile: docker/Dockerfile}", "api", id="a bare variable"),
        pytest.param("build: {context: 'https://x.example/a.git', dockerfile: docker/Dockerfile}", "", id="an address"),
        pytest.param("build: {context: /srv/api, dockerfile: docker/Dockerfile}", "", id="a path of a machine"),
        pytest.param("build: {context: ., dockerfile_inline: FROM scratch}", "", id="a Dockerfile in the file"),
        pytest.param("build: *build", "api", id="an alias"),
        pytest.param("<<: *service", "api", id="what a service takes from another"),
        pytest.param("<<: [*nothing, *service, *service]", "api", id="what a service takes from several"),
        pytest.param("build: docker\n    ports: !reset []", "api/docker", id="a tag of Compose's own beside it"),
        pytest.param("image: x", "", id="no build"),
    ],
)
def test_a_compose_file(project: Project, text: str, expected: str) -> None:
    build = "x-build: &build {context: ., dockerfile: docker/Dockerfile}\nx-nothing: &nothing 1\n"
    services = f"{build}x-service: &service\n  build: *build\nservices:\n  api:\n    {text}\n"
    assert context(project, "api/compose.dev.yaml", services) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("images: {api: {dockerfile: docker/Dockerfile, context: .}}", "api", id="both"),
        pytest.param("images: {api: {dockerfile: docker/Dockerfile}}", "api", id="the folder of devspace.yaml"),
        pytest.param("images: {api: {context: docker}}", "", id="no Dockerfile is the one beside devspace.yaml"),
        pytest.param("images: {api: {image: x}}", "", id="neither"),
        pytest.param(
            "vars: {D: {value: docker}}\nimages: {api: {dockerfile: '${D}/Dockerfile', context: '${D}'}}",
            "api/docker",
            id="a variable's value",
        ),
        pytest.param(
            "vars: [{name: D, default: docker}, {name: E}]\nimages: {api: {dockerfile: '$!{D}/Dockerfile'}}",
            "api",
            id="a default in a list",
        ),
        pytest.param(
            "vars: {D: [x], E: docker}\nimages: {api: {dockerfile: '${E}/Dockerfile'}}", "api", id="a list is no value"
        ),
    ],
)
def test_a_devspace_yaml(project: Project, text: str, expected: str) -> None:
    assert context(project, "api/devspace.yaml", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"target": {"a": {"context": "api", "dockerfile": "docker/Dockerfile"}}}', "api", id="a target"),
        pytest.param(
            '{"target": {"_c": {"context": "api"}, '
            '"a": {"inherits": ["_c", "_c"], "dockerfile": "docker/Dockerfile"}}}',
            "api",
            id="a target that inherits",
        ),
        pytest.param('{"target": {"a": {"context": "api", "dockerfile-inline": "FROM x"}}}', "", id="a text"),
        pytest.param(
            '{"variable": {"D": {"default": "api"}}, "target": '
            '{"a": {"context": "${D}", "dockerfile": "docker/Dockerfile"}}}',
            "api",
            id="a variable's default",
        ),
        pytest.param('{\n\t"target": {"a": {"dockerfile": "api/docker/Dockerfile"}}\n}', ".", id="no context, tabs"),
        pytest.param('{"target": {"a": {"tags": []}}}', "", id="neither"),
    ],
)
def test_a_bake_file(project: Project, text: str, expected: str) -> None:
    assert context(project, "docker-bake.json", text) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("a: 'b", "passed over devspace.yaml:1:4: this quote is not closed", id="broken YAML"),
        pytest.param("a: \x07", "passed over devspace.yaml:1:4: the character U+0007", id="a control character"),
        pytest.param("[" * 60, "passed over devspace.yaml:1:51: this is nested more", id="too deep"),
        pytest.param("a: *b", "passed over devspace.yaml:1:4: no anchor is named 'b'", id="an alias of nothing"),
        pytest.param("a: b\n" * 60_000, "passed over devspace.yaml: it is larger than 256 KiB", id="too large"),
    ],
)
def test_what_cannot_be_read_is_passed_over_in_a_line(project: Project, data: str, said: str) -> None:
    (line, assumed) = found(project, **{"devspace.yaml": data}).lines
    assert line.startswith(said)
    assert assumed.startswith("no file names the build context of api/docker/Dockerfile; assuming api/docker (the fold")


def test_bytes_that_are_not_utf8_are_passed_over(project: Project) -> None:
    project.write({"devspace.yaml": b"a: \xff\n"})
    assert found(project).lines[0] == "passed over devspace.yaml:1:4: the byte 0xff is not UTF-8"


def test_a_file_that_cannot_be_opened_is_passed_over(project: Project) -> None:
    project.write({".git/HEAD": "", DOCKERFILE: ""})
    gone = [Path("compose.yaml")]
    lines = contexts.find([Path(DOCKERFILE)], gone, Path()).lines
    assert lines[0] == "passed over compose.yaml: no such file or directory"


def test_a_link_out_of_the_repository_is_not_followed(project: Project) -> None:
    project.write({"../elsewhere.yaml": "services: {a: {build: {context: api, dockerfile: docker/Dockerfile}}}\n"})
    Path("compose.yaml").symlink_to("../elsewhere.yaml")
    assert found(project).lines[0] == "passed over compose.yaml: it is outside the repository"


def test_of_many_files_that_cannot_be_read_a_few_are_named(project: Project) -> None:
    lines = found(project, **{f"{each}/compose.yaml": "'" for each in "abcde"}).lines
    assert [line.partition(":")[0] for line in lines[:4]] == [
        *("passed over a/compose.yaml", "passed over b/compose.yaml", "passed over c/compose.yaml"),
        "passed over 2 more files that cannot be read",
    ]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_text_of_another_tool_stops_anything(pieces: Sequence[str]) -> None:
    look_at_all_tools("".join(pieces))


@given(dockerfile=PATHS, named=PATHS)
def test_no_path_of_another_tool_stops_anything(dockerfile: str, named: str) -> None:
    both = {"dockerfile": dockerfile, "context": named}
    step = {"task": "Docker@2", "inputs": {"Dockerfile": dockerfile, "buildContext": named}}
    named_everywhere = {"services": {"a": {"build": both}}, "images": {"a": both}, "target": {"a": both}}
    look_at_all_tools(json.dumps({**named_everywhere, "variables": {"b": named, "c": "$(b)"}, "steps": [step]}))


def look_at_all_tools(text: str) -> None:
    """Look for a context where each tool's file has this text."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        names = ["azure-pipelines.yml", "compose.yaml", "devspace.yaml", "docker-bake.json"]
        for name in names:
            (root / name).write_bytes(text.encode(errors="surrogatepass"))
        dockerfile = root / "Dockerfile"
        seen = contexts.find([dockerfile], [root / name for name in names], root)
        assert set(seen.folders) == {str(dockerfile)}


def test_aliases_of_aliases_come_to_an_end(project: Project) -> None:
    levels = ""
    for level in range(1, 40):
        below = ", ".join([f"*a{level - 1}"] * 9)
        levels += f"a{level}: &a{level} {{<<: [{below}], b: [{below}]}}\n"
    hostile = f"a0: &a0 {{x: Docker@2}}\n{levels}services: *a39\nimages: *a39\nsteps: *a39\n"
    files = {"compose.yaml": hostile, "devspace.yaml": hostile, "azure-pipelines.yml": hostile}
    (line,) = found(project, **files).lines
    assert line.startswith("no file names the build context")


def test_files_that_agree_are_all_named(project: Project) -> None:
    compose = "services: {a: {build: {context: api, dockerfile: docker/Dockerfile}}}\n"
    files = {f"compose.{each}.yaml": compose for each in "abcde"}
    (line,) = found(project, **files).lines
    assert line == (
        "the build context of api/docker/Dockerfile is api, as compose.a.yaml:1, compose.b.yaml:1, compose.c.yaml:1 "
        "and 2 places more say"
    )


def test_who_names_the_dockerfile_for_certain_counts_more_than_who_may_mean_it(project: Project) -> None:
    files = {"azure-pipelines.yml": task("'**/Dockerfile'", "web"), "ci.yml": task(DOCKERFILE, "api")}
    seen = found(project, **files)
    assert (str(seen.folders[DOCKERFILE]), len(seen.warnings)) == ("api", 0)


def test_files_that_contradict_each_other_are_named_and_none_is_taken(project: Project) -> None:
    compose = "services: {a: {build: {context: ., dockerfile: api/docker/Dockerfile}}}\n"
    seen = found(project, **{"azure-pipelines.yml": task(DOCKERFILE, "api"), "compose.yaml": compose})
    (warning,) = seen.warnings
    assert warning.message == (
        "api/docker/Dockerfile has several build contexts: api in azure-pipelines.yml:5, . in compose.yaml:1"
    )
    assert (seen.folders, seen.lines) == ({DOCKERFILE: Path("api/docker")}, [])


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param("..", "'..' of api/docker/Dockerfile is outside the repository", id="outside the repository"),
        pytest.param("apii", "'apii' of api/docker/Dockerfile is not a folder here", id="no folder"),
        pytest.param("api/app.py", "'api/app.py' of api/docker/Dockerfile is not a folder here", id="a file"),
        pytest.param(
            "a" * 5000, f"'{'a' * 5000}' of api/docker/Dockerfile is not a folder here", id="no name of a file"
        ),
        pytest.param(r'"a\0b"', "'ab' of api/docker/Dockerfile holds a variable that this", id="a NUL"),
        pytest.param("$(x)", "'$(x)' of api/docker/Dockerfile holds a variable that this", id="an unknown variable"),
    ],
)
def test_a_context_that_cannot_be_is_reported_and_not_taken(project: Project, named: str, message: str) -> None:
    seen = found(project, **{"azure-pipelines.yml": task(DOCKERFILE, named)})
    (warning,) = seen.warnings
    assert warning.message.startswith(f"the build context {message}")
    assert str(seen.folders[DOCKERFILE]) == "api/docker"


def test_without_a_repository_nothing_above_the_dockerfile_is_a_context(project: Project) -> None:
    project.write({DOCKERFILE: "", "azure-pipelines.yml": task(DOCKERFILE, "api")})
    root = contexts.root_of(Path(DOCKERFILE))
    (warning,) = contexts.find([Path(DOCKERFILE)], [Path("azure-pipelines.yml")], root).warnings
    assert warning.message.endswith("is outside api/docker, and there is no .git here or above")


def test_the_folder_of_an_ignore_file_is_assumed(project: Project) -> None:
    seen = found(project, **{"api/.dockerignore": ""})
    assert str(seen.folders[DOCKERFILE]) == "api"
    (line,) = seen.lines
    assert line == (
        "no file names the build context of api/docker/Dockerfile; assuming api (where .dockerignore is); "
        "to change it, set context: FOLDER in each profile"
    )


def test_from_another_folder_paths_are_those_from_there(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({".git/HEAD": "", DOCKERFILE: "", "azure-pipelines.yml": task(DOCKERFILE, "api")})
    monkeypatch.chdir("api/docker")
    root = contexts.root_of(Path("Dockerfile"))
    seen = contexts.find([Path("Dockerfile")], [root / "azure-pipelines.yml"], root)
    assert seen.lines == ["the build context of Dockerfile is .., as ../../azure-pipelines.yml:5 says"]


def test_one_that_no_file_names_is_built_where_the_other_is(project: Project) -> None:
    both = (DOCKERFILE, f"{DOCKERFILE}.dev")
    seen = found(project, *both, **{both[1]: "", "azure-pipelines.yml": task(DOCKERFILE, "api")})
    assert ({str(each) for each in seen.folders.values()}, len(seen.lines)) == ({"api"}, 1)


def test_one_with_several_contexts_has_none_although_the_other_has(project: Project) -> None:
    both = (DOCKERFILE, f"{DOCKERFILE}.dev")
    images = f"images: {{a: {{dockerfile: {both[1]}}}, b: {{dockerfile: {both[1]}, context: web}}}}\n"
    files = {both[1]: "", "devspace.yaml": images, "azure-pipelines.yml": task(DOCKERFILE, "api")}
    seen = found(project, *both, **files)
    assert {name: str(folder) for name, folder in seen.folders.items()} == {both[0]: "api", both[1]: "api/docker"}
    assert [each.hint for each in seen.warnings] == [
        "set context: FOLDER in each profile, relative to the template's folder; until then it is api/docker"
    ]


def test_each_has_its_own_context(project: Project) -> None:
    both = (DOCKERFILE, f"{DOCKERFILE}.dev")
    devspace = f"images: {{a: {{dockerfile: {both[1]}}}}}\n"
    files = {both[1]: "", "devspace.yaml": devspace, "azure-pipelines.yml": task(DOCKERFILE, "api")}
    seen = found(project, *both, **files)
    assert {name: str(folder) for name, folder in seen.folders.items()} == {both[0]: "api", both[1]: "."}
