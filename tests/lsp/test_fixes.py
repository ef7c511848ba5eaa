"""Each hint that says what to write is an edit that ends what is wrong: tried with the samples of the manuals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.analysis import unknown
from dfrender.lsp.features.actions import actions
from dfrender.lsp.features.fixes import fixes
from dfrender.lsp.features.site import Site
from dfrender.lsp.model import Problem
from dfrender.lsp.text import NOWHERE, EditorText, Location
from dfrender.rules.manual import manuals
from tests.lsp.known import EVERYWHERE, absolute, edited, existing, known, text_of
from tests.test_manuals import Sample, samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfrender.lsp.features.site import Fix
    from tests.project import Project

FILES = ("Dockerfile.j2", "profiles/ci.yaml")
MENDED = {
    *("ambiguous-boolean", "arg-inheritance-lost", "arg-used-before-declaration", "bad-substitution"),
    *("block-tag-eats-newline", "buildah-compares-case", "copy-from-own-base"),
    *("directive-not-first", "duplicate-mount-option", "empty-from", "flag-behind-path", "from-case-mismatch"),
    *("image-names-a-stage", "invalid-arg-name", "invalid-escape-directive"),
    *("invalid-value-name", "mount-split-by-whitespace", "onbuild-index-shifts"),
    *("platform-becomes-effective", "printed-value", "shell-length-opens-comment", "suspicious-expansion"),
    *("tagged-reference-shadows-stage", "undefined-name", "unknown-build-arg", "unknown-key"),
    *("unknown-prebuilt-stage", "unknown-stage", "unknown-tag", "unknown-target", "unofficial-image"),
    *("unqualified-image", "unused-ignore", "wrong-type", "wrong-value", "rendered-file-in-context"),
}
"""The codes whose sample has a fix."""

MENDED_ELSEWHERE = {"classic-syntax", "input-digest-without-platform", "parent-not-found", "template-syntax"}
BY_CODE = {"ambiguous-boolean", "copy-from-own-base", "directive-not-first", "invalid-escape-directive"}
"""Those that have one whatever their hint says, since it always says the same."""


BAD = [each for manual in manuals().values() for each in samples(manual) if each.is_bad and not each.commands]


def fixes_in(name: str) -> list[Fix]:
    """Return what is offered in a file, but for what only ignores it."""
    found = actions(known(), absolute(name), text_of(name), EVERYWHERE, existing)
    return [each.fix for each in found if not each.fix.title.startswith("Ignore ")]


def apply(fix: Fix) -> None:
    for path in fix.creates:
        Path(path).write_text("", encoding="utf-8")
    for name, text in edited(fix.edits).items():
        Path(name).write_bytes(text.encode())


def errors() -> Mapping[str, int]:
    return Counter(each.code for each in known().problems)


@pytest.mark.parametrize(
    "sample", [pytest.param(each, id=each.manual.code) for each in BAD if each.manual.code in MENDED]
)
def test_a_fix_ends_what_it_is_offered_for(project: Project, sample: Sample) -> None:
    files = {".git/HEAD": "", "Dockerfile.j2": sample.text, "profiles/ci.yaml": sample.profile}
    project.write(files)
    before = errors()
    offered = [(name, fix.title) for name in FILES for fix in fixes_in(name)]
    assert offered
    for name, title in offered:
        project.write(files)
        (fix,) = [each for each in fixes_in(name) if each.title == title]
        apply(fix)
        assert errors()[sample.manual.code] < before[sample.manual.code], title


def test_no_other_sample_has_a_fix(project: Project) -> None:
    found = set()
    for sample in BAD:
        project.write({".git/HEAD": "", "Dockerfile.j2": sample.text, "profiles/ci.yaml": sample.profile})
        if any(fixes_in(name) for name in FILES):
            found.add(sample.manual.code)
    assert found == MENDED


BASE = "FROM alpine:3.22 AS base\n"
DIGEST = "prebuilt: [base]\ntag: '{input_digest}'"


@pytest.mark.parametrize(
    ("template", "profile", "title", "line"),
    [
        pytest.param(
            f"{BASE}ARG V=1\nFROM base\nRUN : $V\n",
            "builder: classic",
            "Repeat ARG V",
            "ARG V\nRUN : $V",
            id="an argument that the classic builder forgets",
        ),
        pytest.param(
            "FROM --platform=$BUILDPLATFORM alpine:3.22 AS t\nFROM {{ stage('t') }}\n",
            "prebuilt: [t]\nstyle: image",
            "Write --platform=$BUILDPLATFORM",
            "FROM --platform=$BUILDPLATFORM {{ stage('t') }}",
            id="a platform that an image does not have",
        ),
        pytest.param(
            f"{BASE}RUN docker ps --format '{{{{.Names}}}}'\n",
            "",
            "Write {% raw %}{{.Names}}{% endraw %}",
            "RUN docker ps --format '{% raw %}{{.Names}}{% endraw %}'",
            id="what is meant for another tool",
        ),
        pytest.param(
            f"{BASE}FROM {{{{ stage(base) }}}}\n",
            "",
            'Write stage("base")',
            'FROM {{ stage("base") }}',
            id="a stage without quotes",
        ),
        pytest.param(
            f"{BASE}RUN {{{{ a }}}} {{{{- b -}}}} {{{{ b }}}}\n",
            "values: {a: x}",
            'Write {{ b | default("") }}',
            'RUN {{ a }} {{- b | default("") -}} {{ b }}',
            id="a value that is not set",
        ),
        pytest.param(f"{BASE}COPY --form=x / /\n", "", "Write --from", "COPY --from=x / /", id="a flag"),
        pytest.param(
            "FROM a AS b\n# dfrender: ignore=empty-from,from-arg-empty\nCOPY --from= / /\n",
            "",
            "Remove from-arg-empty",
            "# dfrender: ignore=empty-from\nCOPY --from= / /",
            id="one of two rules in a comment",
        ),
        pytest.param(
            "  # syntax=docker/dockerfile:1\nFROM a\n",
            "",
            "Remove the indentation",
            "# syntax=docker/dockerfile:1\nFROM a",
            id="a directive that is indented",
        ),
        pytest.param(
            f"{BASE}FROM base\nCOPY --from=base \\\n  /etc/passwd /etc/\\\npasswd\nRUN :\n",
            "",
            "Remove this COPY",
            "FROM base\nRUN :",
            id="an instruction of several lines",
        ),
    ],
)
def test_a_template_is_mended(project: Project, template: str, profile: str, title: str, line: str) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": template, "profiles/ci.yaml": f"{profile}\n"})
    offered = {each.title: each for each in fixes_in("Dockerfile.j2")}
    apply(offered[title])
    assert f"\n{line}\n" in f"\n{project.read('Dockerfile.j2').decode()}"


@pytest.mark.parametrize(
    ("profile", "title", "mended"),
    [
        pytest.param(
            DIGEST, "Set platform: linux/amd64", f"{DIGEST}\nplatform: linux/amd64\n", id="a key that is missing"
        ),
        pytest.param(
            "ignore: [empty-from]\ntarget: base", "Remove the key", "target: base", id="the only rule that is ignored"
        ),
        pytest.param(
            "ignore: [empty-from, no-rule]", "Remove no-rule", "ignore: [empty-from]", id="a rule that is ignored"
        ),
        pytest.param(
            "prebuilt: {base: {optional: 'yes'}}",
            "Write false",
            "prebuilt: {base: {optional: false}}",
            id="a boolean in quotes",
        ),
        pytest.param("build_args:\n  V:", 'Write V: ""', 'build_args:\n  V: ""', id="an empty build argument"),
    ],
)
def test_a_profile_is_mended(project: Project, profile: str, title: str, mended: str) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": f"ARG V\n{BASE}FROM base\n", "profiles/ci.yaml": profile})
    offered = {each.title: each for each in fixes_in("profiles/ci.yaml")}
    apply(offered[title])
    assert project.read("profiles/ci.yaml").decode() == mended


def test_the_right_one_of_two_mounts_and_of_two_prints_is_mended(project: Project) -> None:
    mounts = "RUN --mount=target=/a --mount=from=base,from=base,target=/b {{ b }} {{ a }} :"
    project.write(
        {".git/HEAD": "", "Dockerfile.j2": f"{BASE}FROM a:1\n{mounts}\n", "profiles/ci.yaml": "values: {b: x}\n"}
    )
    (undefined,) = fixes_in("Dockerfile.j2")
    apply(undefined)
    (doubled,) = fixes_in("Dockerfile.j2")
    apply(doubled)
    mended = mounts.replace("{{ a }}", '{{ a | default("") }}').replace("from=base,from=base", "from=base")
    assert project.read("Dockerfile.j2").decode() == f"{BASE}FROM a:1\n{mended}\n"


def test_a_value_that_is_not_written_there_is_not_mended(project: Project) -> None:
    profile = "build_args: {V: }\nprebuilt: {base: {optional: &x 'yes'}}\ntarget: *x\n"
    project.write({".git/HEAD": "", "Dockerfile.j2": f"ARG V\n{BASE}FROM base\n", "profiles/ci.yaml": profile})
    assert fixes_in("profiles/ci.yaml") == []


def test_a_profile_that_was_made_in_the_meantime_is_not_made_again(project: Project) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": BASE, "profiles/ci.yaml": "extends: _base\n"})
    before = known()
    project.write({"profiles/_base.yaml": ""})
    assert actions(before, absolute("profiles/ci.yaml"), text_of("profiles/ci.yaml"), EVERYWHERE, existing) == []


def test_a_profile_that_others_extend_is_made(project: Project) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": BASE, "profiles/ci.yaml": "extends: _base\n"})
    (fix,) = fixes_in("profiles/ci.yaml")
    apply(fix)
    assert project.read("profiles/_base.yaml") == b""
    assert errors() == {}


def test_a_line_is_added_to_the_ignore_file_that_is_there(project: Project) -> None:
    project.write({".git/HEAD": "", "Dockerfile.j2": f"{BASE}COPY . /\n", "profiles/ci.yaml": "", ".dockerignore": "x"})
    (fix,) = fixes_in("Dockerfile.j2")
    assert fix.creates == ()
    apply(fix)
    assert project.read(".dockerignore") == b"x\nDockerfile.ci\n"


@pytest.mark.parametrize(
    ("template", "profile"),
    [
        pytest.param("ARG I=a:${V}\n{% include '_v.j2' %}\nFROM a\n", "", id="an argument of another file"),
        pytest.param("ARG I=a:${V}\nARG V=1 \\\n W=2\nFROM a\n", "", id="an argument of two lines"),
        pytest.param(
            f"{BASE}FROM base\n{{% if true %}}COPY --from=base /a /a{{% endif +%}}\n", "", id="a COPY inside of tags"
        ),
        pytest.param("FROM a\nCOPY {{ '--from=' }} / /\n", "", id="a flag that the template makes"),
        pytest.param("FROM a\nCOPY /a {{ '--chown=1' }} /\n", "", id="a flag that the template makes, behind a path"),
        pytest.param(
            f"{BASE}FROM {{{{ '--platform=linux/arm64' }}}} base\n",
            "prebuilt: [base]",
            id="a platform that the template makes",
        ),
        pytest.param("FROM a\nRUN {{ x ~ y }}\n", "values: {y: b}", id="a value in an expression"),
        pytest.param("FROM a\nRUN {{ ['a'] }}{{ [1] }}\n", "", id="two lists that are printed"),
        pytest.param(
            "FROM a\n# dfrender: ignore=empty-from,from-arg-empty\n", "", id="rules that are ignored above nothing"
        ),
        pytest.param(
            "# above\n# syntax=x{% if true %}{% endif +%}\nFROM a:1\n", "", id="a directive with tags in its line"
        ),
        pytest.param("FROM a\nRUN {{ stage(\nbase) }}\n", "", id="a call on two lines"),
        pytest.param(
            f"{BASE}FROM a:1\nCOPY --from=base /a /b\nFROM a:1\nONBUILD COPY --from=1 /a /b\n",
            "prebuilt: [base]",
            id="an index of a stage without a name",
        ),
    ],
)
def test_what_is_not_written_there_is_not_mended(project: Project, template: str, profile: str) -> None:
    project.write(
        {".git/HEAD": "", "_v.j2": "ARG V=1\n", "Dockerfile.j2": template, "profiles/ci.yaml": f"{profile}\n"}
    )
    assert errors()
    assert fixes_in("Dockerfile.j2") == []


@pytest.mark.parametrize("code", sorted((MENDED | MENDED_ELSEWHERE) - BY_CODE))
def test_a_hint_that_says_nothing_to_write_is_not_an_edit(code: str) -> None:
    problem = Problem(Location("/a", NOWHERE), code, "'x' is wrong", is_error=True, page="")
    found = list(fixes(unknown("/a"), Site(problem, EditorText("FROM y\n")), existing))
    assert not found


@pytest.mark.parametrize(
    ("code", "message", "hint", "text"),
    [
        pytest.param(
            "template-syntax",
            "unexpected '.'",
            "if this is not meant for Jinja, write {% raw %}{{.Names}}{% endraw %}",
            "RUN {{.Names}}\n",
            id="what is not meant for Jinja",
        ),
        pytest.param(
            "bad-substitution",
            "'$TAG' is not a substitution",
            "write ${TAG} for the variable, or $$TAG for the text",
            "tag: $TAG\n",
            id="what is not a substitution",
        ),
    ],
)
def test_a_text_that_is_not_there_any_more_is_not_mended(code: str, message: str, hint: str, text: str) -> None:
    problem = Problem(Location("/a", NOWHERE), code, message, is_error=True, page="", hint=hint)
    assert list(fixes(unknown("/a"), Site(problem, EditorText(text)), existing))
    assert not list(fixes(unknown("/a"), Site(problem, EditorText("other\n")), existing))
