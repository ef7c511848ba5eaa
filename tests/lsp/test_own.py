"""What is shown in a plain Dockerfile, beside the servers and linters that read such files too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dfrender.lsp.own import OTHERS
from dfrender.rules.manual import manuals
from tests.lsp.known import known, plain_samples

if TYPE_CHECKING:
    from tests.project import Project
    from tests.test_manuals import Sample


PLAIN = plain_samples()
FOREIGN = [pytest.param(each, id=each.manual.code) for each in PLAIN if each.manual.code in OTHERS]
OWN = [pytest.param(each, id=each.manual.code) for each in PLAIN if each.manual.code not in OTHERS]
NEEDS_A_PROFILE = "rendered-file-in-context"


def codes(name: str) -> set[str]:
    return {each.code for each in known(name).problems}


@pytest.mark.parametrize("sample", FOREIGN)
def test_what_other_servers_show_is_left_to_them(project: Project, sample: Sample) -> None:
    project.write({"Dockerfile": sample.text})
    assert sample.manual.code not in codes("Dockerfile")


@pytest.mark.parametrize("sample", FOREIGN)
def test_it_is_shown_where_a_profile_makes_it_dfrenders(project: Project, sample: Sample) -> None:
    project.write({"Dockerfile": sample.text, "profiles/ci.yaml": ""})
    assert sample.manual.code in codes("Dockerfile")


@pytest.mark.parametrize("sample", [each for each in OWN if each.id != NEEDS_A_PROFILE])
def test_what_nobody_else_shows_is_shown(project: Project, sample: Sample) -> None:
    project.write({"Dockerfile": sample.text})
    assert sample.manual.code in codes("Dockerfile")


def test_a_template_without_profiles_shows_all_since_nobody_else_reads_it(project: Project) -> None:
    project.write({"Dockerfile.j2": "FROM alpine:3.22 AS scratch\n"})
    assert codes("Dockerfile.j2") == {"reserved-stage-name"}


def test_every_code_of_others_has_a_manual() -> None:
    assert set(manuals()) >= OTHERS
