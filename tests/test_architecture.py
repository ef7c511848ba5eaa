"""Which room may import which, who owns a third-party package, and what a command must not load to start."""

from __future__ import annotations

import ast
import gc
import graphlib
import importlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import dfrender

PACKAGE = Path(dfrender.__file__).parent
REPOSITORY = PACKAGE.parent

# a room, and all the rooms that it may import; a folder is one room
MAY_IMPORT = {
    "source": "",
    "diagnostics": "source",
    "recorder": "",
    "boundary": "recorder",
    "stamp": "recorder git",
    "template": "source diagnostics recorder boundary",
    "dockerfile": "source diagnostics",
    "profile": "__init__ source diagnostics recorder dockerfile",
    "references": "source diagnostics template dockerfile profile",
    "rules": "source diagnostics dockerfile profile references",
    "plan": "__init__ source diagnostics template dockerfile profile references",
    "inputs": "source diagnostics recorder git template dockerfile profile header",
    "api": "source diagnostics recorder template dockerfile profile references rules inputs",
    "report": "source diagnostics",
    "header": "source",
    "conflict": "source",
    "destination": "boundary",
    "output": "source diagnostics boundary header conflict destination",
    "git": "",
    "discover": "source diagnostics recorder git profile header stamp",
    "files": "source diagnostics recorder boundary profile header destination output api",
    "gates": "source diagnostics boundary files output",
    "planning": "source diagnostics profile rules plan inputs template api files",
    "foreign": "source diagnostics",
    "lint": "source diagnostics recorder template dockerfile profile references rules inputs api files",
    "history": "source diagnostics recorder boundary template dockerfile profile references inputs api",
    "compare": "source diagnostics template dockerfile profile references header api",
    "adopt": "source diagnostics recorder boundary template dockerfile profile api header output",
    "provenance": "source diagnostics recorder boundary template profile api discover files header output",
    "depfile": "source diagnostics files",
    "records": "source diagnostics api files output depfile",
    "explain": "source diagnostics template dockerfile references api header output files provenance",
    "lsp": "__init__ source diagnostics recorder template dockerfile profile references rules header discover explain "
    "lint adopt",
    "cli": "__init__ source diagnostics recorder boundary template dockerfile profile references inputs api report "
    "header output discover files gates history "
    "lint foreign rules plan planning adopt compare explain provenance records stamp lsp",
    "library": "source diagnostics recorder boundary template profile rules inputs plan api header output "
    "discover files lint planning",
    "__init__": "library",
    "__main__": "cli stamp",
}
OWNERS = {
    "click": "cli",
    "jinja2": "template",
    "yaml": "profile/composer",
    "dockerfile_parse": "dockerfile/parse",
    "lsprotocol": "lsp",
    "pygls": "lsp",
}
MODULES = {str(path.relative_to(PACKAGE).with_suffix("")): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return all that a file is made of."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, also inside functions and for types: own ones as paths."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: imports are absolute"
            found.update(_resolved(node.module, alias.name) for alias in node.names)
    return found


def _resolved(module: str, name: str) -> str:
    if module.partition(".")[0] != "dfrender":
        return module
    path = "/".join([*module.split(".")[1:], name])
    if path in MODULES:
        return path
    folder = str(Path(path).parent)
    return folder if folder in MODULES else f"{folder}/__init__".removeprefix("./")


def room(module: str) -> str:
    return module.partition("/")[0]


def own_imports(module: str) -> set[str]:
    return {each for each in imports(MODULES[module]) if each in MODULES}


def test_every_room_is_in_the_table() -> None:
    assert {room(module) for module in MODULES} == set(MAY_IMPORT)


def test_every_room_is_on_the_map_of_those_who_join_in() -> None:
    rows = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| --- | --- |")[1].split("\n\n")[0]
    named = {
        name.strip("/") for row in rows.splitlines() for name in row.split("|")[1:2] for name in name.split("`")[1::2]
    }
    assert named == set(MAY_IMPORT) - {"__init__", "__main__"}


def test_a_room_imports_only_rooms_that_it_may() -> None:
    forbidden = []
    for module in MODULES:
        allowed = {room(module), *MAY_IMPORT[room(module)].split()}
        forbidden += [f"{module} imports {each}" for each in own_imports(module) if room(each) not in allowed]
    assert forbidden == []


def test_no_module_needs_itself_to_be_loaded() -> None:
    dependencies = {module: own_imports(module) - {"__init__"} for module in MODULES}
    assert list(graphlib.TopologicalSorter(dependencies).static_order())


@pytest.mark.parametrize(("package", "owner"), OWNERS.items())
def test_a_package_has_one_owner(package: str, owner: str) -> None:
    users = {module for module, path in MODULES.items() if package in {each.split(".")[0] for each in imports(path)}}
    assert users
    assert all(user == owner or room(user) == owner for user in users)


def test_only_one_module_prints_what_is_new() -> None:
    printing = {"click.echo", "click.secho", "print", "sys.stdout", "sys.stderr"}
    users = set()
    for module, path in MODULES.items():
        for node in nodes(path):
            if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in printing:
                users.add(module)
    # what the former printed before says the latter again, and the command ends when all of it has gone
    assert users == {"cli/printing", "stamp/call", "__main__"}


def test_no_other_package_is_used() -> None:
    used = {each.split(".")[0] for path in MODULES.values() for each in imports(path) if each not in MODULES}
    of_other_pythons = {"_sha2", "_sha256"}
    assert used - sys.stdlib_module_names - of_other_pythons - {"__init__", "dfrender"} == set(OWNERS)


HEAVY = {
    *("pygls", "lsprotocol", "dfrender.lsp", "asyncio"),
    *("jinja2", "yaml", "dockerfile_parse", "difflib", "tempfile", "subprocess"),
    *(
        "dfrender.api",
        "dfrender.library",
        "dfrender.report",
        "dfrender.planning",
        "dfrender.records",
        "dfrender.provenance",
    ),
}


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        pytest.param(["--version"], HEAVY, id="the version needs click alone"),
        pytest.param(["--help"], HEAVY, id="help needs click alone"),
        pytest.param(["render", "--help"], HEAVY, id="help of a command needs click alone"),
        pytest.param(["profile", "--help"], HEAVY, id="help of a group needs click alone"),
        pytest.param(["profile", "list"], HEAVY - {"yaml"}, id="a list of profiles needs no template"),
        pytest.param(["profile", "schema"], HEAVY, id="the schema needs no profile"),
        pytest.param(
            ["render"], HEAVY - {"yaml", "dockerfile_parse", "dfrender.api"}, id="a plain Dockerfile needs no Jinja"
        ),
    ],
)
def test_a_command_does_not_load(arguments: list[str], not_loaded: set[str], tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "ci.yaml").write_text("prebuilt: [base]\n", encoding="utf-8")
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.22 AS base\nFROM base\n", encoding="utf-8")
    code = "import sys; from dfrender.cli.main import main; main(standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not_loaded & set(done.stdout.split()) == set()


def test_the_installed_command_collects_no_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "dfrender.__main__", raising=False)  # another test may have loaded it
    try:
        assert importlib.import_module("dfrender.__main__").main
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_public_names_are_loaded_when_used() -> None:
    code = (
        "import sys, dfrender; print('dfrender.api' in sys.modules, dfrender.render.__name__, hasattr(dfrender, 'x'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False render False\n"
