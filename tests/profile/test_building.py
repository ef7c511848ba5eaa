"""Where a build gets its files from, and what ``{folder}`` stands for: both depend on the template's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfrender.profile.folders import ProfileFile
from dfrender.profile.profiles import Profiles


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (".git", "api/docker", "api/Web App/Docker", "docker", "src", "profiles"):
        (tmp_path / "repo" / folder).mkdir(parents=True)
    (tmp_path / "alone/docker").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")


def write(text: str) -> None:
    Path("profiles/ci.yaml").write_text(text, "utf-8")


def found_for(folder: str) -> ProfileFile:
    return ProfileFile("ci", Path("profiles/ci.yaml"), Path(folder))


def said(folder: str) -> list[str]:
    profile = Profiles({}).load(found_for(folder))
    return [f"{each.at}: {each.message} [{each.code}]" for each in profile.problems]


@pytest.mark.parametrize(
    ("folder", "context", "path"),
    [
        pytest.param("api/docker", "..", "api", id="the folder above"),
        pytest.param("api/docker", "../..", ".", id="the repository itself"),
        pytest.param("api/docker", "/", ".", id="the root of the repository"),
        pytest.param("api/docker", "/src", "src", id="a folder from the root"),
        pytest.param("api/docker", "./files/", "api/docker/files", id="a folder below, there or not"),
        pytest.param(".", "src", "src", id="below a template at the root"),
    ],
)
def test_a_context_is_relative_to_the_template_or_to_the_root(folder: str, context: str, path: str) -> None:
    write(f"context: {context}\n")
    profile = Profiles({}).load(found_for(folder))
    assert (profile.problems, profile.builds.context, profile.builds.context_at.line) == ((), Path(path), 1)


@pytest.mark.parametrize(
    ("folder", "context", "problem"),
    [
        pytest.param(
            "api/docker",
            "../../..",
            "the context '../../..' is outside the repository [context-outside-repository]",
            id="above the root",
        ),
        pytest.param(
            "../alone/docker",
            "..",
            "the context '..' is outside the repository [context-outside-repository]",
            id="above a folder without a repository",
        ),
        pytest.param(
            "../alone/docker",
            "/",
            "the context '/' begins at the root of a repository, and there is no .git here or above"
            " [context-outside-repository]",
            id="from the root of no repository",
        ),
        pytest.param(
            "api",
            "https://example.com/x.git",
            "'https://example.com/x.git' is an address, not a folder [wrong-value]",
            id="an address",
        ),
        pytest.param(
            "api", "link", "the context 'link' is outside the repository [context-outside-repository]", id="a link"
        ),
    ],
)
def test_a_context_outside_the_repository_is_refused(folder: str, context: str, problem: str) -> None:
    Path("api/link").symlink_to("../..")
    write(f"context: {context}\n")
    assert said(folder) == [f"profiles/ci.yaml:1:10: {problem}"]


@pytest.mark.parametrize(
    ("folder", "image"),
    [
        pytest.param("api", "api/base:latest", id="a folder"),
        pytest.param("api/docker", "api/base:latest", id="a last docker is left out"),
        pytest.param("api/Web App/Docker", "api-web app/base:latest", id="in lower case"),
        pytest.param("src/../api", "api/base:latest", id="by another way"),
    ],
)
def test_the_folder_of_the_template_is_a_part_of_the_repository(folder: str, image: str) -> None:
    write("repository: '{folder}/{stage}'\nprebuilt: [base]\n")
    profile = Profiles({}).load(found_for(folder))
    assert [each.image.text for each in profile.prebuilt] == [image]


@pytest.mark.parametrize("folder", [".", "docker", "../alone"])
def test_the_root_has_no_folder(folder: str) -> None:
    write("repository: '{folder}/{stage}'\nprebuilt: [base, dev]\n")
    assert said(folder) == [
        "profiles/ci.yaml:1:13: '{folder}' is empty: the template lies at the root of its repository [empty-folder]"
    ]


def test_a_profile_is_loaded_for_each_folder() -> None:
    write("repository: '{folder}/{stage}'\nprebuilt: [base]\n")
    profiles = Profiles({})
    loaded = [profiles.load(found_for(folder)) for folder in ("api", "src", "api")]
    assert [each.prebuilt[0].image.text for each in loaded] == ["api/base:latest", "src/base:latest", "api/base:latest"]
    assert loaded[0] is loaded[2]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("registry: r.io\npublish: [app]\n", id="a registry"),
        pytest.param("repository: 'ghcr.io/me/{stage}'\npublish: [app]\n", id="a registry in the repository"),
        pytest.param("repository: 'localhost/{stage}'\npublish: [app]\n", id="this machine"),
        pytest.param("publish: [App]\nprebuilt: {app: {image: 'r:5000/app'}}\n", id="a registry in the image"),
        pytest.param("publish: []\n", id="nothing to publish"),
    ],
)
def test_what_is_published_has_a_registry(text: str) -> None:
    write(text)
    assert said("api") == []
