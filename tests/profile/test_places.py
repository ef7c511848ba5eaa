"""Which profiles a template has, which one ``-p`` names, and where its output goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfrender.diagnostics import CallError, DfrenderError
from dfrender.profile.folders import ProfileFile
from dfrender.profile.places import find, output_path, profiles, repository_root
from dfrender.profile.profile import Profile
from tests.reading import profile_of, refusals


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in ``api`` of a repository with a template there and profiles there and above."""
    for name in (
        "profiles/outside.yaml",
        "repo/.git/HEAD",
        "repo/profiles/ci.yaml",
        "repo/profiles/prod.yml",
        "repo/api/Dockerfile.j2",
        "repo/api/profiles/ci.yaml",
        "repo/api/profiles/local.yaml",
        "repo/api/profiles/_base.yaml",
        "repo/api/profiles/.hidden.yaml",
        "repo/api/profiles/notes.txt",
        "repo/api/profiles/folder.yaml/file",
        "repo/api/sub/Dockerfile",
        "repo/api/sub/nested.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / "repo/api")


def profile(output: str = "", file: str = "profiles/ci.yaml") -> Profile:
    return profile_of(f"output: {output}" if output else "", file)


@pytest.mark.parametrize(
    ("folder", "root"),
    [
        pytest.param(".", "..", id="above the working directory"),
        pytest.param("sub", "..", id="above a folder below it"),
        pytest.param("..", "..", id="the folder itself"),
        pytest.param("../..", "../..", id="no repository"),
    ],
)
def test_the_root_is_the_first_folder_with_git_or_the_folder_itself(folder: str, root: str) -> None:
    assert repository_root(Path(folder)) == Path(root)


def test_the_root_of_an_absolute_folder_is_absolute(tmp_path: Path) -> None:
    assert repository_root(tmp_path / "repo/api/sub") == tmp_path / "repo"


def test_a_worktree_has_a_git_file(tmp_path: Path) -> None:
    (tmp_path / "repo/api/.git").write_text("gitdir: elsewhere")
    assert repository_root(Path("sub")) == Path()


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        pytest.param(
            ".",
            {"ci": "profiles/ci.yaml", "local": "profiles/local.yaml", "prod": "../profiles/prod.yml"},
            id="the nearer of two, and those above",
        ),
        pytest.param(
            "sub",
            {"ci": "profiles/ci.yaml", "local": "profiles/local.yaml", "prod": "../profiles/prod.yml"},
            id="from a folder without profiles",
        ),
        pytest.param("..", {"ci": "../profiles/ci.yaml", "prod": "../profiles/prod.yml"}, id="up to the root only"),
        pytest.param("../..", {"outside": "../../profiles/outside.yaml"}, id="no repository: the folder alone"),
        pytest.param("../../profiles", {}, id="none at all"),
    ],
)
def test_profiles_are_found_from_the_template_upward(folder: str, found: dict[str, str]) -> None:
    expected = [ProfileFile(name, Path(path), Path(folder)) for name, path in found.items()]
    assert list(profiles(Path(folder))) == expected


def test_two_files_for_one_name_are_refused() -> None:
    Path("profiles/ci.yml").touch()
    with pytest.raises(CallError) as raised:
        profiles(Path())
    reported = "the profile 'ci' is there twice [ambiguous-profile] -> remove profiles/ci.yml or profiles/ci.yaml"
    assert refusals(raised.value) == [f"profiles/ci.yml: {reported}"]


@pytest.mark.parametrize(
    ("wanted", "name", "path"),
    [
        pytest.param("ci", "ci", "profiles/ci.yaml", id="a name"),
        pytest.param("prod", "prod", "../profiles/prod.yml", id="a name above"),
        pytest.param("../profiles/ci.yaml", "ci", "../profiles/ci.yaml", id="a path"),
        pytest.param("sub/nested.yaml", "nested", "sub/nested.yaml", id="a path outside of profiles"),
    ],
)
def test_a_profile_is_named_by_its_name_or_its_path(wanted: str, name: str, path: str) -> None:
    assert find(wanted, Path()) == ProfileFile(name, Path(path), Path())


@pytest.mark.parametrize(
    ("wanted", "folder", "reported"),
    [
        pytest.param(
            "locl",
            ".",
            "no profile is named 'locl' [profile-not-found] -> did you mean 'local'? there are: ci, local, prod",
            id="a misspelt name",
        ),
        pytest.param(
            "profiles/x.yaml",
            ".",
            "there is no file 'profiles/x.yaml' [profile-not-found] -> there are: ci, local, prod",
            id="a path to nothing",
        ),
        pytest.param(
            "profiles/",
            ".",
            "there is no file 'profiles/' [profile-not-found] -> there are: ci, local, prod",
            id="a path to a folder",
        ),
        pytest.param(
            "ci",
            "../../profiles",
            "no profile is named 'ci' [profile-not-found] -> create a file ../../profiles/profiles/ci.yaml",
            id="no profiles at all",
        ),
        pytest.param(
            "_base",
            ".",
            "'_base' is never rendered: a name that begins with '_' is for other profiles to extend"
            " [profile-not-found] -> name a profile that extends it",
            id="a profile for others",
        ),
        pytest.param(
            "profiles/_base.yaml",
            ".",
            "'profiles/_base.yaml' is never rendered: a name that begins with '_' is for other profiles to extend"
            " [profile-not-found] -> name a profile that extends it",
            id="its path",
        ),
    ],
)
def test_a_profile_that_is_not_there_is_refused_with_those_that_are(wanted: str, folder: str, reported: str) -> None:
    with pytest.raises(CallError) as raised:
        find(wanted, Path(folder))
    assert refusals(raised.value) == [f"-p {wanted}: {reported}"]


@pytest.mark.parametrize(
    ("template", "output", "path"),
    [
        pytest.param("Dockerfile.j2", "", "Dockerfile.ci", id="the template's name without j2"),
        pytest.param("sub/app.Dockerfile.jinja", "", "sub/app.Dockerfile.ci", id="without jinja"),
        pytest.param("sub/Dockerfile", "", "sub/Dockerfile.ci", id="a template without suffix"),
        pytest.param("sub/Dockerfile", "../build/out", "build/out", id="relative to the template's folder"),
        pytest.param("Dockerfile.j2", "../Dockerfile", "../Dockerfile", id="above, in the repository"),
    ],
)
def test_the_output_is_beside_the_template_or_where_the_profile_says(template: str, output: str, path: str) -> None:
    assert output_path(Path(template), profile(output)) == Path(path)


@pytest.mark.parametrize(
    ("output", "code", "reason"),
    [
        pytest.param("../../out", "output-outside-repository", "is outside the repository", id="outside"),
        pytest.param("/out", "output-outside-repository", "is outside the repository", id="an absolute path"),
        pytest.param("away/out", "output-outside-repository", "is outside the repository", id="by a symbolic link"),
        pytest.param(
            "loop/../../../out", "output-outside-repository", "is outside the repository", id="by a link to itself"
        ),
        pytest.param("sub/../Dockerfile.j2", "output-is-input", "is the template itself", id="the template"),
        pytest.param("same", "output-is-input", "is the template itself", id="a link to the template"),
        pytest.param("profiles/local.yaml", "output-is-input", "is a profile", id="another profile"),
        pytest.param("sub/nested.yaml", "output-is-input", "is a profile", id="the profile itself"),
    ],
)
def test_an_output_that_would_do_harm_is_refused_where_it_is_written(
    output: str, code: str, reason: str, tmp_path: Path
) -> None:
    Path("away").symlink_to(tmp_path)
    Path("same").symlink_to("Dockerfile.j2")
    Path("loop").symlink_to("loop")
    with pytest.raises(DfrenderError) as raised:
        output_path(Path("Dockerfile.j2"), profile(output, "sub/nested.yaml"))
    hint = "choose another path; it is relative to the template's folder"
    assert refusals(raised.value) == [f"sub/nested.yaml:1:9: the output {output!r} {reason} [{code}] -> {hint}"]


def test_a_default_output_that_leaves_the_repository_is_the_profiles_fault(tmp_path: Path) -> None:
    Path("Dockerfile.ci").symlink_to(tmp_path / "out")
    with pytest.raises(
        DfrenderError, match=r"profiles/ci\.yaml: the output 'Dockerfile\.ci' is outside the repository"
    ):
        output_path(Path("Dockerfile.j2"), profile())
