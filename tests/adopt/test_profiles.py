"""What the profiles say of the images that a Dockerfile names."""

from __future__ import annotations

import pytest
import yaml

from tests.adopt.adopted import TOP, adopted, adopted_profile


@pytest.mark.parametrize(
    ("images", "profile"),
    [
        pytest.param(["base:latest", "tools:latest"], "prebuilt: [base, tools]\ntag: latest\n", id="what they share"),
        pytest.param(
            ["r.io:5000/team/base:1.10", "r.io:5000/team/tools:1.10"],
            'prebuilt: [base, tools]\nregistry: r.io:5000\nrepository: "team/{stage}"\ntag: "1.10"\n',
            id="registry, a pattern of repositories, and a tag that looks like a number",
        ),
        pytest.param(
            ["base:1", "tools:1", "app:2"],
            'prebuilt:\n  base:\n  tools:\n  app: {tag: "2"}\ntag: "1"\n',
            id="what one has for its own stands with it",
        ),
        pytest.param(
            ["team/base:v1", "tools:v1"],
            'prebuilt:\n  base:\n  tools: {repository: "{stage}"}\nrepository: "team/{stage}"\ntag: v1\n',
            id="another repository",
        ),
        pytest.param(
            ["base:v1", "r.io/tools:v1"],
            "prebuilt:\n  base:\n  tools: {image: r.io/tools:v1}\ntag: v1\n",
            id="another registry makes it a whole image",
        ),
        pytest.param(
            [f"base@sha256:{'a' * 64}", "r.io/tools"],
            f"prebuilt:\n  base: {{image: base@sha256:{'a' * 64}}}\n  tools: {{image: r.io/tools}}\n",
            id="so do a digest, and no tag",
        ),
    ],
)
def test_the_profile_says_what_the_images_share_and_what_they_do_not(images: list[str], profile: str) -> None:
    copies = "".join(f"COPY --from={image} / /{number}\n" for number, image in enumerate(images))
    top = TOP.replace("FROM base", "FROM alpine:3.22") + "FROM alpine:3.22\n"
    assert adopted_profile(adopted(top + copies), "ci") == f"output: Dockerfile\n{profile}"


@pytest.mark.parametrize("name", ["null", "on", "yes", "true"])
def test_a_name_that_yaml_would_read_as_something_else_is_quoted(name: str) -> None:
    adoption = adopted(f"FROM alpine AS {name}\nFROM alpine\nCOPY --from={name}:null / /\n")
    profile = adopted_profile(adoption, "ci")
    assert profile == f'output: Dockerfile\nprebuilt: ["{name}"]\ntag: "null"\n'
    assert yaml.safe_load(profile)["prebuilt"] == [name]


def test_stages_that_nothing_names_by_image_may_be_listed_later() -> None:
    adoption = adopted(f"{TOP}COPY --from=tools / /\nCOPY --from=0 / /\n")
    assert adopted_profile(adoption, "ci") == (
        "# prebuilt: [base, tools] # those that an earlier job builds and hands on\n"
        "# tag_arg: IMAGE_TAG # docker build --build-arg IMAGE_TAG=…\n"
    )
    assert adopted_profile(adoption, "local") == "output: Dockerfile\n"
    assert [(use.profile, str(use.output), use.is_new, use.is_same) for use in adoption.uses] == [
        ("ci", "Dockerfile.ci", True, False),
        ("local", "Dockerfile", False, True),
    ]
