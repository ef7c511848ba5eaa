"""One edit costs one rendering: what a run keeps of the other templates of a folder, and what it must not keep."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender import api
from dfrender.template.template import Template
from tests.stamped import Outcome, Stamped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dfrender.api import Result
    from dfrender.profile.profiles import Profiles
    from tests.project import Project

    Edit = dict[str, str | None]
    """New texts of files; None removes one."""

ALL = ("render", ".")
WARNED = "FROM a AS base\nFROM base:latest\n"
FILES: dict[str, str | None] = {
    "api/Dockerfile.j2": '{% include "part.j2" %}\nFROM {{ stage("base") }} AS app\nCOPY . /app\n',
    "api/part.j2": "FROM alpine AS base\n",
    "api/Dockerfile.dockerignore": "*.md\n",
    "api/profiles/ci.yaml": "extends: _base\nprebuilt: [base]\nrepository: api/{stage}\n",
    "web/Dockerfile.j2": WARNED,
    "db/Dockerfile.j2": "FROM postgres AS base\nFROM base\n",
    "profiles/_base.yaml": "values: {version: 3}\n",
    "profiles/local.yaml": "extends: _base\n",
    "plain/Dockerfile": "FROM scratch\n",
}
NAMED = "prebuilt: [base]\nplatform: linux/amd64\ntag: '{input_digest}'\noutput: Dockerfile.{profile}\n"
CONTEXT = f"FROM a@sha256:{'0' * 64} AS base\nCOPY src /src\nFROM base\n"


class Twins:
    """Two users with the same files, one with stamps and one without, whose calls must come to the same."""

    def __init__(self, project: Project, user: Stamped, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin with two empty repositories."""
        self.project = project
        self.user = user
        self.monkeypatch = monkeypatch
        self.folders = [Path(each).absolute() for each in ("with", "without")]
        for folder in self.folders:
            folder.mkdir()
            subprocess.run(["git", "init", "--quiet", folder], check=True)

    def edit(self, texts: Mapping[str, str | None]) -> None:
        """Change the files of both."""
        for folder in self.folders:
            self.monkeypatch.chdir(folder)
            for name, text in texts.items():
                if text is None:
                    Path(name).unlink(missing_ok=True)
                else:
                    self.project.write({name: text})

    def dfrender(self, *words: str) -> Outcome:
        """Type a call for both, and return what both come to."""
        seen = []
        for folder, options in zip(self.folders, ([], ["--no-cache"]), strict=True):
            self.monkeypatch.chdir(folder)
            outcome = self.user.dfrender(*words, *options)
            here = outcome._replace(stderr=outcome.stderr.replace(str(folder), "HERE"))
            seen.append((here, contents()))
        assert seen[0] == seen[1]
        self.monkeypatch.chdir(self.folders[0])
        return seen[0][0]


def contents() -> dict[str, bytes]:
    found = {}
    for path in sorted(Path().rglob("*")):
        if path.is_file() and ".git" not in path.parts:
            found[str(path)] = path.read_bytes()
    return found


@pytest.fixture
def user(capfd: pytest.CaptureFixture[str]) -> Stamped:
    return Stamped(capfd)


@pytest.fixture
def twins(project: Project, user: Stamped, monkeypatch: pytest.MonkeyPatch) -> Twins:
    """Return users whose files are rendered."""
    both = Twins(project, user, monkeypatch)
    both.edit(FILES)
    assert both.dfrender(*ALL).exit_code == 0
    return both


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files of the templates that the user with stamps renders from now on."""
    found: list[str] = []
    render_each = api.render_each

    def noted(template: Template, wanted: Sequence[str], profiles: Profiles) -> list[Result]:
        if Path.cwd().name == "with":
            found.append(template.file)
        return render_each(template, wanted, profiles)

    monkeypatch.setattr(api, "render_each", noted)
    return found


# others show the same of another kind of file
_SLOW = pytest.mark.slow
EVERY = ["api/Dockerfile.j2", "db/Dockerfile.j2", "web/Dockerfile.j2"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param({"web/Dockerfile.j2": "FROM scratch\n"}, ["web/Dockerfile.j2"], id="a template"),
        pytest.param({"api/part.j2": "FROM b AS base\n"}, ["api/Dockerfile.j2"], id="an include"),
        pytest.param({"api/profiles/local.yaml": ""}, ["api/Dockerfile.j2"], id="a nearer profile", marks=_SLOW),
        pytest.param({"db/Dockerfile.local": None}, ["db/Dockerfile.j2"], id="an output"),
        pytest.param({"api/Dockerfile.dockerignore": None}, ["api/Dockerfile.j2"], id="an ignore file", marks=_SLOW),
        pytest.param({"new/Dockerfile.j2": "FROM b\n"}, ["new/Dockerfile.j2"], id="a template that is new"),
        pytest.param({"web/Dockerfile.j2": None}, [], id="a template that is gone"),
        pytest.param({".gitignore": "web\n"}, [], id="a template that git ignores now", marks=_SLOW),
        pytest.param({"other/Dockerfile": "FROM b\n"}, [], id="a plain Dockerfile that is new", marks=_SLOW),
        pytest.param({"web/.git": "gitdir: nowhere\n"}, ["web/Dockerfile.j2"], id="where a repository begins"),
        pytest.param({"profiles/_base.yaml": "values: {version: 4}\n"}, EVERY, id="a profile of all"),
        pytest.param({"profiles/new.yaml": ""}, EVERY, id="a profile that all get", marks=_SLOW),
    ],
)
def test_only_what_has_changed_is_rendered(twins: Twins, rendered: list[str], edit: Edit, expected: list[str]) -> None:
    twins.edit(edit)
    twins.dfrender(*ALL)
    assert rendered == expected


def test_where_other_text_is_printed_all_is_rendered(
    twins: Twins, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    twins.edit({"db/Dockerfile.j2": "FROM postgres:18\n"})
    monkeypatch.setenv("TF_BUILD", "True")
    twins.dfrender(*ALL)
    assert rendered == EVERY


def test_a_run_that_failed_leaves_the_others_as_they_were(twins: Twins, rendered: list[str]) -> None:
    for text in ("FROM {{ nothing }}\n", "FROM {{ else }}\n", "FROM scratch\n"):
        twins.edit({"web/Dockerfile.j2": text})
        rendered.clear()
        twins.dfrender(*ALL)
        assert rendered == ["web/Dockerfile.j2"]


def test_warnings_about_what_is_kept_are_repeated(twins: Twins) -> None:
    twins.edit({"db/Dockerfile.j2": "FROM postgres:18\n"})
    assert "web/Dockerfile.j2:2:6: warning" in twins.dfrender(*ALL).stderr


def test_kept_files_are_named_and_counted(twins: Twins) -> None:
    twins.edit({"db/Dockerfile.j2": "FROM postgres:18\n"})
    said = twins.dfrender(*ALL).stdout.splitlines()
    assert said[:3] == [
        "left alone, without a profile of their own: plain/Dockerfile",
        "api/Dockerfile.ci is up to date",
        "api/Dockerfile.ci.dockerignore is up to date",
    ]
    assert said[-3:] == [
        "wrote db/Dockerfile.local",
        "web/Dockerfile.local is up to date",
        "3 templates: 1 file written, 5 up to date",
    ]


SHARED = "prebuilt: [base]\nrepository: api/{stage}\n"
ARGUMENT = "build_args: {VERSION: 3}\n"
ACROSS: dict[str, tuple[list[Edit], str]] = {
    "an image becomes that of a kept template": ([{"db/profiles/ci.yaml": SHARED}], "shared-image"),
    "a kept template shares an image": (
        [{"db/profiles/ci.yaml": SHARED}, {"web/Dockerfile.j2": "FROM scratch\n"}],
        "shared-image",
    ),
    "a kept template lets its image be shared": (
        [
            {"api/profiles/ci.yaml": f"extends: _base\n{SHARED}ignore: [shared-image]\n"},
            {"db/profiles/ci.yaml": SHARED},
        ],
        "",
    ),
    "an output becomes that of a kept template": (
        [{"db/profiles/ci.yaml": "output: ../api/Dockerfile.ci\n"}],
        "shared-output",
    ),
    "an output becomes that of a kept template by a link": (
        [{"db/profiles/ci.yaml": "output: ../link/Dockerfile.ci\n"}],
        "shared-output",
    ),
    "a kept template alone declares a build argument": (
        [
            {"profiles/_base.yaml": ARGUMENT, "api/part.j2": "ARG VERSION\nFROM a AS base\n"},
            {"web/Dockerfile.j2": "FROM scratch\n"},
        ],
        "",
    ),
    "no template declares a build argument any more": (
        [
            {"profiles/_base.yaml": ARGUMENT, "api/part.j2": "ARG VERSION\nFROM a AS base\n"},
            {"api/part.j2": "FROM a AS base\n"},
        ],
        "unknown-build-arg",
    ),
    "a kept template is given a build argument that it does not need": (
        [
            {"profiles/_base.yaml": "build_args: {VERSION: {value: 3, optional: true}}\n"},
            {"web/Dockerfile.j2": "FROM b\n"},
        ],
        "",
    ),
    "a new output lies in the context of a kept template": (
        [
            {"ci/Dockerfile.j2": CONTEXT, "ci/profiles/ci.yaml": NAMED, "ci/src/a": ""},
            {"db/profiles/ci.yaml": "output: ../ci/src/a\n"},
        ],
        "output-among-inputs",
    ),
    "an edit elsewhere leaves images that are named by their inputs": (
        [
            {"ci/Dockerfile.j2": CONTEXT, "ci/profiles/ci.yaml": NAMED, "ci/src/a": ""},
            {"db/Dockerfile.j2": "FROM scratch\n"},
        ],
        "",
    ),
    "a kept output lies in the context of a template": (
        [
            {"db/profiles/ci.yaml": "output: ../ci/src/a\n", "ci/src/b": ""},
            {"ci/Dockerfile.j2": CONTEXT, "ci/profiles/ci.yaml": NAMED},
        ],
        "output-among-inputs",
    ),
    "a person's ignore file becomes the one of an output": (
        [
            {"db/Dockerfile": "FROM b\n", "db/Dockerfile.j2": None, "db/profiles/ci.yaml": "", "db/a": ""},
            {"db/Dockerfile.dockerignore": "*.md\n"},
            {"up/Dockerfile.j2": "FROM b\n", "up/profiles/ci.yaml": "output: ../db/Dockerfile\n"},
            {"web/Dockerfile.j2": "FROM scratch\n"},
        ],
        "",
    ),
    "a kept output becomes a person's": (
        [{"api/Dockerfile.ci": "FROM mine\n", "db/Dockerfile.j2": "FROM b\n"}],
        "not-overwritten",
    ),
    "what a template left is an orphan": ([{"web/Dockerfile.j2": None}], "orphaned-output"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("edits", "code"), ACROSS.values(), ids=ACROSS)
def test_what_is_kept_counts_for_the_others(twins: Twins, edits: list[Edit], code: str) -> None:
    for folder in twins.folders:
        (folder / "link").symlink_to("api")
    outcome = Outcome(0, "", "")
    for edit in edits:
        twins.edit(edit)
        outcome = twins.dfrender(*ALL)
        twins.dfrender(*ALL)
    assert code in outcome.stderr


def test_with_force_what_a_person_wrote_is_replaced_and_then_no_source_any_more(twins: Twins) -> None:
    """A person's ignore file of a plain Dockerfile is the source for its outputs until another output replaces it."""
    twins.edit(
        {
            "db/Dockerfile.j2": None,
            "db/Dockerfile": "FROM b\n",
            "db/Dockerfile.dockerignore": "*.md\n",
            "db/profiles/ci.yaml": "",
            "up/Dockerfile.j2": "FROM b\n",
            "up/Dockerfile.dockerignore": "*.js\n",
            "up/profiles/ci.yaml": "",
        }
    )
    twins.dfrender(*ALL)
    twins.edit({"up/profiles/ci.yaml": "output: ../db/Dockerfile\n"})
    for _ in "123":
        twins.dfrender(*ALL, "--force")


EDITS: dict[str, Sequence[str | None]] = {
    "api/part.j2": [
        "FROM alpine AS base\n",
        "FROM b AS base\n",
        "FROM {{ undefined }}\n",
        "ARG VERSION\nFROM c AS base\n",
    ],
    "api/maybe.j2": [None, "RUN maybe\n"],
    "api/Dockerfile.dockerignore": ["*.md\n", None, "*.py\n"],
    "api/profiles/ci.yaml": [
        FILES["api/profiles/ci.yaml"],
        "extends: _base\n",
        "values: [\n",
        "ignore: [shared-image]\n",
    ],
    "api/profiles/local.yaml": [None, "values: {version: 4}\n", "output: ../web/Dockerfile.local\n"],
    "api/Dockerfile.ci": [None, "FROM mine\n"],
    "db/profiles/ci.yaml": [None, SHARED, NAMED, "output: ../api/Dockerfile.ci\n"],
    "db/Dockerfile.j2": ["FROM scratch\n", CONTEXT],
    "db/src/a": ["1", "2"],
    "web/Dockerfile.j2": ["FROM scratch\n", None, WARNED],
    "web/Dockerfile.local": [None, ""],
    "web/Dockerfile.local.dockerignore": [None, "*.md\n"],
    "profiles/_base.yaml": ["values: {version: 3}\n", ARGUMENT, "values: {version: 4}\n"],
    "new/Dockerfile": [None, "FROM scratch\n"],
    "new/profiles/ci.yaml": [None, ""],
    ".gitignore": [None, "web\n", "new\n"],
}


def random_edits(seed: int) -> Iterator[tuple[Edit, Sequence[str]]]:
    """Yield edits, every third of which changes nothing, each with the call after it."""
    choose = random.Random(seed)  # noqa: S311 - the same edits in every run
    calls = [
        ALL,
        ALL,
        (*ALL, "-q"),
        ("render", "api/Dockerfile.j2", "-p", "ci"),
        (*ALL, "--force"),
        ("render", "api", "web"),
    ]
    for _ in range(40):
        edit: Edit = {}
        for _ in range(choose.choice([0, 1, 1, 2])):
            name = choose.choice([*EDITS])
            edit[name] = choose.choice(EDITS[name])
        yield edit, choose.choice(calls)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(int(os.environ.get("DFRENDER_SEEDS", "4"))))
def test_runs_with_and_without_stamps_come_to_the_same(twins: Twins, seed: int) -> None:
    for edit, words in random_edits(seed):
        twins.edit(edit)
        twins.dfrender(*words)
    assert twins.user.replays
