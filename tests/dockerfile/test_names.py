"""Which texts are image references, names of stages and names of build arguments."""

from __future__ import annotations

import pytest

from dfrender.dockerfile.names import (
    image_problem,
    is_arg_name,
    is_predefined_arg,
    is_stage_name,
    repository_of,
    shortest,
)

SHA256, SHA384, SHA512 = f"sha256:{'0a' * 32}", f"sha384:{'0a' * 48}", f"sha512:{'0a' * 64}"

IMAGES = [
    ("python", "", "a name"),
    ("a__b", "", "two underscores"),
    ("a--b", "", "two dashes"),
    ("a---b", "", "any number of dashes"),
    ("a.b_c", "", "a dot and an underscore"),
    ("0", "", "digits"),
    ("a/b/c", "", "components"),
    ("localhost/a", "", "the registry localhost"),
    ("host:5000/a", "", "a registry with a port"),
    ("host.example/a", "", "a registry with a dot"),
    ("HOST/a", "", "a registry in capitals"),
    ("[::1]:5000/a", "", "a registry that is an IPv6 address"),
    ("1.2.3.4/a", "", "a registry that is an IPv4 address"),
    ("host:5000", "", "a tag that looks like a port"),
    ("a:Tag_1.x-y", "", "a tag with capitals"),
    (f"a:{'t' * 128}", "", "a tag of 128 characters"),
    (f"a@{SHA256}", "", "a digest by SHA-256"),
    (f"a@{SHA384}", "", "a digest by SHA-384"),
    (f"a:1@{SHA512}", "", "a tag and a digest"),
    (f"{'a' * 237}", "", "255 characters with docker.io/library/"),
    ("a" * 65, "", "65 hexadecimal digits"),
    ("", "the repository is missing", "nothing"),
    (":1", "the repository is missing", "a tag only"),
    ("host:5000/", "the repository is missing", "a registry only"),
    (f"@{SHA256}", "the repository is missing", "a digest only"),
    ("build_", "'build_' is not a repository", "an underscore at the end"),
    ("build_:latest", "'build_' is not a repository", "an underscore before the tag"),
    ("a..b", "'a..b' is not a repository", "two dots"),
    ("a-_b", "'a-_b' is not a repository", "two different separators"),
    ("a___b", "'a___b' is not a repository", "three underscores"),
    ("a.", "'a.' is not a repository", "a dot at the end"),
    ("a-", "'a-' is not a repository", "a dash at the end"),
    ("_a", "'_a' is not a repository", "an underscore at the start"),
    ("a//b", "'a//b' is not a repository", "an empty component"),
    ("/a", "'/a' is not a repository", "a slash at the start"),
    ("a b", "'a b' is not a repository", "a blank"),
    ("a\n", "'a\\n' is not a repository", "a line end"),
    ("${A}", "the repository '${A}' must be lower-case", "a variable"),
    ("é", "'é' is not a repository", "a letter that is not ASCII"),
    ("Python", "the repository 'Python' must be lower-case", "a capital letter"),
    ("HOST/A", "the repository 'A' must be lower-case", "a capital letter behind a registry"),
    ("a_b.c/d", "'a_b.c' is not a registry", "a registry with an underscore"),
    ("-a.b/d", "'-a.b' is not a registry", "a registry with a dash at the start"),
    ("host:x/a", "'host:x' is not a registry", "a port that is no number"),
    ("a:", "'' is no tag", "an empty tag"),
    ("a:-1", "'-1' is no tag", "a tag that begins with a dash"),
    ("a:1:2", "'1:2' is no tag", "two tags"),
    (f"a:{'t' * 129}", f"'{'t' * 129}' is no tag", "a tag of 129 characters"),
    ("a:é", "'é' is no tag", "a tag with a letter that is not ASCII"),
    ("a@", "'' is no digest", "an empty digest"),
    ("a@sha256:0a", "'sha256:0a' is no digest", "a short digest"),
    (f"a@{SHA256.upper()}", f"'{SHA256.upper()}' is no digest", "a digest in capitals"),
    (f"a@md5:{'0' * 32}", f"'md5:{'0' * 32}' is no digest", "a digest by MD5"),
    ("0a" * 32, "64 hexadecimal digits are an image's id and no name", "an image's id"),
    ("a" * 238, "the repository is longer than 255 characters", "256 characters with docker.io/library/"),
]


@pytest.mark.parametrize(("reference", "problem"), [pytest.param(text, why, id=name) for text, why, name in IMAGES])
def test_docker_takes_an_image_reference_or_says_why_not(reference: str, problem: str) -> None:
    assert image_problem(reference) == problem


@pytest.mark.parametrize(
    ("reference", "repository"),
    [
        pytest.param("python", "python", id="a name"),
        pytest.param("python:3.12", "python", id="a name and a tag"),
        pytest.param("library/python", "python", id="the library is left out"),
        pytest.param("docker.io/library/python:3", "python", id="so is Docker Hub"),
        pytest.param("index.docker.io/python", "python", id="under its old name too"),
        pytest.param("docker.io/a/b", "a/b", id="but not another owner"),
        pytest.param("host:5000/library/x", "host:5000/library/x", id="nor the library of another registry"),
        pytest.param("host:5000", "host", id="a port without a path is a tag"),
        pytest.param("host:5000/x:1", "host:5000/x", id="a registry with a port is no tag"),
        pytest.param("base:1/2", "base:1/2", id="even if it was meant as one"),
        pytest.param("A/b", "A/b", id="capitals make a registry"),
        pytest.param(f"a:1@{SHA256}", "a", id="tag and digest"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_image_names_a_repository(reference: str, repository: str) -> None:
    assert repository_of(reference) == repository


STAGES = {
    **dict.fromkeys(["a", "Builder", "build-er", "x.y_z", "a1", "build_", "a..b", "a-", "\u212a"], True),
    **dict.fromkeys(["", "1a", "_a", "-a", "a b", "a:1", "a/b", "a@b", "${A}", '"a"', "é", "a\n"], False),
}
ARGS = {
    **dict.fromkeys(["A", "_", "a_1", "IMAGE"], True),
    **dict.fromkeys(["", "1A", "A-B", "A.B", "A B", "é", "A\n"], False),
}
PREDEFINED = {
    **dict.fromkeys(["TARGETPLATFORM", "BUILDARCH", "TARGETOSVERSION", "TARGETSTAGE", "http_proxy", "ALL_PROXY"], True),
    **dict.fromkeys(["SOURCE_DATE_EPOCH", "BUILDKIT_INLINE_CACHE"], True),
    **dict.fromkeys(["TARGET", "BUILDSTAGE", "TARGETPLATFORMS", "targetarch", "PROXY", "IMAGE"], False),
}


@pytest.mark.parametrize(("name", "accepted"), STAGES.items(), ids=[f"{name!r} as a stage" for name in STAGES])
def test_a_stage_may_be_named(name: str, accepted: bool) -> None:  # noqa: FBT001
    assert is_stage_name(name) is accepted


@pytest.mark.parametrize(("name", "accepted"), ARGS.items(), ids=[f"{name!r} as a build argument" for name in ARGS])
def test_a_build_argument_may_be_named(name: str, accepted: bool) -> None:  # noqa: FBT001
    assert is_arg_name(name) is accepted


@pytest.mark.parametrize(("name", "predefined"), PREDEFINED.items(), ids=PREDEFINED)
def test_builders_know_some_build_arguments(name: str, predefined: bool) -> None:  # noqa: FBT001
    assert is_predefined_arg(name) is predefined


@pytest.mark.parametrize(
    ("reference", "short"),
    [
        pytest.param("python:latest", "python", id="the tag latest"),
        pytest.param("python:3", "python:3", id="another tag"),
        pytest.param("docker.io/library/python:3", "python:3", id="Docker Hub's names"),
        pytest.param("docker.io/team/api", "team/api", id="Docker Hub's name"),
        pytest.param("r.io:5000/python:latest", "r.io:5000/python", id="of another registry the tag only"),
        pytest.param("localhost:5000/latest", "localhost:5000/latest", id="a port is no tag"),
    ],
)
def test_an_image_reference_is_shortened_as_docker_does(reference: str, short: str) -> None:
    assert shortest(reference) == short
