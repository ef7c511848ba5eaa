"""What is known of templates that name their stages in unusual ways, and of files that cannot be read."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.analysis import ended, unknown
from dfrender.lsp.convert import Addresses, as_diagnostics, as_workspace_edit
from dfrender.lsp.features.hover import hover
from dfrender.lsp.features.navigation import definitions, highlights, references
from dfrender.lsp.features.outline import folds, symbols
from dfrender.lsp.features.renaming import Edit, RefusedError, edits, refuse_other_meaning, renamed
from dfrender.lsp.model import Naming, Problem
from dfrender.lsp.server import Server
from dfrender.lsp.sources import Sources, Unsaved
from dfrender.lsp.text import EditorText, Location, Position, Range
from dfrender.source import At
from tests.lsp.known import absolute, cursor, edited, known, text_of

if TYPE_CHECKING:
    from dfrender.lsp.features.place import Place
    from dfrender.lsp.model import Analysis
    from tests.project import Project

BASE = "FROM alpine:3.22 AS base\n"


def named(analysis: Analysis, naming: Naming) -> list[str]:
    """Return the lines, from 1, in which stages are named so."""
    found = []
    for each in analysis.mentions:
        if each.naming is naming and not each.is_definition:
            found.append(f"{Path(each.location.path).name}:{each.location.range.start.line + 1}")
    return found


@pytest.mark.parametrize(
    ("line", "naming"),
    [
        pytest.param("COPY --from=base / /", Naming.LITERAL, id="a plain name"),
        pytest.param('COPY --from="base" / /', Naming.LITERAL, id="a name in quotes"),
        pytest.param("COPY --from=0 / /", Naming.INDEX, id="an index"),
        pytest.param("COPY --from={{ stage('BASE') }} / /", Naming.LITERAL, id="a call in capitals"),
        pytest.param("COPY --from={{ stage(name) }} / /", Naming.COMPUTED, id="a call with a value"),
        pytest.param("COPY --from={{ name }} / /", Naming.COMPUTED, id="a value"),
        pytest.param("COPY --from=ba\\\nse / /", Naming.COMPUTED, id="a name on two lines"),
        pytest.param("RUN --mount=from={{ 'base' }},target=/x :", Naming.COMPUTED, id="a text of the template"),
        pytest.param("COPY {{ '' }} --from=base {{ '' }} / /", Naming.LITERAL, id="a name between two prints"),
        pytest.param("COPY {{ '' }} --from=base {{ '' }} base /", Naming.COMPUTED, id="a name that is there twice"),
        pytest.param("FROM ${B} AS x", Naming.COMPUTED, id="an argument"),
    ],
)
def test_a_reference_names_its_stage_by(project: Project, line: str, naming: Naming) -> None:
    template = f"ARG B=base\n{BASE}FROM scratch AS app\n{line}\n"
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "values: {name: base}\n"})
    assert named(known(), naming)[-1] == "Dockerfile.j2:4"


def test_a_call_that_prints_nothing_names_its_stage_too(project: Project) -> None:
    project.write({"Dockerfile.j2": f"{BASE}{{% if stage('base') == 'x' %}}{{% endif %}}{{{{ stage('y') and '' }}}}\n"})
    assert named(known(), Naming.LITERAL)[-1] == "Dockerfile.j2:2"


def test_a_stage_that_has_another_name_in_each_profile(project: Project) -> None:
    project.write(
        {
            "Dockerfile.j2": "FROM alpine:3.22 AS {{ name }}\nFROM {{ name }}\n",
            "profiles/a.yaml": "values: {name: one}\nprebuilt: [one]\ntarget: ${TARGET:-two}\n",
            "profiles/b.yaml": "values: {name: two}\nbuild: [two]\nprebuilt: {}\n",
        }
    )
    stages = [each.name for each in known().stages if each.name]
    assert stages == ["one", "two"]
    assert [Path(each.path).name for each in definitions(cursor("FROM |{{ name }}\n"))] == ["Dockerfile.j2"] * 2
    assert definitions(cursor("build: [tw|o]", "profiles/b.yaml")) == [known().stages[-1].location]
    with pytest.raises(RefusedError, match="not written out"):
        renamed(cursor("build: [tw|o]", "profiles/b.yaml"))


def test_a_stage_says_what_it_is_in_each_profile(project: Project) -> None:
    project.write(
        {
            "Dockerfile.j2": f"{BASE}FROM scratch AS other\nFROM base AS app\n",
            "profiles/a.yaml": "prebuilt: {base: image}\n",
            "profiles/b.yaml": "target: app\n",
            "profiles/c.yaml": "target: other\n",
        }
    )
    said = hover(cursor("AS ba|se"))
    assert said
    assert said.text == (
        "- **a**: the image base:latest (style image)\n"
        "- **b**: built where it is needed\n"
        "- **c**: not in the output: its target does not need it"
    )
    assert hover(cursor("FROM bas|e AS app"))
    assert hover(cursor("FR|OM base AS app")) is None


def test_without_profiles_a_reference_says_what_it_means(project: Project) -> None:
    project.write({"Dockerfile.j2": f"{BASE}FROM base\n"})
    said = hover(cursor("FROM ba|se\n"))
    assert said
    assert said.text == "- `base` is the stage at Dockerfile.j2:1:21"


def test_a_rule_that_is_ignored_says_what_it_finds(project: Project) -> None:
    project.write({"Dockerfile.j2": f"# dfrender: ignore=nothing,unreached-stage\n{BASE}"})
    said = hover(cursor("unreached-|stage"))
    assert said
    assert said.text.startswith("**unreached-stage**: ")
    assert hover(cursor("noth|ing")) is None


def test_a_key_of_a_stage_says_what_it_means(project: Project) -> None:
    profile = "prebuilt:\n  base:\n    style: arg\nstyle: arg\nvalues: {a: 1}\nwhat: x\n\n"
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": profile})
    said = hover(cursor("    sty|le", "profiles/ci.yaml"))
    assert said
    assert said.text.startswith("**style**: how references to this stage are written; without it the profile's: `arg`")
    whole = hover(cursor("\nsty|le", "profiles/ci.yaml"))
    assert whole
    assert whole.text.endswith("(default `arg`)")
    assert hover(cursor("wha|t", "profiles/ci.yaml")) is None
    assert hover(cursor("what: x\n|", "profiles/ci.yaml")) is None


def at_start(name: str = "Dockerfile.j2") -> Place:
    text = text_of(name)
    return cursor(f"|{text.text}", name)


def test_nothing_is_at_a_place_without_a_name(project: Project) -> None:
    project.write({"Dockerfile.j2": f"{{# x #}}\n{BASE}{{% set a = 1 %}}{{% import '' as x %}}\n"})
    place = at_start()
    assert definitions(place) == references(place, with_definition=True) == []
    assert highlights(place) == []
    assert renamed(place) is None
    assert edits(place, "x", {}) == []
    assert definitions(cursor("{% s|et")) == []
    assert definitions(cursor("{% imp|ort")) == []


def test_a_file_that_cannot_be_read_has_one_problem(project: Project) -> None:
    project.write({".git/HEAD": ""})
    found = known()
    assert [each.code for each in found.problems] == ["file-not-found"]
    assert found.problems[0].message.startswith("Dockerfile.j2: ")


def test_a_template_in_a_folder_that_is_not_there_is_known(project: Project) -> None:
    project.write({"x": ""})
    found = known("a/b/Dockerfile.j2", **{"a/b/Dockerfile.j2": BASE})
    assert (found.root, [each.name for each in found.stages]) == (absolute("."), ["base"])


def test_nothing_is_known_of_what_was_rendered(shipped: Project) -> None:
    shipped.dfrender("render", "-p", "ci")
    assert known("Dockerfile.ci")._replace(files=frozenset()) == unknown("")._replace(
        path=absolute("Dockerfile.ci"), files=frozenset(), root=absolute(".")
    )


def test_two_profiles_of_one_name_are_a_problem(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/a.yaml": "", "profiles/a.yml": ""})
    assert [each.code for each in known().problems] == ["ambiguous-profile"]


def test_a_profile_that_is_for_another_version_is_a_problem(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/a.yaml": "required_version: '>99'\n"})
    assert [each.code for each in known().problems] == ["required-version"]


def test_an_argument_may_be_that_of_another_template_of_the_same_profile(project: Project) -> None:
    project.write({".git/HEAD": "", "api/Dockerfile.j2": BASE, "profiles/a.yaml": "build_args: {X: 1}\n"})
    assert known("api/Dockerfile.j2").problems == ()
    project.write({"api/profiles/a.yaml": "build_args: {X: 1}\n"})
    assert [each.code for each in known("api/Dockerfile.j2").problems] == ["unknown-build-arg"]


def test_a_stage_is_not_renamed_while_something_is_wrong(project: Project) -> None:
    project.write({"Dockerfile.j2": f"{BASE}FROM {{{{ stage('nothing') }}}}\n"})
    with pytest.raises(RefusedError, match="mended first"):
        edits(cursor("AS ba|se"), "x", {})


def test_a_stage_is_renamed_in_lines_that_no_profile_renders(project: Project) -> None:
    template = (
        f"{BASE}FROM base AS app\nCOPY --from=0 / /\n"
        "{% if debug %}\nCOPY --from=base / /\nRUN echo from=base\nFROM {{ stage('base') }}\n{% endif %}\n"
    )
    project.write({"Dockerfile.j2": template, "profiles/ci.yaml": "values: {debug: false}\n"})
    place = cursor("AS ba|se")
    found = edited(tuple(edits(place, "x", {absolute("Dockerfile.j2"): text_of("Dockerfile.j2")})))
    assert found == {"Dockerfile.j2": template.replace("base", "x").replace("echo from=x", "echo from=base")}


def test_a_rename_that_leaves_a_reference_behind_is_refused(project: Project) -> None:
    project.write({"Dockerfile.j2": f"{BASE}FROM base AS app\n"})
    before = known()
    refuse_other_meaning(before, before)
    project.write({"Dockerfile.j2": "FROM alpine:3.22 AS other\nFROM base AS app\n"})
    with pytest.raises(RefusedError, match="another stage, or an image"):
        refuse_other_meaning(before, known())


def test_an_editor_that_knows_no_versions_gets_plain_changes() -> None:
    edit = Edit(Location("/a", Range(Position(0, 0), Position(0, 1))), "x")
    plain = as_workspace_edit([edit], Addresses(), {}, with_versions=False)
    assert list(plain.changes or ()) == ["file:///a"]
    assert plain.document_changes is None


TEXT = EditorText("a🐳b\r\nc\rd\n\n")


@pytest.mark.parametrize(
    ("offset", "position"),
    [
        pytest.param(0, Position(0, 0), id="the beginning"),
        pytest.param(2, Position(0, 3), id="behind a character of two units"),
        pytest.param(5, Position(1, 0), id="behind CRLF"),
        pytest.param(7, Position(2, 0), id="behind CR"),
        pytest.param(10, Position(4, 0), id="the end"),
    ],
)
def test_a_position_counts_lines_as_editors_do(offset: int, position: Position) -> None:
    assert TEXT.position(offset) == position
    assert TEXT.offset(position) == offset


def test_what_is_outside_of_a_text_is_at_an_end_of_it() -> None:
    assert TEXT.offset(Position(99, 0)) == len(TEXT.text)
    assert TEXT.offset(Position(0, 99)) == 3
    assert TEXT.line(99) == ""
    assert TEXT.word_at(At("x", 99, 5)) == Range(Position(4, 0), Position(4, 0))
    assert TEXT.word_at(At("x", 1, 2)) == Range(Position(0, 1), Position(0, 3))
    assert TEXT.word_at(At("x", 1, 99)) == Range(Position(0, 4), Position(0, 4))
    assert EditorText("last").line_of(At("x", 1)) == (0, 4)


def test_an_ended_analysis_has_its_problem_behind_what_is_the_same() -> None:
    (problem,) = ended("/a", {"/a", "/b"}, 2, "one\ntwo\n", "one\n").problems
    assert problem.location.range.start == Position(1, 0)


def test_unsaved_texts_are_found_by_any_path(project: Project) -> None:
    project.write({"a/x": ""})
    unsaved = Unsaved({absolute("a/x"): "text"})
    assert list(map(unsaved.__getitem__, unsaved)) == [b"text"]
    assert (len(unsaved), unsaved[Path("a/../a/x")], unsaved.asked) == (1, b"text", {absolute("a/x")})


def test_a_place_that_is_no_file_is_the_beginning_of_the_template(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE})
    sources = Sources(str(Path.cwd()), "Dockerfile.j2", Unsaved({}))
    beginning = Range(Position(0, 0), Position(0, 0))
    for name in ("--set x=1", f"--set x={'1' * 300}", "nul\0"):
        assert sources.location(At(name)) == Location(absolute("Dockerfile.j2"), beginning)
        assert sources.text(name).text == ""


def test_a_stage_that_a_variable_names_in_a_profile_stays(project: Project) -> None:
    project.write({"Dockerfile.j2": BASE, "profiles/ci.yaml": "prebuilt: ['${STAGE:-base}']\n"})
    assert [each.key for each in known().mentions if each.key] == []


def test_an_end_without_a_beginning_folds_nothing(project: Project) -> None:
    text = EditorText("FROM a\n{% endif %}\n{% if a %}\n{% endfor %}\n{% endif %}\n")
    project.write({"Dockerfile.j2": text.text})
    assert folds(known(), absolute("Dockerfile.j2"), text) == [(2, 4)]


def test_a_bug_is_written_where_the_editor_keeps_such_things() -> None:
    written = BytesIO()
    server = Server({})
    server.protocol.set_writer(written)  # type: ignore[arg-type]  # it has what is used of a stream
    server.log("a bug")
    assert b'"window/logMessage"' in written.getvalue()
    assert b"a bug" in written.getvalue()


def test_the_stages_of_an_include_are_not_those_of_the_template(project: Project) -> None:
    project.write({"_base.j2": BASE, "Dockerfile.j2": "{% include '_base.j2' %}\nFROM a{{ stage('base') }}\n"})
    found = known()
    assert [each.name for each in symbols(found, absolute("_base.j2"), text_of("_base.j2"))] == ["base"]
    assert [each.name for each in symbols(found, absolute("Dockerfile.j2"), text_of("Dockerfile.j2"))] == ["(unnamed)"]


def test_a_problem_without_advice_is_its_message() -> None:
    nowhere = Location("/a", Range(Position(0, 0), Position(0, 0)))
    (found,) = as_diagnostics([Problem(nowhere, "x", "wrong", is_error=True, page="")], Addresses())
    assert found.message == "wrong"
