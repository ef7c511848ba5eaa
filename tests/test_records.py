"""The map of lines, and the dependencies for make and ninja, read by those for whom they are made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dfrender.source import split_lines
from tests.shell import ROOT
from tests.slow import slow_but
from tests.test_promises import EVERY_RENDERING, Rendering

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.project import Project

FILES = {
    "Dockerfile.j2": 'FROM a AS base\n{% include "cmd" %}\nFROM {{ stage("base") }} AS app\nCOPY --from=base / /\n',
    "cmd": "CMD {{ name }}\n",
    "profiles/_base.yaml": "values: {name: app}\n",
    "profiles/ci.yaml": "extends: _base\nprebuilt: [base]\n",
}


def map_of(project: Project, *arguments: str) -> dict[str, Any]:
    project.render(*arguments, "--map", "map.json")
    found: dict[str, Any] = json.loads(project.read("map.json"))
    return found


def test_a_map_says_of_each_line_where_it_is_from_and_why_it_is_there(project: Project) -> None:
    project.write(FILES)
    written = map_of(project, "-p", "ci")
    cause = {"file": "profiles/ci.yaml", "line": 2, "column": 12}
    assert {name: value for name, value in written.items() if name != "lines"} == {
        "version": 1,
        "output": "Dockerfile.ci",
        "template": "Dockerfile.j2",
        "profile": "ci",
    }
    places = [("Dockerfile.j2", 1, 0)] * 4 + [("Dockerfile.j2", 1, 15), ("cmd", 1, 4)]
    places += [("Dockerfile.j2", 3, 0), ("Dockerfile.j2", 3, 5), ("Dockerfile.j2", 4, 12)]
    added: dict[int, dict[str, object]] = {number: {"why": "header"} for number in (1, 2, 3)}
    added[4] = {"why": "build argument for the image of base", "cause": cause}
    added[7] = {"why": "alias stage of base", "cause": cause}
    assert written["lines"] == [
        {"line": number, "file": file, "template_line": line, "exact": exact, **added.get(number, {})}
        for number, (file, line, exact) in enumerate(places, 1)
    ]


@EVERY_RENDERING
def test_what_a_map_says_is_the_same_stands_there(rendering: Rendering, project: Project) -> None:
    project.write({"Dockerfile.j2": rendering.template, "profiles/ci.yaml": rendering.profile})
    project.dfrender("render", "--map", "map.json")
    lines = split_lines(project.read("Dockerfile.ci").decode())
    written = json.loads(project.read("map.json"))["lines"]
    source = split_lines(project.read("Dockerfile.j2").decode())
    assert [each["line"] for each in written] == [*range(1, len(lines) + 1)]
    for line, each in zip(lines, written, strict=True):
        assert source[each["template_line"] - 1].startswith(line[: each["exact"]])


def test_a_map_may_be_that_of_standard_output(project: Project) -> None:
    project.write({"profiles/ci.yaml": ""})
    assert project.render("--map", "map.json", "-", stdin=b"FROM a\n").endswith("\n\nFROM a\n")
    written = json.loads(project.read("map.json"))
    assert (written["output"], written["template"], len(written["lines"])) == ("-", "<stdin>", 4)


def test_a_depfile_has_a_rule_for_each_output_and_an_empty_one_for_each_input(project: Project) -> None:
    project.write({**FILES, "profiles/local.yaml": "values: {name: x}\n", "Dockerfile.dockerignore": "*.md\n"})
    project.render("--depfile", "deps")
    assert project.read("deps").decode() == (
        "Dockerfile.ci: Dockerfile.j2 cmd profiles/_base.yaml profiles/ci.yaml Dockerfile.dockerignore\n"
        "Dockerfile.local: Dockerfile.j2 cmd profiles/local.yaml Dockerfile.dockerignore\n"
        "\nDockerfile.j2:\n\ncmd:\n\nprofiles/_base.yaml:\n\nprofiles/ci.yaml:\n\nDockerfile.dockerignore:\n"
        "\nprofiles/local.yaml:\n"
    )


def test_a_depfile_has_paths_from_the_working_directory(project: Project) -> None:
    project.write({f"app/{name}": text for name, text in FILES.items()})
    Path("build").mkdir()
    os.chdir("build")
    project.render("../app/Dockerfile.j2", "-o", "out", "--depfile", "deps")
    assert project.read("deps").startswith(b"out: ../app/Dockerfile.j2 ../app/cmd ../app/profiles/_base.yaml ")


def test_standard_input_is_no_file_that_an_output_depends_on(project: Project) -> None:
    project.write({"profiles/ci.yaml": ""})
    project.render("--depfile", "deps", "-o", "out", "-", stdin=b"FROM a\n")
    assert project.read("deps") == b"out: profiles/ci.yaml\n\nprofiles/ci.yaml:\n"


MAP = '{"version": 1, "output": "x", "template": "x", "profile": "x", "lines": [\n]}\n'


@pytest.mark.parametrize(
    ("option", "text", "is_replaced"),
    [
        pytest.param("--map", MAP, True, id="another map"),
        pytest.param("--map", "", True, id="nothing, instead of a map"),
        pytest.param("--map", "{}\n", False, id="other JSON"),
        pytest.param("--map", "out: a\n\na:\n", False, id="a depfile, instead of a map"),
        pytest.param("--depfile", "out: a b\\ c x%y\n\na:\n\nb\\ c:\n", True, id="another depfile"),
        pytest.param("--depfile", "", True, id="nothing, instead of a depfile"),
        pytest.param("--depfile", "all: app\n", False, id="a rule for make"),
        pytest.param("--depfile", "a: b\n\nb:\n\tmake it\n", False, id="a rule with a recipe"),
        pytest.param("--depfile", "a: b\n\nb:\n\nc:\n", False, id="a rule for something else"),
        pytest.param("--depfile", "by hand\n", False, id="a text"),
        pytest.param("--depfile", MAP, False, id="a map, instead of a depfile"),
    ],
)
def test_a_record_replaces_only_a_file_of_its_kind(
    project: Project, option: str, text: str, *, is_replaced: bool
) -> None:
    project.write({"Dockerfile.j2": "FROM a\n", "profiles/ci.yaml": "", "record": text})
    result = project.dfrender("render", option, "record")
    assert (result.exit_code, project.read("record") != text.encode()) == (0 if is_replaced else 2, is_replaced)
    assert Path("Dockerfile.ci").exists() is is_replaced


@pytest.mark.parametrize("option", ["--map", "--depfile"])
def test_a_record_may_go_to_a_device(project: Project, option: str) -> None:
    project.write({"Dockerfile.j2": "FROM a\n", "profiles/ci.yaml": ""})
    assert project.render(option, os.devnull) == "wrote Dockerfile.ci\n"
    assert Path(os.devnull).is_char_device()


def test_a_depfile_is_written_also_if_the_output_is_up_to_date(project: Project) -> None:
    project.write(FILES)
    project.render()
    project.render("--depfile", "deps")
    os.utime("deps", ns=(1, 1))
    project.render("--depfile", "deps")
    assert Path("deps").stat().st_mtime_ns > 1


# The tools themselves: an image is built for a real edit, and for no other.

MAKEFILE = """\
image: Dockerfile.ci
	@echo built >> builds
	@touch $@

Dockerfile.%: FORCE
	@dfrender render -p $* --quiet
FORCE:
"""
WITH_DEPFILE = """\
image: Dockerfile.ci
	@echo built >> builds
	@touch $@

Dockerfile.ci:
	@echo rendered >> renderings
	@dfrender render -p ci --quiet --depfile $@.d
-include Dockerfile.ci.d
"""
BUILD_NINJA = """\
rule render
  command = echo rendered >> renderings && dfrender render -p ci -o $out --quiet --depfile $out.d $in
  depfile = $out.d
  deps = gcc
  restat = 1
rule image
  command = echo built >> builds && touch $out
build Dockerfile.ci: render Dockerfile.j2
build image: image Dockerfile.ci
default image
"""
NINJA = str(Path(sys.executable).with_name("ninja"))
EVERY_TOOL = pytest.mark.parametrize(
    ("files", "command"),
    [
        pytest.param({"Makefile": WITH_DEPFILE}, ["make", "image"], id="make"),
        pytest.param({"build.ninja": BUILD_NINJA}, [NINJA], id="ninja"),
    ],
)


class Tool(NamedTuple):
    """A build system in the working directory, which finds ``dfrender`` on its path."""

    command: Sequence[str]
    environ: Mapping[str, str]

    def builds(self) -> int:
        """Build, and give how often the image was built for it."""
        before = self.count("builds")
        done = subprocess.run(self.command, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return self.count("builds") - before

    def count(self, log: str) -> int:
        """Return how many lines a log has."""
        return len(Path(log).read_text("utf-8").splitlines()) if Path(log).exists() else 0


def tool_of(*command: str) -> Tool:
    """Put a ``dfrender`` on the path that runs with this Python."""
    folder = Path("bin").absolute()
    folder.mkdir()
    (folder / "dfrender").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dfrender "$@"\n', "utf-8")
    (folder / "dfrender").chmod(0o755)
    return Tool(command, {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)})


def edit(name: str, text: str) -> None:
    """Write a file so that it is newer than all others, however slow the clock of the files is."""
    newest = max(path.stat().st_mtime_ns for path in Path().rglob("*"))
    while Path(name).stat().st_mtime_ns <= newest:
        time.sleep(0.01)
        Path(name).write_text(text, "utf-8")


@pytest.mark.slow
def test_make_builds_an_image_for_a_real_edit_and_for_no_other(project: Project) -> None:
    project.write({**FILES, "Makefile": MAKEFILE})
    make = tool_of("make", "image")
    assert make.builds() == 1
    assert make.builds() == 0
    edit("Dockerfile.j2", FILES["Dockerfile.j2"])
    assert make.builds() == 0
    edit("profiles/_base.yaml", "values: {name: app} # the same, said otherwise\n")
    assert make.builds() == 0
    edit("cmd", "CMD another\n")
    assert make.builds() == 1
    assert make.builds() == 0


REAL_EDITS = {
    "cmd": "CMD another\n",
    "profiles/_base.yaml": "values: {name: other}\n",
}


# the name of a file is all that differs
EACH_EDIT = pytest.mark.parametrize("name", slow_but({"cmd"}, REAL_EDITS.keys()))


@EACH_EDIT
def test_make_renders_again_by_the_depfile(project: Project, name: str) -> None:
    project.write({**FILES, "Makefile": WITH_DEPFILE})
    make = tool_of("make", "image")
    assert (make.builds(), make.count("renderings")) == (1, 1)
    assert (make.builds(), make.count("renderings")) == (0, 1)
    edit(name, REAL_EDITS[name])
    assert (make.builds(), make.count("renderings")) == (1, 2)
    assert (make.builds(), make.count("renderings")) == (0, 2)


@EVERY_TOOL
def test_a_depfile_bears_the_loss_of_an_include(project: Project, files: dict[str, str], command: list[str]) -> None:
    project.write({**FILES, **files})
    tool = tool_of(*command)
    assert tool.builds() == 1
    edit("Dockerfile.j2", "FROM a AS base\nFROM base\n")
    Path("cmd").unlink()
    assert tool.builds() == 1
    assert tool.builds() == 0


@pytest.mark.slow
@EVERY_TOOL
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a b#c$d", id="blank, number sign and dollar"),
        pytest.param(" a  b ", id="blanks around it and in a row"),
        pytest.param("a\\ b\\c\\\\d", id="backslashes, one of them before a blank"),
        pytest.param("a:b", id="a colon"),
        pytest.param("a&b", id="an ampersand"),
        pytest.param("a?b[c]{d}", id="brackets and a question mark"),
        pytest.param("a'b\"c!@+,d", id="quotes and other signs"),
        pytest.param("a%b", id="the sign of a pattern"),
        pytest.param("(a)", id="brackets around it"),
        pytest.param("-a", id="a dash first"),
        pytest.param("é\u2028ü", id="signs beyond ASCII"),
    ],
)
def test_a_depfile_is_read_whatever_names_there_are(
    project: Project, files: dict[str, str], command: list[str], name: str
) -> None:
    project.write({**FILES, **files, name: "CMD x\n"})
    quoted = json.dumps(name, ensure_ascii=False)
    project.write({"Dockerfile.j2": FILES["Dockerfile.j2"].replace('"cmd"', quoted)})
    tool = tool_of(*command)
    assert (tool.builds(), tool.count("renderings")) == (1, 1)
    assert (tool.builds(), tool.count("renderings")) == (0, 1)
    edit(name, "CMD y\n")
    assert (tool.builds(), tool.count("renderings")) == (1, 2)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param("x y", r"x\ y", id="a blank"),
        pytest.param("x#y$z:w", r"x\#y$$z\:w", id="other signs"),
        pytest.param("x%y", r"x\%y", id="the sign of a pattern"),
    ],
)
def test_the_output_of_a_depfile_is_escaped_too(project: Project, name: str, written: str) -> None:
    project.write({"Dockerfile.j2": "FROM a\n", "profiles/ci.yaml": ""})
    project.render("-o", name, "--depfile", "deps")
    assert project.read("deps").startswith(f"{written}: Dockerfile.j2 ".encode())


def test_an_input_with_the_sign_of_a_pattern_has_no_rule_of_its_own(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM a\n{% include 'x%y' %}\n", "x%y": "USER a\n", "profiles/ci.yaml": ""})
    project.render("--depfile", "deps")
    depfile = project.read("deps").decode()
    assert " x%y" in depfile.splitlines()[0]
    assert "x%y:" not in depfile
    project.render("--depfile", "deps")


@EACH_EDIT
def test_ninja_renders_for_any_edit_and_builds_for_a_real_one(project: Project, name: str) -> None:
    project.write({**FILES, "build.ninja": BUILD_NINJA})
    ninja = tool_of(NINJA)
    assert (ninja.builds(), ninja.count("renderings")) == (1, 1)
    assert (ninja.builds(), ninja.count("renderings")) == (0, 1)
    edit(name, FILES[name])
    assert (ninja.builds(), ninja.count("renderings")) == (0, 2)
    assert (ninja.builds(), ninja.count("renderings")) == (0, 2)
    edit(name, REAL_EDITS[name])
    assert (ninja.builds(), ninja.count("renderings")) == (1, 3)
