"""``dfrender inputs``: what it prints, and what it says of the past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.inputs.test_naming import git

if TYPE_CHECKING:
    from tests.project import Project

TEMPLATE = """\
ARG PYTHON=3.13
FROM python:${PYTHON} AS base
COPY lock.txt /
RUN install
FROM alpine:3.22 AS docs
COPY docs /docs
FROM base AS app
COPY --from=docs /docs /docs
COPY src /src
"""
FILES = {
    "Dockerfile.j2": TEMPLATE,
    "profiles/ci.yaml": "prebuilt: [base, docs]\nregistry: r.io/x\n",
    "profiles/local.yaml": "{}\n",
    "lock.txt": "1",
    "docs/a.md": "1",
    "src/main.py": "1",
}


def printed(project: Project, *arguments: str) -> str:
    seen = project.dfrender("inputs", "-p", "ci", *arguments)
    assert (seen.exit_code, seen.stderr) == (0, "")
    return seen.stdout


def by_stage(project: Project) -> dict[str, str]:
    found = json.loads(printed(project, "--format", "json"))
    return {each["stage"]: each["digest"] for each in found["stages"]}


@pytest.fixture
def shop(project: Project) -> Project:
    """Give a template of three stages, and what they take."""
    project.write(FILES)
    return project


def test_a_table_has_a_line_for_each_stage(shop: Project) -> None:
    digests = by_stage(shop)
    assert printed(shop) == (
        "STAGE  DIGEST                FILES\n"
        f"base   {digests['base'][:20]}  1\n"
        f"docs   {digests['docs'][:20]}  1\n"
        f"app    {digests['app'][:20]}  1\n"
    )


def test_the_files_are_listed_below_their_stages(shop: Project) -> None:
    lines = printed(shop, "--files").splitlines()
    assert [line for line in lines if line.startswith("  ")] == [
        "    lock.txt",
        "    docs",
        "    docs/a.md",
        "    src",
        "    src/main.py",
    ]


def test_json_names_the_profile_and_all_stages_in_their_order(shop: Project) -> None:
    found = json.loads(printed(shop, "--format", "json", "Dockerfile.j2"))
    assert (found["version"], found["profile"]) == (1, "ci")
    assert [(each["stage"], len(each["digest"]), each["files"]) for each in found["stages"]] == [
        ("base", 64, 1),
        ("docs", 64, 1),
        ("app", 64, 1),
    ]


def test_json_describes_files_and_links(shop: Project) -> None:
    Path("docs/link").symlink_to("a.md")
    found = json.loads(printed(shop, "--format", "json", "--files"))
    assert found["stages"][1]["inputs"] == [
        {"path": "docs", "kind": "folder"},
        {
            "path": "docs/a.md",
            "kind": "file",
            "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        },
        {"path": "docs/link", "kind": "link", "target": "a.md"},
    ]


def test_a_target_shows_what_it_needs(shop: Project) -> None:
    assert [line.split()[0] for line in printed(shop, "--target", "docs").splitlines()] == ["STAGE", "docs"]
    lines = printed(shop, "--target", "app").splitlines()
    assert [line.split()[0] for line in lines] == ["STAGE", "base", "docs", "app"]


def test_variables_are_the_images_of_prebuilt_stages(shop: Project) -> None:
    digests = by_stage(shop)
    assert printed(shop, "--format", "env") == (
        f"BASE_IMAGE=r.io/x/base:{digests['base'][:20]}\nDOCS_IMAGE=r.io/x/docs:{digests['docs'][:20]}\n"
    )


def test_a_profile_may_place_the_digest_itself(shop: Project) -> None:
    profile = "prebuilt: {base: {style: stage}, docs: {tag: 'v-{input_digest}'}}\nplatform: linux/amd64\n"
    shop.write({"profiles/ci.yaml": f"{profile}ignore: [unpinned-base]\n"})
    assert printed(shop, "--format", "env") == f"DOCS_IMAGE=docs:v-{by_stage(shop)['docs'][:20]}\n"


def test_variables_are_also_what_is_published_and_named_by_its_inputs(shop: Project) -> None:
    profile = "prebuilt: [base]\nregistry: r.io\nplatform: linux/amd64\npublish: [base, app]\nignore: [unpinned-base]\n"
    shop.write({"profiles/ci.yaml": f"{profile}tag: '{{input_digest}}'\n"})
    base, app = printed(shop, "--format", "env").splitlines()
    digests = by_stage(shop)
    assert base == f"BASE_IMAGE=r.io/base:{digests['base'][:20]}"
    assert app == f"APP_IMAGE=r.io/app:{digests['app'][:20]}"
    assert printed(shop, "--format", "env", "--target", "base") == f"{base}\n"
    shop.write({"profiles/ci.yaml": profile})
    assert printed(shop, "--format", "env") == f"{base}\n"


def test_azure_is_given_output_variables_also_in_a_pipeline(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_BUILD", "True")
    first = printed(shop, "--format", "azure", "--target", "base").splitlines()
    assert first == [
        f"##vso[task.setvariable variable=BASE_IMAGE;isOutput=true]r.io/x/base:{by_stage(shop)['base'][:20]}"
    ]


def test_several_templates_are_a_list(shop: Project) -> None:
    shop.write({"other/Dockerfile.j2": "FROM alpine:3.22 AS other\n", "other/profiles/ci.yaml": "{}\n"})
    found = json.loads(printed(shop, "--format", "json", "Dockerfile.j2", "other"))
    assert [each["template"] for each in found["templates"]] == ["Dockerfile.j2", "other/Dockerfile.j2"]
    lines = printed(shop, "Dockerfile.j2", "other").splitlines()
    assert (lines[0], lines[5]) == ("Dockerfile.j2, profile ci", "other/Dockerfile.j2, profile ci")


REFUSED = [
    pytest.param(["-p", "ci", "-"], "inputs are files beside a template", id="standard input"),
    pytest.param([], "choose one of -p ci -p local", id="several profiles"),
    pytest.param(["-p", "ci", "--since", "HEAD", "--format", "env"], "has no word for it", id="variables of the past"),
    pytest.param(["-p", "ci", "--prefix", "API_"], "--prefix is for variables", id="a prefix of no variables"),
    pytest.param(
        ["-p", "ci", "--prefix", "7-", "--format", "env"], "'7-' is something else", id="a prefix of no name in a shell"
    ),
    pytest.param(["-p", "ci", "--target", "ap"], "did you mean 'app'?", id="a stage that is not there"),
]


@pytest.mark.parametrize(("arguments", "text"), REFUSED)
def test_is_refused(shop: Project, arguments: list[str], text: str) -> None:
    seen = shop.dfrender("inputs", *arguments)
    assert seen.exit_code in {1, 2}
    assert text in seen.stderr


def test_all_problems_are_reported_at_once(shop: Project) -> None:
    shop.write({"Dockerfile.j2": TEMPLATE.replace("src /src", "sources /src").replace("lock.txt", "locked.txt")})
    seen = shop.dfrender("inputs", "-p", "ci")
    assert (seen.exit_code, seen.stdout) == (1, "")
    assert seen.stderr.count("[missing-input]") == 2


def test_without_such_tags_nothing_of_the_past_of_a_clone_is_refused(shop: Project) -> None:
    shop.write({"Dockerfile.j2": TEMPLATE.replace("COPY src /src", "COPY . /src"), ".git/HEAD": "ref"})
    assert by_stage(shop).keys() == {"base", "docs", "app"}


@pytest.fixture
def committed(shop: Project) -> Project:
    """Give the same, committed."""
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return shop


def reasons(project: Project, *arguments: str) -> dict[str, list[str]]:
    found = json.loads(printed(project, "--since", "HEAD", "--format", "json", *arguments))
    return {each["stage"]: each["reasons"] for each in found["stages"]}


def write(project: Project, name: str, text: str) -> None:
    project.write({name: text})
    git("add", name)


# a few kinds of change are quick, the others are reported in the same way
CHANGED = [
    pytest.param("lock.txt", "2", {"base": ["lock.txt changed"], "app": ["stage base changed"]}, id="a file"),
    pytest.param("src/new.py", "", {"app": ["src/new.py is new"]}, id="a new file", marks=pytest.mark.slow),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("RUN install", "RUN install -v"),
        {"base": ["instruction changed (Dockerfile.j2:4)"], "app": ["stage base changed"]},
        id="an instruction",
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("RUN install\n", ""),
        {"base": ["instruction removed"], "app": ["stage base changed"]},
        id="an instruction less",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("COPY lock.txt /\nRUN install", "RUN install\nCOPY lock.txt /"),
        {"base": ["what it is made of stands in another order"], "app": ["stage base changed"]},
        id="another order",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("alpine:3.22", "alpine:3.23"),
        {"docs": ["instruction changed (Dockerfile.j2:5)"], "app": ["stage docs changed"]},
        id="an image",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("PYTHON=3.13", "PYTHON=3.14"),
        {"base": ["build argument PYTHON changed"], "app": ["stage base changed"]},
        id="a build argument, and by it an image",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE.replace("COPY --from=docs", "COPY --from=base"),
        {"app": ["instruction changed (Dockerfile.j2:8)"]},
        id="another stage",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        TEMPLATE + "FROM alpine:3.22 AS more\n",
        {"more": ["the stage is new"]},
        id="a new stage",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "Dockerfile.j2",
        "# syntax=docker/dockerfile:1\n" + TEMPLATE,
        {
            "base": ["instruction changed (Dockerfile.j2:1)"],
            "docs": ["instruction changed (Dockerfile.j2:1)"],
            "app": ["stage base changed", "stage docs changed", "instruction changed (Dockerfile.j2:1)"],
        },
        id="the frontend",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "profiles/ci.yaml",
        FILES["profiles/ci.yaml"] + "salt: 2\nplatform: linux/arm64\n",
        {
            "base": ["platform changed", "salt changed"],
            "docs": ["platform changed", "salt changed"],
            "app": ["platform changed", "salt changed", "stage base changed", "stage docs changed"],
        },
        id="the profile",
    ),
    pytest.param(
        "profiles/ci.yaml",
        "prebuilt: {base: arg, docs: {style: stage, onbuild: true}}\n",
        {"docs": ["onbuild changed", "Dockerfile.j2 is new", "lock.txt is new", "profiles/ci.yaml is new"]},
        id="triggers",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        ".dockerignore",
        "docs/*\n",
        {"docs": ["ignore file changed"], "app": ["stage docs changed"]},
        id="the ignore file, by which something is ignored now",
    ),
    pytest.param("other.txt", "", {}, id="what nothing takes", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "text", "expected"), CHANGED)
def test_what_changed_is_said_with_its_reasons(
    committed: Project, name: str, text: str, expected: dict[str, list[str]]
) -> None:
    write(committed, name, text)
    found = reasons(committed)
    if "onbuild changed" in found.get("docs", ()):
        assert found["docs"][: len(expected["docs"])] == expected["docs"]
    else:
        assert found == expected


def test_what_was_ignored_once_is_no_new_file(committed: Project) -> None:
    write(committed, ".dockerignore", "docs/a.md\n")
    git("commit", "--quiet", "-m", "second")
    write(committed, ".dockerignore", "# nothing\n")
    assert reasons(committed)["docs"] == ["ignore file changed"]


def test_what_was_removed_is_said(committed: Project) -> None:
    git("rm", "--quiet", "docs/a.md")
    write(committed, "docs/b.md", "")
    assert reasons(committed)["docs"] == ["docs/a.md was removed", "docs/b.md is new"]


def test_an_empty_folder_is_none_to_git(committed: Project) -> None:
    Path("src/void").mkdir()
    assert reasons(committed) == {}


def test_a_folder_of_nothing_else_is_a_reason(committed: Project) -> None:
    """Of a folder that came with its files, the files are the reason."""
    write(committed, "src/deep/new.py", "")
    assert reasons(committed) == {"app": ["src/deep/new.py is new"]}


def test_modes_and_links_are_compared(committed: Project) -> None:
    Path("src/main.py").chmod(0o755)
    Path("docs/a.md").unlink()
    Path("docs/a.md").symlink_to("b.md")
    assert reasons(committed) == {"docs": ["docs/a.md changed"], "app": ["stage docs changed", "src/main.py changed"]}


def test_whether_a_stage_is_an_image_is_a_reason_where_it_has_arguments(committed: Project) -> None:
    write(committed, "Dockerfile.j2", "FROM alpine:3.22 AS base\nARG A=1\nFROM base AS app\nFROM app AS docs\n")
    git("commit", "--quiet", "-m", "second")
    write(committed, "profiles/ci.yaml", "prebuilt: [docs]\n")
    assert reasons(committed)["app"] == ["stage base is seen as stage now, not as image"]


def test_a_name_that_a_stage_reads_is_a_reason(committed: Project) -> None:
    text = "FROM alpine:3.22 AS base\nFROM alpine:3.22 AS docs\n"
    write(committed, "Dockerfile.j2", text)
    git("commit", "--quiet", "-m", "second")
    write(committed, "Dockerfile.j2", text.replace("AS base\n", "AS base\nARG TARGETSTAGE\n"))
    assert reasons(committed) == {
        "base": [
            "the stage's name changed, which it reads",
            "build argument TARGETSTAGE changed",
            "instruction changed (Dockerfile.j2:2)",
        ]
    }


def test_as_text_each_stage_has_its_reasons_below_it(committed: Project) -> None:
    committed.write({"lock.txt": "2", "src/mine.py": ""})
    digests = by_stage(committed)
    text = printed(committed, "--since", "HEAD")
    base = json.loads(printed(committed, "--since", "HEAD", "--format", "json"))
    assert base["stages"][0]["before"] != base["stages"][0]["digest"]
    assert text.splitlines() == [
        f"base  {digests['base'][:20]}",
        "    lock.txt changed",
        f"app  {base['stages'][1]['digest'][:20]}",
        "    stage base changed",
        "not tracked by git, and not compared:",
        "    src/mine.py",
    ]


def test_without_a_change_that_is_said(committed: Project) -> None:
    assert printed(committed, "--since", "HEAD", "Dockerfile.j2") == "no stage changed\n"


def test_several_templates_are_compared(committed: Project) -> None:
    committed.write({"other/Dockerfile.j2": "FROM alpine:3.22 AS other\n", "other/profiles/ci.yaml": "{}\n"})
    lines = printed(committed, "--since", "HEAD", "Dockerfile.j2", "other").splitlines()
    assert lines[:2] == ["Dockerfile.j2, profile ci", "no stage changed"]
    assert [lines[2], lines[4]] == ["other/Dockerfile.j2, profile ci", "    the stage is new"]
    found = json.loads(printed(committed, "--since", "HEAD", "--format", "json", "Dockerfile.j2", "other"))
    assert [each["template"] for each in found["templates"]] == ["Dockerfile.j2", "other/Dockerfile.j2"]


def test_a_context_elsewhere_is_compared_too(committed: Project) -> None:
    committed.write({"api/Dockerfile.j2": "FROM alpine:3.22 AS api\nCOPY main.py /\n"})
    committed.write({"api/profiles/one.yaml": "context: ../src\n"})
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    committed.write({"src/main.py": "2"})
    seen = committed.dfrender("inputs", "-p", "one", "--since", "HEAD", "api")
    assert "main.py changed" in seen.stdout


def test_a_context_that_a_call_names_is_that_of_both_sides(committed: Project) -> None:
    committed.write({"sub/lock.txt": "", "sub/docs/x": "", "sub/src/x": ""})
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    write(committed, "sub/lock.txt", "2")
    assert reasons(committed, "--context", "sub") == {"base": ["lock.txt changed"], "app": ["stage base changed"]}


def test_a_profile_outside_the_repository_has_no_past(committed: Project, tmp_path: Path) -> None:
    (tmp_path / "outer.yaml").write_text("{}\n")
    seen = committed.dfrender("inputs", "-p", str(tmp_path / "outer.yaml"), "--since", "HEAD")
    assert seen.stdout.count("the stage is new") == 3


def test_the_filters_of_a_repository_are_not_run(committed: Project) -> None:
    committed.write({".gitattributes": "*.md filter=evil\n"})
    git("add", ".gitattributes")
    git("commit", "--quiet", "-m", "second")
    git("config", "filter.evil.smudge", "touch ran; cat")
    git("config", "filter.evil.required", "true")
    printed(committed, "--since", "HEAD")
    assert "ran" not in committed.files()


PAST = [
    pytest.param(["--since", "nope"], "git knows no commit 'nope'", id="a commit that is not there"),
    pytest.param(["--since", ""], "git knows no commit ''", id="an empty text"),
    pytest.param(["--since", "HEAD~1"], "it could not be rendered then", id="a template that could not be rendered"),
]


@pytest.mark.parametrize(("arguments", "text"), PAST)
def test_a_past_is_refused(shop: Project, arguments: list[str], text: str) -> None:
    shop.write({"Dockerfile.j2": "{% if %}"})
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    shop.write(FILES)
    git("commit", "--quiet", "-a", "-m", "second")
    seen = shop.dfrender("inputs", "-p", "ci", *arguments)
    assert seen.exit_code == 2
    assert text in seen.stderr


def test_without_git_there_is_no_past(shop: Project) -> None:
    seen = shop.dfrender("inputs", "-p", "ci", "--since", "HEAD")
    assert seen.exit_code == 2
    assert "git, which knows no repository here" in seen.stderr


def test_a_repository_that_git_refuses_has_no_past(shop: Project) -> None:
    shop.write({".git": "gitdir: nowhere\n"})
    seen = shop.dfrender("inputs", "-p", "ci", "--since", "HEAD")
    assert seen.exit_code == 2
    assert "git, which knows no repository here" in seen.stderr


def test_a_repository_whose_objects_are_gone_has_no_past(committed: Project) -> None:
    for path in Path(".git/objects").glob("*/*"):
        path.unlink()
    seen = committed.dfrender("inputs", "-p", "ci", "--since", "HEAD")
    assert seen.exit_code == 2
