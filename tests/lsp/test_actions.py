"""What can be done about what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.features.actions import actions
from tests.lsp.known import EVERYWHERE, absolute, edited, existing, known, text_of

if TYPE_CHECKING:
    from tests.lsp.editor import Editor
    from tests.project import Project


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.usefixtures("shipped")
async def test_what_a_hint_says_is_an_edit(editor: Editor) -> None:
    editor.open("Dockerfile.j2")
    text = editor.text("Dockerfile.j2")
    editor.change("Dockerfile.j2", text.replace('stage("development") }} AS unit', 'stage("developmen") }} AS unit'))
    found = await editor.actions("Dockerfile.j2", 'stage("devel|opmen")')
    assert found["Write development"] == {"Dockerfile.j2": text}
    assert await editor.actions("Dockerfile.j2", "AS integration|-tests") == {}


def offered(name: str) -> dict[str, str]:
    """Return the titles of what can be done in a file, and what it would be then."""
    found = {}
    for each in actions(known(), absolute(name), text_of(name), EVERYWHERE, existing):
        ((changed, text),) = edited(each.fix.edits).items()
        assert changed == name
        found[each.fix.title] = text
    return found


BASE = "FROM alpine:3.22 AS base\n"
AMBIGUOUS = "values: {a: no}\n"


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        pytest.param(f"{BASE}FROM {{{{ stage('bas') }}}}\n", "Write base", "FROM {{ stage('base') }}", id="a call"),
        pytest.param(
            f"{BASE}FROM base AS b\nCOPY --form=base / /\n", "Write --from", "COPY --from=base / /", id="a flag"
        ),
        pytest.param(f"{BASE}FORM base\n", "Write FROM", "FROM base", id="a keyword"),
        pytest.param(
            f"{BASE}FROM scratch\nCOPY --from=base:latest / /\n",
            "Write base",
            "COPY --from=base / /",
            id="a tag at the name of a stage",
        ),
        pytest.param(f"ARG A-B=1\n{BASE}", "Write A_B", "ARG A_B=1", id="the name of an argument"),
        pytest.param(
            "FROM a AS b\nLABEL x=y\n\n# dfrender: ignore=from-case-mismatch\nRUN :\n",
            "Remove the comment",
            "RUN :",
            id="an ignore without effect",
        ),
    ],
)
def test_each_hint_that_is_an_edit_of_the_template_is_offered(
    project: Project, text: str, title: str, line: str
) -> None:
    project.write({"Dockerfile.j2": text, "profiles/ci.yaml": ""})
    found = offered("Dockerfile.j2")
    assert title in found
    assert line in found[title].splitlines()


def test_an_argument_is_repeated_above_the_instruction_that_reads_it(project: Project) -> None:
    template = f"{BASE}ARG A=1\r\nFROM base\r\nRUN : \\\r\n  $A\r\n".replace("base\n", "base\r\n")
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "prebuilt: [base]\n"})
    assert offered("Dockerfile.j2")["Repeat ARG A=1"] == template.replace("RUN", "ARG A=1\r\nRUN")


@pytest.mark.parametrize(
    ("profile", "title", "wanted"),
    [
        pytest.param("target: basse\n", "Write base", "target: base\n", id="the name of a stage"),
        pytest.param("targe: base\n", "Write target", "target: base\n", id="a key"),
        pytest.param("platform: amd64\n", "Write linux/amd64", "platform: linux/amd64\n", id="a platform"),
        pytest.param("values: {a: yes}\n", "Write true", "values: {a: true}\n", id="a boolean"),
        pytest.param("values: {a: yes}\n", "Write 'yes'", "values: {a: 'yes'}\n", id="a text"),
        pytest.param("values: {a-b: 1}\n", "Write a_b", "values: {a_b: 1}\n", id="the name of a value"),
        pytest.param(
            "prebuilt: {base: {image: base}}\n",
            "Write base:latest",
            "prebuilt: {base: {image: base:latest}}\n",
            id="an image that is a stage",
        ),
    ],
)
def test_each_hint_that_is_an_edit_of_a_profile_is_offered(
    project: Project, profile: str, title: str, wanted: str
) -> None:
    project.write({"Dockerfile.j2": f"{BASE}FROM base\n", "profiles/ci.yaml": profile})
    assert offered("profiles/ci.yaml")[title] == wanted


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        pytest.param(
            f"{BASE}FROM scratch\nCOPY \\\n  --from=base:1 / /\n",
            f"{BASE}FROM scratch\n# dfrender: ignore=CODE\nCOPY \\\n  --from=base:1 / /\n",
            id="above the first line of the instruction",
        ),
        pytest.param(
            f"{BASE}FROM scratch\n# dfrender: ignore=x\nCOPY --from=base:1 / /\n",
            f"{BASE}FROM scratch\n# dfrender: ignore=x,CODE\nCOPY --from=base:1 / /\n",
            id="in the comment that is there",
        ),
        pytest.param(
            "FROM alpine AS scratch\n", "# dfrender: ignore=CODE\nFROM alpine AS scratch\n", id="in the first line"
        ),
    ],
)
def test_a_rule_is_ignored_at_an_instruction(project: Project, text: str, ignored: str) -> None:
    project.write({"Dockerfile.j2": text, "profiles/ci.yaml": "platform: linux/amd64\n"})
    assert ignored in {made.replace(title.split()[1], "CODE") for title, made in offered("Dockerfile.j2").items()}


@pytest.mark.parametrize(
    ("profile", "ignored"),
    [
        pytest.param("values: {a: no}", "values: {a: no}\nignore: [ambiguous-boolean]\n", id="in a key of its own"),
        pytest.param(f"ignore: [x]\n{AMBIGUOUS}", f"ignore: [x, ambiguous-boolean]\n{AMBIGUOUS}", id="in the list"),
        pytest.param(f"ignore: []\n{AMBIGUOUS}", f"ignore: [ambiguous-boolean]\n{AMBIGUOUS}", id="as its first"),
    ],
)
def test_a_rule_is_ignored_in_a_profile(project: Project, profile: str, ignored: str) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": profile})
    assert offered("profiles/ci.yaml")["Ignore ambiguous-boolean in this profile"] == ignored


def test_an_error_of_a_profile_cannot_be_ignored(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": "target: base2\n"})
    assert offered("profiles/ci.yaml").keys() == {"Write base"}


def test_a_word_that_is_not_there_is_not_replaced(project: Project) -> None:
    project.write(
        {
            "Dockerfile.j2": f"{BASE}FROM scratch\nCOPY --from={{{{ x }}}} / /\n",
            "profiles/ci.yaml": "values: {x: bas}\n",
        }
    )
    assert "Write base" not in offered("Dockerfile.j2")
