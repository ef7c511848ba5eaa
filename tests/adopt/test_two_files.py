"""The Dockerfiles of a pipeline and of developers to one template."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfrender.adopt.adopt import adopt
from dfrender.adopt.roles import assigned
from dfrender.diagnostics import DfrenderError
from tests.adopt.adopted import TOP, adopted, adopted_profile
from tests.reading import template_of


def merged(first: str, second: str) -> tuple[str, tuple[str, ...]]:
    """Return the template of two Dockerfiles that differ so below their first lines, and what is said of it."""
    adoption = adopted(f"{TOP}{first}", f"{TOP}{second}")
    assert all(use.is_same for use in adoption.uses)
    return adoption.files[-1].text.split('stage("base") }} AS app\n')[1], adoption.differences


@pytest.mark.parametrize(
    ("first", "second", "template", "differences"),
    [
        pytest.param("USER a\n", "USER a\n", "USER a\n", (), id="nothing"),
        pytest.param(
            "COPY --from=tools:1 / /\n",
            "COPY --from=tools / /\n",
            'COPY --from={{ stage("tools") }} / /\n',
            (),
            id="references only",
        ),
        pytest.param(
            "USER a\nUSER b\n",
            "USER a\n",
            'USER a\n{% if profile == "ci" %}\nUSER b\n{% endif %}\n',
            ("stage app: Dockerfile:5",),
            id="lines of the first",
        ),
        pytest.param(
            "USER a\n",
            "USER a\nUSER b\nUSER c\n",
            'USER a\n{% if profile == "dev" %}\nUSER b\nUSER c\n{% endif %}\n',
            ("stage app: Dockerfile.dev:5-6",),
            id="lines of the second",
        ),
        pytest.param(
            "RUN a \\\n  b \\\n  c\nUSER x",
            "RUN a \\\n  d \\\n  c\nUSER x",
            'RUN a \\\n{% if profile == "ci" %}\n  b \\\n{% else %}\n  d \\\n{% endif %}\n  c\nUSER x',
            ("stage app: Dockerfile:5 and Dockerfile.dev:5",),
            id="lines within an instruction",
        ),
        pytest.param(
            "USER a\nFROM base\nUSER c\nUSER d\n",
            "USER b\nFROM base\nUSER d\n",
            '{% if profile == "ci" %}\nUSER a\n{% else %}\nUSER b\n{% endif %}\nFROM {{ stage("base") }}\n'
            '{% if profile == "ci" %}\nUSER c\n{% endif %}\nUSER d\n',
            ("stage app: Dockerfile:4 and Dockerfile.dev:4", "stage #3: Dockerfile:6"),
            id="lines of several stages",
        ),
    ],
)
def test_lines_of_one_of_two_files_stand_under_its_profile(
    first: str, second: str, template: str, differences: tuple[str, ...]
) -> None:
    assert merged(first, second) == (template, differences)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_first_lines_may_differ(mark: str) -> None:
    adoption = adopted(f"# syntax=docker/dockerfile:1\n{TOP}", f"{mark}{TOP}")
    assert adoption.differences[0].startswith("before the first stage: Dockerfile:1")
    assert all(use.is_same for use in adoption.uses)


def test_each_of_two_files_has_its_own_images() -> None:
    adoption = adopted(
        f"{TOP}COPY --from=tools:1 / /\n",
        f"{TOP}COPY --from=app:2 / /\nCOPY --from=tools / /\n".replace("AS app", "AS app\nFROM alpine:3.22"),
    )
    assert adopted_profile(adoption, "ci") == 'output: Dockerfile\nprebuilt: [tools]\ntag: "1"\n'
    assert "prebuilt: [app]" in adopted_profile(adoption, "dev")


def test_what_is_wrong_with_two_files_is_told_at_once() -> None:
    with pytest.raises(DfrenderError) as raised:
        adopted("FROM a\nFRM b\n", "FROM a AS a\nCOPY --from=$b / /\n")
    assert [each.at.file for each in raised.value.diagnostics] == ["Dockerfile", "Dockerfile.dev"]


def test_what_both_profiles_lose_is_told_for_both() -> None:
    lost = "FROM a AS base\nARG V=1\nFROM base:1\nRUN echo $V\n"
    with pytest.raises(DfrenderError) as raised:
        adopted(lost, f"{lost}USER b\n")
    assert [str(each.at) for each in raised.value.diagnostics] == ["Dockerfile:4:1", "Dockerfile.dev:4:1"]


def test_what_three_files_share_stands_once() -> None:
    ours = {"Dockerfile.dev": "USER d\n", "Dockerfile": "USER a\n", "Dockerfile.ci": "COPY --from=tools:1 / /\n"}
    adoption = adopt([template_of(f"{TOP}{text}USER z\n", name) for name, text in ours.items()], plain=False)
    assert adoption.template == Path("Dockerfile.j2")
    assert [(use.profile, str(use.output)) for use in adoption.uses] == [
        ("ci", "Dockerfile.ci"),
        ("default", "Dockerfile"),
        ("dev", "Dockerfile.dev"),
    ]
    assert adoption.files[-1].text.endswith(
        '{% if profile == "ci" %}\nCOPY --from={{ stage("tools") }} / /\n{% elif profile == "default" %}\nUSER a\n'
        "{% else %}\nUSER d\n{% endif %}\nUSER z\n"
    )


def test_lines_of_two_of_three_files_stand_under_both() -> None:
    ours = {"Dockerfile.ci": "USER a\nUSER b\n", "Dockerfile.prod": "USER a\n", "Dockerfile.local": "USER b\n"}
    adoption = adopt([template_of(f"{TOP}{text}", name) for name, text in ours.items()], plain=False)
    assert adoption.files[-1].text.endswith(
        '{% if profile in ["ci", "prod"] %}\nUSER a\n{% endif %}\n{% if profile in ["ci", "dev"] %}\nUSER b\n'
        "{% endif %}\n"
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["Dockerfile", "Dockerfile.dev"], ["ci", "dev"], id="a developer's"),
        pytest.param(["Dockerfile.dev", "Dockerfile"], ["dev", "ci"], id="a developer's first"),
        pytest.param(["Dockerfile", "azure.Dockerfile"], ["dev", "ci"], id="a pipeline's second"),
        pytest.param(["a", "b"], ["ci", "dev"], id="names that say nothing"),
        pytest.param(["Dockerfile-dev", "Dockerfile.local"], ["dev", "local"], id="two of developers"),
        pytest.param(["a.ci", "b.ci", "c.ci"], ["ci", "ci2", "ci3"], id="one word several times"),
    ],
)
def test_names_say_who_a_file_is_for(names: list[str], expected: list[str]) -> None:
    found = {names[index]: role.profile for index, role in assigned(names)}
    assert [found[name] for name in names] == expected


def test_a_missing_last_line_end_is_added() -> None:
    adoption = adopted(f"{TOP}USER a", f"{TOP}USER b\n")
    assert [(use.is_same, use.is_completed) for use in adoption.uses] == [(False, True), (True, False)]


def test_files_that_share_little_are_said_to() -> None:
    adoption = adopted(f"{TOP}USER a\n" + "RUN a\n" * 9, f"{TOP}USER b\n" + "RUN b\n" * 9)
    assert [(each.code, each.message[:22]) for each in adoption.warnings] == [
        ("little-in-common", "only 3 of 13 lines are")
    ]
