"""A user's own format is a file: what it may print, what it says before there is a plan, and what its mistakes are."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from dfrender.diagnostics import DfrenderError
from dfrender.plan import NAMES
from dfrender.plan.formats import format_of
from dfrender.plan.languages import filters_for
from dfrender.plan.written_format import EXAMPLES
from dfrender.template.format_file import FormatFile
from tests.shell import ROOT

if TYPE_CHECKING:
    from tests.project import Project

PROFILE = "prebuilt: [base]\n"
DOCKERFILE = "FROM alpine:3.22 AS base\nFROM base AS app\n"
FILTERS = filters_for("")
ODD = "a &<'\"$x\\`b` é\n\t- #: c"


def printed(project: Project, text: str) -> str:
    """Ask for a plan in a format; nothing else may be said."""
    project.write({"Dockerfile": DOCKERFILE, "profiles/ci.yaml": PROFILE, "own.j2": text})
    result = project.dfrender("plan", "--format", "own.j2")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_a_format_is_given_what_json_prints(project: Project) -> None:
    names = ["version", "profile", "dockerfile", "context", "target", "needed", "builder", "handover", "notes"]
    given = ", ".join(f'"{name}": {name}' for name in names)
    seen = json.loads(printed(project, f"<{{ {{{given}}} | json }}>"))
    whole = json.loads(project.dfrender("plan", "--format", "json").stdout)
    assert seen == {name: whole[name] for name in names}


def test_a_format_is_told_of_each_job_where_it_is_done(project: Project) -> None:
    jobs, plans = json.loads(printed(project, "<{ [jobs, plans] | json }>"))
    whole = json.loads(project.dfrender("plan", "--format", "json").stdout)
    added = {"dockerfile": "Dockerfile.ci", "context": ".", "render": whole["render"], "tag_in_file": False}
    assert jobs == [{**job, **added, "name": job["stage"]} for job in whole["jobs"]]
    (plan,) = plans
    assert plan["jobs"] == jobs
    assert plan.keys() == whole.keys()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("<{ profile | yaml }>", '"ci"', id="a value with its language"),
        pytest.param("<{ jobs | length }> <{ jobs[1].step }>", "2 2", id="integers need none"),
        pytest.param("<{ ('a' ~ profile) | raw }>", "aci", id="an expression in brackets"),
        pytest.param("<% macro m(x) %>[<{ x | sh }>]<% endmacro %><{ m('a b') | raw }>", "['a b']", id="a macro"),
        pytest.param("<% set x %><{ profile | sh }><% endset %><{ x | raw }>", "ci", id="a block that is set"),
        pytest.param(
            "${{ each }} {% if %} {{ x }} ${#list[@]} #}",
            "${{ each }} {% if %} {{ x }} ${#list[@]} #}",
            id="text of pipelines and shells",
        ),
        pytest.param("<# a note #>x", "x", id="comments are not printed"),
        pytest.param("a\n<% if profile %>\n  b\n<% endif %>\n", "a\n  b\n", id="a line with a block alone leaves none"),
    ],
)
def test_what_a_format_prints(project: Project, text: str, seen: str) -> None:
    assert printed(project, text) == seen


def test_every_language_carries_every_character() -> None:
    texts = [ODD, "", "~", "yes", "1", "a=b", "*", "\x85\u2028\ufeff\x7f"]
    for text in texts:
        assert shlex.split(FILTERS["sh"](text)) == [text]
        assert yaml.safe_load(FILTERS["yaml"](text)) == text
        assert json.loads(FILTERS["json"](text)) == text
        assert FILTERS["raw"](text) == text
        assert "\n" not in FILTERS["comment"](text) + FILTERS["yaml"](text) + FILTERS["json"](text)
    assert shlex.split(FILTERS["words"](texts)) == texts
    whole = {"a": texts, "b": True, "c": {"d": 1}}
    assert yaml.safe_load(FILTERS["yaml"](whole)) == whole
    assert json.loads(FILTERS["json"](whole)) == whole


def test_a_comment_is_the_rest_of_one_line() -> None:
    assert FILTERS["comment"](ODD) == "a &<'\"$x\\`b` é  - #: c"
    assert FILTERS["comment"]("\x1b[31m\r\x85") == " [31m  "


UNFILTERED = "is printed, and no filter says in which language [unfiltered-value]"
TOO_DEEP = "tags, brackets or operators are nested too deeply, or a number is too long"
NOT_WRITTEN_OUT = "is needed before there is a plan, and is not written out [format-setting]"
OWN = "--format own.j2: error"
NOT_OFFERED = "[handover-not-offered]"
TAKEN = "which this pipeline takes for its own [unwritable-value]"
MISTAKES = {
    "a text without its language": (
        "x\n<{ profile }>\n",
        [
            f"own.j2:2:1: error: the text 'ci' {UNFILTERED}",
            "    2 | <{ profile }>",
            "      | ^",
            "   say what it stands in: end with | sh, | words, | yaml, | json, | comment or | raw",
        ],
    ),
    "all values without a language at once": (
        "<{ jobs }><{ {} }>\n<{ none }>\n<{ true }>\n",
        [
            f"own.j2:1: error: a list {UNFILTERED}",
            f"own.j2:1: error: a mapping {UNFILTERED}",
            f"own.j2:2:1: error: null {UNFILTERED}",
            f"own.j2:3:1: error: a boolean {UNFILTERED}",
        ],
    ),
    "what an operator made of written texts": (
        "<{ 'a' | sh ~ 'b' }>\n",
        [f"own.j2:1:1: error: the text 'ab' {UNFILTERED}"],
    ),
    "a macro that is not called": (
        "<% macro m() %><% endmacro %><{ m }>\n",
        [f"own.j2:1: error: an object {UNFILTERED}"],
    ),
    "a name that is not there": (
        "<{ profil | yaml }>\n",
        ["own.j2:1:4: error: 'profil' is undefined [undefined-name]", "   did you mean 'profile'?"],
    ),
    "a name like no other": (
        "<{ nix }>\n",
        [
            "own.j2:1:4: error: 'nix' is undefined [undefined-name]",
            "   dfrender plan --format json prints all values",
        ],
    ),
    "a filter that takes a text": (
        "<{ notes | sh }>\n",
        ["own.j2:1:1: error: sh takes a text, not a list [template-error]"],
    ),
    "a filter that takes a list": (
        "<{ {} | words }>\n",
        ["own.j2:1:1: error: words takes a list of texts, not a mapping [template-error]"],
    ),
    "a filter that takes a list of texts": (
        "<{ [1] | words }>\n",
        ["own.j2:1:1: error: sh takes a text, not a number [template-error]"],
    ),
    "nothing, as it is": ("<{ none | raw }>\n", ["own.j2:1:1: error: raw takes a text, not null [template-error]"]),
    "a function, as it is": (
        "<{ range | raw }>\n",
        ["own.j2:1:1: error: raw takes a text, not an object [template-error]"],
    ),
    "a comment of a boolean": (
        "<{ true | comment }>\n",
        ["own.j2:1:1: error: comment takes a text, not a boolean [template-error]"],
    ),
    "a filter that is not there": (
        "<{ profile | yml }>\n",
        ["own.j2:1:14: error: no filter named 'yml' [template-syntax]", "   did you mean 'yaml'?"],
    ),
    "a filter that is left out": (
        "<{ profile | random }>\n",
        ["   left out of dfrender's Jinja: its result is another one each time"],
    ),
    "a block that is never closed": (
        "<% for a in jobs %>\n<% if a %>\n",
        ["   close 'if' first, with <% endif %>"],
    ),
    "a delimiter of other templates": (
        "<{ 1 }}\n",
        [
            "own.j2:1:6: error: unexpected '}' [template-syntax]",
            "   code of a format stands between <% and %>, <{ and }>, comments between <# and #>",
        ],
    ),
    "another file": (
        "\n<% include 'x' %>\n",
        ["own.j2:2:13: error: 'x' is not read: a format is one file [include-not-found]"],
    ),
    "brackets that are too many": (
        f"<{{ {'(' * 3000}1{')' * 3000} }}>\n",
        [
            f"own.j2:1: error: {TOO_DEEP} [template-error]",
            "   take it apart with <% set %>",
        ],
    ),
    "a block that gives a number": (
        "\n<% filter length %>abc<% endfilter %>\n",
        [
            "own.j2:1: error: sequence item 1: expected str instance, int found [template-error]",
            "   check what the names in it stand for here",
        ],
    ),
    "a macro without end": (
        "\n<% macro m() %><{ m() | raw }><% endmacro %>\n<{ m() | raw }>\n",
        [
            "own.j2:2: error: macros call each other without end [template-error]",
            "   let a condition end it",
        ],
    ),
    "a way into Python": (
        "<{ {}.__class__ | raw }>\n",
        ["own.j2:1:1: error: access to attribute '__class__' of 'dict' object is unsafe [template-error]"],
    ),
    "settings that need a plan": (
        "<% set tag = profile %>\n<% set paths %>x<% endset %>\n",
        [
            f"own.j2:1:8: error: 'tag' {NOT_WRITTEN_OUT}",
            "   write a text in quotes, a list of texts, or true",
            f"own.j2:2:8: error: 'paths' {NOT_WRITTEN_OUT}",
        ],
    ),
    "settings that cannot be": (
        """\
<% set tag = 1 %>
<% set paths = 'here' %>
<% set one_line = 'yes' %>
<% set handovers = ['mail'] %>
<% set refuses = 'x' %>
""",
        [
            "own.j2:1:8: error: 'tag' cannot be 1 [format-setting]",
            '   write <% set tag = "$RUN" %>',
            "own.j2:2:8: error: 'paths' cannot be 'here' [format-setting]",
            f"   write {EXAMPLES['paths']}",
            "own.j2:3:8: error: 'one_line' cannot be 'yes' [format-setting]",
            "   write <% set one_line = true %>",
            "own.j2:4:8: error: 'handovers' cannot be ['mail'] [format-setting]",
            '   write <% set handovers = ["artifact", "registry", "cache"] %>, or some of them',
            "own.j2:5:8: error: 'refuses' cannot be 'x' [format-setting]",
            '   write <% set refuses = ["${{"] %>',
        ],
    ),
    "lists that cannot be": (
        "<% set handovers = [] %>\n<% set refuses = ['x', 1] %>\n",
        [
            "own.j2:1:8: error: 'handovers' cannot be [] [format-setting]",
            "own.j2:2:8: error: 'refuses' cannot be ['x', 1] [format-setting]",
        ],
    ),
    "a hand-over that the format does not know": (
        "<% set handovers = ['registry', 'cache'] %>\n",
        [
            f"{OWN}: images are handed over by artifact, and this format knows registry or cache only {NOT_OFFERED}",
            "   call it with --handover registry",
        ],
    ),
    "builders that cannot be": (
        "<% set builders = ['kaniko'] %>\n",
        [
            "own.j2:1:8: error: 'builders' cannot be ['kaniko'] [format-setting]",
            '   write <% set builders = ["buildkit", "classic", "buildah"] %>, or some of them',
        ],
    ),
    "a builder that the format does not call": (
        "<% set builders = ['classic', 'buildah'] %>\n",
        [
            f"{OWN}: the profile is for buildkit, and this format calls classic and buildah only [builder-not-offered]",
            "   call it with --format sh, or with --set builder=classic",
        ],
    ),
    "a path that the pipeline would take for its own": (
        "<% set refuses = ['kerf', 'dfrender r'] %>\n",
        [
            f"{OWN}: the path of the Dockerfile 'Dockerfile.ci' holds 'kerf', {TAKEN}",
            f"{OWN}: the command 'dfrender render -p ci Dockerfile' holds 'dfrender r', {TAKEN}",
            "   choose another name",
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_has_its_place_and_a_next_step(project: Project, text: str, said: list[str]) -> None:
    project.write({"Dockerfile": DOCKERFILE, "profiles/ci.yaml": PROFILE, "own.j2": text})
    result = project.dfrender("plan", "--format", "own.j2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line for line in said if line not in result.stderr.splitlines()] == []


def test_a_format_that_is_not_there_is_named(project: Project) -> None:
    project.write({"Dockerfile": DOCKERFILE, "profiles/ci.yaml": PROFILE})
    for name, said in {
        "azur": "--format azur: error: there is no format 'azur' [unknown-format]\n   did you mean 'azure'?\n",
        "qqqq": f"   write one of {', '.join(NAMES)}, or the path of a file that ends in .j2\n",
        "sub/azure": "sub/azure: error: no such file or directory\n   nothing more was done\n",
        "own.j2": "own.j2: error: no such file or directory\n   nothing more was done\n",
    }.items():
        result = project.dfrender("plan", "--format", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr


def test_a_format_says_what_it_calls_the_tag_of_a_run_and_where_its_paths_begin(project: Project) -> None:
    project.write({".git/config": "", "sub/Dockerfile": DOCKERFILE, "sub/profiles/ci.yaml": PROFILE})
    settings = '<% set tag = "$RUN" %>\n<% set paths = "repository" %>\n'
    project.write({"own.j2": settings + "<{ [dockerfile, tag, jobs[0].tags] | json }>"})
    result = project.dfrender("plan", "--format", "own.j2", "sub")
    assert json.loads(result.stdout) == ["sub/Dockerfile.ci", "$RUN", ["base:$RUN"]]


def test_a_format_can_be_written_more_than_once() -> None:
    source = FormatFile("x.j2", "<{ a }>", ())
    for _ in range(2):
        with pytest.raises(DfrenderError) as caught:
            source.write({"a": "b"}, {}, {})
        assert len(caught.value.diagnostics) == 1


@pytest.mark.slow
def test_formats_are_read_from_an_archive_too(tmp_path: Path) -> None:
    archive = tmp_path / "packed.zip"
    subprocess.run([sys.executable, "-m", "zipfile", "-c", archive, "dfrender"], cwd=ROOT, check=True)
    code = "from dfrender.plan import formats; print(formats.__file__, formats.format_of('azure').tag)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(archive)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == f"{archive}/dfrender/plan/formats.py $(tag)\n"


def test_formats_are_in_the_wheel() -> None:
    hatchling = pytest.importorskip("hatchling.builders.wheel")
    wheel = hatchling.WheelBuilder(str(ROOT))
    packed = {Path(each.distribution_path) for each in wheel.recurse_included_files()}
    folder = Path("dfrender/plan/formats")
    assert {each.name for each in packed if each.parent == folder} == {each.name for each in (ROOT / folder).iterdir()}


def test_every_name_is_a_format() -> None:
    in_repository = [name for name in NAMES if format_of(name).in_root]
    assert in_repository == ["azure", "azure-template", "github", "gitlab"]


def test_the_tag_of_a_run_is_left_to_the_shell() -> None:
    written = filters_for(["$RUN"])
    assert written["sh"]("r.io/x:$RUN") == '"r.io/x:$RUN"'
    assert written["sh"]("$RUN") == '"$RUN"'
    assert written["words"](["a b", "--tag=a b:$RUN"]) == "'a b' '--tag=a b:'\"$RUN\""
    assert written["sh"]("$HOME") == "'$HOME'"


def test_the_command_that_updates_a_plan_names_the_format_from_where_it_is_called(project: Project) -> None:
    project.write({".git/config": "", "sub/Dockerfile": DOCKERFILE, "sub/profiles/ci.yaml": PROFILE})
    project.write({"own.j2": '<% set paths = "repository" %><{ update | raw }>'})
    with chdir("sub"):
        seen = project.dfrender("plan", "--format", "../own.j2").stdout
    assert seen == "dfrender plan -p ci sub/Dockerfile --format own.j2"


@pytest.mark.parametrize("value", ["[]", "[1]", "['registry', 1]", "'registry'"])
def test_hand_overs_are_a_list_of_those_that_there_are(project: Project, value: str) -> None:
    project.write({"Dockerfile": DOCKERFILE, "profiles/ci.yaml": PROFILE, "own.j2": f"<% set handovers = {value} %>"})
    assert "'handovers' cannot be " in project.dfrender("plan", "--format", "own.j2").stderr


def test_a_format_for_the_root_of_the_repository_is_named_from_there(project: Project) -> None:
    own = '<% set paths = "repository" %><{ dockerfile | raw }> <{ update | raw }>\n'
    project.write({".git/HEAD": "", "Dockerfile": DOCKERFILE, "profiles/ci.yaml": PROFILE, "own.j2": own})
    assert project.dfrender("plan", "--format", "./own.j2").stdout == (
        "Dockerfile.ci dfrender plan -p ci Dockerfile --format own.j2\n"
    )
